from prosante_login.models.contacts import AdministrativeContact
from prosante_login.models.finances import FiscalBeneficiary, ProviderAccount
from prosante_login.models.mandates import Mandate, MandateDelegate
from prosante_login.models.providers import CareProvider, PracticeAddress, SocialContract

__all__ = [
    "AdministrativeContact",
    "CareProvider",
    "FiscalBeneficiary",
    "Mandate",
    "MandateDelegate",
    "PracticeAddress",
    "ProviderAccount",
    "SocialContract",
]
