import json
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from bhod.enums import GuardCategory, GuardState
from bhod.models import Guard
from tests.bhod.factories import (
    CircleDoctorFactory,
    CircleOrganisationFactory,
    GuardFactory,
    GuardUnitFactory,
    ShiftFactory,
)
from tests.bhod.payment_factories import TariffFactory
from tests.html_guard import assert_clean
from tests.pages import errors, text_of

URL = reverse("bhod:guard_quick")
GRID = reverse("bhod:guard_month")
PART = {"HX-Request": "true"}


@pytest.fixture
def doctor(unit):
    return CircleDoctorFactory(
        enterprise=unit.enterprise,
        provider__person__last_name="Benali",
        provider__person__first_name="Nadia",
    )


@pytest.fixture
def at(unit):
    """The address of the cell of « Ouest » on a day."""
    return lambda day, **more: (
        f"{URL}?jour={day}&unite={unit.pk}" + "".join(f"&{name}={value}" for name, value in more.items())
    )


@pytest.fixture
def typed(unit, doctor):
    """Half of a name, and the first shift of the day."""
    return {"unit": unit.pk, "doctor": "bena", "shift": "0"}


def test_shows_a_page_of_its_own(client, manager, doctor, at, max_reads):
    with max_reads(12):
        response = client.get(at("2026-03-12"))
    assert_clean(response.content.decode())
    text = text_of(response)
    assert "jeudi 12 mars 2026 , unité Ouest" in text or "jeudi 12 mars 2026, unité Ouest" in text
    assert "19:00 – 08:00" in text
    assert f"{GRID}?mois=2026-03" in response.content.decode()


def test_is_a_part_of_the_grid_for_the_script(client, manager, doctor, at):
    response = client.get(at("2026-03-12"), headers=PART)
    content = response.content.decode()
    assert "<html" not in content
    assert 'id="saisie-titre"' in content
    assert "hx-post" in content


def test_registers_the_shift_of_the_day(client, manager, at, typed, unit, doctor):
    response = client.post(at("2026-03-12"), typed, follow=True)

    guard = Guard.objects.get()
    assert (guard.unit, guard.provider, guard.state) == (unit, doctor.provider, GuardState.REGISTERED)
    assert (guard.starts_at, guard.ends_at) == (
        datetime(2026, 3, 12, 18, tzinfo=UTC),
        datetime(2026, 3, 13, 7, tzinfo=UTC),
    )
    assert response.redirect_chain == [(f"{GRID}?mois=2026-03", 302)]
    assert "Elle compte : nuit de semaine 13 h." in text_of(response)


def test_answers_the_script_with_the_row(client, manager, at, typed, unit):
    TariffFactory()
    response = client.post(at("2026-03-12"), typed, headers=PART)

    content = response.content.decode()
    assert content.strip().startswith(f'<tr id="unite-{unit.pk}">')
    assert 'aria-label="jeudi 12 mars, unité Ouest, Dr Benali, nuit 13 h, enregistrée"' in content
    assert response["HX-Retarget"] == f"#unite-{unit.pk}"
    told = json.loads(response["HX-Trigger-After-Settle"])["guardEntered"]
    assert told["row"] == f"unite-{unit.pk}"
    assert told["day"] == "2026-03-12"
    assert "Garde enregistrée" in told["text"]
    assert told["summary"].startswith("1 garde enregistrée commence ce mois-ci")


def test_answers_the_grid_of_doctors_with_the_doctor_s_row(client, manager, doctor, unit, typed):
    url = f"{URL}?jour=2026-03-12&medecin={doctor.provider.pk}"
    page = client.get(url)
    assert "Dr Benali" in text_of(page)
    hidden = page.context["form"].initial["doctor"]

    response = client.post(url, typed | {"doctor": hidden}, headers=PART)

    assert response["HX-Retarget"] == f"#medecin-{doctor.provider.pk}"
    assert 'aria-label="jeudi 12 mars, unité Ouest, Dr Benali, nuit 13 h, enregistrée"' in (
        response.content.decode()
    )
    assert client.post(url, typed | {"doctor": hidden}).url == f"{GRID}?mois=2026-03&vue=medecins"


def test_loads_the_grid_anew_when_it_has_no_such_row(client, manager, unit, typed):
    response = client.post(f"{URL}?jour=2026-03-12", typed, headers=PART)
    assert response["HX-Refresh"] == "true"
    assert Guard.objects.count() == 1


def test_warns_in_the_answer_of_hours_that_are_not_paid(client, manager, at, typed):
    own = {"shift": "autre", "start_time": "18:00", "end_time": "08:00"}
    response = client.post(at("2026-03-12"), typed | own, headers=PART)
    told = json.loads(response["HX-Trigger-After-Settle"])["guardEntered"]
    assert "1 h ne sont pas honorées" in told["text"].replace("\xa0", " ")


