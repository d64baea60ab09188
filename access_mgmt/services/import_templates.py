"""Files that go out for an import of users: the template to fill in, and the refused lines to mend and send again."""

from django.utils.translation import gettext as _

from access_mgmt.enums import (
    ADDED_KINDS,
    CIRCLE_FUNCTIONS,
    MEMBER_TYPES,
    Function,
    MemberLink,
    QualityKind,
    SecuredApplication,
)
from access_mgmt.models import Quality
from access_mgmt.services.import_files import COLUMNS
from bhod_portal.core.workbooks import workbook_of
from csam.enums import Language, Title

_DAYS = ("valid_from", "valid_until")


def headings() -> list[str]:
    """The first line of the template."""
    return [str(name) for name in COLUMNS.values()]


def choices_for(quality: Quality) -> list[tuple[str, list[str]]]:
    """Column → what may stand in it, for those that take one of several words."""
    functions = [
        function
        for function in Function
        if quality.kind == QualityKind.EHEALTH or function not in CIRCLE_FUNCTIONS
    ]
    return [
        (str(COLUMNS["kind"]), [str(MEMBER_TYPES[kind]) for kind in ADDED_KINDS]),
        (str(COLUMNS["title"]), [str(title.label) for title in Title]),
        (str(COLUMNS["language"]), [str(language.label) for language in Language]),
        (str(COLUMNS["link"]), [str(link.label) for link in MemberLink]),
        (str(COLUMNS["secured_applications"]), [str(each.label) for each in SecuredApplication]),
        (str(COLUMNS["function"]), [str(function.label) for function in functions]),
    ]


def template_workbook(*, quality: Quality) -> bytes:
    """The template as a workbook: one sheet to fill in, one that lists the choices."""
    return workbook_of(
        title=_("Utilisateurs"),
        headings=headings(),
        # A NISS is no number: its first zeros count.
        days=[place for place, key in enumerate(COLUMNS, start=1) if key in _DAYS],
        choices=choices_for(quality),
    )
