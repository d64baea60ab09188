"""A month of guards entered in its grid: by keyboard alone, without script, and on a phone."""

import re
from datetime import timedelta

import pytest
from django.utils.formats import date_format
from playwright.sync_api import expect

from bhod.enums import GuardState
from bhod.models import CircleDoctor, Guard, GuardUnit
from bhod.selectors.circles import organisation_of
from bhod.selectors.guards import beginning_in, days_of, guards_of, month_of
from bhod_portal.core import clock
from tests.browser.keyboard import Keyboard
from tests.browser.prosante import confirm

pytestmark = pytest.mark.browser

CIRCLE = "CMG Haute-Meuse ASBL"
AHEAD = timedelta(days=150)


@pytest.fixture
def unit(world):
    """The first of the circle's units: the first row of the grid."""
    units = GuardUnit.objects.filter(enterprise__world=world, enterprise__name=CIRCLE).order_by("name")
    return units.select_related("enterprise").first()


@pytest.fixture
def month(world, unit):
    """A month for which nothing is planned."""
    month = month_of(clock.today(world) + AHEAD)
    assert not beginning_in(guards_of(unit.enterprise_id), month).exists()
    return month


@pytest.fixture
def doctors(unit):
    """The names of three doctors with nothing particular to them."""
    listed = CircleDoctor.objects.filter(
        enterprise=unit.enterprise, supervisor=None, valid_until=None, allowed_units=None
    )
    supervisors = CircleDoctor.objects.exclude(supervisor=None).values("supervisor")
    listed = listed.exclude(provider__in=supervisors).select_related("provider__person")
    plain = [each for each in listed if each.provider.inami_number[-3:] in {"003", "004"}]
    names = sorted(each.provider.person.last_name for each in plain)
    return [name for name in names if name.isascii() and names.count(name) == 1][:3]


@pytest.fixture
def enter(portal, month):
    """Nadia Benali opens the month for her circle."""

    def act():
        portal.page.goto(f"{portal.address}/bhod/gardes/?mois={month.start:%Y-%m}")
        portal.identify("Nadia Benali")
        confirm(portal, organisation=f"{CIRCLE} (0999.999.130)")
        portal.is_headed("Gardes")
        portal.reads("Aucune garde enregistrée ne commence ce mois-ci.")

    return act


def named(day, unit, rest=""):
    return re.compile(f"^{date_format(day, 'l j F')}, unité {re.escape(unit.name)}, .*{rest}")


