from datetime import date

import pytest
from django.urls import reverse

from bhod.models import CircleDoctor
from tests.bhod.factories import AT, CircleDoctorFactory
from tests.csam.factories import WorldFactory
from tests.html_guard import assert_clean
from tests.pages import errors, text_of
from tests.prosante_login.factories import CareProviderFactory

URL = reverse("bhod:doctor_enrol")
TYPED = {
    "inami_number": "1-99905-12-004",
    "valid_from": "1-4-2026",
    "valid_until": "",
    "supervisor_number": "",
}


@pytest.fixture
def recognised(world):
    return CareProviderFactory(inami_number="19990512004", person__last_name="Moreau")


@pytest.fixture
def candidate(world):
    return CareProviderFactory(inami_number="19991502005", person__last_name="Masson")


def test_enrols_by_inami_number(client, administrative, recognised, circle):
    response = client.post(URL, TYPED, follow=True)

    [doctor] = CircleDoctor.objects.all()
    assert (doctor.enterprise, doctor.provider, doctor.supervisor) == (circle, recognised, None)
    assert (doctor.valid_from, doctor.valid_until) == (date(2026, 4, 1), None)
    assert (doctor.enrolled_by, doctor.enrolled_at) == (administrative, AT)
    assert response.redirect_chain == [(reverse("bhod:doctor_list"), 302)]
    assert "Céline Moreau est inscrit dans le cercle." in text_of(response)


def test_enrols_a_candidate_with_supervisor(client, manager, recognised, candidate):
    client.post(
        URL,
        TYPED
        | {"inami_number": "19991502005", "supervisor_number": "19990512004", "valid_until": "31-12-2026"},
    )
    doctor = CircleDoctor.objects.get()
    assert (doctor.provider, doctor.supervisor) == (candidate, recognised)
    assert doctor.valid_until == date(2026, 12, 31)


def test_shows_the_form(client, manager):
    response = client.get(URL)
    assert_clean(response.content.decode())
    assert "Numéro INAMI du maître de stage" in text_of(response)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        pytest.param({"inami_number": ""}, {"inami_number": ["required"]}, id="no number"),
        pytest.param({"inami_number": "199"}, {"inami_number": ["malformed"]}, id="short"),
        pytest.param(
            {"inami_number": "1-99905-13-004"}, {"inami_number": ["check_digits"]}, id="wrong digit"
        ),
        pytest.param(
            {"inami_number": "1-99906-11-003"}, {"inami_number": ["unknown_provider"]}, id="unknown"
        ),
        pytest.param({"inami_number": "4-99903-35-001"}, {"inami_number": ["not_eligible_code"]}, id="nurse"),
        pytest.param(
            {"inami_number": "1-99915-02-005"}, {"supervisor_number": ["supervisor_required"]}, id="alone"
        ),
        pytest.param(
            {"supervisor_number": "1-99905-12-004"},
            {"supervisor_number": ["supervisor_not_allowed"]},
            id="not needed",
        ),
        pytest.param(
            {"inami_number": "1-99915-02-005", "supervisor_number": "1-99906-11-003"},
            {"supervisor_number": ["unknown_provider"]},
            id="unknown supervisor",
        ),
        pytest.param(
            {"inami_number": "1-99915-02-005", "supervisor_number": "1-99915-02-005"},
            {"supervisor_number": ["supervisor_not_eligible"]},
            id="his own supervisor",
        ),
        pytest.param(
            {"valid_until": "31-03-2026"}, {"valid_until": ["period_out_of_order"]}, id="ends before"
        ),
        pytest.param({"valid_from": "31-04-2026"}, {"valid_from": ["invalid"]}, id="no day"),
    ],
)
@pytest.mark.usefixtures("manager", "recognised", "candidate")
def test_says_why_it_refuses_and_keeps_what_was_typed(client, changes, wrong):
    CareProviderFactory(nurse=True, inami_number="49990335001")
    typed = TYPED | changes

    response = client.post(URL, typed)

    assert errors(response) == wrong
    assert f'value="{typed["valid_from"]}"' in response.content.decode()
    assert not CircleDoctor.objects.exists()


def test_finds_nobody_of_another_world(client, manager):
    CareProviderFactory(inami_number="19990512004", person__world=WorldFactory(code="ailleurs"))
    assert errors(client.post(URL, TYPED)) == {"inami_number": ["unknown_provider"]}


def test_refuses_a_doctor_who_is_enrolled(client, manager, recognised, circle):
    CircleDoctorFactory(enterprise=circle, provider=recognised)
    assert errors(client.post(URL, TYPED)) == {"inami_number": ["already_enrolled"]}


def test_a_second_click_does_it_once(client, manager, recognised):
    client.post(URL, TYPED)
    response = client.post(URL, TYPED, follow=True)
    assert "est déjà inscrit pour cette période" in text_of(response)
    assert CircleDoctor.objects.count() == 1
