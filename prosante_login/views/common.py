"""Who opens which part of a care provider's file, and what the others are told (design 4, ProSanté)."""

from datetime import date, datetime
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.generic.base import ContextMixin, View

from bhod_portal.core import clock, drafts
from bhod_portal.core.http import changed_since
from csam.models import Person
from prosante_login.enums import FilePart
from prosante_login.http import ProfiledRequest, to_the_chooser
from prosante_login.models import CareProvider, Mandate
from prosante_login.profiles import ActiveProfile, file_menu
from prosante_login.views.closed_mandates import closed_file


class ProfiledView(ContextMixin, View):
    """A page of who is logged in to ProSanté: `at` and `today` are the world's."""

    at: datetime
    today: date
    person: Person
    profile: ActiveProfile | None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        profiled = cast(ProfiledRequest, request)
        self.person, self.profile = profiled.user, profiled.profile
        self.at = clock.now(profiled.world)
        self.today = clock.day_of(self.at)


class CheckView(ProfiledView):
    """A page on which a draft is read once more, then confirmed: as it was shown, whatever another tab did since."""

    draft: dict[str, Any]

    def changed_since(self) -> HttpResponse | None:
        """Back to the page when what is confirmed is not what it showed."""
        return changed_since(self.request, self.draft)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"draft_mark": drafts.mark_of(self.draft)}


class FileView(ProfiledView):
    """A page of the file that is open: one's own as a care provider, or the grantor's.

    Without an open file one is led to the choice of the profile; a part that the mandate doesn't open is refused (403).
    """

    part: FilePart  # no default: a view that forgets it fails at its first request
    provider: CareProvider
    mandate: Mandate | None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.refusal = self._refuse()
        if self.refusal is None:
            self.load()

    def load(self) -> None:
        """Read what the page is about, by a selector that knows this file only (404)."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.refusal if self.refusal is not None else super().dispatch(request, *args, **kwargs)

    def _refuse(self) -> HttpResponse | None:
        profile = self.profile
        if closed := closed_file(cast(ProfiledRequest, self.request), today=self.today):
            return closed
        if profile is None or profile.provider is None:
            return to_the_chooser(
                cast(ProfiledRequest, self.request),
                _(
                    "Choisissez d'abord le profil sous lequel vous ouvrez un dossier, ou cherchez votre mandant."
                ),
            )
        self.provider, self.mandate = profile.provider, profile.mandate
        if self.part in profile.parts:
            return None
        # What a page of its own adds to the context is not read for who may not see it.
        return render(self.request, "prosante_login/part_closed.html", self._file_context(), status=403)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | self._file_context()

    def _file_context(self) -> dict[str, Any]:
        profile = cast(ActiveProfile, self.profile)
        return {
            "provider": self.provider,
            "mandate": self.mandate,
            "part": self.part,
            "file_menu": file_menu(profile.parts),
        }
