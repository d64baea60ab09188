from typing import Any

from allauth.decorators import rate_limit
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from bhod_portal.core import clock
from bhod_portal.core.shown import shown_day
from csam import security, selectors
from csam.enums import DigitalKey
from csam.forms.keys import EidLoginForm
from csam.http import PortalRequest
from csam.models import EidCard
from csam.services import eid
from csam.services.eid import Outcome, Reading
from csam.views.common import NextMixin


@method_decorator(
    [login_not_required, never_cache, sensitive_post_parameters("pin"), rate_limit(action="login")],
    name="dispatch",
)
class EidLoginView(NextMixin, FormView):
    request: PortalRequest
    form_class = EidLoginForm
    template_name = "csam/eid_login.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"cards": selectors.card_holders(self.request.world)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {"identification_url": self.with_next(reverse("csam:identification")), "trouble": ""}
        return super().get_context_data(**context | kwargs)

    def form_valid(self, form: EidLoginForm) -> HttpResponse:
        person, pin = form.cleaned_data["card"], form.cleaned_data["pin"]
        # The reader takes cards of this world only.
        person.world = self.request.world
        reading = eid.read_card(card=person.eid_card, pin=pin, on=clock.today(self.request.world))
        if reading.outcome is Outcome.OK:
            return security.log_in(self.request, person, key=DigitalKey.EID, to=self.next_url)
        form.add_error(*_refusal_of(reading, person.eid_card))
        trouble = "" if reading.outcome is Outcome.WRONG_PIN else reading.outcome
        return self.render_to_response(self.get_context_data(form=form, trouble=trouble))


def _refusal_of(reading: Reading, card: EidCard) -> tuple[str, ValidationError]:
    """The field to which a refusal of the reader belongs, and what it says."""
    match reading.outcome:
        case Outcome.WRONG_PIN:
            left = reading.tries_left
            wrong = ngettext(
                "Code PIN faux. Il reste %(left)s essai.", "Code PIN faux. Il reste %(left)s essais.", left
            )
            return "pin", ValidationError(wrong, code="wrong_pin", params={"left": left})
        case Outcome.BLOCKED:
            blocked = _("Cette carte est bloquée : trois codes PIN faux d'affilée.")
            return "card", ValidationError(blocked, code="card_blocked")
        case Outcome.NO_READER:
            no_reader = _("Aucun lecteur de cartes n'a été trouvé. Aucun essai n'est compté.")
            return "card", ValidationError(no_reader, code="no_reader")
        case _:
            expired = _("Cette carte a expiré le %(day)s.")
            params = {"day": shown_day(card.expires_on)}
            return "card", ValidationError(expired, code="card_expired", params=params)
