"""Pages that BHOD adds to the file of a care provider."""

from datetime import datetime
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.generic.base import ContextMixin, View

from bhod_portal.core import clock
from prosante_login import http
from prosante_login.enums import FilePart
from prosante_login.http import ProfiledRequest
from prosante_login.models import CareProvider, Mandate
from prosante_login.profiles import ActiveProfile, file_menu


class ProviderFileView(ContextMixin, View):
    """A page of « Mes gardes » in the file that is open: one's own as a care provider, or the grantor's.

    Who has no file open is led to the choice of the profile, and on from there; a mandate that doesn't open the part is
    refused (403). `at` is the world's time.
    """

    part = FilePart.GUARDS
    at: datetime
    provider: CareProvider
    mandate: Mandate | None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.at = clock.now(self.portal_request.world)
        self.refusal = self._refuse()
        if self.refusal is None:
            self.load()

    def load(self) -> None:
        """Read what the page is about, by a selector that knows this file only (404)."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.refusal if self.refusal is not None else super().dispatch(request, *args, **kwargs)

    @property
    def portal_request(self) -> ProfiledRequest:
        return cast(ProfiledRequest, self.request)

    @property
    def acting(self) -> dict[str, Any]:
        """Who acts, by which mandate and when, as the services want it."""
        return {"mandate": self.mandate, "by": self.portal_request.user, "at": self.at}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | self.file_context()

    def file_context(self) -> dict[str, Any]:
        """What the frame of the file shows."""
        profile = cast(ActiveProfile, self.portal_request.profile)
        return {
            "provider": self.provider,
            "mandate": self.mandate,
            "part": self.part,
            "file_menu": file_menu(profile.parts),
        }

    def _refuse(self) -> HttpResponse | None:
        profile = self.portal_request.profile
        if profile is None or profile.provider is None:
            return self._led_to_a_file()
        self.provider, self.mandate = profile.provider, profile.mandate
        if self.part in profile.parts:
            return None
        return render(self.request, "prosante_login/part_closed.html", self.file_context(), status=403)

    def _led_to_a_file(self) -> HttpResponse:
        choice = http.remembered(self.portal_request)
        if self.portal_request.profile is None and choice and choice.mandate_id:
            # ProSanté says there why the grantor's file is closed now.
            return redirect("prosante_login:file_home")
        return http.to_the_chooser(
            self.portal_request,
            _("Choisissez d'abord le profil sous lequel vous ouvrez un dossier, ou cherchez votre mandant."),
        )
