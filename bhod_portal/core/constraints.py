from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


def paired(at: str, by: str, *, name: str) -> models.CheckConstraint:
    """An act has an instant and an author, or neither."""
    return models.CheckConstraint(
        name=name,
        condition=Q(**{f"{at}__isnull": True, f"{by}__isnull": True})
        | Q(**{f"{at}__isnull": False, f"{by}__isnull": False}),
        violation_error_code="unpaired",
        violation_error_message=_("Un acte a une date et un auteur."),
    )


def in_order(start: str, end: str, *, name: str) -> models.CheckConstraint:
    """The end of a period does not come before its start."""
    return models.CheckConstraint(
        name=name,
        condition=Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gte": F(start)}),
        violation_error_code="period_out_of_order",
        violation_error_message=_("La date de fin ne peut pas précéder la date de début."),
    )
