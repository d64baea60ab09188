import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from bhod_portal.core.models import AuditEntry
from tests.bhod.factories import (
    CircleDoctorFactory,
    CircleOrganisationFactory,
    DoctorUnitFactory,
    GuardFactory,
    GuardUnitFactory,
    GuardZoneFactory,
)
from tests.bhod.payment_factories import TariffFactory
from tests.html_guard import assert_clean
from tests.pages import text_of
from tests.prosante_login.factories import CareProviderFactory, inami_number

URL = reverse("bhod:quality")
EXPORT = reverse("bhod:quality_export")
# The weekend of 7 March 2026, of which nothing else is asked.
WEEKEND = {"du": "07-03-2026", "au": "08-03-2026"}
THURSDAY = {"du": "05-03-2026", "au": "05-03-2026"}


@pytest.fixture
def zone(unit):
    unit.zone = GuardZoneFactory(enterprise=unit.enterprise)
    unit.save(update_fields=["zone"])
    return unit.zone


@pytest.fixture
def doctor(zone):
    return CircleDoctorFactory(enterprise=zone.enterprise)


@pytest.fixture
def covered(unit, doctor):
    """The whole weekend, confirmed."""
    return GuardFactory(unit=unit, provider=doctor.provider, weekend=True, confirmed=True)


def codes(response):
    return [each.rule.code for each in response.context["work"]]


def links(response):
    return [
        (link.label, link.url)
        for section in [*response.context["work"], *response.context["information"]]
        for row in section.rows
        for link in row.links
    ]


def test_is_pleased_when_nothing_is_to_mend(client, manager, covered):
    response = client.get(URL, WEEKEND)
    assert_clean(response.content.decode())
    text = text_of(response)
    assert "Rien à corriger pour cette période" in text
    assert "100 % des heures honorées ont une garde (48 h sur 48 h)" in text
    assert "100 % des gardes n'ont aucun constat à corriger (1 sur 1" in text
    assert "Garde confirmée avant sa fin" in text
    assert "Toutes les règles vérifiées" in text


def test_shows_the_current_month_by_default(client, manager, doctor):
    response = client.get(URL)
    assert_clean(response.content.decode())
    assert "Du 01/03/2026 au 31/03/2026" in text_of(response)
    assert codes(response) == ["uncovered", "norm_not_met"]


@pytest.mark.parametrize(
    ("query", "period"),
    [
        ({"mois": "2026-02"}, "Du 01/02/2026 au 28/02/2026"),
        ({"periode": "mois", "mois": "2026-02"}, "Du 01/02/2026 au 28/02/2026"),
        ({"periode": "trimestre", "mois": "2026-05"}, "Du 01/04/2026 au 30/06/2026"),
        ({"periode": "trimestre", "mois": "2025-12"}, "Du 01/10/2025 au 31/12/2025"),
        ({"periode": "annee"}, "Du 11/03/2025 au 10/03/2026"),
        (WEEKEND, "Du 07/03/2026 au 08/03/2026"),
        ({"periode": "x", "mois": "2026-13"}, "Du 01/03/2026 au 31/03/2026"),
    ],
)
def test_shows_the_period_that_is_asked_for(client, manager, doctor, query, period):
    assert period in text_of(client.get(URL, query))


def test_says_that_a_month_does_not_exist(client, manager, doctor):
    assert "Le mois demandé n'existe pas" in text_of(client.get(URL, {"mois": "2026-13"}))


def test_leads_to_the_periods_beside(client, manager, doctor):
    content = client.get(URL, {"periode": "trimestre", "mois": "2026-03"}).content.decode()
    assert "?periode=trimestre&amp;mois=2025-10" in content
    assert "?periode=trimestre&amp;mois=2026-04" in content
    first = client.get(URL, {"mois": "2000-01"}).content.decode()
    assert 'rel="prev"' not in first
    assert 'rel="next"' in first
    assert 'rel="next"' not in client.get(URL, {"periode": "annee"}).content.decode()


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"du": "01-01-2026", "au": "01-01-2028"}, "un an au plus"),
        ({"du": "08-03-2026", "au": "07-03-2026"}, "ne peut pas précéder"),
        ({"du": "x", "au": "07-03-2026"}, "Du"),
        ({"periode": "dates"}, "Du"),
    ],
)
def test_explains_dates_that_make_no_period(client, manager, doctor, query, error):
    response = client.get(URL, query)
    assert_clean(response.content.decode())
    assert response.context["board"] is None
    assert error in text_of(response)


