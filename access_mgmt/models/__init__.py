from access_mgmt.models.certificates import Certificate
from access_mgmt.models.members import QualityMember
from access_mgmt.models.messaging import MessageChannel, SenderNumber
from access_mgmt.models.propagation import PropagationDay
from access_mgmt.models.qualities import Quality
from access_mgmt.models.responsibilities import Responsibility
from access_mgmt.models.reviews import AccessReview, ExpiryNotice, ReviewDecision
from access_mgmt.models.roles import EffectiveRole, RoleAssignment, RoleChange
from access_mgmt.models.subdivisions import Subdivision

__all__ = [
    "AccessReview",
    "Certificate",
    "EffectiveRole",
    "ExpiryNotice",
    "MessageChannel",
    "PropagationDay",
    "Quality",
    "QualityMember",
    "Responsibility",
    "ReviewDecision",
    "RoleAssignment",
    "RoleChange",
    "SenderNumber",
    "Subdivision",
]
