"""« Pourquoi est-ce que je ne vois pas mon organisation ? »: about oneself, about a member, at the help desk."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView
from django.views.generic.base import ContextMixin, View

from access_mgmt.selectors import administers, members_managed_anywhere
from access_mgmt.selectors.chain_state import enterprises_concerning
from bhod_portal.core import clock, searches
from csam.http import check_look_ups
from csam.models import Enterprise, Person
from csam.security import session_level
from csam.selectors import enterprise_with_number, person_with_pk
from prosante_login.http import ProfiledRequest
from training import permissions
from training.forms import HelpdeskForm, WhyForm
from training.selectors import why
from training.selectors.helped import person_named
from training.selectors.look_ups import look_ups_about
from training.services.look_ups import look_up

_SEARCHES = "training.why"


class _WhyView(ContextMixin, View):
    request: ProfiledRequest
    at: datetime

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.at = clock.now(self.request.world)
        self.today = clock.day_of(self.at)

    def explain(self, person: Person, bce_number: str, target: why.Target, asker: why.Asker) -> why.Answer:
        """The chain of a person to an organisation, known to the BCE or not; no number: to mandates of his own."""
        enterprise = enterprise_with_number(self.request.world, bce_number) if bce_number else None
        if target.key == why.MANDATES and (enterprise or not bce_number):
            facts = why.read_mandates(person, enterprise, asker=asker, at=self.at)
            return why.mandate_answer(facts, target)
        if enterprise is None:
            return why.unknown_enterprise(bce_number, target)
        return why.answer(why.read(person, enterprise, target, asker=asker, at=self.at))


class WhyView(_WhyView, TemplateView):
    """About oneself: what is missing, step by step, before one sees an organisation in ProSanté."""

    request: ProfiledRequest
    template_name = "training/why.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.request.user
        organisations = list(enterprises_concerning(person, on=self.today))
        asked = self.request.GET if self.request.GET.keys() & {"numero", "organisation"} else None
        form = WhyForm(asked, organisations=organisations, targets=why.targets())
        answer = None
        if form.is_valid():
            wanted, target = form.cleaned_data["wanted"], why.target_for(form.cleaned_data["pour"])
            answer = self.explain(person, wanted, target, self._asker(wanted))
        return super().get_context_data(**kwargs) | {
            "form": form,
            "answer": answer,
            "person": person,
            "has_organisations": bool(organisations),
            "look_ups": look_ups_about(person, at=self.at),
        }

    def _asker(self, bce_number: str) -> why.Asker:
        person = self.request.user
        session = why.Session(session_level(self.request), self.request.profile)
        knows = why.knows_names(person, bce_number, at=self.at)
        return why.Asker(person, knows_names=knows, session=session)


class WhyMemberView(_WhyView, TemplateView):
    """About a member: who manages him, his quality or his entity sees where his chain breaks."""

    request: ProfiledRequest
    template_name = "training/why_member.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asker = self.request.user
        managed = members_managed_anywhere(asker, on=self.today)
        member = get_object_or_404(managed, pk=self.kwargs["member_pk"])
        enterprise = member.quality.enterprise
        # Who manages another quality only does not learn what the person is in this one.
        sees = member.quality.kind == why.QUALITY or administers(asker, enterprise, on=self.today)
        # What mandates a member holds is not the business of who manages him.
        offered = [each for each in why.targets() if each.key != why.MANDATES]
        target = next((each for each in offered if each.key == self.request.GET.get("pour")), offered[0])
        return super().get_context_data(**kwargs) | {
            "person": member.person,
            "member": member,
            "targets": offered,
            "answer": self.explain(
                member.person,
                enterprise.bce_number,
                target,
                why.Asker(asker, knows_names=True, sees_person=sees),
            ),
        }


class _HelpdeskView(_WhyView):
    """For agents of the help desk; other staff is told so, and nobody else may know that the page exists."""

    request: ProfiledRequest

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not self.request.user.staff_role:
            raise Http404

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not permissions.helps(self.request.user):
            raise PermissionDenied(_("Cette page est réservée aux agents du centre de contact."))
        return super().dispatch(request, *args, **kwargs)


class WhyHelpdeskView(_HelpdeskView, FormView):
    """About whom, for which organisation, and with what reason: that is written down before anything is shown."""

    request: ProfiledRequest
    form_class = HelpdeskForm
    template_name = "training/why_helpdesk.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"targets": why.targets()}

    def form_valid(self, form: HelpdeskForm) -> HttpResponse:
        try:
            check_look_ups(self.request)
        except ValidationError as refusal:
            form.add_error("personne", refusal)
            return self.form_invalid(form)
        typed = form.cleaned_data
        person = person_named(self.request.world, typed["personne"])
        if person is None:
            sentence = _("Personne de ce monde n'a ce NISS ni ce nom d'utilisateur : vérifiez chaque signe.")
            form.add_error("personne", ValidationError(sentence, code="nobody"))
            return self.form_invalid(form)
        number = typed["numero"] or ""
        enterprise: Enterprise | None = enterprise_with_number(self.request.world, number)
        look_up(person=person, enterprise=enterprise, reason=typed["motif"], by=self.request.user, at=self.at)
        criteria = {"person": str(person.pk), "numero": number, "pour": typed["pour"]}
        key = searches.keep(self.request.session, _SEARCHES, criteria)
        return redirect("training:why_helpdesk_answer", search=key)


class WhyHelpdeskAnswerView(_HelpdeskView, TemplateView):
    """The chain of the person asked about, under the reason that was given."""

    request: ProfiledRequest
    template_name = "training/why_helpdesk_answer.html"

    def get(self, request: HttpRequest, search: UUID, **kwargs: Any) -> HttpResponse:
        criteria = searches.kept(self.request.session, _SEARCHES, str(search))
        person = person_with_pk(self.request.world, int(criteria["person"])) if criteria else None
        if criteria is None or person is None:
            return redirect("training:why_helpdesk")
        asker = why.Asker(self.request.user, knows_names=True)
        answer = self.explain(person, criteria["numero"], why.target_for(criteria["pour"]), asker)
        return self.render_to_response(self.get_context_data(person=person, answer=answer))
