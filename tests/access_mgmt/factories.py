"""Qualities, members and functions; by default under « eHealth Soins de Santé » of a registered circle."""

from datetime import date, timedelta

import factory

from access_mgmt.enums import (
    ChangeKind,
    ChannelKind,
    Function,
    MemberKind,
    MemberLink,
    QualityKind,
    ReviewOutcome,
)
from access_mgmt.models import (
    AccessReview,
    Certificate,
    EffectiveRole,
    ExpiryNotice,
    MessageChannel,
    PropagationDay,
    Quality,
    QualityMember,
    Responsibility,
    ReviewDecision,
    RoleAssignment,
    RoleChange,
    SenderNumber,
    Subdivision,
)
from csam.enums import Language, Title
from tests.csam.factories import AT, EnterpriseFactory, PersonFactory, WorldFactory


class QualityFactory(factory.django.DjangoModelFactory):
    """« eHealth Soins de Santé » of a registered circle, active, still without members."""

    class Meta:
        model = Quality

    class Params:
        employer = factory.Trait(
            kind=QualityKind.EMPLOYER,
            enterprise=factory.SubFactory(EnterpriseFactory, registered=True, employer=True),
        )
        health_care = factory.Trait(kind=QualityKind.HEALTH_CARE)
        over = factory.Trait(deactivated_at=AT, deactivated_by=factory.SelfAttribute("activated_by"))

    enterprise = factory.SubFactory(EnterpriseFactory, registered=True)
    kind = QualityKind.EHEALTH
    contact_email = "contact@exemple.invalid"
    activated_at = AT
    activated_by = factory.SubFactory(PersonFactory, world=factory.SelfAttribute("..enterprise.world"))


class QualityMemberFactory(factory.django.DjangoModelFactory):
    """A plain user of a quality of his own."""

    class Meta:
        model = QualityMember

    class Params:
        local_manager = factory.Trait(kind=MemberKind.LOCAL_MANAGER)
        co_local_manager = factory.Trait(kind=MemberKind.CO_LOCAL_MANAGER)
        subdivision_manager = factory.Trait(
            kind=MemberKind.SUBDIVISION_MANAGER,
            subdivision=factory.SubFactory(
                "tests.access_mgmt.factories.SubdivisionFactory", quality=factory.SelfAttribute("..quality")
            ),
        )
        blocked = factory.Trait(blocked_at=AT, blocked_by=factory.SelfAttribute("added_by"))
        ended = factory.Trait(ended_at=AT, ended_by=factory.SelfAttribute("added_by"))

    quality = factory.SubFactory(QualityFactory)
    person = factory.SubFactory(
        PersonFactory, world=factory.SelfAttribute("..quality.enterprise.world"), with_codes=True
    )
    kind = MemberKind.USER
    link = MemberLink.WORKER
    title = Title.MRS
    language = Language.FRENCH
    email = factory.SelfAttribute("person.email")
    added_at = AT
    added_by = factory.SelfAttribute("quality.activated_by")


class SubdivisionFactory(factory.django.DjangoModelFactory):
    """A subdivision at the top of the tree of a quality of its own; `below=` another one puts it there."""

    class Meta:
        model = Subdivision

    class Params:
        below = None
        removed = factory.Trait(removed_at=AT, removed_by=factory.SelfAttribute("created_by"))

    quality = factory.Maybe(
        "below", factory.SelfAttribute("below.quality"), factory.SubFactory(QualityFactory)
    )
    parent = factory.SelfAttribute("below")
    ancestors = factory.LazyAttribute(
        lambda self: [self.below.pk, *self.below.ancestors] if self.below else []
    )
    name = factory.Sequence(lambda number: f"Subdivision {number}")
    created_at = AT
    created_by = factory.SelfAttribute("quality.activated_by")


class RoleAssignmentFactory(factory.django.DjangoModelFactory):
    """Manager of a circle from the first of March 2026 with no end, asked at AT; nothing waits for propagation."""

    class Meta:
        model = RoleAssignment
        skip_postgeneration_save = True

    class Params:
        administrative = factory.Trait(function=Function.GUARDPOST_CIRCLE)
        ended = factory.Trait(valid_from=date(2026, 1, 1), valid_until=date(2026, 2, 28))
        to_come = factory.Trait(valid_from=date(2026, 9, 1))
        revoked = factory.Trait(revoked_at=AT, revoked_by=factory.SelfAttribute("requested_by"))
        pending = factory.Trait(
            change=factory.RelatedFactory(
                "tests.access_mgmt.factories.RoleChangeFactory", factory_related_name="grants"
            )
        )
        effective = factory.Trait(
            role=factory.RelatedFactory(
                "tests.access_mgmt.factories.EffectiveRoleFactory", factory_related_name="assignment"
            )
        )

    member = factory.SubFactory(QualityMemberFactory)
    function = Function.FILEMANAGER_CIRCLE
    valid_from = date(2026, 3, 1)
    valid_until = None
    requested_at = AT
    requested_by = factory.SelfAttribute("member.added_by")


