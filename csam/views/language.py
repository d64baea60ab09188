from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.generic import View
from django.views.i18n import LANGUAGE_QUERY_PARAMETER, set_language

from bhod_portal.core import clock, places
from csam.enums import Language
from csam.http import PortalRequest
from csam.services import personal_data


@method_decorator(login_not_required, name="dispatch")
class LanguageChooseView(View):
    """NL | FR | DE | EN of every header: for this browser, and for the person who is logged in. Leads back to the page."""

    http_method_names = ("post",)
    request: PortalRequest

    def post(self, request: HttpRequest) -> HttpResponse:
        chosen = request.POST.get(LANGUAGE_QUERY_PARAMETER, "")
        person = self.request.user
        if person.is_authenticated and chosen in Language.values:
            personal_data.choose_language(
                person=person, language=Language(chosen), by=person, at=clock.now(person.world)
            )
        response = set_language(request)
        if "Location" in response:
            # What was shown may be the answer to something sent, to an address that opens no page.
            response["Location"] = places.nearest(response["Location"])
        return response
