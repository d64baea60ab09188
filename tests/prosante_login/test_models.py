import pytest
from django.db import IntegrityError

from bhod_portal.core.identifiers import read_inami
from prosante_login.enums import Profession
from tests.prosante_login.factories import CareProviderFactory


def test_a_profession_is_exercised_once():
    provider = CareProviderFactory()

    with pytest.raises(IntegrityError, match="care_provider_profession_once"):
        CareProviderFactory(person=provider.person)


def test_two_professions_are_fine():
    provider = CareProviderFactory()

    CareProviderFactory(person=provider.person, profession=Profession.BANDAGIST)

    assert provider.person.care_providers.count() == 2


def test_an_inami_number_has_eleven_digits():
    with pytest.raises(IntegrityError, match="care_provider_inami_11_digits"):
        CareProviderFactory(inami_number="1999051200")


def test_is_shown_as_the_person():
    provider = CareProviderFactory(candidate=True)

    assert str(provider) == str(provider.person)
    assert provider.qualification_code == "005"


def test_factories_make_valid_numbers():
    for provider in (
        CareProviderFactory(),
        CareProviderFactory(candidate=True),
        CareProviderFactory(nurse=True),
    ):
        assert read_inami(provider.inami_number) == provider.inami_number
    assert CareProviderFactory(without_number=True).inami_number == ""
