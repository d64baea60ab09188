"""What every designation shares, the first one and those that follow: a form, a page to check it, a confirmation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.generic import FormView
from django.views.generic.base import ContextMixin, View

from bhod_portal.core import clock, drafts
from bhod_portal.core.identifiers import format_bce, format_niss
from bhod_portal.core.refusals import add_refusal, refusal_codes
from bhod_portal.core.ui import Row, Section
from csam import selectors
from csam.forms.designations import OTHER, SELF, ConfirmForm, DesignateForm
from csam.http import AuthenticatedRequest, PortalRequest
from csam.models import AccessManager, Enterprise, Person
from csam.security import RecentLoginMixin

NISS_LENGTH = 11
# Longer than any answer that a form takes.
TYPED_LENGTH = 500


@dataclass(frozen=True, slots=True)
class WayOut:
    """What someone can do who was refused: a sentence, and the page where he goes on."""

    text: str | Promise
    label: str | Promise
    url_name: str
    arguments: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return reverse(self.url_name, args=self.arguments)


def ways_out(form: forms.Form, known: Mapping[str, WayOut]) -> list[WayOut]:
    """One way out per kind of refusal in a form's errors, in their order."""
    codes = (str(error.code) for errors in form.errors.as_data().values() for error in errors)
    found = (known[code] for code in codes if code in known)
    return list(dict.fromkeys(found))


def enterprise_rows(enterprise: Enterprise) -> list[Row]:
    return [
        Row(_("Dénomination"), enterprise.name),
        Row(_("Numéro d'entreprise"), format_bce(enterprise.bce_number)),
        Row(_("Forme légale"), _(enterprise.legal_form)),
        Row(_("Adresse"), enterprise.address),
    ]


class OfAnEnterprise(ContextMixin, View):
    """A page about one enterprise of this world: 404 for any other. Every page says when its GAP has left."""

    enterprise: Enterprise
    at: datetime

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        world = cast(PortalRequest, request).world
        self.enterprise = get_object_or_404(selectors.enterprises_of(world), bce_number=kwargs["bce_number"])
        self.at = clock.now(world)

    @property
    def today(self) -> date:
        return clock.day_of(self.at)

    def page(self, name: str, *arguments: Any) -> str:
        """The address of another page about the same enterprise."""
        return reverse(f"csam:{name}", args=[self.enterprise.bce_number, *arguments])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "enterprise": self.enterprise,
            "enterprise_rows": enterprise_rows(self.enterprise),
            "gap_link": selectors.gap_link(self.enterprise, self.today),
        }


class DesignationStep(OfAnEnterprise, RecentLoginMixin, FormView):
    """A step of a designation; what was typed waits in a draft, whatever happens on the way."""

    request: AuthenticatedRequest
    flow: str
    needs_answers = False

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.draft = drafts.read(person=self.request.user, flow=self.flow, subject=self.enterprise.bce_number)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if answer := self.elsewhere():
            return answer
        if self.needs_answers and not self.draft.get("checked"):
            # A second click on « Confirmer » finds the draft taken, and what has come of it.
            done = self.draft.get("done")
            return redirect(self.done_url(done) if done else self.form_url())
        return super().dispatch(request, *args, **kwargs)

    # What each designation says of itself.

    def elsewhere(self) -> HttpResponseBase | None:
        """Where to go instead; raises PermissionDenied for who may not."""
        raise NotImplementedError

    def form_url(self) -> str:
        raise NotImplementedError

    def check_url(self) -> str:
        raise NotImplementedError

    def done_url(self, manager_pk: int) -> str:
        raise NotImplementedError

    def role_label(self) -> str:
        """What the person becomes, as the legend of the choice."""
        raise NotImplementedError

    def known_ways_out(self) -> dict[str, WayOut]:
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            "ways_out": ways_out(context["form"], self.known_ways_out()),
            "role_label": self.role_label(),
            "form_url": self.form_url(),
        }

    def person_named(self, answers: Mapping[str, Any]) -> Person | None:
        """The person that the answers name; none when the NISS is nobody's in this world."""
        if answers["who"] == SELF:
            return self.request.user
        return selectors.person_with_niss(self.request.world, answers["niss"])

    def keep(self, **data: Any) -> None:
        drafts.save(person=self.request.user, flow=self.flow, subject=self.enterprise.bce_number, **data)

    def discard(self) -> None:
        drafts.discard(person=self.request.user, flow=self.flow, subject=self.enterprise.bce_number)