def test_a_second_click_does_it_once(client, manager, at, typed):
    client.post(at("2026-03-12"), typed)
    again = client.post(at("2026-03-12"), typed, follow=True)
    assert "Cette garde est déjà enregistrée." in text_of(again)
    part = client.post(at("2026-03-12"), typed, headers=PART)
    assert "déjà enregistrée" in json.loads(part["HX-Trigger-After-Settle"])["guardEntered"]["text"]
    assert Guard.objects.count() == 1


def test_keeps_a_draft(client, manager, at, typed, mailoutbox):
    response = client.post(at("2026-03-12"), typed | {"draft": "on"}, headers=PART)
    assert Guard.objects.get().state == GuardState.DRAFT
    assert "brouillon" in response.content.decode()
    assert "Brouillon gardé" in json.loads(response["HX-Trigger-After-Settle"])["guardEntered"]["text"]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        pytest.param({"doctor": ""}, {"doctor": ["required"]}, id="nobody"),
        pytest.param({"doctor": "Zéphyr"}, {"doctor": ["doctor_unknown"]}, id="unknown"),
        pytest.param({"doctor": "-"}, {"doctor": ["doctor_ambiguous"]}, id="too short"),
        pytest.param({"unit": "0"}, {"unit": ["invalid_choice"]}, id="no unit"),
        pytest.param({"shift": "9"}, {"shift": ["invalid_choice"]}, id="no shift"),
        pytest.param({"shift": ""}, {"shift": ["required"]}, id="no shift chosen"),
        pytest.param(
            {"shift": "autre"}, {"start_time": ["required"], "end_time": ["required"]}, id="no hours"
        ),
        pytest.param(
            {"shift": "autre", "start_time": "25:00", "end_time": "8"},
            {"start_time": ["invalid"]},
            id="no time",
        ),
    ],
)
@pytest.mark.parametrize("headers", [{}, PART])
@pytest.mark.usefixtures("manager")
def test_says_why_it_refuses_and_keeps_what_was_typed(client, unit, at, typed, changes, wrong, headers):
    CircleDoctorFactory(enterprise=unit.enterprise, provider__person__last_name="Peeters")

    response = client.post(at("2026-03-12"), typed | changes, headers=headers)

    assert response.status_code == 200
    assert errors(response) == wrong
    assert "Il y a un problème" in text_of(response)
    assert not Guard.objects.exists()


def test_leads_to_the_enrolment_of_a_doctor_whom_nobody_knows(client, manager, at, typed):
    link = f'<a href="{reverse("bhod:doctor_enrol")}">Inscrire un médecin</a>'
    assert link in client.post(at("2026-03-12"), typed | {"doctor": "Zéphyr"}, headers=PART).text
    assert link not in client.get(at("2026-03-12"), headers=PART).text


def test_says_which_doctors_have_the_name(client, manager, unit, at, typed):
    CircleDoctorFactory(
        enterprise=unit.enterprise,
        provider__person__last_name="Benali",
        provider__person__first_name="Omar",
    )
    response = client.post(at("2026-03-12"), typed)
    assert errors(response) == {"doctor": ["doctor_ambiguous"]}
    assert "Benali Nadia" in text_of(response)
    assert "Benali Omar" in text_of(response)


def test_finds_a_doctor_by_his_number(client, manager, at, typed, doctor):
    client.post(at("2026-03-12"), typed | {"doctor": doctor.provider.inami_number[:9]})
    assert Guard.objects.get().provider == doctor.provider


def test_says_why_a_doctor_cannot_take_it(client, manager, at, typed, unit, doctor):
    GuardFactory(
        unit=GuardUnitFactory(enterprise=unit.enterprise, name="Est"),
        provider=doctor.provider,
        starts_at=datetime(2026, 3, 12, 22, tzinfo=UTC),
        ends_at=datetime(2026, 3, 12, 23, tzinfo=UTC),
    )
    response = client.post(at("2026-03-12"), typed, headers=PART)
    assert "déjà de garde du 12/03/2026 23:00 au 13/03/2026 00:00, unité Est" in text_of(response)
    assert 'value="bena"' in response.content.decode()
    assert Guard.objects.count() == 1


def test_says_that_a_unit_is_closed(client, manager, at, typed, unit):
    unit.closed_from = datetime(2026, 3, 1, tzinfo=UTC).date()
    unit.save()
    response = client.post(at("2026-03-12"), typed)
    assert errors(response) == {"unit": ["unit_closed"]}


def test_checks_without_writing(client, manager, at, typed):
    response = client.post(at("2026-03-12"), typed | {"verifier": "1"})
    assert "Rien ne s'y oppose. Elle compte : nuit de semaine 13 h." in text_of(response)
    assert "1 médecin sera prévenu par e-mail : Nadia Benali" in text_of(response)
    assert not Guard.objects.exists()


