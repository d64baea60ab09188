"""Units, doctors, guards and tariffs of one circle and one year; by default all is in order."""

from datetime import UTC, date, datetime
from decimal import Decimal

import factory

from bhod.enums import GuardState
from bhod.models import CircleDoctor, Guard, GuardUnit, Tariff
from tests.access_mgmt.factories import RoleAssignmentFactory
from tests.csam.factories import AT, EnterpriseFactory, PersonFactory, WorldFactory
from tests.prosante_login.factories import CareProviderFactory


def manager_of(enterprise, **role):
    """A person who holds a circle function in an enterprise; by default the manager's, since March 2026."""
    assignment = RoleAssignmentFactory(member__quality__enterprise=enterprise, effective=True, **role)
    return assignment.member.person


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


class TariffFactory(factory.django.DjangoModelFactory):
    """6,20 € an hour in the demo world from 2017, with no end."""

    class Meta:
        model = Tariff

    class Params:
        simulated = factory.Trait(source="Simulation", is_simulated=True)

    world = factory.SubFactory(WorldFactory)
    valid_from = date(2017, 1, 1)
    valid_until = None
    amount = Decimal("6.20")
    source = "Artsenkrant"
    is_simulated = False
