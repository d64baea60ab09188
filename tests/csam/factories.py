"""People and enterprises of the demo world; by default all is in order and open-ended."""

from datetime import UTC, date, datetime

import factory
from django.contrib.auth.hashers import make_password

from bhod_portal.core.models import World
from bhod_portal.core.names import plain
from csam.enums import (
    AccessDomain,
    Country,
    DocumentKind,
    DocumentType,
    ItsmeIcon,
    ItsmePhoneState,
    ItsmeState,
    ManagerKind,
    RequestState,
    Title,
)
from csam.models import (
    AccessManager,
    DesignationDocument,
    DesignationRequest,
    EidasIdentity,
    EidCard,
    Employment,
    Enterprise,
    ItsmeAccount,
    ItsmeRequest,
    LegalFunction,
    Person,
    sort_name,
)

AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
PIN = "1234"
PASSWORD = "Simulateur-2026!"


def niss(number: int) -> str:
    """The NISS of someone born in the 1970s with this sequence number."""
    birth, order = divmod(number, 998)
    base = f"7{birth // 336 % 10}{birth // 28 % 12 + 1:02}{birth % 28 + 1:02}{order + 1:03}"
    return f"{base}{97 - int(base) % 97:02}"


def bce_number(number: int) -> str:
    base = f"08{number:06}"
    return f"{base}{97 - int(base) % 97:02}"


class WorldFactory(factory.django.DjangoModelFactory):
    """The demo world; another code makes another world."""

    class Meta:
        model = World
        django_get_or_create = ["code"]

    code = "demo"
    name = factory.LazyAttribute(lambda world: f"Monde {world.code}")


class PersonFactory(factory.django.DjangoModelFactory):
    """A citizen of the demo world with a NISS, without card, user name or password."""

    class Meta:
        model = Person
        skip_postgeneration_save = True

    class Params:
        with_card = factory.Trait(
            card=factory.RelatedFactory("tests.csam.factories.EidCardFactory", factory_related_name="person")
        )
        with_codes = factory.Trait(
            username=factory.Sequence(lambda n: f"personne{n}"),
            password=factory.LazyFunction(lambda: make_password(PASSWORD)),
        )
        stranger = factory.Trait(world=factory.SubFactory(WorldFactory, code="ailleurs"))

    world = factory.SubFactory(WorldFactory)
    niss = factory.Sequence(niss)
    title = Title.MRS
    first_name = "Céline"
    last_name = factory.Sequence(lambda n: f"Baudoux{n}")
    sort_name = factory.LazyAttribute(lambda person: sort_name(person.first_name, person.last_name))
    email = factory.Sequence(lambda n: f"personne{n}@exemple.invalid")
    password = "!"
    username = ""


class EidCardFactory(factory.django.DjangoModelFactory):
    """A card in order with the PIN 1234, until 2035."""

    class Meta:
        model = EidCard

    class Params:
        blocked = factory.Trait(wrong_pins=3)
        expired = factory.Trait(expires_on=date(2025, 12, 31))

    person = factory.SubFactory(PersonFactory)
    pin = factory.LazyFunction(lambda: make_password(PIN))
    expires_on = date(2035, 12, 31)


class EnterpriseFactory(factory.django.DjangoModelFactory):
    """A circle that the BCE knows and that is not registered in CSAM; it employs nobody."""

    class Meta:
        model = Enterprise

    class Params:
        stopped = factory.Trait(stopped_on=date(2024, 6, 30))
        employer = factory.Trait(onss_number="199009079")
        registered = factory.Trait(
            registered_at=AT,
            registered_by=factory.SubFactory(PersonFactory, world=factory.SelfAttribute("..world")),
        )

    world = factory.SubFactory(WorldFactory)
    search_name = factory.LazyAttribute(lambda enterprise: plain(enterprise.name))
    bce_number = factory.Sequence(bce_number)
    name = factory.Sequence(lambda n: f"CMG numéro {n} ASBL")
    legal_form = "Association sans but lucratif"
    address = "Rue de la Station 1, 7090 Braine-le-Comte"
    started_on = date(2005, 1, 1)


class LegalFunctionFactory(factory.django.DjangoModelFactory):
    """An administrator since 2020, with no end."""

    class Meta:
        model = LegalFunction

    class Params:
        over = factory.Trait(valid_until=date(2023, 12, 31))
        to_come = factory.Trait(valid_from=date(2027, 1, 1))

    person = factory.SubFactory(PersonFactory)
    enterprise = factory.SubFactory(EnterpriseFactory, world=factory.SelfAttribute("..person.world"))
    name = "Administrateur"
    valid_from = date(2020, 1, 1)


class EmploymentFactory(factory.django.DjangoModelFactory):
    """Someone who works for the enterprise since 2020, with no end."""

    class Meta:
        model = Employment

    class Params:
        over = factory.Trait(valid_until=date(2023, 12, 31))

    person = factory.SubFactory(PersonFactory)
    enterprise = factory.SubFactory(EnterpriseFactory, world=factory.SelfAttribute("..person.world"))
    valid_from = date(2020, 1, 1)


