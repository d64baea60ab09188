from datetime import date

import factory

from prosante_login.enums import Profession
from prosante_login.models import CareProvider
from tests.csam.factories import PersonFactory


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