class DesignateStep(DesignationStep):
    """The form: who, and how both are reached."""

    form_class: type[forms.Form] = DesignateForm

    def check(self, answers: Mapping[str, Any]) -> None:
        """Raises ValidationError when the person can't be designated."""
        raise NotImplementedError

    def pinned(self) -> dict[str, Any]:
        """What else the confirmation must find as it was when the form was filled in."""
        return {}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"myself": str(self.request.user), "label": self.role_label()}

    def get_initial(self) -> dict[str, Any]:
        person, typed = self.request.user, dict(self.draft)
        if len(niss := typed.get("niss", "")) == NISS_LENGTH and niss.isascii() and niss.isdigit():
            typed["niss"] = format_niss(niss)
        return {"own_email": person.email, "own_phone": person.phone} | typed

    def keep_typed(self) -> None:
        names = self.get_form_class().base_fields
        typed = {name: self.request.POST.get(name, "") for name in names}
        # No form has looked at it yet.
        self.keep(
            checked=False,
            **{name: text.replace("\x00", "")[:TYPED_LENGTH] for name, text in typed.items()},
        )

    def form_valid(self, form: forms.Form) -> HttpResponse:
        answers = form.cleaned_data
        try:
            self.check(answers)
        except ValidationError as refusal:
            add_refusal(form, refusal, {"gap_unknown": "niss", "gap_not_linked": "niss"})
            return self.form_invalid(form)
        # What was typed about someone else stays when « moi » is chosen, for who changes his mind.
        typed = {name: value for name, value in answers.items() if value}
        self.keep(checked=True, done=None, **self.pinned(), **typed)
        return redirect(self.check_url())


class DesignateCheckStep(DesignationStep):
    """What was typed, once more; « Confirmer » does it, once."""

    form_class = ConfirmForm
    needs_answers = True

    def designate(self, person: Person | None, contact: dict[str, str]) -> AccessManager:
        """The one call of the service; raises ValidationError."""
        raise NotImplementedError

    def done_already(self, person: Person | None) -> AccessManager | None:
        """What a click that came first by a hair has done."""
        raise NotImplementedError

    def form_valid(self, form: ConfirmForm) -> HttpResponse:
        draft = self.draft
        person = self.person_named(draft)
        of_whom = "own" if draft["who"] == SELF else "other"
        contact = {
            "email": draft[f"{of_whom}_email"],
            "phone": draft[f"{of_whom}_phone"],
            "own_email": draft["own_email"],
            "own_phone": draft["own_phone"],
        }
        try:
            manager = self.designate(person, contact)
        except ValidationError as refusal:
            done = refusal_codes(refusal) & {"already_named", "already_registered", "gap_changed"}
            found = self.done_already(person) if done else None
            if found is None:
                add_refusal(form, refusal, {})
                return self.form_invalid(form)
            manager = found
        self.discard()
        self.keep(done=manager.pk)
        return redirect(self.done_url(manager.pk))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"sections": self.sections()}

    def more_rows(self) -> list[Row]:
        """What else is asked about the person designated."""
        return []

    def sections(self) -> list[Section]:
        draft, change = self.draft, self.form_url()
        named = [*self.more_rows(), Row(pgettext("une personne", "Nom"), self.person_named(draft), change)]
        if draft["who"] == OTHER:
            named += [
                Row(_("Numéro de registre national (NISS)"), format_niss(draft["niss"]), change),
                Row(_("Adresse e-mail"), draft["other_email"], change),
                Row(_("Numéro de téléphone"), draft["other_phone"], change),
            ]
        own = [
            Row(pgettext("une personne", "Nom"), self.request.user),
            Row(_("Adresse e-mail"), draft["own_email"], change),
            Row(_("Numéro de téléphone"), draft["own_phone"], change),
        ]
        return [
            Section(_("Entreprise"), enterprise_rows(self.enterprise)),
            Section(self.role_label(), named),
            Section(_("Vos données de contact"), own),
        ]


NAME_SOMEONE_ELSE = gettext_lazy(
    "Vérifiez le numéro, choisissez une autre personne, ou désignez-vous vous-même : il faut être travailleur ou "
    "représentant légal de l'entreprise."
)
