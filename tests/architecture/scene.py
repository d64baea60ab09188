"""What the addresses of the access matrix name: objects of Haute-Meuse, in the demo world."""

from datetime import date, timedelta

from allauth.mfa.models import Authenticator
from django.urls import reverse

from access_mgmt.enums import MemberKind, QualityKind
from access_mgmt.models import Quality, QualityMember, RoleAssignment, Subdivision
from bhod.enums import GuardState, RunState
from bhod.models import CircleDoctor, Guard, PaymentRun, Settlement, Shift, Tariff
from bhod_portal.core import clock
from csam.enums import ManagerKind
from csam.models import AccessManager, Person
from prosante_login.enums import FeeType
from prosante_login.models import CareProvider, Mandate
from tests.access_mgmt.factories import AccessReviewFactory, MessageChannelFactory, ResponsibilityFactory
from tests.architecture.urls import addresses
from tests.bhod.factories import (
    CalendarFeedFactory,
    GuardBatchFactory,
    GuardFactory,
    GuardUnitFactory,
    GuardZoneFactory,
    PlanningImportFactory,
    SwapOfferFactory,
)
from tests.bhod.payment_factories import GuardQuestionFactory, PaymentRunFactory, SettlementFactory
from tests.bhod.payments import closed_by_hand
from tests.csam.factories import AT, DesignationDocumentFactory, ItsmeRequestFactory
from tests.csam.soft_passkey import SoftPasskey
from tests.personas import DEMO, HAUTE_MEUSE, NISS, VAL_DE_SENNE, person
from tests.prosante_login.factories import (
    MandateDelegateFactory,
    ProviderAccountFactory,
    SocialContractFactory,
)
from tests.training.factories import MessageFactory

# Of these pages the run isn't closed yet; all others are about the one that is.
OF_A_DRAFT = {"bhod:run_recalculate", "bhod:run_check", "bhod:run_close", "bhod:run_discard"}


