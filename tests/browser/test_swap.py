"""A doctor can't make it: a colleague takes the guard over, each at his own computer, without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from bhod.enums import GuardAct, GuardState
from bhod.models import CircleOrganisation, Guard
from bhod.selectors.plans import Entry, Plan, judge
from bhod_portal.core import clock
from bhod_portal.core.models import Message
from prosante_login.models import CareProvider
from tests.browser.prosante import confirm

pytestmark = pytest.mark.browser

CIRCLE = "CMG Haute-Meuse ASBL (0999.999.130)"


def provider(name):
    return next(each for each in CareProvider.objects.select_related("person") if str(each.person) == name)


def guard_to_swap(world, giver, taker):
    """The next guard of a doctor that his colleague can take over."""
    at = clock.now(world)
    guards = Guard.objects.filter(provider=provider(giver), starts_at__gt=at, state=GuardState.REGISTERED)
    for guard in guards.select_related("unit").order_by("starts_at"):
        entry = Entry.of(guard, act=GuardAct.SWAPPED).moved(provider_id=provider(taker).pk)
        if not judge(Plan(guard.unit.enterprise_id, [entry]), at=at).refused:
            return guard
    raise AssertionError(f"{taker} can take over no guard of {giver}")


def shown(guard):
    return f"{guard.starts_at.astimezone(clock.BRUSSELS):%d/%m/%Y %H:%M}"


def is_told(browser, text):
    expect(browser.page.get_by_role("status")).to_contain_text(text)


def open_own_file(browser, name):
    browser.page.goto(f"{browser.address}/prosante/profil/")
    browser.identify(name)
    confirm(browser, "Médecin")
    browser.follow("Mes gardes")
    browser.is_headed("Mes gardes")


def offer(browser, guard, to):
    browser.page.get_by_role("link", name=f"Proposer cette garde : {shown(guard)}").click()
    browser.is_headed("Proposer une garde")
    browser.choose("À qui proposer cette garde ?", to)
    browser.type("Message", "Un baptême ce jour-là")
    browser.press("Suivant")
    browser.is_headed("Vérifiez la proposition")
    browser.reads("Ce qui se passe ensuite")
    browser.press("Proposer la garde")
    browser.is_headed("Échanges de gardes")
    is_told(browser, "La garde est proposée.")


def link_of_last_mail(browser, to):
    mail = Message.objects.filter(person=to.person).latest("pk")
    return browser.address + re.search(r"https?://[^/]+(/bhod/\S+)", mail.body)[1]


def test_a_colleague_takes_a_guard_over(portal, second_browser, world):
    guard = guard_to_swap(world, "Nadia Benali", "Thomas Gérard")
    open_own_file(portal, "Nadia Benali")
    offer(portal, guard, "Gérard Thomas")

    # The link of the mail leads through login and profile to the guard.
    second_browser.page.goto(link_of_last_mail(second_browser, provider("Thomas Gérard")))
    second_browser.identify("Thomas Gérard")
    confirm(second_browser, "Médecin")
    second_browser.is_headed("Reprendre cette garde ?")
    second_browser.reads("Un baptême ce jour-là")
    second_browser.press("Accepter la garde")
    is_told(second_browser, "La garde est reprise : elle est maintenant au nom de Thomas Gérard.")
    second_browser.follow("Mes gardes")
    second_browser.page.get_by_role("link", name=f"Proposer cette garde : {shown(guard)}").wait_for()

    portal.page.reload()
    portal.reads("reprise par Thomas Gérard")
    portal.follow("Mes gardes")
    assert portal.page.get_by_role("link", name=f"Proposer cette garde : {shown(guard)}").count() == 0
    guard.refresh_from_db()
    assert (guard.provider, guard.version) == (provider("Thomas Gérard"), 2)

    # So does the circle.
    portal.page.goto(f"{portal.address}/prosante/profil/")
    confirm(portal, "Citoyen", CIRCLE)
    portal.page.goto(f"{portal.address}/bhod/gardes/echanges/")
    portal.reads("reprise par Thomas Gérard")
    portal.page.get_by_role("link", name=f"Voir la garde : {shown(guard)}").click()
    portal.follow("Historique")
    portal.is_headed("Historique d'une garde")
    portal.reads("Échangée")
    portal.reads("Nadia Benali → Thomas Gérard")


def test_the_circle_decides_where_it_wants_to(portal, second_browser, world):
    CircleOrganisation.objects.update(swaps_need_manager=True)
    guard = guard_to_swap(world, "Thomas Gérard", "Marie Lefèvre")
    open_own_file(portal, "Thomas Gérard")
    offer(portal, guard, "Tous les médecins inscrits du cercle")

    open_own_file(second_browser, "Marie Lefèvre")
    second_browser.reads("Un confrère propose une garde")
    second_browser.follow("Échanges de gardes")
    second_browser.page.get_by_role("link", name=f"Voir et accepter : {shown(guard)}").click()
    second_browser.reads("Si vous acceptez, le cercle décide")
    second_browser.press("Accepter la garde")
    is_told(second_browser, "l'échange se fait quand le cercle l'approuve")
    portal.page.reload()
    portal.reads("acceptée par Marie Lefèvre")
    second_browser.quit()

    second_browser.page.goto(link_of_last_mail(second_browser, provider("Nadia Benali")))
    second_browser.identify("Nadia Benali")
    confirm(second_browser, "Citoyen", CIRCLE)
    second_browser.is_headed("Décider d'un échange")
    second_browser.tick("Approuver l'échange")
    second_browser.press("Confirmer la décision")

    is_told(second_browser, "L'échange est approuvé")
    second_browser.reads("reprise par Marie Lefèvre")
    guard.refresh_from_db()
    assert guard.provider == provider("Marie Lefèvre")
