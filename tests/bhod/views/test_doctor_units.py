import json

import pytest
from django.urls import reverse

from tests.bhod.factories import CircleDoctorFactory, DoctorUnitFactory, GuardFactory, GuardUnitFactory
from tests.html_guard import assert_clean
from tests.pages import errors, text_of

NIGHT = {"starts_at": "2026-03-12T18:00Z", "ends_at": "2026-03-13T07:00Z"}


@pytest.fixture
def doctor(circle):
    return CircleDoctorFactory(enterprise=circle, provider__person__last_name="Moreau")


@pytest.fixture
def other(circle):
    return GuardUnitFactory(enterprise=circle, name="Est")


def url(doctor):
    return reverse("bhod:doctor_units", args=[doctor.pk])


def ticked(*units):
    return {"units": [unit.pk for unit in units], "seen": json.dumps({"units": []})}


def test_shows_the_units_with_the_guards_to_come(client, administrative, doctor, unit, other, max_reads):
    GuardFactory(unit=unit, provider=doctor.provider, **NIGHT)
    with max_reads(11):
        response = client.get(url(doctor))
    assert_clean(response.content.decode())
    text = text_of(response)
    assert "Où Céline Moreau peut être de garde" in text
    assert "Ouest 1 garde à venir" in text
    assert (
        reverse("bhod:doctor_units", args=[doctor.pk])
        in client.get(reverse("bhod:doctor_detail", args=[doctor.pk])).content.decode()
    )


def test_ticks_units(client, manager, doctor, unit, other):
    response = client.post(url(doctor), ticked(other), follow=True)
    assert "Les unités de Céline Moreau sont enregistrées" in text_of(response)
    assert [each.unit for each in doctor.allowed_units.all()] == [other]
    response = client.post(url(doctor), ticked(other), follow=True)
    assert "rien n'a changé" in text_of(response)


def test_shows_the_guards_that_are_in_the_way(client, manager, doctor, unit, other):
    guard = GuardFactory(unit=unit, provider=doctor.provider, **NIGHT)
    response = client.post(url(doctor), ticked(other))
    assert errors(response)["units"] == ["guards_elsewhere"]
    assert reverse("bhod:guard_edit", args=[guard.pk]) in response.content.decode()
    assert not doctor.allowed_units.exists()


def test_tells_the_second_of_two(client, manager, doctor, unit, other):
    DoctorUnitFactory(doctor=doctor, unit=unit)
    response = client.post(url(doctor), ticked(other))
    assert errors(response)["__all__"] == ["changed_meanwhile"]
    assert "à présent « Ouest »" in text_of(response)


def test_refuses_a_unit_of_another_circle(client, manager, doctor):
    response = client.post(url(doctor), ticked(GuardUnitFactory()))
    assert errors(response)["units"] == ["invalid_choice"]


def test_leads_a_circle_without_open_units(client, manager, doctor, unit):
    unit.closed_from = "2026-01-01"
    unit.save()
    assert reverse("bhod:circle") in client.get(url(doctor)).content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.usefixtures("manager")
def test_hides_the_doctors_of_another_circle(client, method):
    assert getattr(client, method)(url(CircleDoctorFactory()), {}).status_code == 404
