from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from bhod.enums import GuardState
from bhod.models import Guard, GuardBatch
from tests.bhod.factories import CircleDoctorFactory, GuardFactory
from tests.html_guard import assert_clean
from tests.pages import errors, text_of

NIGHT = {"starts_at": datetime(2026, 4, 2, 17, tzinfo=UTC), "ends_at": datetime(2026, 4, 3, 6, tzinfo=UTC)}


@pytest.fixture
def doctor(circle):
    return CircleDoctorFactory(enterprise=circle, provider__person__last_name="Moreau")


@pytest.fixture
def guard(doctor, unit):
    return GuardFactory(unit=unit, provider=doctor.provider, **NIGHT)


@pytest.fixture
def url(doctor):
    return reverse("bhod:doctor_end_guards", args=[doctor.pk]) + "?jour=2026-03-31"


def typed(guard, **changes):
    return {"seen": f"{guard.pk}:{guard.version}", "reason": "départ", "confirm": "on"} | changes


def test_is_offered_where_guards_are_in_the_way(client, manager, doctor, guard, url):
    ended = {"last_day": "31-03-2026", "confirm": "on"}
    response = client.post(reverse("bhod:doctor_end", args=[doctor.pk]), ended)
    assert url in response.content.decode()


def test_is_offered_from_the_end_of_what_is_over(client, manager, doctor, guard, unit):
    """The night from 5 to 6 March was worked: the enrolment can't end before the 6th."""
    GuardFactory(unit=unit, provider=doctor.provider)
    ended = {"last_day": "1-3-2026", "confirm": "on"}
    url = reverse("bhod:doctor_end", args=[doctor.pk])
    response = client.post(url, ended)
    assert (
        "1 de ces gardes est déjà terminée : l'inscription ne peut pas se terminer avant le 06/03/2026"
        in (text_of(response))
    )
    check = reverse("bhod:doctor_end_guards", args=[doctor.pk])
    assert f"{check}?jour=2026-03-06" in response.content.decode()
    guard.delete()
    assert check not in client.post(url, ended).content.decode()


def test_shows_what_is_cancelled_and_who_is_told(client, administrative, doctor, guard, url):
    response = client.get(url)
    assert_clean(response.content.decode())
    text = text_of(response)
    assert "1 garde à annuler" in text
    assert "jeu 02/04/2026 19:00" in text
    assert "Un e-mail prévient : Céline Moreau." in text
    assert Guard.objects.standing().count() == 1


def test_says_that_nobody_is_told_of_a_draft(client, manager, doctor, unit, url):
    GuardFactory(unit=unit, provider=doctor.provider, draft=True, **NIGHT)
    assert "Personne ne reçoit d'e-mail" in text_of(client.get(url))


def test_cancels_and_ends_by_one_confirmation(client, manager, doctor, guard, url):
    for _click in range(2):
        response = client.post(url, typed(guard), follow=True)
        assert "se termine le 31/03/2026" in text_of(response)
    guard.refresh_from_db()
    doctor.refresh_from_db()
    assert guard.state == GuardState.CANCELLED
    assert doctor.valid_until == date(2026, 3, 31)
    assert GuardBatch.objects.count() == 1


def test_tells_how_many_it_cancelled(client, manager, guard, url):
    assert "1 garde annulée." in text_of(client.post(url, typed(guard), follow=True))


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"reason": ""}, {"reason": ["required"]}),
        ({"confirm": ""}, {"confirm": ["required"]}),
        ({"seen": "x"}, {"__all__": ["changed_meanwhile"]}),
        ({"seen": ""}, {"__all__": ["changed_meanwhile"]}),
    ],
)
@pytest.mark.usefixtures("manager")
def test_says_why_it_refuses(client, guard, url, changes, wrong):
    response = client.post(url, typed(guard, **changes))
    assert errors(response) == wrong
    assert Guard.objects.standing().exists()


def test_shows_the_guards_of_now_when_they_changed(client, manager, doctor, guard, unit, url):
    seen = typed(guard)
    other = GuardFactory(
        unit=unit,
        provider=doctor.provider,
        starts_at=datetime(2026, 4, 9, 17, tzinfo=UTC),
        ends_at=datetime(2026, 4, 10, 6, tzinfo=UTC),
    )
    response = client.post(url, seen)
    assert [line.guard for line in response.context["guards"]] == [guard, other]
    client.post(url, seen | {"seen": response.context["form"].data["seen"]})
    assert not Guard.objects.standing().exists()


def test_leaves_what_is_over_alone(client, manager, doctor, unit, guard):
    over = GuardFactory(unit=unit, provider=doctor.provider)
    url = reverse("bhod:doctor_end_guards", args=[doctor.pk]) + "?jour=2026-03-01"
    text = text_of(client.get(url))
    assert "1 de ces gardes est déjà terminée" in text
    assert "Choisir un autre jour" in text
    seen = f"{over.pk}:1,{guard.pk}:1"
    assert errors(client.post(url, typed(guard, seen=seen))) == {"__all__": ["guards_performed"]}


@pytest.mark.parametrize("day", ["", "?jour=hier", "?jour=2026-12-31"])
def test_leads_back_without_a_day_or_a_guard(client, manager, doctor, guard, day):
    url = reverse("bhod:doctor_end_guards", args=[doctor.pk]) + day
    assert client.get(url).url == reverse("bhod:doctor_end", args=[doctor.pk])


def test_does_nothing_without_a_day(client, manager, doctor, guard):
    url = reverse("bhod:doctor_end_guards", args=[doctor.pk])
    assert client.post(url, typed(guard)).url == reverse("bhod:doctor_end", args=[doctor.pk])
    assert Guard.objects.standing().exists()


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.usefixtures("manager")
def test_hides_the_doctors_of_another_circle(client, method):
    url = reverse("bhod:doctor_end_guards", args=[CircleDoctorFactory().pk])
    assert getattr(client, method)(url).status_code == 404


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "x", ""])
def test_a_day_of_no_calendar_leads_back(client, manager, doctor, guard, day):
    url = reverse("bhod:doctor_end_guards", args=[doctor.pk]) + f"?jour={day}"
    for send in (client.get, client.post):
        assert send(url).url == reverse("bhod:doctor_end", args=[doctor.pk])