class TestDays:
    """Which hours a cell offers."""

    @pytest.mark.parametrize(
        ("day", "hours"),
        [
            pytest.param("2026-03-12", "19:00 – 08:00", id="weeknight"),
            pytest.param("2026-03-14", "08:00 – 08:00", id="weekend"),
            pytest.param("2026-05-14", "08:00 – 08:00", id="holiday"),
        ],
    )
    def test_offers_the_shift_of_the_day(self, client, manager, doctor, at, day, hours):
        assert hours in text_of(client.get(at(day)))

    def test_offers_what_the_circle_has_decided(self, client, manager, doctor, at, unit):
        ShiftFactory(enterprise=unit.enterprise, category=GuardCategory.WEEKEND)
        assert "Jour (08:00 – 20:00)" in text_of(client.get(at("2026-03-14")))

    def test_offers_own_hours_only_where_weeknights_are_not_organised(
        self, client, manager, doctor, at, unit
    ):
        CircleOrganisationFactory(enterprise=unit.enterprise, organises_weeknights=False)
        response = client.get(at("2026-03-12"))
        assert response.context["form"].initial["shift"] == "autre"
        assert "19:00 – 08:00" not in text_of(response)

    def test_refuses_the_hour_that_march_skips(self, client, manager, at, typed):
        own = {"shift": "autre", "start_time": "02:30", "end_time": "08:00"}
        response = client.post(at("2026-03-29"), typed | own)
        assert errors(response) == {"start_time": ["nonexistent_time"]}

    def test_takes_the_night_of_october(self, client, manager, at, typed):
        own = {"shift": "autre", "start_time": "19:00", "end_time": "08:00"}
        client.post(at("2026-10-24"), typed | own)
        guard = Guard.objects.get()
        # Fourteen hours long, thirteen by the clock.
        assert (guard.ends_at - guard.starts_at).total_seconds() == 14 * 3600

    def test_refuses_the_year_2001(self, client, manager, at, typed):
        response = client.post(at("2001-03-12"), typed)
        assert errors(response) == {"shift": ["guard_too_old"]}

    @pytest.mark.parametrize("day", ["", "demain", "2026-02-30", "9999-12-31", "1999-12-31"])
    def test_falls_back_to_today(self, client, manager, doctor, at, day):
        response = client.get(at(day))
        assert response.context["day"].isoformat() == "2026-03-10"
        assert "Le jour demandé n'existe pas" in text_of(response)


def test_shows_what_the_cell_holds_with_its_acts(client, manager, doctor, at, unit):
    guard = GuardFactory(unit=unit, provider=doctor.provider)
    GuardFactory(unit=unit, cancelled=True)
    response = client.get(at("2026-03-05"))
    assert [line.guard for line in response.context["here"]] == [guard]
    for act in ("guard_edit", "guard_cancel"):
        assert reverse(f"bhod:{act}", args=[guard.pk]) in response.content.decode()


def test_shows_what_the_doctor_has_on_the_day(client, manager, doctor, unit):
    guard = GuardFactory(unit=unit, provider=doctor.provider)
    response = client.get(URL, {"jour": "2026-03-05", "medecin": doctor.provider.pk})
    assert [line.guard for line in response.context["here"]] == [guard]


def test_begins_with_the_letter_that_was_typed(client, manager, doctor, at):
    form = client.get(at("2026-03-12", debut="b")).context["form"]
    assert form.initial["doctor"] == "b"


def test_keeps_cancelled_guards_in_sight(client, manager, doctor, at, unit, typed):
    GuardFactory(unit=unit, provider=doctor.provider, cancelled=True)
    url = at("2026-03-12", annulees="1")
    assert "annulées" not in client.get(url).context["entry_url"]
    assert "annulee" in client.get(url).context["entry_url"]
    assert "is-cancelled" in client.post(url, typed, headers=PART).content.decode()


def test_knows_neither_unit_nor_doctor_of_another_circle(client, manager, doctor):
    elsewhere = CircleDoctorFactory()
    unit = GuardUnitFactory(enterprise=elsewhere.enterprise)
    response = client.get(URL, {"jour": "2026-03-12", "unite": unit.pk, "medecin": elsewhere.provider.pk})
    assert response.context["unit"] is None
    assert response.context["provider"] is None


def test_says_when_there_is_no_unit(client, manager, unit):
    unit.delete()
    assert "pas encore d'unité de garde" in text_of(client.get(URL))


def test_says_when_there_is_no_doctor(client, manager):
    assert "votre cercle n'en a pas encore" in text_of(client.get(URL))


def test_says_no_amount_to_the_administrative_user(client, administrative, at, typed):
    TariffFactory()
    response = client.post(at("2026-03-12"), typed, headers=PART)
    assert "€" not in response.content.decode()


@pytest.mark.usefixtures("manager", "doctor")
def test_tells_what_is_wrong_in_the_order_of_the_fields(client, unit):
    GuardUnitFactory(enterprise=unit.enterprise, name="Est")

    html = client.post(f"{URL}?jour=2026-03-12", {"shift": "0"}).content.decode()

    assert html.index('href="#id_doctor"') < html.index('href="#id_unit"')
    assert html.index('for="id_doctor"') < html.index('for="id_unit"')