class TestWithScript:
    @pytest.fixture
    def browser_context_args(self, browser_context_args):
        return browser_context_args | {"java_script_enabled": True}

    def cell(self, portal, day, unit, rest=""):
        return portal.page.get_by_role("gridcell", name=named(day, unit, rest))

    def test_enters_a_month_from_nothing_by_keyboard_alone(self, portal, enter, month, unit, doctors, faults):
        enter()
        page, keyboard = portal.page, Keyboard(portal.page)
        # The grid answers to keys once its script runs.
        grid = page.get_by_role("grid", name=re.compile(date_format(month.start, "F Y"), re.IGNORECASE))
        expect(grid.get_by_role("rowheader", name=unit.name)).to_be_visible()
        expect(grid.get_by_role("columnheader")).to_have_count(len(days_of(month)) + 1)
        shifts_on = organisation_of(unit.enterprise_id).shifts_on
        dialog, entered = page.get_by_role("dialog"), 0

        keyboard.go_to(self.cell(portal, month.start, unit))
        for day in days_of(month):
            cell = self.cell(portal, day, unit)
            expect(cell).to_be_focused()
            for number in range(len(shifts_on(day))):
                name = doctors[entered % len(doctors)]
                # A letter opens the entry and begins the name; Enter opens it empty.
                page.keyboard.press("Enter" if number else name[0].lower())
                expect(dialog.get_by_label("Médecin")).to_be_focused()
                page.keyboard.type(name if number else name[1:])
                if number:
                    page.keyboard.press("Tab")
                    page.keyboard.press("ArrowDown")
                page.keyboard.press("Enter")
                entered += 1
                expect(self.cell(portal, day, unit, f"Dr {name}, .*enregistrée")).to_be_focused()
                expect(dialog).to_be_hidden()
            page.keyboard.press("ArrowRight")

        found = beginning_in(guards_of(unit.enterprise_id), month)
        assert found.filter(unit=unit, state=GuardState.REGISTERED).count() == entered
        portal.reads(f"{entered} gardes enregistrées commencent ce mois-ci")
        assert faults == []

    def test_moves_about_closes_and_cancels_by_keyboard(self, portal, enter, month, unit, doctors, faults):
        enter()
        page, keyboard, days = portal.page, Keyboard(portal.page), days_of(month)
        dialog = page.get_by_role("dialog")
        keyboard.go_to(self.cell(portal, days[0], unit))
        for key, place in (("PageDown", 7), ("ArrowRight", 8), ("ArrowLeft", 7), ("End", -1), ("Home", 0)):
            page.keyboard.press(key)
            expect(self.cell(portal, days[place], unit)).to_be_focused()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        expect(self.cell(portal, days[0], unit)).to_be_focused()

        page.keyboard.press("Enter")
        expect(dialog.get_by_label("Médecin")).to_be_focused()
        # What is wrong is told in the dialog, and what was typed stays.
        page.keyboard.type("Personne")
        page.keyboard.press("Enter")
        expect(dialog.get_by_role("alert")).to_be_focused()
        expect(dialog.get_by_role("alert")).to_contain_text("Aucun médecin inscrit ne s'appelle ainsi")
        expect(dialog.get_by_label("Médecin")).to_have_value("Personne")
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(self.cell(portal, days[0], unit)).to_be_focused()

        # The rules are asked while one types.
        page.keyboard.press("Enter")
        expect(dialog.get_by_label("Médecin")).to_be_focused()
        page.keyboard.type(doctors[0])
        page.keyboard.press("Tab")
        expect(dialog.get_by_role("status")).to_contain_text("Rien ne s'y oppose.")
        page.keyboard.press("Enter")
        expect(self.cell(portal, days[0], unit, "enregistrée")).to_be_focused()
        page.keyboard.press("Delete")
        portal.is_headed("Annuler cette garde ?")
        keyboard.type("Motif de l'annulation", "essai")
        keyboard.press("Annuler la garde")
        portal.reads("Montrer 1 garde annulée")
        assert Guard.objects.filter(cancel_reason="essai").count() == 1
        assert faults == []


class TestOnAPhone:
    @pytest.fixture
    def browser_context_args(self, browser_context_args):
        return browser_context_args | {
            "java_script_enabled": True,
            "has_touch": True,
            "viewport": {"width": 390, "height": 844},
        }

    def test_enters_a_guard_with_a_finger(self, portal, enter, month, unit, doctors, faults):
        enter()
        page, day = portal.page, days_of(month)[9]
        cell = page.get_by_role("gridcell", name=named(day, unit))
        cell.get_by_role("link", name=re.compile("^ajouter")).tap()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Médecin").fill(doctors[0])
        button = dialog.get_by_role("button", name="Enregistrer")
        expect(dialog.get_by_role("heading")).to_contain_text(unit.name)
        button.tap()

        expect(page.get_by_role("gridcell", name=named(day, unit, f"Dr {doctors[0]}"))).to_be_focused()
        # Far to the right, one still sees whose row it is; and the page itself does not move sideways.
        expect(page.get_by_role("rowheader", name=unit.name)).to_be_in_viewport()
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        portal.follow("Semaine")
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        portal.follow("Liste")
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        assert faults == []


def test_enters_guards_without_script(portal, enter, month, unit, doctors):
    enter()
    page = portal.page
    for day, name in zip(days_of(month)[:3], doctors, strict=True):
        cell = page.get_by_role("cell", name=named(day, unit, "aucune garde"))
        cell.get_by_role("link", name=re.compile("^ajouter")).click()
        portal.is_headed("Saisir une garde")
        if name == doctors[0]:
            portal.type("Médecin", "Personne")
            portal.press("Enregistrer")
            portal.reads("Aucun médecin inscrit ne s'appelle ainsi")
        portal.type("Médecin", name)
        portal.press("Vérifier sans enregistrer")
        portal.reads("Rien ne s'y oppose.")
        portal.press("Enregistrer")
        portal.is_headed("Gardes")
        expect(page.get_by_role("cell", name=named(day, unit, f"Dr {name}, .*enregistrée"))).to_be_visible()
    portal.reads("3 gardes enregistrées commencent ce mois-ci")
