from datetime import date

import factory

from prosante_login.enums import ContactRole, FeeType, MandateKind, Profession
from prosante_login.models import (
    AdministrativeContact,
    CareProvider,
    FiscalBeneficiary,
    Mandate,
    MandateDelegate,
    PracticeAddress,
    ProviderAccount,
    SocialContract,
)
from tests.csam.factories import AT, EmploymentFactory, EnterpriseFactory, PersonFactory


def inami_number(family: int, qualification: str) -> str:
    """A valid number from its first six digits and its qualification code (domain.md 5.4)."""
    return f"{family}{97 - family % 97:02}{qualification}"


class CareProviderFactory(factory.django.DjangoModelFactory):
    """By default: a recognised GP (code 004), whose file has long been ready."""

    class Meta:
        model = CareProvider

    class Params:
        candidate = factory.Trait(inami_number=factory.Sequence(lambda n: inami_number(180_000 + n, "005")))
        nurse = factory.Trait(
            profession=Profession.NURSE,
            inami_number=factory.Sequence(lambda n: inami_number(480_000 + n, "001")),
        )
        without_number = factory.Trait(inami_number="")

    person = factory.SubFactory(PersonFactory)
    profession = Profession.PHYSICIAN
    inami_number = factory.Sequence(lambda n: inami_number(170_000 + n, "004"))
    file_ready_on = date(2020, 1, 1)


class AdministrativeContactFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AdministrativeContact

    person = factory.SubFactory(PersonFactory)
    role = ContactRole.DIRECTOR
    institution = "Résidence Les Charmes"
    valid_from = date(2020, 1, 1)


class MandateFactory(factory.django.DjangoModelFactory):
    """By default: the file of a GP, for a person of the same world, signed by both and valid without end."""

    class Meta:
        model = Mandate

    class Params:
        to_accept = factory.Trait(accepted_at=None, accepted_by=None)
        stopped = factory.Trait(stopped_at=AT, stopped_by=factory.SelfAttribute("given_by"))
        for_enterprise = factory.Trait(
            holder_person=None,
            holder_enterprise=factory.SubFactory(
                EnterpriseFactory, world=factory.SelfAttribute("..provider.person.world")
            ),
            accepted_by=factory.SelfAttribute("given_by"),
        )

    provider = factory.SubFactory(CareProviderFactory)
    kind = MandateKind.ADMINISTRATIVE_FILE
    holder_person = factory.SubFactory(PersonFactory, world=factory.SelfAttribute("..provider.person.world"))
    valid_from = date(2026, 1, 1)
    given_at = AT
    given_by = factory.SelfAttribute("provider.person")
    accepted_at = AT
    accepted_by = factory.SelfAttribute("holder_person")


class MandateDelegateFactory(factory.django.DjangoModelFactory):
    """Somebody who works for the enterprise; `works=None`: nobody knows him there."""

    class Meta:
        model = MandateDelegate
        skip_postgeneration_save = True

    enterprise = factory.SubFactory(EnterpriseFactory)
    person = factory.SubFactory(PersonFactory, world=factory.SelfAttribute("..enterprise.world"))
    delegated_at = AT
    delegated_by = factory.SubFactory(PersonFactory, world=factory.SelfAttribute("..enterprise.world"))
    works = factory.RelatedFactory(
        EmploymentFactory,
        person=factory.SelfAttribute("..person"),
        enterprise=factory.SelfAttribute("..enterprise"),
    )


class PracticeAddressFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PracticeAddress

    provider = factory.SubFactory(CareProviderFactory)
    street = factory.Sequence(lambda n: f"Rue du Moulin {n}")
    postal_code = "5500"
    town = "Dinant"
    valid_from = date(2026, 1, 1)
    added_at = AT
    added_by = factory.SelfAttribute("provider.person")


class SocialContractFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SocialContract

    provider = factory.SubFactory(CareProviderFactory)
    insurer = "Assurances du Val"
    number = factory.Sequence(lambda n: f"C-{n}")
    valid_from = date(2026, 1, 1)
    added_at = AT
    added_by = factory.SelfAttribute("provider.person")


class ProviderAccountFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ProviderAccount

    provider = factory.SubFactory(CareProviderFactory)
    fee_type = FeeType.AVAILABILITY
    iban = "BE71096123456769"
    used_from = date(2026, 1, 1)
    registered_at = AT
    registered_by = factory.SelfAttribute("provider.person")


class FiscalBeneficiaryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = FiscalBeneficiary

    provider = factory.SubFactory(CareProviderFactory)
    fee_type = FeeType.AVAILABILITY
    income_year = 2026
    set_at = AT
    set_on = date(2026, 3, 10)
    set_by = factory.SelfAttribute("provider.person")
