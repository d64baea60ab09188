"""Units, doctors, guards and tariffs of one circle and one year; by default all is in order."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import factory

from bhod.enums import (
    BatchKind,
    CheckOutcome,
    GuardAct,
    GuardCategory,
    GuardState,
    ImportState,
    PlanningOutcome,
    RunState,
    SettlementOutcome,
)
from bhod.models import (
    CalendarFeed,
    CircleDoctor,
    CircleOrganisation,
    DoctorUnit,
    Guard,
    GuardBatch,
    GuardChange,
    GuardCheck,
    GuardQuestion,
    GuardUnit,
    GuardZone,
    LedgerCheck,
    PaymentLine,
    PaymentRun,
    PlanningImport,
    Settlement,
    Shift,
    SwapOffer,
    Tariff,
    ValidationRound,
)
from bhod_portal.core import clock
from tests.access_mgmt.factories import RoleAssignmentFactory
from tests.csam.factories import AT, EnterpriseFactory, PersonFactory, WorldFactory
from tests.prosante_login.factories import CareProviderFactory, ProviderAccountFactory


def manager_of(enterprise, **role):
    """A person who holds a circle function in an enterprise; by default the manager's, since March 2026."""
    assignment = RoleAssignmentFactory(member__quality__enterprise=enterprise, effective=True, **role)
    return assignment.member.person


class CircleOrganisationFactory(factory.django.DjangoModelFactory):
    """A registered circle of its own that organises weeknights and leaves swaps to its doctors."""

    class Meta:
        model = CircleOrganisation

    enterprise = factory.SubFactory(EnterpriseFactory, registered=True)
    organises_weeknights = True
    swaps_need_manager = False
    changed_at = AT
    changed_by = factory.SubFactory(PersonFactory, world=factory.SelfAttribute("..enterprise.world"))


class GuardZoneFactory(factory.django.DjangoModelFactory):
    """A zone of 80,000 inhabitants."""

    class Meta:
        model = GuardZone

    enterprise = factory.SubFactory(EnterpriseFactory, registered=True)
    name = factory.Sequence(lambda n: f"Zone {n:03}")
    population = 80_000


class ShiftFactory(factory.django.DjangoModelFactory):
    """The first half of the days of a weekend: 08:00 to 20:00."""

    class Meta:
        model = Shift

    enterprise = factory.SubFactory(EnterpriseFactory, registered=True)
    category = GuardCategory.WEEKEND
    name = "Jour"
    starts = time(8)
    ends = time(20)


class GuardUnitFactory(factory.django.DjangoModelFactory):
    """A unit of a registered circle of its own."""

    class Meta:
        model = GuardUnit

    enterprise = factory.SubFactory(EnterpriseFactory, registered=True)
    name = factory.Sequence(lambda n: f"Unité {n:03}")


class CircleDoctorFactory(factory.django.DjangoModelFactory):
    """A recognised GP on the list of a circle since 2025, with no end."""

    class Meta:
        model = CircleDoctor

    class Params:
        candidate = factory.Trait(
            provider=factory.SubFactory(
                CareProviderFactory,
                candidate=True,
                person__world=factory.SelfAttribute("...enterprise.world"),
            ),
            supervisor=factory.SubFactory(
                CareProviderFactory, person__world=factory.SelfAttribute("...enterprise.world")
            ),
        )
        ended = factory.Trait(valid_until=date(2025, 12, 31))
        to_come = factory.Trait(valid_from=date(2026, 9, 1))

    enterprise = factory.SubFactory(EnterpriseFactory, registered=True)
    provider = factory.SubFactory(
        CareProviderFactory, person__world=factory.SelfAttribute("...enterprise.world")
    )
    supervisor = None
    valid_from = date(2025, 1, 1)
    valid_until = None
    enrolled_at = AT
    enrolled_by = factory.SubFactory(PersonFactory, world=factory.SelfAttribute("..enterprise.world"))


