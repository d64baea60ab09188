from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access_mgmt.enums import ChannelKind, SecuredApplication
from access_mgmt.services.certificate_files import ReadCertificate, read_certificate


class CertificateField(forms.FileField):
    """A file that becomes a `ReadCertificate`, judged by its content."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Certificat X.509"),
            help_text=_(
                "Fichier PEM ou DER (.pem, .crt, .cer, .der), 100 ko au plus, sans la clé privée et sans les "
                "certificats de l'émetteur."
            ),
            allow_empty_file=True,
            widget=forms.FileInput,
        )

    def clean(self, data: Any, initial: Any = None) -> ReadCertificate:
        file = super().clean(data, initial)
        return read_certificate(content=file.read(), size=file.size)


class CertificateForm(forms.Form):
    certificate = CertificateField()


class ChannelForm(forms.Form):
    """Which channel for which secured application; an empty one stands for all of them."""

    kind = forms.ChoiceField(label=_("Type de canal"), widget=forms.RadioSelect, choices=ChannelKind)
    application = forms.ChoiceField(
        label=_("Application sécurisée"),
        required=False,
        choices=[("", _("Toutes les applications sécurisées")), *SecuredApplication.choices],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choice_hints = {  # type: ignore[attr-defined]  # read by components/field.html
            ChannelKind.FTP: _("Des fichiers, déposés avec un client FTP."),
            ChannelKind.REST: _("Un webservice, avec le certificat de la qualité et un OAuth client id."),
        }
