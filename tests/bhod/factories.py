"""Units, doctors and guards of one circle and one year; by default all is in order."""

from datetime import UTC, date, datetime, time

import factory

from bhod.enums import (
    BatchKind,
    GuardAct,
    GuardCategory,
    GuardState,
    ImportState,
    PlanningOutcome,
)
from bhod.models import (
    CalendarFeed,
    CircleDoctor,
    CircleOrganisation,
    DoctorUnit,
    Guard,
    GuardBatch,
    GuardChange,
    GuardUnit,
    GuardZone,
    PlanningImport,
    Shift,
    SwapOffer,
)
from tests.access_mgmt.factories import RoleAssignmentFactory
from tests.csam.factories import AT, EnterpriseFactory, PersonFactory
from tests.prosante_login.factories import CareProviderFactory


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
