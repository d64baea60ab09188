from access_mgmt.selectors.certificates import (
    certificate_state,
    certificates_of,
    is_usable,
    standing_certificate,
)
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
from access_mgmt.selectors.member_lists import BY_NAME, MemberCriteria, in_order, matching
from access_mgmt.selectors.members import (
    has_account,
    is_username_free,
    link_between,
    managers_of,
    members_of,
    proposed_username,
    title_of,
)
from access_mgmt.selectors.messaging import channels_known_to, channels_of, sender_number_of
from access_mgmt.selectors.qualities import (
    QUALITY_CHANGED,
    QualityEvent,
    QualityState,
    current_assignments,
    last_change,
    members_with_current_functions,
    quality_events,
    quality_states,
)
from access_mgmt.selectors.responsibles import EntityResponsibles, QualityResponsibles, responsibles_of
from access_mgmt.selectors.rights import (
    administers,
    assignments_known_to,
    enterprises_known_to,
    is_member,
    manages,
    members_known_to,
    qualities_known_to,
)
from access_mgmt.selectors.role_expiry import WATCHED, functions_ending
from access_mgmt.selectors.role_history import role_history, what_became_of
from access_mgmt.selectors.role_overview import members_with_functions
from access_mgmt.selectors.shortcut import Shortcut, shortcut_of

__all__ = [
    "BY_NAME",
    "QUALITY_CHANGED",
    "WATCHED",
    "EntityResponsibles",
    "FunctionRow",
    "HeldRole",
    "MemberCriteria",
    "QualityEvent",
    "QualityResponsibles",
    "QualityState",
    "Shortcut",
    "active_quality",
    "administers",
    "assignments_known_to",
    "certificate_state",
    "certificates_of",
    "channels_known_to",
    "channels_of",
    "current_assignments",
    "effective_functions",
    "employers_without_quality",
    "enterprises_known_to",
    "enterprises_with_effective_functions",
    "entities_of",
    "function_rows",
    "functions_ending",
    "functions_held",
    "has_account",
    "in_order",
    "is_assigned",
    "is_member",
    "is_usable",
    "is_username_free",
    "last_change",
    "link_between",
    "managers_of",
    "manages",
    "matching",
    "members_known_to",
    "members_of",
    "members_with_current_functions",
    "members_with_functions",
    "only_quality",
    "pending_changes",
    "proposed_username",
    "qualities_known_to",
    "qualities_of",
    "quality_events",
    "quality_states",
    "responsibles_of",
    "role_history",
    "roles_held",
    "sender_number_of",
    "shortcut_of",
    "standing_certificate",
    "title_of",
    "what_became_of",
]