def test_leads_to_the_guard_that_is_missing(client, manager, unit, covered):
    covered.ends_at -= timedelta(hours=12)
    covered.save(update_fields=["ends_at"])
    response = client.get(URL, WEEKEND)
    assert_clean(response.content.decode())
    assert links(response)[0] == (
        "Ajouter une garde",
        f"{reverse('bhod:guard_create')}?unite={unit.pk}&jour=2026-03-08&debut=20%3A00&fin=2026-03-09T08%3A00",
    )
    text = text_of(response)
    assert "2 constats, 12 h en jeu" in text
    assert "La règle et sa source" in text
    assert "Arrêté royal du 8 juillet 2002" in text


def test_leads_to_a_series_where_one_guard_is_not_enough(client, manager, unit, doctor):
    found = links(client.get(URL, WEEKEND | {"regle": "uncovered"}))
    assert [label for label, _url in found] == ["Ajouter une garde", "Ajouter une série de gardes"]
    assert found[1][1] == f"{reverse('bhod:guard_series')}?unite={unit.pk}&du=07-03-2026&au=08-03-2026"
    form = client.get(found[1][1]).context["form"]
    assert not form.is_bound
    assert [form[name].value() for name in ("unite", "du", "au")] == [
        str(unit.pk),
        "07-03-2026",
        "08-03-2026",
    ]


@pytest.mark.parametrize("asked", [{"debut": "20:00"}, {"debut": "x", "fin": "2026-03-09T08:00"}])
def test_takes_hours_that_are_not_both_there_as_none(client, manager, unit, doctor, asked):
    initial = client.get(reverse("bhod:guard_create"), {"jour": "2026-03-07"} | asked).context["form"].initial
    assert str(initial["start_time"]) == "08:00:00"


def test_prefills_the_guard_that_is_missing(client, manager, unit, covered):
    covered.ends_at -= timedelta(hours=12)
    covered.save(update_fields=["ends_at"])
    (_label, url), *_ = links(client.get(URL, WEEKEND))
    initial = client.get(url).context["form"].initial
    assert (initial["start_day"], str(initial["start_time"])) == (date(2026, 3, 8), "20:00:00")
    assert (initial["end_day"], str(initial["end_time"])) == (date(2026, 3, 9), "08:00:00")
    assert initial["unit"] == str(unit.pk)


def night(unit, provider, **values):
    return GuardFactory(unit=unit, provider=provider, **values)


def plant(code, unit, doctor):
    """One night of Thursday 5 March that breaks a rule; gives the guard and the enrolment that is wrong."""
    circle = unit.enterprise
    if code == "not_enrolled":
        doctor = CircleDoctorFactory(enterprise=circle, ended=True)
    elif code == "supervisor_required":
        doctor = CircleDoctorFactory(enterprise=circle, candidate=True, supervisor=None)
    elif code == "not_eligible_code":
        provider = CareProviderFactory(person__world=circle.world, inami_number=inami_number(170_998, "009"))
        doctor = CircleDoctorFactory(enterprise=circle, provider=provider)
    elif code == "unit_not_allowed":
        DoctorUnitFactory(doctor=doctor)
    elif code == "unit_closed":
        unit.closed_from = date(2026, 3, 6)
        unit.save(update_fields=["closed_from"])
    elif code == "weeknight_not_organised":
        CircleOrganisationFactory(enterprise=circle, organises_weeknights=False)
    values = {"draft": True} if code == "draft_past" else {"confirmed": True}
    if code == "deadline_passed":
        values = {}
    if code == "deadline_near":
        values = {}
    return night(unit, doctor.provider, **values), doctor


