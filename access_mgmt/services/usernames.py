from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

username_format = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9._-]{2,49}\Z",
    _(
        "Un nom d'utilisateur compte de 3 à 50 caractères : lettres sans accent, chiffres, points et tirets, "
        "par exemple marchalhelene."
    ),
    code="malformed",
)
