from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from bhod.enums import GuardState
from bhod.models import CircleDoctor, Guard
from bhod_portal.core.models import Message
from tests.bhod.factories import AT, CircleDoctorFactory, GuardFactory, GuardUnitFactory
from tests.bhod.payment_factories import TariffFactory
from tests.html_guard import assert_clean
from tests.pages import errors, text_of
from tests.threads import at_once

URL = reverse("bhod:guard_create")


@pytest.fixture
def doctor(unit):
    return CircleDoctorFactory(enterprise=unit.enterprise, provider__person__last_name="Benali")


@pytest.fixture
def typed(unit, doctor):
    """The night from Thursday 12 to Friday 13 March, as one types it."""
    return {
        "unit": unit.pk,
        "provider": doctor.provider.pk,
        "start_day": "12-03-2026",
        "start_time": "19:00",
        "end_day": "13/3/2026",
        "end_time": "8h00",
    }


def test_shows_the_form(client, manager, doctor, max_reads):
    with max_reads(8):
        response = client.get(URL)
    assert_clean(response.content.decode())
    assert "Benali Céline (1-7" in text_of(response)


@pytest.mark.parametrize(
    ("asked", "day", "back"),
    [
        pytest.param("?mois=2026-05", date(2026, 5, 1), "2026-05", id="another month"),
        pytest.param("?mois=2026-03", None, "2026-03", id="the current one"),
        pytest.param("?mois=mai", None, "2026-03", id="none"),
    ],
)
def test_keeps_the_month_from_which_one_comes(client, manager, doctor, asked, day, back):
    response = client.get(URL + asked)
    assert response.context["form"].initial.get("start_day") == day
    assert f'href="{reverse("bhod:guard_month")}?mois={back}"' in response.text


def test_leads_to_the_enrolment_that_is_missing(client, manager, typed):
    link = f'<a href="{reverse("bhod:doctor_enrol")}">Inscrire un médecin</a>'
    assert link not in client.get(URL).text
    CircleDoctor.objects.update(valid_from=date(2026, 3, 20))
    assert link in client.post(URL, typed).text


def test_registers_a_guard_and_says_what_it_counts(client, manager, typed, unit, doctor):
    response = client.post(URL, typed, follow=True)

    [guard] = Guard.objects.all()
    assert (guard.unit, guard.provider) == (unit, doctor.provider)
    assert guard.starts_at == datetime(2026, 3, 12, 18, tzinfo=UTC)
    assert guard.ends_at == datetime(2026, 3, 13, 7, tzinfo=UTC)
    assert (guard.registered_by, guard.registered_at) == (manager, AT)
    assert response.redirect_chain == [(f"{reverse('bhod:guard_month')}?mois=2026-03", 302)]
    assert (
        "Garde enregistrée : Dr Benali, Ouest, du 12/03/2026 19:00 au 13/03/2026 08:00. "
        "Elle compte : nuit de semaine 13 h."
    ) in text_of(response)


def test_the_administrative_user_registers_as_well_and_reads_no_amount(client, administrative, typed):
    TariffFactory()
    response = client.post(URL, typed, follow=True)
    assert Guard.objects.count() == 1
    assert "€" not in response.content.decode()


def test_warns_of_hours_that_are_not_paid(client, manager, typed):
    response = client.post(URL, typed | {"start_time": "17:30", "end_time": "09:00"}, follow=True)
    assert "2 h 30 de cette garde ne sont pas honorées" in text_of(response)


def test_a_second_click_does_it_once(client, manager, typed):
    client.post(URL, typed)
    response = client.post(URL, typed, follow=True)
    assert "Cette garde est déjà enregistrée." in text_of(response)
    assert Guard.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        pytest.param({"end_day": "11-03-2026"}, {"end_day": ["guard_out_of_order"]}, id="before its start"),
        pytest.param({"end_day": "15-03-2026"}, {"end_day": ["guard_too_long"]}, id="80 hours"),
        pytest.param(
            {"start_day": "12-03-2001", "end_day": "13-03-2001"}, {"end_day": ["guard_too_old"]}, id="2001"
        ),
        pytest.param(
            {"start_day": "12-12-2024", "end_day": "13-12-2024"}, {"end_day": ["guard_too_old"]}, id="old"
        ),
        pytest.param({"start_day": "31-02-2026"}, {"start_day": ["invalid"]}, id="no day"),
        pytest.param({"start_time": "25:00"}, {"start_time": ["invalid"]}, id="no time"),
        pytest.param({"unit": "0"}, {"unit": ["invalid_choice"]}, id="no unit"),
        pytest.param({"provider": "x"}, {"provider": ["invalid_choice"]}, id="no doctor"),
        pytest.param({"provider": ""}, {"provider": ["required"]}, id="nobody"),
        pytest.param(
            {"start_day": "29-03-2026", "start_time": "02:30", "end_day": "29-03-2026"},
            {"start_time": ["nonexistent_time"]},
            id="the hour that March skips",
        ),
    ],
)
@pytest.mark.usefixtures("manager")
def test_says_why_it_refuses_and_keeps_what_was_typed(client, typed, changes, wrong):
    response = client.post(URL, typed | changes)

    assert response.status_code == 200
    assert errors(response) == wrong
    assert "Il y a un problème" in text_of(response)
    assert f'value="{typed["end_time"]}"' in response.content.decode()
    assert not Guard.objects.exists()


