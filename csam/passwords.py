import re

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MINIMUM_LENGTH = 10
_PARTS = (r"[A-ZÀ-Ý]", r"[a-zà-ÿ]", r"\d", r"[^\w\s]|_")


class PortalPasswordValidator:
    """At least 10 characters with an upper case, a lower case, a digit and a special one (seed 000, line 189)."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        if len(password) < MINIMUM_LENGTH or not all(re.search(part, password) for part in _PARTS):
            raise ValidationError(self.get_help_text(), code="password_rules")

    def get_help_text(self) -> str:
        return _(
            "Minimum 10 caractères, combinaison d'au moins une majuscule, une minuscule, "
            "un chiffre et un caractère spécial."
        )
