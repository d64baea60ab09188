"""Belgian identifiers: read from what people type, checked, shown as the forms print them.

Each `read_…` takes any usual writing and returns the bare digits; it raises ValidationError with the code `malformed`
(wrong length or characters) or `check_digits` (a digit is wrong). Formulas: domain.md 5.
"""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum import iban
from stdnum.be import bis, nn
from stdnum.be import iban as belgian_iban
from stdnum.be import vat as enterprise_number
from stdnum.exceptions import InvalidChecksum, InvalidComponent
from stdnum.exceptions import ValidationError as StdnumError

_SEPARATORS = re.compile(r"[\s.\-/\u00a0\u202f]+")
_INAMI_MODULI = (97, 89, 83, 79)
# The countries of the Single Euro Payments Area, by the codes that begin their account numbers (EPC409-09).
SEPA_COUNTRIES = frozenset(
    [
        "AD",
        "AL",
        "AT",
        "BE",
        "BG",
        "CH",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GB",
        "GI",
        "GR",
        "HR",
        "HU",
        "IE",
        "IS",
        "IT",
        "LI",
        "LT",
        "LU",
        "LV",
        "MC",
        "MD",
        "ME",
        "MK",
        "MT",
        "NL",
        "NO",
        "PL",
        "PT",
        "RO",
        "RS",
        "SE",
        "SI",
        "SK",
        "SM",
        "VA",
    ]
)


def _digits(text: str) -> str:
    return _SEPARATORS.sub("", text)


def read_phone(text: str) -> str:
    """Telephone number, digits with the country code; a Belgian one may be written with its leading 0 instead."""
    typed = text.strip()
    digits = re.sub(r"[\s./()\-\u00a0\u202f]+", "", typed)
    number = re.fullmatch(r"(?:\+|00)([1-9][0-9]{7,14})|0([1-9][0-9]{7,8})", digits)
    if number is None:
        raise ValidationError(
            _("Écrivez un numéro de téléphone complet, par exemple 0470 00 00 01 ou +32 470 00 00 01."),
            code="malformed",
        )
    return number[1] or f"32{number[2]}"


def read_niss(text: str) -> str:
    """National register or BIS number, 11 digits."""
    digits = _digits(text)
    if not re.fullmatch(r"[0-9]{11}", digits):
        raise ValidationError(_("Le NISS compte 11 chiffres, par exemple 71.03.14-996.96."), code="malformed")
    for kind in (nn, bis):
        try:
            return str(kind.validate(digits))
        except StdnumError:
            continue
    raise ValidationError(
        _("Ce NISS n'existe pas : vérifiez chaque chiffre, les deux derniers contrôlent les autres."),
        code="check_digits",
    )


def read_bce(text: str) -> str:
    """Enterprise number, 10 digits; the old writing in 9 digits gets its leading 0, a leading BE is dropped."""
    digits = re.sub(r"^BE", "", _digits(text).upper())
    if not re.fullmatch(r"[0-9]{9,10}", digits):
        raise ValidationError(
            _("Le numéro d'entreprise compte 9 chiffres, ou 10 avec le 0, par exemple 0999.999.031."),
            code="malformed",
        )
    digits = digits.zfill(10)
    try:
        return str(enterprise_number.validate(digits))
    except InvalidChecksum:
        raise ValidationError(
            _("Ce numéro d'entreprise n'existe pas : vérifiez chaque chiffre."), code="check_digits"
        ) from None
    except StdnumError:
        raise ValidationError(_("Un numéro d'entreprise commence par 0 ou 1."), code="malformed") from None


def read_inami(text: str) -> str:
    """INAMI number of a care provider, 11 digits: any of the four moduli that INAMI uses."""
    digits = _digits(text)
    if not re.fullmatch(r"[0-9]{11}", digits):
        raise ValidationError(
            _("Le numéro INAMI compte 11 chiffres, par exemple 1-99905-12-004."), code="malformed"
        )
    base, check = int(digits[:6]), int(digits[6:8])
    if all(modulus - base % modulus != check for modulus in _INAMI_MODULI):
        raise ValidationError(
            _("Ce numéro INAMI n'existe pas : vérifiez chaque chiffre."), code="check_digits"
        )
    return digits


def read_onss(text: str) -> str:
    """ONSS employer number, 9 digits (the first may be dropped when it is 0)."""
    digits = _digits(text)
    if not re.fullmatch(r"[0-9]{8,9}", digits):
        raise ValidationError(
            _("Le matricule ONSS compte 9 chiffres, par exemple 1990090-79."), code="malformed"
        )
    digits = digits.zfill(9)
    if int(digits) % 97 != 96:  # noqa: PLR2004  (the published remainder of domain.md 5.3)
        raise ValidationError(
            _("Ce matricule ONSS n'existe pas : vérifiez chaque chiffre."), code="check_digits"
        )
    return digits


def read_iban(text: str) -> str:
    """Account number (IBAN) of a country of SEPA, bare: capitals and digits.

    Of a Belgian one the national check digits and the bank count too. Besides the usual codes it raises `not_sepa` and
    `unknown_bank`.
    """
    number = _digits(text).upper()
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", number):
        raise ValidationError(
            _("Écrivez le numéro de compte entier, par exemple BE71 0961 2345 6769."), code="malformed"
        )
    if number[:2] not in SEPA_COUNTRIES:
        raise ValidationError(
            _("Ce compte est d'un pays hors de la zone SEPA : l'INAMI ne paie que sur un compte SEPA."),
            code="not_sepa",
        )
    try:
        (belgian_iban if number.startswith("BE") else iban).validate(number)
    except InvalidChecksum:
        raise ValidationError(
            _("Ce numéro de compte n'existe pas : vérifiez chaque chiffre."), code="check_digits"
        ) from None
    except InvalidComponent:
        raise ValidationError(
            _("Aucune banque belge n'a ce code (%(bank)s) : vérifiez les chiffres 5 à 7 du numéro."),
            code="unknown_bank",
            params={"bank": number[4:7]},
        ) from None
    except StdnumError:
        raise ValidationError(
            _("Ce numéro n'a pas la longueur ou la forme d'un compte de ce pays."), code="malformed"
        ) from None
    return number


def format_niss(digits: str) -> str:
    return f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}-{digits[6:9]}.{digits[9:]}" if digits else ""


def format_bce(digits: str) -> str:
    return f"{digits[:4]}.{digits[4:7]}.{digits[7:]}" if digits else ""


def format_phone(digits: str) -> str:
    """A number with its country code, as `read_phone` gives it; a Belgian mobile one in groups, as it is written."""
    if not digits:
        return ""
    belgian_mobile = re.fullmatch(r"(32)(4[0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})", digits)
    return f"+{' '.join(belgian_mobile.groups()) if belgian_mobile else digits}"


def format_inami(digits: str) -> str:
    return f"{digits[0]}-{digits[1:6]}-{digits[6:8]}-{digits[8:]}" if digits else ""


def format_onss(digits: str) -> str:
    return f"{digits[:7]}-{digits[7:]}" if digits else ""


def format_iban(number: str) -> str:
    """In groups of four, as it is printed; a line ends between two of them only where there is no room for all."""
    return "\u00a0".join(number[start : start + 4] for start in range(0, len(number), 4))
