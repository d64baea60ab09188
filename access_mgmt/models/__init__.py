from access_mgmt.models.certificates import Certificate
from access_mgmt.models.messaging import MessageChannel, SenderNumber
from access_mgmt.models.qualities import Quality, QualityMember
from access_mgmt.models.roles import EffectiveRole, RoleAssignment, RoleChange

__all__ = [
    "Certificate",
    "EffectiveRole",
    "MessageChannel",
    "Quality",
    "QualityMember",
    "RoleAssignment",
    "RoleChange",
    "SenderNumber",
]