class RoleChangeFactory(factory.django.DjangoModelFactory):
    """A function given at AT that reaches the applications twelve minutes later."""

    class Meta:
        model = RoleChange

    class Params:
        applied = factory.Trait(applied_at=factory.SelfAttribute("due_at"))
        revoking = factory.Trait(
            kind=ChangeKind.REVOKED,
            grants=None,
            withdraws=factory.SubFactory(RoleAssignmentFactory, revoked=True),
            requested_by=factory.SelfAttribute("withdraws.requested_by"),
        )

    kind = ChangeKind.GRANTED
    withdraws = None
    grants = factory.SubFactory(RoleAssignmentFactory)
    requested_at = AT
    requested_by = factory.SelfAttribute("grants.requested_by")
    due_at = factory.LazyAttribute(lambda change: change.requested_at + timedelta(minutes=12))


class PropagationDayFactory(factory.django.DjangoModelFactory):
    """Three changes of a world on a day: one had waited 20 seconds, two for twelve minutes."""

    class Meta:
        model = PropagationDay

    world = factory.SubFactory(WorldFactory)
    day = AT.date()
    applied = 3
    lag_total = 1460
    lags = [0, 1, 1, 1, 1, 1, 3, 3, 3, 3]


class EffectiveRoleFactory(factory.django.DjangoModelFactory):
    """What applications see since AT of an assignment that propagation has carried to them."""

    class Meta:
        model = EffectiveRole

    class Params:
        withdrawn = factory.Trait(withdrawn_at=AT + timedelta(days=1))

    assignment = factory.SubFactory(RoleAssignmentFactory)
    person = factory.SelfAttribute("assignment.member.person")
    enterprise = factory.SelfAttribute("assignment.member.quality.enterprise")
    function = factory.SelfAttribute("assignment.function")
    valid_from = factory.SelfAttribute("assignment.valid_from")
    valid_until = factory.SelfAttribute("assignment.valid_until")
    applied_at = AT


class SenderNumberFactory(factory.django.DjangoModelFactory):
    """The first number of a world, of a quality of its own."""

    class Meta:
        model = SenderNumber

    quality = factory.SubFactory(QualityFactory)
    world = factory.SelfAttribute("quality.enterprise.world")
    number = "900001"
    registered_at = AT
    registered_by = factory.SelfAttribute("quality.activated_by")


class MessageChannelFactory(factory.django.DjangoModelFactory):
    """FTP for all applications, active."""

    class Meta:
        model = MessageChannel

    class Params:
        rest = factory.Trait(kind=ChannelKind.REST, client_id="cbe-0123456749-1")
        ended = factory.Trait(ended_at=AT, ended_by=factory.SelfAttribute("activated_by"))

    sender_number = factory.SubFactory(SenderNumberFactory)
    world = factory.SelfAttribute("sender_number.world")
    kind = ChannelKind.FTP
    activated_at = AT
    activated_by = factory.SelfAttribute("sender_number.registered_by")


class CertificateFactory(factory.django.DjangoModelFactory):
    """A person's own certificate, valid for 60 days from AT on; its content is not looked at."""

    class Meta:
        model = Certificate

    class Params:
        of_quality = factory.Trait(
            person=None,
            quality=factory.SubFactory(QualityFactory),
            world=factory.SelfAttribute("quality.enterprise.world"),
            registered_by=factory.SelfAttribute("quality.activated_by"),
        )
        revoked = factory.Trait(revoked_at=AT, revoked_by=factory.SelfAttribute("registered_by"))

    person = factory.SubFactory(PersonFactory)
    world = factory.SelfAttribute("person.world")
    content = b"certificate"
    fingerprint = factory.Sequence(lambda number: f"{number:064X}")
    subject = "CN=Essai"
    issuer = "CN=Autorité d'essai"
    serial = "1F"
    valid_from = AT - timedelta(days=1)
    valid_until = AT + timedelta(days=60)
    registered_at = AT
    registered_by = factory.SelfAttribute("person")


class ResponsibilityFactory(factory.django.DjangoModelFactory):
    """A user who answers for another one of the same quality."""

    class Meta:
        model = Responsibility

    class Params:
        ended = factory.Trait(ended_at=AT, ended_by=factory.SelfAttribute("given_by"))

    member = factory.SubFactory(QualityMemberFactory)
    responsible = factory.SubFactory(QualityMemberFactory, quality=factory.SelfAttribute("..member.quality"))
    given_at = AT
    given_by = factory.SelfAttribute("member.added_by")


class ExpiryNoticeFactory(factory.django.DjangoModelFactory):
    """Sent thirty days before."""

    class Meta:
        model = ExpiryNotice

    assignment = factory.SubFactory(RoleAssignmentFactory)
    days = 30
    sent_at = AT


class AccessReviewFactory(factory.django.DjangoModelFactory):
    """The review of a quality, begun at AT and still open."""

    class Meta:
        model = AccessReview

    class Params:
        closed = factory.Trait(closed_at=AT, closed_by=factory.SelfAttribute("opened_by"))

    quality = factory.SubFactory(QualityFactory)
    opened_at = AT
    opened_by = factory.SelfAttribute("quality.activated_by")


class ReviewDecisionFactory(factory.django.DjangoModelFactory):
    """A function of the reviewed quality, confirmed."""

    class Meta:
        model = ReviewDecision

    review = factory.SubFactory(AccessReviewFactory)
    assignment = factory.SubFactory(
        RoleAssignmentFactory, member__quality=factory.SelfAttribute("...review.quality")
    )
    outcome = ReviewOutcome.CONFIRMED
    decided_at = AT
    decided_by = factory.SelfAttribute("review.opened_by")
