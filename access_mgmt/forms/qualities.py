from django import forms
from django.utils.translation import gettext_lazy as _

from access_mgmt.models import Quality
from bhod_portal.core.fields import OUT_OF_SIGHT, EmailField


class QualityEditForm(forms.Form):
    """The data of a quality that its managers change; `seen` is what they looked at when they began."""

    contact_email = EmailField(
        label=_("Adresse e-mail de contact"),
        help_text=_("La Sécurité sociale y écrit à propos de cette qualité."),
    )
    seen = EmailField(widget=forms.HiddenInput, required=False, error_messages=OUT_OF_SIGHT)

    def look_again(self, quality: Quality) -> None:
        """Keep what was typed; what the form says was seen becomes what stands now."""
        self.data = {**self.data.dict(), self.add_prefix("seen"): quality.contact_email}  # type: ignore[attr-defined]  # a QueryDict