def test_says_why_a_doctor_cannot_take_it(client, manager, typed, unit, doctor):
    GuardFactory(
        unit=unit,
        provider=doctor.provider,
        starts_at=datetime(2026, 3, 12, 22, tzinfo=UTC),
        ends_at=datetime(2026, 3, 12, 23, tzinfo=UTC),
    )
    response = client.post(URL, typed)
    assert errors(response) == {"provider": ["guard_overlap"]}
    assert "déjà de garde du 12/03/2026 23:00 au 13/03/2026 00:00, unité Ouest" in text_of(response)


def test_offers_neither_unit_nor_doctor_of_another_circle(client, manager, typed):
    elsewhere = CircleDoctorFactory()
    unit = GuardUnitFactory(enterprise=elsewhere.enterprise)
    response = client.post(URL, typed | {"unit": unit.pk, "provider": elsewhere.provider.pk})
    assert errors(response) == {"unit": ["invalid_choice"], "provider": ["invalid_choice"]}


def test_takes_the_first_of_two_hours_in_october_and_says_so(client, manager, typed):
    night = {"start_day": "24-10-2026", "start_time": "20:00", "end_day": "25-10-2026", "end_time": "02:30"}

    response = client.post(URL, typed | night, follow=True)

    assert Guard.objects.get().ends_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert "l'heure indiquée est la première des deux" in text_of(response)


class TestPrefill:
    @pytest.fixture
    def offered(self, client, manager, doctor, unit):
        return lambda day: client.get(URL, {"jour": day, "unite": unit.pk}).context["form"]

    @pytest.mark.parametrize(
        ("day", "start", "end"),
        [
            pytest.param("2026-03-12", ("12-03-2026", "19:00"), ("13-03-2026", "08:00"), id="weeknight"),
            pytest.param("2026-03-14", ("14-03-2026", "08:00"), ("15-03-2026", "08:00"), id="weekend"),
            pytest.param("2026-05-14", ("14-05-2026", "08:00"), ("15-05-2026", "08:00"), id="holiday"),
        ],
    )
    def test_takes_the_hours_that_are_paid_on_the_day(self, offered, day, start, end):
        form = offered(day)
        shown = {name: form[name].value() for name in ("start_day", "start_time", "end_day", "end_time")}
        assert (f"{shown['start_day']:%d-%m-%Y}", f"{shown['start_time']:%H:%M}") == start
        assert (f"{shown['end_day']:%d-%m-%Y}", f"{shown['end_time']:%H:%M}") == end

    def test_takes_the_unit(self, offered, unit):
        form = offered("")
        assert form["unit"].value() == str(unit.pk)

    @pytest.mark.parametrize("day", ["", "x", "2026-02-30", "9999-12-31", "\x00"])
    def test_leaves_out_what_is_no_day_or_unit(self, client, manager, doctor, day):
        form = client.get(URL, {"jour": day, "unite": "x"}).context["form"]
        assert form.initial == {}


def test_leads_to_enrolment_when_there_is_no_doctor(client, manager):
    response = client.get(URL)
    assert "votre cercle n'en a pas encore" in text_of(response)
    assert reverse("bhod:doctor_enrol") in response.content.decode()


def test_says_when_there_is_no_unit(client, manager, unit):
    unit.delete()
    assert "pas encore d'unité de garde" in text_of(client.get(URL))


def test_offers_doctors_as_long_as_their_guards_may_be_told(client, manager, unit):
    for last, until in [("Parti", "2025-03-01"), ("Recent", "2025-04-01"), ("Futur", None)]:
        CircleDoctorFactory(
            enterprise=unit.enterprise,
            provider__person__last_name=last,
            valid_from="2026-09-01" if last == "Futur" else "2025-01-01",
            valid_until=until,
        )
    text = text_of(client.get(URL))
    assert "Recent" in text
    assert "Futur" in text
    assert "Parti" not in text


def test_checks_without_registering(client, manager, typed):
    response = client.post(URL, typed | {"verifier": "1"})
    assert "Rien ne s'y oppose. Elle compte : nuit de semaine 13 h." in text_of(response)
    assert not Guard.objects.exists()


def test_keeps_a_draft_of_which_nobody_hears(client, manager, typed):
    response = client.post(URL, typed | {"draft": "on"}, follow=True)
    guard = Guard.objects.get()
    assert (guard.state, guard.is_published) == (GuardState.DRAFT, False)
    assert "Brouillon gardé" in text_of(response)
    assert not Message.objects.exists()


def test_takes_the_doctor_of_the_address(client, manager, doctor):
    form = client.get(URL, {"medecin": doctor.provider.pk}).context["form"]
    assert form.initial["provider"] == str(doctor.provider.pk)


@pytest.mark.django_db(transaction=True)
def test_two_who_give_a_doctor_two_guards_at_once_are_both_told(client, manager, typed, unit):
    """What only the database sees is told in words, too."""
    other = GuardUnitFactory(enterprise=unit.enterprise, name="Est")
    cookies = client.cookies
    answers = []

    def act(number):
        mine = type(client)()
        mine.cookies = cookies
        response = mine.post(URL, typed | {"unit": [unit.pk, other.pk][number]})
        answers.append((response.status_code, response))

    assert at_once(act, times=2) == ["done", "done"]

    assert sorted(code for code, _response in answers) == [200, 302]
    [refused] = [response for code, response in answers if code == 200]
    assert "Ce médecin est déjà de garde" in refused.content.decode()
    assert Guard.objects.count() == 1
