"""« Qui avait accès ? »: a person, a function, an instant; the answer in one sentence, and the rows that prove it."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from access_mgmt import selectors
from access_mgmt.enums import AccessReason
from access_mgmt.forms.access_memory import AccessQuestionForm
from access_mgmt.models import QualityMember
from access_mgmt.selectors import AccessAnswer, AccessRow
from access_mgmt.services import role_history_exports
from access_mgmt.views.access_timeline import timeline_of
from access_mgmt.views.common import EntityView, QualityView
from access_mgmt.views.member_lists import PAGE_SIZE
from bhod_portal.core import clock
from bhod_portal.core.http import csv_file
from bhod_portal.core.shown import shown_day, shown_instant
from csam.http import AuthenticatedRequest
from csam.models import Person

# More persons than one would look through: a longer part of the name finds the right one.
_MOST_FOUND = 20
_ASKED = ("fonction", "jour", "heure", "passage")


class WhoHadAccessView(QualityView, TemplateView):
    """The question by POST, since a NISS may stand in it; the answer at an address that names the person by key."""

    request: AuthenticatedRequest
    http_method_names = ["get", "head", "post", "options"]
    template_name = "access_mgmt/who_had_access.html"
    menu_entry = "roles"
    opens_to_branches = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=self._asked_form()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = AccessQuestionForm(request.POST, now=self.at)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        typed = form.cleaned_data["personne"]
        if not typed:
            return redirect(self._address(form))
        found = list(self._found(typed)[: _MOST_FOUND + 1])
        if len(found) == 1:
            return redirect(self._address(form, found[0].person))
        choices = []
        if not found:
            sentence = _(
                "Personne de la qualité ne s'appelle ou ne s'est appelé ainsi. Écrivez une partie de son nom, ou son nom "
                "d'utilisateur."
            )
            form.add_error("personne", ValidationError(sentence, code="not_found"))
        elif len(found) > _MOST_FOUND:
            sentence = _(
                "Plus de %(most)d personnes s'appellent ainsi : ajoutez le prénom, ou écrivez le nom d'utilisateur."
            )
            form.add_error(
                "personne", ValidationError(sentence, code="too_many", params={"most": _MOST_FOUND})
            )
        else:
            choices = [(member, self._address(form, member.person)) for member in found]
        return self.render_to_response(self.get_context_data(form=form, choices=choices))

    @cached_property
    def who(self) -> Person | None:
        """The person whom the address names, among those whom one may ask about."""
        key = self.request.GET.get("qui", "")
        if not key or self.request.method == "POST":
            return None
        try:
            return get_object_or_404(self._members(), person__public_id=key).person
        except ValidationError:
            # No key at all.
            raise Http404 from None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form: AccessQuestionForm = kwargs["form"]
        context = super().get_context_data(choices=kwargs.pop("choices", []), **kwargs)
        answered = self.request.method != "POST" and form.is_bound and form.is_valid()
        return context | {"who": self.who, "answered": answered} | (self._answer(form) if answered else {})

    def _asked_form(self) -> AccessQuestionForm:
        known = {"personne": _called(self.who)} if self.who else {}
        asked = {name: self.request.GET.get(name, "") for name in _ASKED}
        if asked["jour"] or asked["heure"]:
            return AccessQuestionForm(asked | known, now=self.at)
        there = localtime(self.at, clock.BRUSSELS)
        initial = {"jour": there.date(), "heure": there.time(), "fonction": asked["fonction"]}
        return AccessQuestionForm(initial=initial | known, now=self.at)

    def _members(self) -> QuerySet[QualityMember]:
        members = selectors.remembered_members(self.quality, branch=self.branch)
        return members.select_related("person")

    def _found(self, typed: str) -> QuerySet[QualityMember]:
        return selectors.members_called(self._members(), typed)

    def _address(self, form: AccessQuestionForm, person: Person | None = None) -> str:
        asked = {name: form.data.get(name, "").strip() for name in _ASKED}
        who = {"qui": str(person.public_id)} if person else {}
        address = reverse("access_mgmt:who_had_access", args=[self.quality.pk])
        return f"{address}?{urlencode(who | {name: value for name, value in asked.items() if value})}"

    def _answer(self, form: AccessQuestionForm) -> dict[str, Any]:
        at, function = form.cleaned_data["at"], form.cleaned_data["fonction"]
        query = urlencode({key: value for key, value in self.request.GET.items() if key != "page"})
        instant = shown_instant(at)
        if self.who is None:
            roles = selectors.roles_seen_at(self.quality, at=at, function=function, branch=self.branch)
            return {
                "instant": instant,
                "query": query,
                "page_obj": Paginator(roles, PAGE_SIZE).get_page(self.request.GET.get("page")),
                "columns": [_("Personne"), _("Fonction"), _("Dates"), _("Demandée"), _("Vue depuis")],
            }
        rows = selectors.access_rows(self.who, self.quality, at=at, function=function)
        answers = selectors.access_answers(rows, function=function)
        page = Paginator(rows, PAGE_SIZE).get_page(self.request.GET.get("page"))
        return {
            "instant": instant,
            "query": query,
            "sentences": _sentences(answers, self.who, instant),
            "page_obj": page,
            "timeline": timeline_of(list(page), at=at, now=self.at),
            "columns": [
                _("Fonction"),
                _("À ce moment"),
                _("Dates"),
                _("Demandée"),
                _("Appliquée"),
                _("Retirée"),
            ],
        }


class RoleHistoryExportView(EntityView):
    """The whole history of the functions of an enterprise; a link, and a line of the trail is all that it writes."""

    http_method_names = ["get", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rows = role_history_exports.export_role_history(
            enterprise=self.enterprise, by=self.person, at=self.at
        )
        name = f"historique-{self.enterprise.bce_number}-{self.today:%Y-%m-%d}.csv"
        return csv_file(rows, name)


def _called(person: Person) -> str:
    return person.username or str(person)


def _sentences(answers: Sequence[AccessAnswer], person: Person, instant: str) -> list[tuple[bool, str]]:
    """Each answer: whether access was there, and the sentence that says why."""
    if not answers:
        sentence = _("Non : aucune fonction n'a jamais été demandée pour %(person)s dans cette qualité.")
        return [(False, sentence % {"person": person})]
    return [(answer.held, _sentence(answer, person, instant)) for answer in answers]


def _sentence(answer: AccessAnswer, person: Person, instant: str) -> str:
    facts = {"person": person, "function": answer.function.label, "instant": instant}
    if answer.because is None:
        return _("Non : %(function)s n'a jamais été demandée pour %(person)s dans cette qualité.") % facts
    if answer.held:
        begun = _(
            "Oui : le %(instant)s, %(person)s avait la fonction %(function)s ; les applications la voyaient depuis le "
            "%(seen)s."
        )
        return begun % (facts | {"seen": _moment(answer.because.seen_from)})
    sentence = _("Non : le %(instant)s, %(person)s n'avait pas la fonction %(function)s : %(why)s.")
    return sentence % (facts | {"why": _why_not(answer.because)})


def _why_not(row: AccessRow) -> str:
    assignment = row.assignment
    match row.reason:
        case AccessReason.OUTSIDE_DATES:
            dates = {
                "start": shown_day(assignment.valid_from),
                "end": shown_day(assignment.valid_until),
            }
            if not dates["end"]:
                return _("hors de ses dates, elle ne commençait que le %(start)s") % dates
            return _("hors de ses dates, elle vaut du %(start)s au %(end)s, jours compris") % dates
        case AccessReason.WITHDRAWN:
            return _taken_away(row)
        case AccessReason.ASKED_LATER:
            asked = {"asked": _moment(assignment.requested_at), "by": assignment.requested_by}
            return _("elle n'a été demandée que le %(asked)s, par %(by)s") % asked
        case _not_yet:
            asked = {
                "asked": _moment(assignment.requested_at),
                "by": assignment.requested_by,
                "seen": _moment(row.seen_from),
            }
            if row.seen_from is None:
                sentence = _(
                    "demandée le %(asked)s par %(by)s, elle n'est pas encore arrivée aux applications"
                )
            else:
                sentence = _(
                    "demandée le %(asked)s par %(by)s, elle n'était pas encore propagée ; les applications l'ont vue le %(seen)s"
                )
            return sentence % asked


def _taken_away(row: AccessRow) -> str:
    facts = {"gone": _moment(row.seen_until), "by": row.assignment.revoked_by}
    if row.taken_by_block:
        return (
            _("%(by)s avait bloqué cette personne ; les applications ne la voyaient plus depuis le %(gone)s")
            % facts
        )
    if row.taken_with_place:
        return (
            _(
                "elle a pris fin avec la place de cette personne dans la qualité (par %(by)s) ; les applications ne la "
                "voyaient plus depuis le %(gone)s"
            )
            % facts
        )
    if row.was_edited:
        return (
            _(
                "%(by)s en avait changé les dates ; les applications ne voyaient plus celles-là depuis le %(gone)s"
            )
            % facts
        )
    return _("%(by)s l'avait retirée ; les applications ne la voyaient plus depuis le %(gone)s") % facts


def _moment(instant: datetime | None) -> str:
    """To the second, as the rows show it: that is what the answer turns on."""
    if instant is None:
        return ""
    return shown_instant(instant, "SHORT_DATETIME_SECONDS_FORMAT")