@pytest.mark.parametrize(
    ("code", "label", "name", "target"),
    [
        ("not_enrolled", "Corriger l'inscription", "doctor_change", "doctor"),
        ("supervisor_required", "Corriger l'inscription", "doctor_change", "doctor"),
        ("not_eligible_code", "Voir l'inscription", "doctor_detail", "doctor"),
        ("unit_not_allowed", "Voir ses unités", "doctor_units", "doctor"),
        ("unit_closed", "Organisation du cercle", "circle", ""),
        ("weeknight_not_organised", "Organisation du cercle", "circle", ""),
        ("draft_past", "Enregistrer le brouillon", "guard_publish", "day"),
        ("deadline_near", "Confirmer la garde", "guard_confirm_one", "guard"),
        ("deadline_passed", "Annuler la garde", "guard_cancel", "guard"),
    ],
)
def test_leads_to_what_mends_a_guard(client, manager, world, unit, doctor, code, label, name, target):
    guard, enrolment = plant(code, unit, doctor)
    if code.startswith("deadline"):
        world.frozen_at = datetime(2027, 3, 5 if code == "deadline_near" else 8, 9, tzinfo=UTC)
        world.save(update_fields=["frozen_at"])
    args = {"doctor": [enrolment.pk], "guard": [guard.pk]}.get(target, [])
    url = reverse(f"bhod:{name}", args=args)
    if target == "day":
        url += f"?du=05-03-2026&au=05-03-2026&unite={unit.pk}"

    response = client.get(URL, THURSDAY | {"regle": code})

    assert codes(response) == [code]
    assert links(response) == [
        (label, url),
        ("Modifier la garde", reverse("bhod:guard_edit", args=[guard.pk])),
    ]
    assert client.get(url).status_code == 200


def test_leads_to_the_enrolment_of_a_doctor_who_never_had_one(client, manager, unit, zone):
    guard = GuardFactory(unit=unit, confirmed=True)
    assert links(client.get(URL, THURSDAY))[0] == ("Inscrire le médecin", reverse("bhod:doctor_enrol"))
    assert guard.provider.person.last_name in text_of(client.get(URL, THURSDAY))


def test_leads_to_the_confirmation_of_a_month(client, manager, unit, doctor):
    night(unit, doctor.provider)
    ((label, url),) = links(client.get(URL, THURSDAY))
    assert (label, url) == (
        "Confirmer ces gardes",
        reverse("bhod:guard_confirm") + "?du=01-03-2026&au=31-03-2026",
    )
    assert client.get(url).status_code == 200


def test_leads_to_the_organisation_of_the_circle(client, manager, unit):
    GuardZoneFactory(enterprise=unit.enterprise)
    found = links(client.get(URL, WEEKEND))
    assert found[2:] == [("Organisation du cercle", reverse("bhod:circle"))] * 2


def test_leads_only_to_the_guard_where_nothing_else_mends_it(client, manager, unit, doctor):
    candidate = CircleDoctorFactory(enterprise=unit.enterprise, candidate=True, supervisor=doctor.provider)
    pair = [night(unit, each.provider, confirmed=True) for each in (candidate, doctor)]
    found = links(client.get(URL, THURSDAY | {"regle": "candidate_and_supervisor"}))
    urls = {reverse("bhod:guard_edit", args=[guard.pk]) for guard in pair}
    assert {*found} == {("Modifier la garde", url) for url in urls}


def test_shows_ten_findings_of_a_rule_and_all_of_it_alone(client, manager, unit, zone):
    start = datetime(2025, 9, 1, 8, tzinfo=UTC)
    for number in range(60):
        begins = start + timedelta(days=number)
        GuardFactory(unit=unit, starts_at=begins, ends_at=begins + timedelta(hours=1), confirmed=True)
    period = {"du": "01-09-2025", "au": "30-10-2025"}
    response = client.get(URL, period)
    (section,) = [each for each in response.context["work"] if each.rule.code == "not_enrolled"]
    assert (len(section.rows), section.count, section.has_more) == (10, 60, True)
    assert "Voir les 60 constats" in text_of(response)

    alone = client.get(URL, period | {"regle": "not_enrolled", "page": "2"})
    assert_clean(alone.content.decode())
    assert codes(alone) == ["not_enrolled"]
    assert len(alone.context["work"][0].rows) == 10
    assert "regle=not_enrolled&amp;page=1" in alone.content.decode()
    assert "Voir tous les constats" in text_of(alone)