class GuardFactory(factory.django.DjangoModelFactory):
    """The night from Thursday 5 to Friday 6 March 2026: 13 hours, registered; its doctor is enrolled nowhere."""

    class Meta:
        model = Guard

    class Params:
        cancelled = factory.Trait(
            state=GuardState.CANCELLED,
            cancelled_at=AT,
            cancelled_by=factory.SelfAttribute("registered_by"),
            cancel_reason="échange avec un confrère",
        )
        draft = factory.Trait(state=GuardState.DRAFT, is_published=False)
        confirmed = factory.Trait(
            state=GuardState.CONFIRMED,
            confirmed_at=AT,
            confirmed_by=factory.SelfAttribute("registered_by"),
        )
        weekend = factory.Trait(
            starts_at=datetime(2026, 3, 7, 7, 0, tzinfo=UTC), ends_at=datetime(2026, 3, 9, 7, 0, tzinfo=UTC)
        )

    unit = factory.SubFactory(GuardUnitFactory)
    provider = factory.SubFactory(
        CareProviderFactory, person__world=factory.SelfAttribute("...unit.enterprise.world")
    )
    starts_at = datetime(2026, 3, 5, 18, 0, tzinfo=UTC)
    ends_at = datetime(2026, 3, 6, 7, 0, tzinfo=UTC)
    registered_at = AT
    registered_by = factory.SubFactory(PersonFactory, world=factory.SelfAttribute("..unit.enterprise.world"))


class DoctorUnitFactory(factory.django.DjangoModelFactory):
    """One of a doctor's units, of the same circle."""

    class Meta:
        model = DoctorUnit

    doctor = factory.SubFactory(CircleDoctorFactory)
    unit = factory.SubFactory(GuardUnitFactory, enterprise=factory.SelfAttribute("..doctor.enterprise"))


class GuardBatchFactory(factory.django.DjangoModelFactory):
    """A copy of guards, not undone."""

    class Meta:
        model = GuardBatch

    class Params:
        undone = factory.Trait(undone_at=AT, undone_by=factory.SelfAttribute("done_by"))

    enterprise = factory.SubFactory(EnterpriseFactory, registered=True)
    kind = BatchKind.COPY
    label = "Copie d'une semaine"
    done_at = AT
    done_by = factory.SubFactory(PersonFactory, world=factory.SelfAttribute("..enterprise.world"))


class GuardChangeFactory(factory.django.DjangoModelFactory):
    """The line by which a guard was entered."""

    class Meta:
        model = GuardChange

    guard = factory.SubFactory(GuardFactory)
    number = 1
    act = GuardAct.ENTERED
    done_at = AT
    done_by = factory.SelfAttribute("guard.registered_by")


class CalendarFeedFactory(factory.django.DjangoModelFactory):
    """A circle's feed; of a doctor or of a unit with `of_doctor` or `of_unit`."""

    class Meta:
        model = CalendarFeed

    class Params:
        of_doctor = factory.Trait(
            enterprise=None,
            provider=factory.SubFactory(CareProviderFactory),
            created_by=factory.SelfAttribute("provider.person"),
        )
        of_unit = factory.Trait(enterprise=None, unit=factory.SubFactory(GuardUnitFactory))
        revoked = factory.Trait(revoked_at=AT, revoked_by=factory.SelfAttribute("created_by"))

    enterprise = factory.SubFactory(EnterpriseFactory, registered=True)
    secret_hash = factory.Sequence(lambda n: f"{n:064x}")
    label = "Agenda du cercle"
    created_at = AT
    created_by = factory.SubFactory(PersonFactory)


class SwapOfferFactory(factory.django.DjangoModelFactory):
    """An offer to all colleagues, open."""

    class Meta:
        model = SwapOffer

    guard = factory.SubFactory(GuardFactory)
    guard_version = factory.SelfAttribute("guard.version")
    offered_at = AT
    offered_by = factory.SelfAttribute("guard.provider.person")


class PlanningImportFactory(factory.django.DjangoModelFactory):
    """A file of one guard that was uploaded, of which the columns aren't named yet; or `checked`, and none refused."""

    class Meta:
        model = PlanningImport

    class Params:
        checked = factory.Trait(
            state=ImportState.CHECKED,
            plan={
                "options": {"unit": None, "drafts": False, "period": [], "units": []},
                "results": [],
                "counts": {outcome.value: 0 for outcome in PlanningOutcome},
                "fingerprint": "",
                "standing": "",
                "told": 0,
                "names": [],
            },
        )

    enterprise = factory.SubFactory(EnterpriseFactory, registered=True)
    file_name = "planning.csv"
    digest = "0" * 64
    headings = ["Qui", "Commence", "Finit"]
    lines = [[2, ["Peeters", "14-03-2026 08:00", "15-03-2026 08:00"], [], []]]
    plan = {"options": {"unit": None, "drafts": False, "period": [], "units": []}}
    uploaded_at = AT
    uploaded_by = factory.SubFactory(PersonFactory, world=factory.SelfAttribute("..enterprise.world"))


