"""Naming an access manager after the registration, and replacing the GAP."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from bhod_portal.core.ui import Row, Section
from csam import selectors
from csam.enums import AccessDomain, ManagerKind
from csam.forms.designations import DesignateForm
from csam.forms.managers import DomainDesignateForm
from csam.models import AccessManager, Person
from csam.services import managers
from csam.views.designation_steps import (
    NAME_SOMEONE_ELSE,
    DesignateCheckStep,
    DesignateStep,
    DesignationStep,
    WayOut,
)

# What the address says of each kind that is named and removed; the GAP is replaced.
KIND_SLUGS = {"co-gap": ManagerKind.CO_MAIN, "ga": ManagerKind.DOMAIN, "dpo": ManagerKind.DPO}
SLUGS = {kind: slug for slug, kind in KIND_SLUGS.items()}


class _ManagerStep(DesignationStep):
    """A step towards naming a manager of one kind, for who may name such managers."""

    kind: ManagerKind

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        if kwargs["manager_kind"] not in KIND_SLUGS:
            raise Http404
        self.kind = KIND_SLUGS[kwargs["manager_kind"]]
        super().setup(request, *args, **kwargs)

    @property
    def flow(self) -> str:  # type: ignore[override]  # known once the address is
        return f"manager_name:{self.kind}"

    def elsewhere(self) -> HttpResponseBase | None:
        managers.check_may_name(
            enterprise=self.enterprise, kind=self.kind, by=self.request.user, on=self.today
        )
        return None

    def form_url(self) -> str:
        return self.page("manager_name", SLUGS[self.kind])

    def check_url(self) -> str:
        return self.page("manager_name_check", SLUGS[self.kind])

    def done_url(self, manager_pk: int) -> str:
        return self.page("manager_name_done", manager_pk)

    def role_label(self) -> str:
        return str(self.kind.label)

    def known_ways_out(self) -> dict[str, WayOut]:
        number = self.enterprise.bce_number
        to_the_list = gettext_lazy("Voir les gestionnaires de l'entreprise"), "csam:manager_list", (number,)
        someone_else = WayOut(NAME_SOMEONE_ELSE, *to_the_list)
        named = WayOut(
            gettext_lazy("Ses désignations sont dans la liste : il n'y a rien à faire de plus."), *to_the_list
        )
        changed = WayOut(
            gettext_lazy("Voyez qui est le GAP à présent, puis recommencez s'il le faut."), *to_the_list
        )
        return {
            "gap_unknown": someone_else,
            "gap_not_linked": someone_else,
            "already_named": named,
            "gap_is_all": named,
            "gap_changed": changed,
            "enterprise_stopped": WayOut(
                gettext_lazy("Les désignations qui existent peuvent encore prendre fin."), *to_the_list
            ),
            "not_registered": WayOut(
                gettext_lazy("Un représentant légal l'enregistre d'abord et désigne son GAP."),
                gettext_lazy("Enregistrement dans CSAM"),
                "csam:enterprise_register",
            ),
        }


class ManagerNameView(_ManagerStep, DesignateStep):
    template_name = "csam/manager_name.html"

    def get_form_class(self) -> type[DesignateForm]:
        return DomainDesignateForm if self.kind == ManagerKind.DOMAIN else DesignateForm

    def check(self, answers: Mapping[str, Any]) -> None:
        managers.check_nameable(
            enterprise=self.enterprise,
            person=self.person_named(answers),
            kind=self.kind,
            domain=answers.get("domain", ""),
            on=self.today,
        )


class ManagerNameCheckView(_ManagerStep, DesignateCheckStep):
    template_name = "csam/manager_name_check.html"

    @property
    def domain(self) -> str:
        return str(self.draft["domain"]) if self.kind == ManagerKind.DOMAIN else ""

    def designate(self, person: Person | None, contact: dict[str, str]) -> AccessManager:
        return managers.name_manager(
            enterprise=self.enterprise,
            person=person,
            kind=self.kind,
            domain=self.domain,
            by=self.request.user,
            at=self.at,
            **contact,
        )

    def done_already(self, person: Person | None) -> AccessManager | None:
        roles = selectors.manager_roles(person) if person else AccessManager.objects.none()
        return roles.filter(enterprise=self.enterprise, kind=self.kind, domain=self.domain).first()

    def more_rows(self) -> list[Row]:
        domain = [Row(_("Domaine"), AccessDomain(self.domain).label, self.form_url())] if self.domain else []
        return [Row(_("Qualité"), self.kind.label), *domain]


class _GapStep(_ManagerStep):
    """A step towards another GAP: only for a legal representative in office."""

    flow = "gap_replace"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.kind = ManagerKind.MAIN
        # Past the kind that an address names: this one's is in its path.
        DesignationStep.setup(self, request, *args, **kwargs)

    def form_url(self) -> str:
        return self.page("gap_replace")

    def check_url(self) -> str:
        return self.page("gap_replace_check")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"replaced": context["gap_link"].gap.person if context["gap_link"] else None}


class GapReplaceView(_GapStep, DesignateStep):
    template_name = "csam/gap_replace.html"

    def pinned(self) -> dict[str, Any]:
        gap = selectors.gap_of(self.enterprise)
        return {"replaces": gap.pk if gap else None}

    def check(self, answers: Mapping[str, Any]) -> None:
        managers.check_nameable(
            enterprise=self.enterprise,
            person=self.person_named(answers),
            kind=self.kind,
            domain="",
            on=self.today,
        )


class GapReplaceCheckView(_GapStep, DesignateCheckStep):
    template_name = "csam/gap_replace_check.html"

    def designate(self, person: Person | None, contact: dict[str, str]) -> AccessManager:
        return managers.replace_gap(
            enterprise=self.enterprise,
            person=person,
            replaces=self.draft["replaces"],
            by=self.request.user,
            at=self.at,
            **contact,
        )

    def done_already(self, person: Person | None) -> AccessManager | None:
        gap = selectors.gap_of(self.enterprise)
        mine = gap and gap.person == person and gap.designated_by_id == self.request.user.pk
        return gap if mine else None

    def sections(self) -> list[Section]:
        enterprise, named, own = super().sections()
        gap = selectors.gap_of(self.enterprise)
        replaced = Section(
            _("Gestionnaire remplacé"), [Row(pgettext("une personne", "Nom"), gap.person if gap else "")]
        )
        return [enterprise, replaced, named, own]
