from csam.models.digital_keys import EidasIdentity, EidCard, ItsmeAccount, ItsmeRequest
from csam.models.enterprises import Employment, Enterprise, LegalFunction
from csam.models.exceptional import DesignationDocument, DesignationRequest
from csam.models.managers import AccessManager
from csam.models.persons import Person, sort_name

__all__ = [
    "AccessManager",
    "DesignationDocument",
    "DesignationRequest",
    "EidCard",
    "EidasIdentity",
    "Employment",
    "Enterprise",
    "ItsmeAccount",
    "ItsmeRequest",
    "LegalFunction",
    "Person",
    "sort_name",
]