class AccessManagerFactory(factory.django.DjangoModelFactory):
    """The GAP of a registered enterprise, where he works since 2020; named by himself. `employed=False`: no worker."""

    class Meta:
        model = AccessManager
        skip_postgeneration_save = True

    class Params:
        co_main = factory.Trait(kind=ManagerKind.CO_MAIN)
        of_domain = factory.Trait(kind=ManagerKind.DOMAIN, domain=AccessDomain.HEALTH_CARE)
        of_finance = factory.Trait(kind=ManagerKind.DOMAIN, domain=AccessDomain.FINANCE)
        dpo = factory.Trait(kind=ManagerKind.DPO)
        ended = factory.Trait(ended_at=AT, ended_by=factory.SelfAttribute("person"))

    person = factory.SubFactory(PersonFactory)
    enterprise = factory.SubFactory(
        EnterpriseFactory, world=factory.SelfAttribute("..person.world"), registered=True
    )
    kind = ManagerKind.MAIN
    domain = ""
    email = "gap@exemple.invalid"
    phone = "+32 2 555 00 01"
    designated_at = AT
    designated_by = factory.SelfAttribute("person")

    @factory.post_generation
    def employed(self, create, extracted, **kwargs):
        if create and extracted is not False:
            EmploymentFactory(person=self.person, enterprise=self.enterprise)


class ItsmeAccountFactory(factory.django.DjangoModelFactory):
    """The itsme of a person on a phone of his, ready."""

    class Meta:
        model = ItsmeAccount

    class Params:
        switched_off = factory.Trait(state=ItsmePhoneState.SWITCHED_OFF)
        blocked = factory.Trait(state=ItsmePhoneState.BLOCKED)

    person = factory.SubFactory(PersonFactory)
    phone = factory.Sequence(lambda n: f"324990{n:05}")


class ItsmeRequestFactory(factory.django.DjangoModelFactory):
    """A request that has just reached a phone and waits for its answer."""

    class Meta:
        model = ItsmeRequest

    class Params:
        approved = factory.Trait(state=ItsmeState.APPROVED, answered_at=AT)
        refused = factory.Trait(state=ItsmeState.REFUSED, answered_at=AT)
        used = factory.Trait(state=ItsmeState.USED, answered_at=AT)

    person = factory.SubFactory(PersonFactory)
    world = factory.SelfAttribute("person.world")
    icon = ItsmeIcon.BOAT
    requested_at = AT


class EidasIdentityFactory(factory.django.DjangoModelFactory):
    """An Italian identity of someone whom Belgium doesn't know yet."""

    class Meta:
        model = EidasIdentity

    person = factory.SubFactory(PersonFactory, niss="")
    country = Country.ITALY
    identifier = factory.Sequence(lambda n: f"IT/BE/{n:06}")
    born_on = date(1986, 3, 12)


class DesignationRequestFactory(factory.django.DjangoModelFactory):
    """Maria Rossi asks that John Smith, who has no NISS, become GAP; nobody has decided yet."""

    class Meta:
        model = DesignationRequest

    class Params:
        refused = factory.Trait(
            state=RequestState.REFUSED,
            decided_at=AT,
            decided_by=factory.SubFactory(PersonFactory, world=factory.SelfAttribute("..world")),
            reason="La pièce d'identité est illisible.",
        )
        accepted = factory.Trait(
            state=RequestState.ACCEPTED,
            decided_at=AT,
            decided_by=factory.SubFactory(PersonFactory, world=factory.SelfAttribute("..world")),
            gap=factory.SubFactory(PersonFactory, world=factory.SelfAttribute("..world")),
        )

    world = factory.SubFactory(WorldFactory)
    reference = factory.Sequence(lambda n: f"PE-{n:010}".replace("0", "A").replace("1", "B"))
    enterprise = factory.SubFactory(EnterpriseFactory, world=factory.SelfAttribute("..world"))
    applicant_first_name = "Maria"
    applicant_last_name = "Rossi"
    applicant_niss = ""
    applicant_country = Country.ITALY
    applicant_email = "maria@exemple.invalid"
    applicant_phone = "+39 06 555 00 01"
    gap_first_name = "John"
    gap_last_name = "Smith"
    gap_niss = ""
    gap_country = Country.UNITED_KINGDOM
    gap_email = "john@exemple.invalid"
    gap_phone = "+44 7700 900 001"
    submitted_at = AT


class DesignationDocumentFactory(factory.django.DjangoModelFactory):
    """The identity card of the applicant, as a small PDF."""

    class Meta:
        model = DesignationDocument

    request = factory.SubFactory(DesignationRequestFactory)
    kind = DocumentKind.IDENTITY
    name = "carte.pdf"
    content_type = DocumentType.PDF
    content = b"%PDF-1.4\n%%EOF\n"
