"""Five errors in a month that was in order, mended from the quality board through its links, without JavaScript."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pytest
from playwright.sync_api import expect

from bhod.eligibility import legal_holidays
from bhod.enums import GuardState
from bhod.models import CircleDoctor, Guard
from bhod.selectors.guards import beginning_in, guards_of, month_of
from bhod_portal.core import clock
from bhod_portal.core.names import elided
from bhod_portal.core.periods import Period, months_later
from csam.models import Enterprise
from tests.browser.prosante import confirm

CIRCLE = "CMG Haute-Meuse ASBL (0999.999.130)"
SATURDAY, WEDNESDAY = 5, 2
ALL_IN_ORDER = "Rien à corriger pour cette période"

pytestmark = pytest.mark.browser


@dataclass
class Planning:
    """A month of the circle, in which every guard is confirmed, and in which errors are planted row by row."""

    circle: Enterprise
    month: Period

    def guards(self):
        return beginning_in(guards_of(self.circle.pk), self.month).standing()

    def on_day(self, weekday):
        """Its first day of that kind after the first week that is no holiday."""
        day = self.month.start + timedelta(days=7)
        while day.weekday() != weekday or day in legal_holidays(day.year):
            day += timedelta(days=1)
        return day

    def shorten_an_enrolment(self):
        """The list ends the day before a doctor's last guard of the month; gives the enrolment."""
        last = self.guards().exclude(provider__person__last_name__in=["Masson", "Noël", "Vermeulen"]).last()
        enrolment = CircleDoctor.objects.get(enterprise=self.circle, provider=last.provider)
        enrolment.valid_until = clock.day_of(last.starts_at) - timedelta(days=1)
        enrolment.save(update_fields=["valid_until"])
        return enrolment

    def uncover_a_saturday(self):
        """Nobody is on guard in a unit on a Saturday by day; gives the guard that is gone."""
        starts_at = datetime.combine(self.on_day(SATURDAY), time(8), tzinfo=clock.BRUSSELS)
        gone = self.guards().filter(starts_at=starts_at).first()
        Guard.objects.filter(pk=gone.pk).update(
            state=GuardState.CANCELLED,
            cancelled_at=gone.ends_at,
            cancelled_by=gone.registered_by_id,
            confirmed_at=None,
            confirmed_by=None,
        )
        return gone

    def put_the_supervisor_beside_the_candidate(self):
        """The supervisor gets another guard of the hours of one of the candidate's; gives whose it was."""
        candidate = CircleDoctor.objects.get(enterprise=self.circle, supervisor__isnull=False)
        own = self.guards().filter(provider=candidate.provider).first()
        other = self.guards().filter(starts_at=own.starts_at, ends_at=own.ends_at).exclude(pk=own.pk).last()
        before = other.provider
        Guard.objects.filter(pk=other.pk).update(provider=candidate.supervisor)
        return before

    def forget_to_confirm(self):
        """The first guard of the month is registered only."""
        first = self.guards().first()
        Guard.objects.filter(pk=first.pk).update(
            state=GuardState.REGISTERED, confirmed_at=None, confirmed_by=None
        )

    def enter_a_morning(self):
        """A guard on a Wednesday from 10:00 to 12:00, which nobody pays."""
        confirmed = self.guards().filter(state=GuardState.CONFIRMED)
        model = confirmed.exclude(provider__person__last_name="Vermeulen").first()
        starts_at = datetime.combine(self.on_day(WEDNESDAY), time(10), tzinfo=clock.BRUSSELS)
        ends_at = starts_at + timedelta(hours=2)
        return Guard.objects.create(
            unit=model.unit,
            provider=model.provider,
            starts_at=starts_at,
            ends_at=ends_at,
            state=GuardState.CONFIRMED,
            registered_at=model.registered_at,
            registered_by=model.registered_by,
            confirmed_at=model.confirmed_at,
            confirmed_by=model.confirmed_by,
        )


