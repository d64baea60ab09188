from prosante_login.selectors.mandates import (
    enterprises_holding_mandates,
    may_use_mandates_of,
    received_mandates,
    usable_mandate,
    usable_mandates,
)
from prosante_login.selectors.profiles import (
    active_profile,
    awaits_a_change,
    is_physician,
    lost_access,
    organisations_of,
    own_providers,
)

__all__ = [
    "active_profile",
    "awaits_a_change",
    "enterprises_holding_mandates",
    "is_physician",
    "lost_access",
    "may_use_mandates_of",
    "organisations_of",
    "own_providers",
    "received_mandates",
    "usable_mandate",
    "usable_mandates",
]
