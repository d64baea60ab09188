"""A guard from its confirmation to its doctor's money, and what it costs him once it turns out shorter; without JavaScript.

Circle, agent of INAMI and doctor are at three computers; the clock of the demo world is moved, and its nights come.
"""

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.urls import reverse
from django.utils.formats import number_format
from playwright.sync_api import expect

from bhod.enums import GuardState
from bhod.models import Guard, PaymentRun
from bhod.selectors.payment_runs import last_period_over
from bhod.selectors.tariffs import tariff_book
from bhod.tasks import begin_nights, work_on_payments
from bhod_portal.core import clock
from bhod_portal.core.clock import BRUSSELS
from prosante_login.models import CareProvider
from tests.browser.portal import Portal
from tests.browser.prosante import confirm
from training.demo.people import PASSWORD

pytestmark = pytest.mark.browser

CIRCLE = "CMG Haute-Meuse ASBL (0999.999.130)"
DOCTOR = "Luc Moreau"
NIGHT = timedelta(hours=13)
NARROW = "\u00a0"


@pytest.fixture
def at_computer(world, browser, browser_context_args, live_server):
    """One more computer in front of the portal."""
    contexts = []

    def act():
        context = browser.new_context(**browser_context_args)
        context.set_default_timeout(20_000)
        contexts.append(context)
        return Portal(context.new_page(), live_server.url)

    yield act
    for context in contexts:
        context.close()


@pytest.fixture
def guards(world):
    """Weeknights of the doctor that the circle hasn't confirmed, the earliest first."""
    provider = next(
        each for each in CareProvider.objects.select_related("person") if str(each.person) == DOCTOR
    )
    registered = Guard.objects.filter(provider=provider, state=GuardState.REGISTERED).order_by("starts_at")
    nights = [each for each in registered if each.ends_at - each.starts_at == NIGHT]
    assert len(nights) > 1
    return nights


@pytest.fixture
def manager(portal):
    portal.page.goto(f"{portal.address}/bhod/")
    portal.identify("Nadia Benali")
    confirm(portal, organisation=CIRCLE)
    return portal


@pytest.fixture
def agent(at_computer):
    computer = at_computer()
    computer.page.goto(f"{computer.address}{reverse('bhod:agent_home')}")
    computer.follow("nom d'utilisateur et mot de passe")
    computer.type("Nom d'utilisateur", "agent-inami")
    computer.type("Mot de passe", PASSWORD)
    computer.press("Se connecter")
    computer.is_headed("Paiements des gardes")
    return computer


@pytest.fixture
def doctor(at_computer):
    computer = at_computer()
    computer.page.goto(f"{computer.address}/prosante/profil/")
    computer.identify(DOCTOR)
    confirm(computer, "Médecin")
    return computer


def opens(computer, name, *arguments, query=""):
    computer.page.goto(f"{computer.address}{reverse(f'bhod:{name}', args=arguments)}{query}")


def reads(computer, text):
    """The words of the page, whatever space stands before a sign."""
    expect(computer.page.get_by_role("main")).to_contain_text(text.replace(" €", f"{NARROW}€"))


def euros(amount):
    return f"{number_format(amount, 2, use_l10n=True, force_grouping=True)} €"


def worth(world, guard):
    """All of a weeknight at the tariff of its day, half a cent up."""
    minutes = int((guard.ends_at - guard.starts_at).total_seconds()) // 60
    tariff = tariff_book(world).on(clock.day_of(guard.starts_at))
    return (minutes * tariff.amount / 60).quantize(Decimal("0.01"), ROUND_HALF_UP)


def confirms(manager, guard):
    """The circle says that a guard was done, as soon as it is over."""
    while guard.ends_at > clock.now(world := guard.unit.enterprise.world):
        manager.move_the_clock("+ 1 mois")
        world.refresh_from_db()
    opens(manager, "guard_confirm_one", guard.pk)
    manager.press("Confirmer la garde")
    guard.refresh_from_db()
    assert guard.state == GuardState.CONFIRMED


def two_months_are_over(computer, world, day):
    """Move the clock on until the payment of a day's months is due, and let the night come."""
    while last_period_over(clock.today(world))[1] < day:
        computer.move_the_clock("+ 1 mois")
        world.refresh_from_db()
    begin_nights()
    work_on_payments()
    return PaymentRun.objects.filter(world=world).latest("number")


def pays(agent, run):
    """Check the draft, close it, and give the bank's answer: all is paid."""
    opens(agent, "agent_home")
    agent.page.get_by_role("link", name=f"Paiement n° {run.number}", exact=True).click()
    agent.is_headed(f"Paiement n° {run.number}")
    agent.press("J'ai vérifié ce paiement")
    agent.follow("Clôturer le paiement")
    agent.is_headed(f"Clôturer le paiement n° {run.number}")
    agent.press("Clôturer le paiement")
    reads(agent, "Le paiement est en train d'être clôturé.")
    work_on_payments()
    opens(agent, "run_detail", run.pk)
    agent.follow("Fichier et réponse de la banque")
    agent.press("Vérifier la réponse")
    agent.press("Enregistrer la réponse")
    reads(agent, "La banque a répondu.")


def test_a_guard_is_paid_then_corrected_and_taken_back_from_the_next_payment(
    manager, agent, doctor, guards, world
):
    guard, later = guards[:2]
    fee = worth(world, guard)

    # The circle confirms; a night validates it, and opens the payment when two months are over.
    confirms(manager, guard)
    first = two_months_are_over(manager, world, clock.day_of(guard.starts_at))
    pays(agent, first)

    # The circle reads it in the statement of that payment, the doctor in his file.
    opens(manager, "finance_run", first.pk)
    manager.is_headed(f"Paiement n° {first.number}")
    manager.follow(DOCTOR)
    reads(manager, euros(fee))
    opens(manager, "finance_guard", guard.pk)
    reads(manager, f"13 h × {euros(fee / 13)} = {euros(fee)}".replace("13 h", f"13{NARROW}h"))
    opens(doctor, "own_guards")
    shown = f"{guard.starts_at.astimezone(BRUSSELS):%d/%m/%Y %H:%M}"
    row = doctor.page.get_by_role("row").filter(has_text=shown)
    expect(row).to_contain_text("payée")
    expect(row).to_contain_text(euros(fee).replace(" ", NARROW))

    # It was an hour shorter: the circle is warned, corrects and confirms anew; it confirms another night too.
    opens(manager, "guard_edit", guard.pk)
    reads(manager, "1 garde est dans un paiement clôturé")
    manager.type("Heure de fin", f"{(guard.ends_at - timedelta(hours=1)).astimezone(BRUSSELS):%H:%M}")
    manager.press("Enregistrer")
    confirms(manager, guard)
    shorter = worth(world, guard)
    assert shorter < fee
    confirms(manager, later)
    second = two_months_are_over(manager, world, first.last_day + timedelta(days=1))
    assert second.number > first.number

    # The next payment takes back what was paid, pays the right amount, and the doctor gets the difference less.
    opens(agent, "run_lines", second.pk, query="?vue=corrections")
    reads(agent, euros(-fee))
    reads(agent, euros(shorter))
    pays(agent, second)
    net = worth(world, later) + shorter - fee
    opens(doctor, "own_payments")
    row = doctor.page.get_by_role("row").filter(has_text=f"n° {second.number}")
    expect(row).to_contain_text(euros(-fee).replace(" ", NARROW))
    expect(row).to_contain_text(euros(net).replace(" ", NARROW))
    opens(agent, "ledger")
    reads(agent, "Le grand livre concorde, au centime près")
