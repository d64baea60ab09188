"""What the two flows share in which a manager's place passes to somebody: a form, and a page that checks."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView

from access_mgmt import selectors
from access_mgmt.enums import MANAGING_KINDS, Afterwards, MemberLink
from access_mgmt.forms.succession import BY_NAME, BY_NISS, ME, NewcomerForm, SuccessorForm
from access_mgmt.models import QualityMember
from access_mgmt.services.succession import Successor
from access_mgmt.views.common import QualityView
from bhod_portal.core import drafts
from bhod_portal.core.identifiers import format_niss
from bhod_portal.core.refusals import add_refusal, refusal_codes
from bhod_portal.core.ui import Row, Section
from csam.http import check_look_ups
from csam.models import Person
from csam.selectors import person_with_pk

# Of the members whom a name finds; more than these, and one types more of it.
FOUND_SHOWN = 20


class SuccessionView(QualityView):
    """A page of either flow: knows whose place it is, what was chosen so far, and the member or person chosen."""

    flow: str
    # The names of the flow's pages.
    form_page: str
    check_page: str
    offered: Sequence[Afterwards]
    # Whose place passes on; none where a quality has no local manager.
    holder: QualityMember | None
    draft: dict[str, Any]
    chosen: Person | None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.holder = self.load_holder()
        self.draft = drafts.read(person=self.person, flow=self.flow, subject=str(self.quality.pk))
        self.chosen = person_with_pk(self.person.world, self.draft.get("successor"))

    def load_holder(self) -> QualityMember | None:
        raise NotImplementedError

    def candidates(self) -> QuerySet[QualityMember]:
        return selectors.may_succeed(self.quality, place=self.holder)

    def chosen_member(self) -> QualityMember | None:
        return self.candidates().filter(person=self.chosen).first() if self.chosen else None

    def address(self, page: str) -> str:
        return reverse(f"access_mgmt:{page}", args=[self.quality.pk])

    def forget(self) -> None:
        drafts.discard(person=self.person, flow=self.flow, subject=str(self.quality.pk))


class SuccessionFormView(SuccessionView, FormView):
    """Who takes the place, and what becomes of who held it."""

    form_class = SuccessorForm
    ways: Sequence[str]

    def shown(self) -> list[QualityMember]:
        """The members one chooses from at once: managers, who was chosen before, whom the typed name finds."""
        found = self.candidates()
        # The form judges it later; PostgreSQL takes no such sign.
        typed = self.request.POST.get("name", "").replace("\0", "")
        shown = [
            *found.filter(kind__in=MANAGING_KINDS),
            *(found.filter(person=self.chosen) if self.chosen else ()),
            *selectors.called(found, typed)[:FOUND_SHOWN],
        ]
        return list(dict.fromkeys(shown))

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "members": self.shown(),
            "ways": self.ways,
            "holder": self.holder,
            "offered": self.offered,
            "own": self.holder is not None and self.holder.person_id == self.person.pk,
        }

    def get_initial(self) -> dict[str, Any]:
        member = self.chosen_member()
        initial = {"afterwards": self.draft.get("afterwards", self.offered[0].value)}
        if member:
            return initial | {"successor": str(member.pk)}
        if self.chosen is None:
            return initial
        if self.chosen == self.person and ME in self.ways:
            return initial | {"successor": ME}
        return initial | {"successor": BY_NISS, "niss": format_niss(self.chosen.niss)}

    def form_valid(self, form: Form) -> HttpResponse:
        try:
            person = self._person(form.cleaned_data)
        except ValidationError as refusal:
            by_name = form.cleaned_data["successor"] == BY_NAME
            form.add_error("name" if by_name else "niss", refusal)
            return self.form_invalid(form)
        drafts.save(
            person=self.person,
            flow=self.flow,
            subject=str(self.quality.pk),
            successor=person.pk,
            afterwards=form.cleaned_data.get("afterwards", ""),
            holder=self.holder.pk if self.holder else None,
        )
        return redirect(self.address(self.check_page))

    def find_newcomer(self, niss: str) -> Person:
        raise NotImplementedError

    def _person(self, data: dict[str, Any]) -> Person:
        choice = data["successor"]
        if choice == ME:
            return self.person
        if choice == BY_NISS:
            check_look_ups(self.request)
            return self.find_newcomer(data["niss"])
        if choice == BY_NAME:
            return self._named(data["name"])
        return self.candidates().get(pk=int(choice)).person

    def _named(self, name: str) -> Person:
        found = list(selectors.called(self.candidates(), name)[: FOUND_SHOWN + 1])
        if not found:
            raise ValidationError(
                _("Aucun membre qui peut agir ne répond à ce nom. Vérifiez-le, ou choisissez autrement."),
                code="nobody_found",
            )
        if len(found) > FOUND_SHOWN:
            raise ValidationError(
                _("Plus de %(count)d personnes répondent à ce nom : indiquez-le plus complètement."),
                code="many_found",
                params={"count": FOUND_SHOWN},
            )
        if len(found) > 1:
            raise ValidationError(
                _("Plusieurs personnes répondent à ce nom : choisissez la bonne parmi celles ci-dessus."),
                code="several_found",
            )
        return found[0].person


class SuccessionCheckView(SuccessionView, FormView):
    """What will change, and for a newcomer what is not known of him yet; then « Confirmer »."""

    form_class = NewcomerForm
    asks_link: bool
    successor: Person
    member: QualityMember | None
    afterwards: Afterwards

    def elsewhere(self) -> HttpResponse | None:
        if self.chosen is None:
            return redirect(self.address(self.form_page))
        self.successor = self.chosen
        self.member = self.chosen_member()
        members = QualityMember.objects.active().filter(quality=self.quality)
        if self.member is None and members.filter(person=self.successor).exists():
            # A member still, and no candidate any longer: blocked, or moved out of the branch.
            return self.refused(
                ValidationError(
                    _("%(name)s ne peut plus reprendre cette place : choisissez à nouveau.")
                    % {"name": self.successor},
                    code="no_candidate",
                )
            )
        typed = self.draft.get("afterwards")
        self.afterwards = Afterwards(typed) if typed else self.offered[0]
        return None

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"person": self.successor, "asks_link": self.asks_link}

    def get_initial(self) -> dict[str, Any]:
        person = self.successor
        return {
            "username": selectors.proposed_username(person),
            "email": person.email,
            "link": selectors.link_between(person, self.quality.enterprise, on=self.today),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.member:
            return self.confirm(Successor(self.successor), None)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Form) -> HttpResponse:
        data = form.cleaned_data
        return self.confirm(
            Successor(
                self.successor,
                email=data["email"],
                username=data.get("username", ""),
                link=MemberLink(data.get("link") or MemberLink.MEMBER),
            ),
            form,
        )

    def confirm(self, successor: Successor, form: Form | None) -> HttpResponse:
        try:
            self.act(successor)
        except ValidationError as refusal:
            if form and refusal_codes(refusal) & {"username_taken", "username_required"}:
                add_refusal(form, refusal, {"username_taken": "username", "username_required": "username"})
                return self.form_invalid(form)
            return self.refused(refusal)
        self.forget()
        return self.done()

    def act(self, successor: Successor) -> None:
        raise NotImplementedError

    def done(self) -> HttpResponse:
        raise NotImplementedError

    def refused(self, refusal: ValidationError) -> HttpResponse:
        """Nothing was done: the form says how things stand, and keeps what was chosen."""
        messages.error(self.request, " ".join(refusal.messages))
        return redirect(self.address(self.form_page))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = None if self.member else kwargs.get("form") or self.get_form()
        return super().get_context_data(**{**kwargs, "form": form}) | {
            "sections": self.sections(),
            "newcomer": self.member is None,
            "successor": self.successor,
            "back_url": self.address(self.form_page),
            "ending": self.ending(),
        }

    def sections(self) -> list[Section]:
        raise NotImplementedError

    def ending(self) -> list[str]:
        """The functions that end with who leaves the quality."""
        if self.holder is None or self.afterwards != Afterwards.GONE:
            return []
        held = (
            selectors.current_assignments(self.today).filter(member=self.holder).order_by("valid_from", "pk")
        )
        return [assignment.get_function_display() for assignment in held]

    def who_rows(self, label: str, becomes: str) -> list[Row]:
        back = self.address(self.form_page)
        rows = [Row(label, str(self.successor), back)]
        if self.member:
            rows.append(Row(_("Aujourd'hui"), self.member.get_kind_display()))
        else:
            rows.append(Row(_("NISS"), format_niss(self.successor.niss)))
            if self.successor.username:
                rows.append(Row(_("Nom d'utilisateur"), self.successor.username))
        return [*rows, Row(_("Ensuite"), becomes)]