class TariffFactory(factory.django.DjangoModelFactory):
    """6,20 € an hour in the demo world from 2017, with no end; made once for a world and first day."""

    class Meta:
        model = Tariff
        django_get_or_create = ("world", "valid_from")

    class Params:
        simulated = factory.Trait(source="Simulation", is_simulated=True)

    world = factory.SubFactory(WorldFactory)
    valid_from = date(2017, 1, 1)
    valid_until = None
    amount = Decimal("6.20")
    source = "Artsenkrant"
    is_simulated = False


class GuardCheckFactory(factory.django.DjangoModelFactory):
    """A confirmed night of 13 hours, validated at 6.20 € an hour: 80.60 €."""

    class Meta:
        model = GuardCheck

    class Params:
        refused = factory.Trait(
            outcome=CheckOutcome.REFUSED,
            problems=[{"code": "not_enrolled", "params": {"day": "05/03/2026"}}],
            tariff=None,
            hourly=None,
            amount=None,
        )
        waiting = factory.Trait(outcome=CheckOutcome.WAITING, tariff=None, hourly=None, amount=None)

    guard = factory.SubFactory(GuardFactory, confirmed=True)
    enterprise = factory.SelfAttribute("guard.unit.enterprise")
    version = factory.SelfAttribute("guard.version")
    provider = factory.SelfAttribute("guard.provider")
    starts_at = factory.SelfAttribute("guard.starts_at")
    ends_at = factory.SelfAttribute("guard.ends_at")
    first_day = factory.LazyAttribute(lambda check: clock.day_of(check.guard.starts_at))
    outcome = CheckOutcome.VALIDATED
    weeknight = 780
    tariff = factory.SubFactory(TariffFactory, world=factory.SelfAttribute("..enterprise.world"))
    hourly = Decimal("6.20")
    amount = Decimal("80.60")
    checked_at = AT


class PaymentRunFactory(factory.django.DjangoModelFactory):
    """The first run of a world: March and April 2026, a draft; checked and closed by `payments.close`."""

    class Meta:
        model = PaymentRun

    world = factory.SubFactory(WorldFactory)
    number = 1
    first_day = date(2026, 3, 1)
    last_day = date(2026, 4, 30)
    state = RunState.DRAFT
    opened_at = AT
    drafted_at = AT


class PaymentLineFactory(factory.django.DjangoModelFactory):
    """The fee of a checked guard in a draft of its world."""

    class Meta:
        model = PaymentLine

    guard_check = factory.SubFactory(GuardCheckFactory)
    run = factory.SubFactory(PaymentRunFactory, world=factory.SelfAttribute("..guard_check.enterprise.world"))
    is_reversal = False
    amount = factory.SelfAttribute("guard_check.amount")


class SettlementFactory(factory.django.DjangoModelFactory):
    """A doctor whose 80.60 € were sent to the bank, in a run that is not closed yet."""

    class Meta:
        model = Settlement

    class Params:
        no_account = factory.Trait(
            outcome=SettlementOutcome.NO_ACCOUNT,
            paid=Decimal("0.00"),
            closing=factory.SelfAttribute("earned"),
            account=None,
        )

    run = factory.SubFactory(PaymentRunFactory)
    provider = factory.SubFactory(CareProviderFactory, person__world=factory.SelfAttribute("...run.world"))
    opening = Decimal("0.00")
    returned = Decimal("0.00")
    earned = Decimal("80.60")
    paid = factory.SelfAttribute("earned")
    closing = Decimal("0.00")
    outcome = SettlementOutcome.SENT
    account = factory.SubFactory(ProviderAccountFactory, provider=factory.SelfAttribute("..provider"))


class ValidationRoundFactory(factory.django.DjangoModelFactory):
    """The round of a night, that waits for the task."""

    class Meta:
        model = ValidationRound

    world = factory.SubFactory(WorldFactory)
    night_of = date(2026, 5, 2)
    opened_at = AT


class LedgerCheckFactory(factory.django.DjangoModelFactory):
    """A ledger in which all agrees: one doctor was paid 80.60 €."""

    class Meta:
        model = LedgerCheck

    world = factory.SubFactory(WorldFactory)
    checked_at = AT
    earned = Decimal("80.60")
    paid = Decimal("80.60")
    returned = Decimal("0.00")
    balance = Decimal("0.00")


class GuardQuestionFactory(factory.django.DjangoModelFactory):
    """A doctor asks about a guard of his, and waits for the circle's answer."""

    class Meta:
        model = GuardQuestion

    guard = factory.SubFactory(GuardFactory, confirmed=True)
    provider = factory.SelfAttribute("guard.provider")
    text = "J'étais de garde jusqu'à 9 h, pas 8 h."
    asked_at = AT
    asked_by = factory.SelfAttribute("provider.person")
