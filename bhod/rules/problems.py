"""What is wrong with a guard, in a sentence that says how to mend it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from bhod.rules.facts import Duty
from bhod_portal.core.shown import shown_instant


@dataclass(frozen=True, slots=True)
class Problem:
    """A rule that a guard breaks: a code to rely on, what the sentence needs, and the other guard in the way."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    other: Duty | None = None

    @property
    def text(self) -> str:
        """The sentence, in the language of the reader."""
        return TEXTS[self.code]() % self.params

    def refusal(self) -> ValidationError:
        return ValidationError(TEXTS[self.code](), code=self.code, params=dict(self.params))


def shown_other(other: Duty, enterprise_id: int) -> str:
    """When the other of a pair is on guard; what goes on in another circle is not for this one to know."""
    if other.enterprise_id != enterprise_id:
        return _("l'autre l'est alors dans un autre cercle")
    hours = {"start": shown_instant(other.starts_at), "end": shown_instant(other.ends_at)}
    return _("l'autre l'est du %(start)s au %(end)s") % hours


TEXTS: Mapping[str, Callable[[], str]] = {
    "guard_out_of_order": lambda: _("La fin de la garde doit suivre son début."),
    "guard_not_on_minute": lambda: _("Une garde commence et se termine à une minute juste."),
    "guard_too_long": lambda: _(
        "Une garde dure 48 heures au plus, le temps d'un week-end : partagez-la en plusieurs gardes."
    ),
    "guard_too_old": lambda: _(
        "Une garde se communique au plus tard un an après : le délai de celle-ci a expiré le %(day)s "
        "(arrêté royal du 10 octobre 2013)."
    ),
    "guard_too_far": lambda: _("Une garde se planifie deux ans à l'avance au plus : vérifiez l'année."),
    "unit_closed": lambda: _(
        "L'unité %(unit)s est fermée à partir du %(day)s : choisissez-en une autre ou rouvrez-la dans "
        "« Organisation du cercle »."
    ),
    "not_eligible_code": lambda: _(
        "Seuls les médecins généralistes agréés (codes 003 et 004) et les candidats médecins généralistes "
        "(codes 005 et 006) ont droit aux honoraires de disponibilité. Vérifiez le numéro INAMI."
    ),
    "acquired_rights_required": lambda: _(
        "Ce médecin est inscrit sans droits acquis : sans eux, son code de compétence ne donne pas droit aux "
        "honoraires. Corrigez son inscription."
    ),
    "not_enrolled": lambda: _(
        "Ce médecin n'est pas inscrit dans le cercle le %(day)s : inscrivez-le d'abord."
    ),
    "supervisor_required": lambda: _(
        "Ce candidat est inscrit sans maître de stage : terminez cette inscription et refaites-la."
    ),
    "unit_not_allowed": lambda: _(
        "Ce médecin n'est pas de garde dans l'unité %(unit)s : son inscription nomme les unités où il l'est."
    ),
    "guard_overlap": lambda: _("Ce médecin est déjà de garde du %(start)s au %(end)s, unité %(unit)s."),
    "guard_overlap_elsewhere": lambda: _(
        "Ce médecin est déjà de garde dans un autre cercle pendant une partie de ces heures."
    ),
    "candidate_and_supervisor": lambda: _(
        "Un candidat et son maître de stage ne sont jamais de garde aux mêmes heures : %(other)s."
    ),
    "outside_windows": lambda: _(
        "Aucune heure de cette garde n'est honorée : elle est hors du week-end, des jours fériés et des nuits de 19:00 "
        "à 08:00. Corrigez ses heures ou annulez-la."
    ),
    "partly_outside_windows": lambda: _(
        "%(hours)s de cette garde ne sont pas honorées : elles sont hors du week-end, des jours fériés et des "
        "nuits de 19:00 à 08:00."
    ),
    "weeknight_not_organised": lambda: _(
        "Votre cercle n'organise pas les nuits de semaine, et %(hours)s de cette garde en font partie."
    ),
    "deadline_near": lambda: _(
        "Cette garde n'est pas encore confirmée, et son délai d'un an expire le %(day)s : confirmez-la d'ici là."
    ),
    "deadline_passed": lambda: _(
        "Cette garde n'a pas été confirmée, et son délai d'un an a expiré le %(day)s : elle ne sera plus honorée."
    ),
    "draft_past": lambda: _(
        "Cette garde est passée, mais reste un brouillon : enregistrez-la si elle a eu lieu, sinon annulez-la."
    ),
    "uncovered": lambda: _("Aucune garde dans l'unité %(unit)s : %(hours)s honorées restent sans médecin."),
    "uncovered_lost": lambda: _(
        "Aucune garde n'a été saisie dans l'unité %(unit)s pendant %(hours)s honorées."
    ),
    "norm_not_met": lambda: _(
        "Zone %(zone)s, %(population)s habitants : médecins de garde demandés, %(needed)s ; présents, %(present)s."
    ),
    "not_confirmed": lambda: _("Gardes à confirmer, %(month)s : %(guards)s, pour %(hours)s honorées."),
    "unit_without_zone": lambda: _("L'unité %(unit)s n'appartient à aucune zone."),
    "zone_without_units": lambda: _("La zone %(zone)s n'a aucune unité ouverte."),
    "two_circles_same_day": lambda: _("Ce médecin est aussi de garde dans un autre cercle le même jour."),
    "enrolled_elsewhere": lambda: _("Ce médecin est aussi inscrit dans un autre cercle."),
    "two_doctors_one_unit": lambda: _(
        "Unité %(unit)s : plusieurs médecins de garde à la fois, %(times)s fois, %(hours)s en tout."
    ),
    "not_over": lambda: _("Une garde se confirme après sa fin : celle-ci se termine le %(end)s."),
    "still_draft": lambda: _(
        "Cette garde est encore un brouillon : enregistrez-la d'abord dans « Brouillons à enregistrer »."
    ),
    "already_cancelled": lambda: _("Cette garde est déjà annulée : elle ne se modifie plus."),
    "changed_since_act": lambda: _("Modifiée depuis par %(by)s, le %(day)s : elle reste comme elle est."),
    "no_such_day": lambda: _(
        "%(target)s n'a pas de %(number)s %(weekday)s : cette garde n'a pas de jour où aller."
    ),
    "holiday_differs": lambda: _(
        "Des deux jours, le %(source)s et le %(target)s, l'un est férié et l'autre non : leurs gardes n'ont pas les mêmes "
        "heures. Ajoutez celle-ci vous-même."
    ),
    "no_such_time": lambda: _(
        "Cette heure n'existe pas le %(target)s : cette nuit-là, l'heure d'été fait passer de 02:00 à 03:00. Ajoutez "
        "cette garde vous-même."
    ),
    "changed_meanwhile": lambda: _(
        "Cette garde a été modifiée entre-temps par %(by)s. Comparez, puis recommencez si c'est encore utile."
    ),
}
