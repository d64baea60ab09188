"""A circle imports the month that its secretary keeps in a workbook of her own, into an empty one; without JavaScript."""

import io
from datetime import datetime, time, timedelta
from itertools import cycle

import pytest
from openpyxl import Workbook
from playwright.sync_api import expect

from bhod.eligibility import DAY_STARTS, NIGHT_STARTS, category_of, qualification_of
from bhod.enums import GuardCategory
from bhod.models import CircleDoctor, Guard
from bhod.selectors.guards import beginning_in, days_of, guards_of, month_of
from bhod_portal.core import clock
from bhod_portal.core.periods import months_later
from csam.models import Enterprise
from tests.browser.prosante import confirm
from tests.personas import HAUTE_MEUSE

CIRCLE = "CMG Haute-Meuse ASBL (0999.999.130)"
# Hers, and which column each is.
HEADINGS = {
    "Poste de garde": "Unité",
    "N° du confrère": "Numéro INAMI du médecin",
    "Jour": "Début : jour, ou jour et heure",
    "Commence à": "Heure de début",
    "Jusqu'à": "Heure de fin",
    "Remarque": "Ne pas importer",
}

pytestmark = pytest.mark.browser


@pytest.fixture
def circle(world):
    return Enterprise.objects.get(world=world, bce_number=HAUTE_MEUSE)


@pytest.fixture
def month(world, circle):
    """The first month to come in which the circle has no guard yet."""
    return next(
        month
        for later in range(1, 20)
        if not beginning_in(
            guards_of(circle.pk), month := month_of(months_later(clock.today(world), later))
        ).exists()
    )


@pytest.fixture
def workbook(circle, month):
    """A guard for each day of the month in one unit, by doctors in turn; its bytes and their number."""
    unit = circle.guard_units.order_by("name").first()
    enrolled = CircleDoctor.objects.filter(
        enterprise=circle, valid_until=None, allowed_units=None, supervisor=None
    )
    doctors = cycle(
        each.provider
        for each in enrolled.select_related("provider").order_by("pk")
        if (code := qualification_of(each.provider)) and not code.needs_acquired_rights
    )
    book = Workbook()
    book.active.append(list(HEADINGS))
    for day in days_of(month):
        starts = NIGHT_STARTS if category_of(day) == GuardCategory.WEEKNIGHT else DAY_STARTS
        cells = [unit.name, next(doctors).inami_number, datetime.combine(day, time()), starts, DAY_STARTS, ""]
        book.active.append(cells)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue(), len(days_of(month))


def send(portal, content):
    portal.is_headed("Importer un planning")
    file = {"name": "planning de Marie.xlsx", "mimeType": "application/octet-stream", "buffer": content}
    portal.page.get_by_label("Fichier du planning").set_input_files(file)
    portal.press("Contrôler le fichier")


def test_a_month_from_a_workbook(portal, circle, month, workbook):
    content, number = workbook
    portal.page.goto(f"{portal.address}/bhod/gardes/importer/")
    portal.identify("Nadia Benali")
    confirm(portal, organisation=CIRCLE)

    send(portal, content)
    portal.is_headed("Quelle colonne est laquelle ?")
    for heading, column in HEADINGS.items():
        portal.choose(heading, column)
    portal.press("Contrôler le fichier")

    portal.is_headed("Contrôler l'import")
    expect(portal.page.get_by_role("link", name=f"Ajoutées ({number})")).to_be_visible()
    portal.press(f"Confirmer l'import de {number} gardes")
    portal.is_headed("L'import est fait")
    portal.reads(f"Ajoutées : {number}")
    portal.follow("Voir les gardes")
    portal.is_headed("Gardes")
    expect(portal.page).to_have_url(f"{portal.address}/bhod/gardes/?mois={month.start:%Y-%m}")

    guards = beginning_in(guards_of(circle.pk), month).standing()
    assert guards.count() == number
    first = guards[0]
    assert first.ends_at - first.starts_at <= timedelta(days=1)

    # The same file again: its headings are known, and it changes nothing.
    portal.page.goto(f"{portal.address}/bhod/gardes/importer/")
    send(portal, content)
    portal.is_headed("Contrôler l'import")
    expect(portal.page.get_by_role("link", name=f"Inchangées ({number})")).to_be_visible()
    portal.reads("Il n'y a rien à importer")
    assert Guard.objects.filter(unit__enterprise=circle, changes__batch__isnull=False).count() == number