class Sample:
    """What the arguments of the addresses stand for: objects of Haute-Meuse, in the demo world."""

    def __init__(self) -> None:
        enterprise = {"enterprise__world__code": DEMO, "enterprise__bce_number": HAUTE_MEUSE}
        quality = Quality.objects.active().get(kind=QualityKind.EHEALTH, **enterprise)
        member = QualityMember.objects.active().get(quality=quality, person__niss=NISS["nadia"])
        guards = Guard.objects.filter(unit__enterprise=quality.enterprise, state=GuardState.REGISTERED)
        document = DesignationDocumentFactory()
        karim = CareProvider.objects.get(person=person("karim"))
        self.contract = SocialContractFactory(provider=karim)
        coming = guards.filter(starts_at__gt=clock.now(quality.enterprise.world))
        standing = list(coming.order_by("-starts_at")[:2])
        self.references = references_of(karim, standing[1])
        runs = PaymentRun.objects.filter(world=quality.enterprise.world)
        own_run = paid_before(karim)
        self.draft = PaymentRunFactory(world=quality.enterprise.world, number=3)
        self.arguments = {
            "bce": HAUTE_MEUSE,
            "bce_number": VAL_DE_SENNE,
            "manager_kind": "ga",
            "manager_pk": AccessManager.objects.get(kind=ManagerKind.DOMAIN, **enterprise).pk,
            "slug": "itsme",
            # A link of a reset that never was, a session that nobody has.
            "uidb36": "0",
            "key": "perime",
            "session_pk": 0,
            "country": "it",
            "passkey_pk": Authenticator.objects.get(user=person("nadia"), type="webauthn").pk,
            "quality_pk": quality.pk,
            "subdivision_pk": Subdivision.objects.get(quality=quality, name="Secrétariat").pk,
            "member_pk": member.pk,
            "channel_pk": MessageChannelFactory(sender_number__quality=quality).pk,
            # Within the branch of Inès.
            "responsibility_pk": ResponsibilityFactory(
                member=member, responsible__subdivision=member.subdivision
            ).pk,
            "review_pk": AccessReviewFactory(quality=quality).pk,
            "assignment_pk": RoleAssignment.objects.standing().get(member=member).pk,
            "guard_pk": guards.order_by("-starts_at").values_list("pk", flat=True)[0],
            "batch_pk": GuardBatchFactory(enterprise=quality.enterprise).pk,
            "doctor_pk": CircleDoctor.objects.filter(**enterprise)
            .order_by("pk")
            .values_list("pk", flat=True)[0],
            # In the circle of those who enter BHOD, the zone without a unit.
            "zone_pk": GuardZoneFactory(enterprise=quality.enterprise).pk,
            "unit_pk": GuardUnitFactory(enterprise=quality.enterprise).pk,
            "shift_pk": Shift.objects.filter(**enterprise).order_by("pk").values_list("pk", flat=True)[0],
            "public_id": member.person.public_id,
            # A doctor whom the closed payment settled.
            "provider_id": Settlement.objects.filter(run__in=runs)
            .order_by("pk")
            .values_list("provider__person__public_id", flat=True)[0],
            "import_id": PlanningImportFactory(enterprise=quality.enterprise, checked=True).public_id,
            "message_pk": MessageFactory(person=member.person).pk,
            "designation_pk": document.request_id,
            "document_id": document.public_id,
            # In the file of Karim Haddad, which he and his mandatary have open.
            "account_pk": ProviderAccountFactory(provider=karim, used_from=date(2026, 9, 1)).pk,
            "row_pk": karim.practice_addresses.get().pk,
            # Between two who do not stand in the table.
            "mandate": Mandate.objects.get(holder_person=person("michel")).public_id,
            "delegate_pk": MandateDelegateFactory(enterprise=quality.enterprise).pk,
            "fee_type": FeeType.AVAILABILITY.value,
            "year": 2026,
            "request_pk": ItsmeRequestFactory(person=member.person).pk,
            "feed_pk": CalendarFeedFactory(enterprise=quality.enterprise).pk,
            "own_feed_pk": CalendarFeedFactory(of_doctor=True, provider=karim).pk,
            "secret": "a-secret-of-no-feed",
            "swap_pk": SwapOfferFactory(guard=standing[0]).pk,
            # What nobody's session knows.
            "search": "4d3e1c2b-0000-4000-8000-000000000000",
            "question": "connexion",
            "run_pk": runs.exclude(pk=own_run.pk).get(state=RunState.CLOSED).pk,
            "run_number": own_run.number,
            "settlement_pk": Settlement.objects.filter(run__in=runs, paid__gt=0).order_by("pk")[0].pk,
            "tariff_pk": Tariff.objects.filter(world=quality.enterprise.world).latest("valid_from").pk,
            "question_pk": GuardQuestionFactory(guard__unit=standing[0].unit).pk,
        }

    def address(self, name: str) -> str:
        asked = addresses()[name].converters
        arguments = {key: self.arguments[key] for key in asked if key not in {"kind", "reference"}}
        if "kind" in addresses()[name].converters:
            arguments["kind"] = MemberKind.USER if name.endswith("member_create") else QualityKind.HEALTH_CARE
        if name in self.references:
            arguments["reference"] = self.references[name]
        if name in OF_A_DRAFT:
            arguments["run_pk"] = self.draft.pk
        if name == "prosante_login:social_contract_end":
            arguments["row_pk"] = self.contract.pk
        if "bce_number" in arguments and "gestionnaires/" in addresses()[name].route:
            # Only a registered enterprise has managers; `bce_number` is one that has still to be registered.
            arguments["bce_number"] = HAUTE_MEUSE
        query = f"?next={reverse('csam:enterprise_register')}" if name == "csam:level_too_weak" else ""
        return reverse(name, kwargs=arguments) + query


def paid_before(karim: CareProvider) -> PaymentRun:
    """A closed payment that settles something for him: of the same months as the one that the demo world has behind it."""
    period = {"first_day": date(2025, 11, 1), "last_day": date(2025, 12, 31)}
    run = PaymentRunFactory(world=karim.person.world, number=2, **period)
    SettlementFactory(run=run, provider=karim)
    closed_by_hand(run, by=karim.person, at=AT)
    return run


def references_of(karim: CareProvider, guard: Guard) -> dict[str, str]:
    """The guard in each address: his own to come, his own that is offered, a colleague's offered to him."""
    own, offered = (
        GuardFactory(
            unit=guard.unit,
            provider=karim,
            starts_at=guard.starts_at + timedelta(days=days),
            ends_at=guard.ends_at + timedelta(days=days),
        )
        for days in (3, 6)
    )
    SwapOfferFactory(guard=offered)
    SwapOfferFactory(guard=guard, offered_to=karim)
    return {
        "bhod:own_guard": str(own.reference),
        "bhod:own_question": str(own.reference),
        "bhod:swap_offer": str(own.reference),
        "bhod:swap_offer_check": str(own.reference),
        "bhod:swap_accept": str(guard.reference),
        "bhod:swap_refuse": str(guard.reference),
        "bhod:swap_withdraw": str(offered.reference),
    }


def give_passkey(person: Person) -> None:
    options = {"publicKey": {"challenge": "AAAA", "rp": {"id": "testserver"}, "user": {"id": "AAAA"}}}
    passkey = {"name": "Téléphone", "credential": SoftPasskey().create(options)}
    Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data=passkey)
