from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access_mgmt.enums import MemberKind, SecuredApplication
from access_mgmt.forms.members import MemberCreateForm
from bhod_portal.core.overtaken_forms import OvertakenForm


class MemberEditForm(OvertakenForm, MemberCreateForm):
    """The data of « Création d'un Utilisateur » once more; `kinds` are what the member may be made, if anything."""

    kind = forms.ChoiceField(
        label=_("Type"),
        help_text=_("Un Co-Gestionnaire Local gère les utilisateurs et les fonctions de toute la qualité."),
    )

    field_order = ["kind", "title", "language", "email", "local_email", "link", "secured_applications"]

    def __init__(self, *args: Any, kinds: Sequence[MemberKind], **kwargs: Any) -> None:
        # His place is changed where one sees the tree.
        super().__init__(*args, places=(), **kwargs)
        self.fields.pop("username", None)
        if kinds:
            field = self.fields["kind"]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101  (tells mypy what the class body says)
            field.choices = [(kind.value, kind.label) for kind in kinds]
        else:
            del self.fields["kind"]

    def clean_secured_applications(self) -> list[str]:
        """In the order of the list, whatever the browser's."""
        ticked = self.cleaned_data["secured_applications"]
        return [each.value for each in SecuredApplication if each.value in ticked]