@pytest.fixture
def planning(world):
    """Two months ago: confirmed whatever day it is."""
    month = month_of(months_later(clock.today(world), -2))
    return Planning(Enterprise.objects.get(world=world, bce_number="0999999130"), month)


def open_board(browser, month):
    browser.page.goto(f"{browser.address}/bhod/gardes/qualite/?mois={month:%Y-%m}")
    browser.is_headed("Tableau de qualité")


def of_rule(browser, title):
    return browser.page.get_by_role("region", name=title, exact=True)


def is_mended(browser, title):
    expect(of_rule(browser, title)).to_have_count(0)


def named(provider):
    return f"{provider.person.last_name} {provider.person.first_name}"


def choose_doctor(browser, provider):
    field = browser.page.get_by_role("combobox", name="Médecin")
    (label,) = [
        each for each in field.locator("option").all_inner_texts() if each.startswith(named(provider))
    ]
    field.select_option(label=label)


def test_five_planted_errors_are_mended_from_the_board(portal, planning):
    portal.page.goto(f"{portal.address}/prosante/profil/")
    portal.identify("Nadia Benali")
    confirm(portal, organisation=CIRCLE)
    month: date = planning.month.start
    open_board(portal, month)
    portal.reads(ALL_IN_ORDER)

    enrolment = planning.shorten_an_enrolment()
    gone = planning.uncover_a_saturday()
    before = planning.put_the_supervisor_beside_the_candidate()
    planning.forget_to_confirm()
    planning.enter_a_morning()
    open_board(portal, month)
    portal.reads("Heures honorées sans garde – 1")
    portal.reads("Garde hors de l'inscription du médecin")
    portal.reads("Candidat et maître de stage aux mêmes heures – 2")
    portal.reads("Gardes passées à confirmer – 1")
    portal.reads("Garde hors des heures honorées – 1")

    # The hours without a guard are proposed as they are: only the doctor is to be chosen.
    of_rule(portal, "Heures honorées sans garde").get_by_role("link", name="Ajouter une garde").click()
    portal.is_headed("Ajouter une garde")
    choose_doctor(portal, gone.provider)
    portal.press("Enregistrer")
    open_board(portal, month)
    is_mended(portal, "Heures honorées sans garde")

    of_rule(portal, "Garde hors de l'inscription du médecin").get_by_role(
        "link", name="Corriger l'inscription"
    ).first.click()
    portal.is_headed(
        elided(f"Modifier l'inscription de {enrolment.provider.person}", enrolment.provider.person)
    )
    portal.type("Inscrit jusqu'au", "")
    portal.press("Changer le dernier jour")
    open_board(portal, month)
    is_mended(portal, "Garde hors de l'inscription du médecin")

    found = of_rule(portal, "Candidat et maître de stage aux mêmes heures")
    row = found.get_by_role("row").filter(has_text="Catherine Noël")
    row.get_by_role("link", name="Modifier la garde").click()
    portal.is_headed("Modifier une garde")
    choose_doctor(portal, before)
    portal.press("Enregistrer")
    open_board(portal, month)
    is_mended(portal, "Candidat et maître de stage aux mêmes heures")

    of_rule(portal, "Garde hors des heures honorées").get_by_role("link", name="Modifier la garde").click()
    portal.follow("Annuler la garde")
    portal.type("Motif de l'annulation", "saisie par erreur")
    portal.press("Annuler la garde")
    open_board(portal, month)
    is_mended(portal, "Garde hors des heures honorées")

    # What was added and changed waits to be confirmed too.
    portal.reads("Gardes passées à confirmer – 1")
    of_rule(portal, "Gardes passées à confirmer").get_by_role("link", name="Confirmer ces gardes").click()
    portal.is_headed("Confirmer les gardes d'une période")
    portal.press("Confirmer 3 gardes")
    open_board(portal, month)
    portal.reads(ALL_IN_ORDER)
    portal.reads("100 % des heures honorées ont une garde")
