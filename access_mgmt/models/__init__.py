from access_mgmt.models.qualities import Quality, QualityMember
from access_mgmt.models.roles import EffectiveRole, RoleAssignment, RoleChange

__all__ = [
    "EffectiveRole",
    "Quality",
    "QualityMember",
    "RoleAssignment",
    "RoleChange",
]
