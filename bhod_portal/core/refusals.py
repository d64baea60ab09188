"""What a service or a constraint refuses with: ValidationErrors, each with a code that callers may rely on."""

from collections.abc import Mapping

from django import forms
from django.core.exceptions import ValidationError


def refusal_codes(refusal: ValidationError) -> frozenset[str]:
    """The codes of a refusal, whichever field they stand at."""
    return frozenset(str(error.code) for error in _errors(refusal))


def add_refusal(form: forms.Form, refusal: ValidationError, fields: Mapping[str, str]) -> None:
    """Show each error of a refusal beside the field that `fields` names for its code, else above the form."""
    for error in _errors(refusal):
        form.add_error(fields.get(str(error.code)), error)


def _errors(refusal: ValidationError) -> list[ValidationError]:
    if hasattr(refusal, "error_dict"):
        return [error for errors in refusal.error_dict.values() for error in errors]
    return refusal.error_list
