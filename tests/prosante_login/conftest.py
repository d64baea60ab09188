import pytest

from tests.csam.factories import LegalFunctionFactory, PersonFactory
from tests.prosante_login.factories import CareProviderFactory


@pytest.fixture
def provider():
    return CareProviderFactory(person__first_name="Karim", person__last_name="Haddad")


@pytest.fixture
def friend(provider):
    return PersonFactory(world=provider.person.world, first_name="Ana", last_name="Ferreira")


@pytest.fixture
def company(provider):
    """An enterprise with a legal representative."""
    return LegalFunctionFactory(enterprise__world=provider.person.world).enterprise
