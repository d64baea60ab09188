from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from tests.bhod.factories import CircleDoctorFactory, GuardFactory
from tests.html_guard import assert_clean
from tests.pages import errors, text_of

TYPED = {"last_day": "31-03-2026", "confirm": "on"}
NIGHT = {"starts_at": datetime(2026, 4, 2, 17, tzinfo=UTC), "ends_at": datetime(2026, 4, 3, 6, tzinfo=UTC)}


@pytest.fixture
def doctor(circle):
    return CircleDoctorFactory(enterprise=circle, provider__person__last_name="Moreau")


def url(doctor):
    return reverse("bhod:doctor_end", args=[doctor.pk])


def test_shows_the_guards_still_to_come_first(client, administrative, doctor, unit, max_reads):
    GuardFactory(unit=unit, provider=doctor.provider)
    GuardFactory(unit=unit, provider=doctor.provider, **NIGHT)

    with max_reads(8):
        response = client.get(url(doctor))

    assert_clean(response.content.decode())
    text = text_of(response)
    assert "Terminer l'inscription de Céline Moreau" in text
    assert "jeu 02/04/2026 19:00" in text
    assert "05/03/2026" not in text
    assert "inscrit depuis le 01/01/2025, en cours" in text


def test_says_when_there_is_none(client, manager, circle):
    doctor = CircleDoctorFactory(enterprise=circle, valid_until=date(2026, 12, 31))
    text = text_of(client.get(url(doctor)))
    assert "n'a pas de garde à venir" in text
    assert "inscrit du 01/01/2025 au 31/12/2026" in text


def test_ends_the_enrolment(client, manager, doctor):
    response = client.post(url(doctor), TYPED, follow=True)
    doctor.refresh_from_db()
    assert doctor.valid_until == date(2026, 3, 31)
    assert "L'inscription de Céline Moreau se termine le 31/03/2026, ce jour compris." in text_of(response)


def test_a_second_click_changes_nothing(client, manager, doctor):
    client.post(url(doctor), TYPED)
    response = client.post(url(doctor), TYPED, follow=True)
    assert response.redirect_chain == [(reverse("bhod:doctor_list"), 302)]


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"confirm": ""}, "confirm", "required"),
        ({"last_day": ""}, "last_day", "required"),
        ({"last_day": "31-12-2024"}, "last_day", "period_out_of_order"),
    ],
)
@pytest.mark.usefixtures("manager")
def test_says_why_it_refuses(client, doctor, changes, field, code):
    response = client.post(url(doctor), TYPED | changes)
    assert errors(response)[field] == [code]
    doctor.refresh_from_db()
    assert doctor.valid_until is None


def test_lists_the_guards_that_are_in_the_way(client, manager, doctor, unit):
    GuardFactory(unit=unit, provider=doctor.provider)
    late = GuardFactory(unit=unit, provider=doctor.provider, **NIGHT)

    response = client.post(url(doctor), TYPED)

    assert errors(response)["last_day"] == ["guards_after_end"]
    assert [line.guard for line in response.context["guards"]] == [late]
    assert "1 garde de ce médecin se termine après ce jour" in text_of(response)
    assert reverse("bhod:guard_edit", args=[late.pk]) in response.content.decode()


def test_refuses_an_enrolment_that_is_over(client, manager, circle):
    response = client.post(url(CircleDoctorFactory(enterprise=circle, ended=True)), TYPED)
    assert errors(response)["last_day"] == ["already_ended"]


@pytest.mark.parametrize("method", ["get", "post"])
def test_hides_the_doctors_of_another_circle(client, manager, method):
    assert getattr(client, method)(url(CircleDoctorFactory()), TYPED).status_code == 404
