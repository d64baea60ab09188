from datetime import date

import pytest
from django.urls import reverse

from bhod.models import CircleDoctor
from tests.bhod.factories import AT, CircleDoctorFactory
from tests.csam.factories import WorldFactory
from tests.html_guard import assert_clean
from tests.pages import errors, text_of
from tests.prosante_login.factories import CareProviderFactory, inami_number

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


class TestAcquiredRights:
    @pytest.fixture
    def general(self, world):
        return CareProviderFactory(inami_number=inami_number(170_900, "001"))

    def test_enrols_who_has_them(self, client, manager, general):
        response = client.get(URL)
        assert "quatre conditions" in text_of(response)
        client.post(URL, TYPED | {"inami_number": general.inami_number, "acquired_rights": "on"})
        assert CircleDoctor.objects.get().acquired_rights

    def test_asks_for_them_where_the_code_needs_them_and_only_there(
        self, client, manager, general, recognised
    ):
        typed = TYPED | {"inami_number": general.inami_number}
        assert errors(client.post(URL, typed)) == {"acquired_rights": ["acquired_rights_required"]}
        response = client.post(URL, TYPED | {"acquired_rights": "on"})
        assert errors(response) == {"acquired_rights": ["acquired_rights_not_needed"]}


class TestSearch:
    @pytest.mark.parametrize("who", ["medecin", "maitre"])
    def test_goes_and_comes_back_with_what_was_typed(self, client, manager, recognised, who):
        typed = TYPED | {"inami_number": "", "valid_until": "x", "acquired_rights": "on"}
        response = client.post(URL, typed | {f"chercher_{who}": ""})
        assert response.url == f"{reverse('bhod:doctor_search')}?pour={who}"

        content = client.get(URL, {who: recognised.pk}).content.decode()

        assert 'value="1-4-2026"' in content
        assert 'value="x"' in content
        assert "checked" in content
        name = {"medecin": "inami_number", "maitre": "supervisor_number"}[who]
        assert f'name="{name}" value="1-99905-12-004"' in content

    def test_goes_through_without_choosing(self, client, manager):
        client.post(URL, TYPED | {"chercher_medecin": ""})
        assert 'value="1-4-2026"' in client.get(URL, {"repris": "1"}).content.decode()
        assert 'value="1-4-2026"' not in client.get(URL).content.decode()

    @pytest.mark.parametrize("key", ["x", "9" * 30, "0"])
    def test_takes_nobody_for_who_is_not_known(self, client, manager, key):
        assert 'value="1-99' not in client.get(URL, {"medecin": key}).content.decode()

    def test_begins_anew_once_it_is_done(self, client, manager, recognised):
        client.post(URL, TYPED | {"chercher_medecin": ""})
        client.post(URL, TYPED)
        assert 'value="1-4-2026"' not in client.get(URL, {"repris": "1"}).content.decode()


def test_leads_to_the_enrolment_that_there_is(client, manager, recognised, circle):
    doctor = CircleDoctorFactory(enterprise=circle, provider=recognised)
    content = client.post(URL, TYPED).content.decode()
    assert reverse("bhod:doctor_detail", args=[doctor.pk]) in content
