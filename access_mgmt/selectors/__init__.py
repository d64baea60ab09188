from access_mgmt.selectors.effective import (
    effective_functions,
    enterprises_with_effective_functions,
    pending_changes,
)
from access_mgmt.selectors.entities import (
    HeldRole,
    active_quality,
    employers_without_quality,
    entities_of,
    only_quality,
    qualities_of,
    roles_held,
)
from access_mgmt.selectors.functions import FunctionRow, function_rows, functions_held, is_assigned
from access_mgmt.selectors.member_lists import BY_NAME, SORTS, MemberCriteria, in_order, matching
from access_mgmt.selectors.members import (
    has_account,
    is_username_free,
    link_between,
    managers_of,
    members_of,
    members_with_functions,
    proposed_username,
    title_of,
)
from access_mgmt.selectors.rights import (
    administers,
    assignments_known_to,
    enterprises_known_to,
    manages,
    members_known_to,
    qualities_known_to,
)
from access_mgmt.selectors.role_history import role_history

__all__ = [
    "BY_NAME",
    "SORTS",
    "FunctionRow",
    "HeldRole",
    "MemberCriteria",
    "active_quality",
    "administers",
    "assignments_known_to",
    "effective_functions",
    "employers_without_quality",
    "enterprises_known_to",
    "enterprises_with_effective_functions",
    "entities_of",
    "function_rows",
    "functions_held",
    "has_account",
    "in_order",
    "is_assigned",
    "is_username_free",
    "link_between",
    "managers_of",
    "manages",
    "matching",
    "members_known_to",
    "members_of",
    "members_with_functions",
    "only_quality",
    "pending_changes",
    "proposed_username",
    "qualities_known_to",
    "qualities_of",
    "role_history",
    "roles_held",
    "title_of",
]
