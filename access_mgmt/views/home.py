from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from access_mgmt import selectors
from access_mgmt.forms.activations import EntityForm
from access_mgmt.views.common import TimedView
from csam.http import AuthenticatedRequest, PortalRequest
from csam.selectors import gap_link


@method_decorator(login_not_required, name="dispatch")
class LandingView(TemplateView):
    request: PortalRequest
    template_name = "access_mgmt/landing.html"


class HomeView(TimedView, TemplateView):
    request: AuthenticatedRequest
    template_name = "access_mgmt/home.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        quality = selectors.only_quality(self.person)
        if quality is not None:
            return redirect("access_mgmt:quality_detail", quality_pk=quality.pk)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entities = {entity.bce_number: entity for entity in selectors.entities_of(self.person)}
        chosen = self.request.GET.get("entite")
        if len(entities) == 1:
            chosen = chosen or next(iter(entities))
        form = EntityForm({"entite": chosen} if chosen else None, entities=entities.values())
        entity = entities[form.cleaned_data["entite"]] if form.is_valid() else None
        roles = selectors.roles_held(self.person, entity, on=self.today) if entity else []
        return super().get_context_data(**kwargs) | {
            "form": form,
            "entities": entities,
            "entity": entity,
            "roles": roles,
            "only_user": bool(roles) and all(role.quality and not role.open for role in roles),
            "nothing_open": not any(role.open for role in roles),
            "gap_link": gap_link(entity, self.today) if entity else None,
        }