def test_takes_a_rule_that_finds_nothing_as_none(client, manager, covered):
    assert "Rien à corriger" in text_of(client.get(URL, WEEKEND | {"regle": "not_enrolled"}))


def test_shows_what_is_good_to_know_apart(client, manager, unit, doctor, covered):
    other = CircleDoctorFactory(enterprise=unit.enterprise)
    GuardFactory(unit=unit, provider=other.provider, weekend=True, confirmed=True)
    response = client.get(URL, WEEKEND)
    assert codes(response) == []
    assert "Bon à savoir" in text_of(response)
    assert "Deux médecins à la fois dans une unité" in text_of(response)


def test_shows_nothing_of_another_circle(client, manager, covered):
    GuardFactory(weekend=True)
    assert client.get(URL, WEEKEND).context["board"].score.guards == 1


@pytest.mark.parametrize("role", ["manager", "administrative"])
def test_shows_hours_and_never_an_amount(client, role, request, unit, doctor):
    request.getfixturevalue(role)
    TariffFactory()
    night(unit, doctor.provider)
    for content in (client.get(URL).content.decode(), rows_of(client.get(EXPORT))):
        assert "13" in content
        for amount in ("€", "80,60", "6,20", "Montant"):
            assert amount not in content


def rows_of(response):
    return b"".join(response.streaming_content).decode()


def test_exports_the_work_list(client, manager, unit, doctor):
    night(unit, doctor.provider)
    response = client.get(EXPORT, THURSDAY)
    heading, row, *rest = rows_of(response).splitlines()
    assert heading.startswith("\ufeffGravité;Règle;Début;Fin;Unité ou zone;Médecin;Heures en jeu;Constat;")
    assert row.startswith("à risque;Gardes passées à confirmer;05/03/2026 19:00;06/03/2026 08:00;;;13,00;")
    assert rest == []
    assert 'filename="qualite-' in response["Content-Disposition"]
    entry = AuditEntry.objects.get(act="bhod.quality.exported")
    assert (entry.details, entry.done_by_id) == ({"count": 1}, manager.pk)


def test_exports_what_has_no_hours(client, manager, unit, doctor):
    GuardZoneFactory(enterprise=unit.enterprise, name="Vide")
    night(unit, doctor.provider, confirmed=True)
    row = rows_of(client.get(EXPORT, THURSDAY)).splitlines()[1]
    assert row.startswith("à risque;Zone sans unité;;;Vide;;;")


def test_exports_the_current_month_where_the_dates_make_none(client, manager, doctor):
    assert "2026-03-01" in client.get(EXPORT, {"du": "x", "au": ""})["Content-Disposition"]


def test_is_reached_from_the_guards(client, manager, unit):
    assert f"{URL}?mois=2026-03" in client.get(reverse("bhod:guard_month")).content.decode()


def test_reads_the_same_however_many_guards_there_are(client, manager, unit, doctor, max_reads):
    GuardUnitFactory(enterprise=unit.enterprise)
    for day in range(1, 20):
        begins = datetime(2026, 2, day, 18, tzinfo=UTC)
        GuardFactory(
            unit=unit, provider=doctor.provider, starts_at=begins, ends_at=begins + timedelta(hours=13)
        )
    with max_reads(20):
        client.get(URL, {"mois": "2026-02"})


def test_names_the_table_of_each_rule(client, manager, unit, covered):
    page = client.get(URL, WEEKEND | {"du": "01-01-2026"}).content.decode()
    names = re.findall(r'class="table-region"[^>]*aria-label="([^"]+)"', page)
    assert len(names) > 1
    assert len(names) == len(set(names))
