"""The links of the chain from the BCE to the applications, each judged by itself over what was read."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from math import ceil

from django.urls import reverse
from django.utils.translation import gettext as _

from access_mgmt.selectors.chain_state import AskedFunction, InCharge
from bhod_portal.core import clock
from bhod_portal.core.enums import PropagationMode
from bhod_portal.core.shown import shown_day
from csam.models import Enterprise, LegalFunction
from training.permissions import can_run
from training.selectors.why.chain import Link, Maker, Mender, Screen, moment, names
from training.selectors.why.facts import QUALITY, Facts


def known(facts: Facts) -> Link:
    """The BCE knows the enterprise, and it has not stopped."""
    return bce_link(facts.enterprise, facts.representatives, facts.on)


def bce_link(enterprise: Enterprise, representatives: Sequence[LegalFunction], on: date) -> Link:
    """The same, for every chain that begins with an enterprise."""
    make = Maker("known", _("Une organisation que la BCE connaît"), "bce")
    if enterprise.is_active(on):
        return make.held(_("La BCE la connaît, et elle n'est pas arrêtée."))
    return make.broken(
        _("Elle est arrêtée à la BCE depuis le %(day)s : elle n'a plus d'accès à donner.")
        % {"day": shown_day(enterprise.stopped_on)},
        _by_name(representatives),
        Screen(_("BCE Public Search"), reverse("csam:bce_enterprise", args=[enterprise.bce_number])),
    )


def registered(facts: Facts) -> Link:
    """A legal representative has registered it in CSAM."""
    make = Maker("registered", _("Son enregistrement dans CSAM"), "gap")
    if facts.enterprise.registered_at:
        return make.held(
            _("Enregistrée le %(day)s.") % {"day": shown_day(clock.day_of(facts.enterprise.registered_at))}
        )
    return make.broken(
        _("Elle n'est pas encore enregistrée : un représentant légal le fait, et désigne le GAP."),
        _representatives(facts),
        Screen(
            _("Enregistrement dans CSAM"), reverse("csam:enterprise_register") if facts.represents else ""
        ),
    )


def gap(facts: Facts) -> Link:
    """It has a GAP, who is tied to it or left no more than thirty days ago."""
    make = Maker("gap", _("Un Gestionnaire d'Accès Principal (GAP) en fonction"), "gap")
    found, bce = facts.gap, facts.enterprise.bce_number
    screen = Screen(
        _("Gestion des Gestionnaires d'Accès"),
        reverse("csam:manager_list", args=[bce]) if facts.represents else "",
    )
    if found is None:
        return make.broken(_("Personne n'est désigné comme GAP."), _representatives(facts), screen)
    who = str(found.gap.person) if facts.asker.knows_names else _("Un GAP")
    words = {"gap": who, "day": shown_day(found.ended_on), "until": shown_day(found.access_until)}
    if not found.has_access:
        told = (
            _(
                "%(gap)s n'a plus de lien avec l'organisation depuis le %(day)s ; ses accès de GAP ont pris fin le %(until)s."
            )
            if facts.asker.knows_names
            else _("Le GAP désigné n'a plus accès : un autre doit être désigné.")
        )
        return make.broken(told % words, _representatives(facts), screen)
    if found.ended_on and facts.asker.knows_names:
        return make.held(
            _(
                "%(gap)s a quitté l'organisation (dernier jour : %(day)s) et garde ses accès jusqu'au %(until)s."
            )
            % words
        )
    return make.held(_("%(gap)s est en fonction.") % words)


def quality(facts: Facts) -> Link:
    """« eHealth Soins de Santé » is active, which « Soins de Santé » is not."""
    make = Maker("quality", _("La qualité « eHealth Soins de Santé »"), "quality")
    state = facts.state
    if state.quality:
        return make.held(_("Active depuis le %(day)s.") % {"day": moment(state.quality.activated_at)})
    if state.quality_over and state.quality_over.deactivated_at:
        sentence = _("Elle a été désactivée le %(day)s.") % {"day": moment(state.quality_over.deactivated_at)}
    else:
        sentence = _("Elle n'a pas encore été activée.")
    if state.other:
        confused = _("« Soins de Santé » est active, mais c'est une autre qualité : elle n'ouvre pas BHOD.")
        sentence = f"{sentence} {confused}"
    address = reverse("access_mgmt:quality_activate", args=[facts.enterprise.bce_number, QUALITY.value])
    return make.broken(
        sentence,
        _named(facts.entity, facts) or [Mender(_("Responsable Accès Entité"))],
        Screen(_("Liste des qualités"), address if facts.has_charge(facts.entity) else ""),
    )


def member(facts: Facts) -> Link:
    """The person is a member of that quality, and not blocked."""
    make = Maker("member", _("Une place parmi les utilisateurs de cette qualité, sans blocage"), "users")
    state = facts.state
    if state.quality is None:
        return make.waiting(_("À voir quand la qualité sera active."))
    if not facts.asker.sees_person:
        return make.waiting(_("Seuls les gestionnaires de cette qualité le voient : adressez-vous à eux."))
    place = state.member
    if place is None:
        return make.broken(
            _why_no_member(facts),
            _managers(facts),
            _managing(facts, _("Utilisateurs"), "access_mgmt:member_list", state.quality.pk),
        )
    if place.blocked_at:
        by = str(place.blocked_by) if facts.asker.knows_names else _("un gestionnaire")
        words = {"when": moment(place.blocked_at), "by": by}
        return make.broken(
            _("L'accès est bloqué depuis le %(when)s, par %(by)s ; les fonctions reviennent au déblocage.")
            % words,
            _managers(facts),
            _managing(facts, _("Débloquer"), "access_mgmt:member_unblock", place.pk),
        )
    return make.held(
        _("%(kind)s depuis le %(day)s.") % {"kind": place.get_kind_display(), "day": moment(place.added_at)}
    )


def _why_no_member(facts: Facts) -> str:
    state = facts.state
    if state.former and state.former.ended_at:
        words = {"when": moment(state.former.ended_at), "by": state.former.ended_by}
        if facts.asker.knows_names:
            return _("La place parmi les utilisateurs a pris fin le %(when)s, par %(by)s.") % words
        return _("La place parmi les utilisateurs a pris fin le %(when)s.") % words
    if state.placed_elsewhere:
        return _(
            "Inscription sous une autre qualité de l'organisation, mais pas sous « eHealth Soins de Santé »."
        )
    return _("Pas encore d'inscription : un gestionnaire de la qualité la fait, avec le NISS.")


def function(facts: Facts) -> Link:
    """One of the functions that open the target was given, and not another one of INAMI alone."""
    label = _("Une fonction qui ouvre « %(target)s »") % {"target": facts.target.name}
    make = Maker("function", label, "roles")
    if facts.state.member is None:
        return make.waiting(_("À voir quand la personne sera utilisateur de la qualité."))
    if standing := _standing(facts):
        return make.held(
            _("Attribuée : %(functions)s.")
            % {"functions": names(each.assignment.function for each in standing)}
        )
    wanted = {"wanted": names(sorted(facts.target.functions), _(" ou "))}
    others = sorted(
        {each.assignment.function for each in facts.state.asked if each.stands} - facts.target.functions
    )
    if withdrawn := _last_withdrawn(facts):
        asked = withdrawn.assignment
        words = {"function": asked.function, "when": moment(asked.revoked_at), "by": asked.revoked_by}
        sentence = (
            _("%(function)s a été retirée le %(when)s, par %(by)s.")
            if facts.asker.knows_names
            else _("%(function)s a été retirée le %(when)s.")
        ) % words
    elif others:
        sentence = _("Seulement attribuée : %(others)s, qui ouvre autre chose. Il faut %(wanted)s.") % {
            "others": names(others),
            **wanted,
        }
    else:
        sentence = _("Aucune fonction n'est attribuée. Il faut %(wanted)s.") % wanted
    return make.broken(sentence, _managers(facts), _functions_screen(facts))


def dates(facts: Facts) -> Link:
    """Today is one of its days, both ends included."""
    make = Maker("dates", _("Un jour compris dans ses dates"), "roles")
    best = _best(facts)
    if best is None:
        return make.waiting(_("À voir quand la fonction sera attribuée."))
    start, end = best.period.start, best.period.end
    words = {"function": best.assignment.function, "start": shown_day(start), "end": shown_day(end)}
    if best.period.covers(facts.on):
        if end is None:
            return make.held(_("%(function)s : depuis le %(start)s, sans fin.") % words)
        return make.held(_("%(function)s : du %(start)s au %(end)s inclus.") % words)
    if facts.on < start:
        sentence = _("%(function)s ne commence que le %(start)s.") % words
    else:
        sentence = _("%(function)s a pris fin : son dernier jour était le %(end)s.") % words
    return make.broken(sentence, _managers(facts), _functions_screen(facts))


def propagated(facts: Facts) -> Link:
    """The applications know it: at most twenty minutes after it was given."""
    make = Maker("propagated", _("Son arrivée dans les applications (20 minutes au plus)"), "propagation")
    best = _best(facts)
    if best is None or not best.period.covers(facts.on):
        return make.waiting(_("À voir quand la fonction sera attribuée pour aujourd'hui."))
    if best.seen or facts.sees_it:
        return make.held(_("Les applications la voient."))
    change = best.change
    nobody = [Mender(_("Personne : attendez, puis rechargez cette page"))]
    clock_screen = Screen(
        _("Horloge du simulateur"),
        f"{reverse('training:portal_home')}#horloge" if can_run(facts.person.world) else "",
    )
    if facts.mode == PropagationMode.STUCK:
        return make.broken(
            _("La propagation de ce monde est arrêtée : rien n'arrive dans les applications, quel que soit le temps écoulé."),
            [Mender(_("Le formateur, qui la remet en marche"))],
        )  # fmt: skip
    if change is not None and change.held_until is not None:
        return make.broken(
            _("La modification a été refusée et mise de côté ; elle est essayée à nouveau d'elle-même."),
            [Mender(_("Le centre de contact, si elle n'arrive pas"))],
            Screen(_("Formulaire de contact"), reverse("access_mgmt:contact")),
        )
    left = max(0, ceil((change.due_at - facts.at) / timedelta(minutes=1))) if change else 0
    if left == 0:
        return make.broken(_("Elle est en route et arrive d'un instant à l'autre."), nobody, clock_screen)
    return make.broken(
        _("Elle est en route : encore %(minutes)d min au plus.") % {"minutes": left}, nobody, clock_screen
    )


def _standing(facts: Facts) -> list[AskedFunction]:
    wanted = facts.target.functions if facts.state.member else frozenset()
    return [each for each in facts.state.asked if each.stands and each.assignment.function in wanted]


def _best(facts: Facts) -> AskedFunction | None:
    """Of those that stand, the one that opens most: for today and seen, for today, the next to come, the last over."""
    on = facts.on

    def worth(each: AskedFunction) -> tuple[int, int]:
        start, end = each.period.start, each.period.end
        if each.period.covers(on):
            return (4 if each.seen else 3, 0)
        if on < start:
            return (2, -start.toordinal())
        return (1, end.toordinal() if end else 0)

    return max(_standing(facts), key=worth, default=None)


def _last_withdrawn(facts: Facts) -> AskedFunction | None:
    gone = [
        each
        for each in facts.state.asked
        if not each.stands and each.assignment.function in facts.target.functions
    ]
    return max(
        gone, key=lambda each: (each.assignment.revoked_at or facts.at, each.assignment.pk), default=None
    )


# Who can mend, and where.


def _representatives(facts: Facts) -> list[Mender]:
    return _by_name(facts.representatives)


def _by_name(representatives: Sequence[LegalFunction]) -> list[Mender]:
    """By name for everybody: the BCE publishes them."""
    role = _("représentant légal")
    named = [Mender(role, str(each.person)) for each in representatives]
    return named or [
        Mender(_("représentant légal : l'organisation doit d'abord en faire publier un à la BCE"))
    ]


def _named(group: Iterable[InCharge], facts: Facts) -> list[Mender]:
    if facts.asker.knows_names:
        return [Mender(each.role, str(each.person), each.email) for each in group]
    return [Mender(role) for role in dict.fromkeys(each.role for each in group)]


def _managers(facts: Facts) -> list[Mender]:
    """The nearest first: of the branch, of the quality, else of the entity; nobody mends his own accesses alone."""
    near = [*facts.branch, *facts.quality]
    others = [each for each in near if each.person != facts.person]
    found = others or [each for each in facts.entity if each.person != facts.person]
    return _named(found, facts) or [Mender(_("Responsable Accès Entité"))]


def _managing(facts: Facts, name: str, url_name: str, key: int | None) -> Screen:
    may = facts.has_charge(facts.branch, facts.quality, facts.entity)
    return Screen(name, reverse(url_name, args=[key]) if may and key else "")


def _functions_screen(facts: Facts) -> Screen:
    place = facts.state.member
    return _managing(facts, _("Fonctions exercées"), "access_mgmt:role_list", place.pk if place else None)


Judge = Callable[[Facts], Link]
OF_THE_CHAIN: tuple[Judge, ...] = (known, registered, gap, quality, member, function, dates, propagated)
