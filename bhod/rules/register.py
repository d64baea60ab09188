"""The register of the rules: what each says, where a circle can look it up, what breaking it costs and what mends it.

Sources are those of domain.md 1; what no source says is marked « hypothèse du simulateur ».
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bhod.enums import Severity

INAMI_PAGE = _(
    "INAMI, page « Honoraires de disponibilité pour la médecine générale » ; arrêté royal du 25 novembre 2002 "
    "(Moniteur belge du 14 décembre 2002)"
)
MISSIONS = _("Arrêté royal du 8 juillet 2002 fixant les missions des cercles, articles 4 et 5")
NORMS = _(
    "Arrêté royal du 8 juillet 2002, modifié par celui du 30 juillet 2013, en vigueur depuis le 1er septembre 2013. "
    "Hypothèse du simulateur : une tranche entamée demande un médecin entier ; l'effet de l'arrêté royal du 10 "
    "septembre 2020 n'a pas été vérifié"
)
ONE_YEAR = _(
    "Arrêté royal du 10 octobre 2013, en vigueur depuis le 1er janvier 2014 : les données se communiquent au plus tard "
    "un an après la garde"
)
GUESS = _("Hypothèse du simulateur : aucune source publique n'a été trouvée")
MEDEGA = _(
    "Portail eHealth, pages sur Medega, le prédécesseur de BHOD : confirmer la prestation déclenche le paiement. "
    "Hypothèse du simulateur : il en va de même dans BHOD"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in the words of a circle."""

    code: str
    severity: Severity
    title: str | Promise
    says: str | Promise
    source: str | Promise
    mending: str | Promise


_EVERY = (
    Rule(
        "uncovered",
        Severity.UNPAID,
        _("Heures honorées sans garde"),
        _(
            "La garde couvre toute la zone, au moins le week-end et les jours fériés ; les nuits de semaine aussi, si le "
            "cercle les organise. Des heures sans garde ne sont honorées à personne."
        ),
        MISSIONS,
        _("Ajoutez la garde qui manque. Une garde passée se saisit encore pendant un an."),
    ),
    Rule(
        "deadline_passed",
        Severity.UNPAID,
        _("Délai d'un an dépassé"),
        _("Une garde se communique au plus tard un an après. Celle-ci n'a pas été confirmée à temps."),
        ONE_YEAR,
        _("Ces heures ne seront plus honorées : annulez la garde pour la retirer de la liste."),
    ),
    Rule(
        "draft_past",
        Severity.UNPAID,
        _("Brouillon d'un jour passé"),
        _(
            "Un brouillon n'est communiqué à personne : tant qu'il reste un brouillon, la garde n'est pas honorée."
        ),
        GUESS,
        _("Enregistrez le brouillon si la garde a eu lieu, sinon annulez-le."),
    ),
    Rule(
        "not_eligible_code",
        Severity.UNPAID,
        _("Code de compétence non admis"),
        _(
            "Sont honorés les médecins généralistes agréés (codes 003 et 004) et les candidats médecins généralistes "
            "(005 et 006) ; un médecin généraliste avec droits acquis l'est à certaines conditions."
        ),
        INAMI_PAGE,
        _("Donnez la garde à un autre médecin, ou vérifiez le numéro INAMI auprès de l'INAMI."),
    ),
    Rule(
        "acquired_rights_required",
        Severity.UNPAID,
        _("Droits acquis non indiqués"),
        _(
            "Un médecin généraliste sans agrément n'est honoré que s'il a des droits acquis. Hypothèse du simulateur : "
            "il porte le code 001 ou 002."
        ),
        INAMI_PAGE,
        _("Indiquez ses droits acquis dans son inscription, ou donnez la garde à un autre médecin."),
    ),
    Rule(
        "not_enrolled",
        Severity.UNPAID,
        _("Garde hors de l'inscription du médecin"),
        _("Un médecin est inscrit dans le cercle pendant tous les jours de sa garde."),
        _(
            "Portail eHealth, pages sur Medega : le cercle inscrit les médecins sur sa liste de garde. Hypothèse du "
            "simulateur : sans inscription, pas d'honoraires"
        ),
        _("Corrigez l'inscription du médecin, ou donnez la garde à un autre."),
    ),
    Rule(
        "supervisor_required",
        Severity.UNPAID,
        _("Candidat sans maître de stage"),
        _("Un candidat médecin généraliste est inscrit avec le nom de son maître de stage."),
        GUESS,
        _("Indiquez le maître de stage dans l'inscription du candidat."),
    ),
    Rule(
        "candidate_and_supervisor",
        Severity.UNPAID,
        _("Candidat et maître de stage aux mêmes heures"),
        _("Les honoraires vont à une seule personne : jamais au candidat et à son maître de stage ensemble."),
        INAMI_PAGE,
        _("Donnez l'une des deux gardes à un autre médecin, ou annulez-la."),
    ),
    Rule(
        "outside_windows",
        Severity.UNPAID,
        _("Garde hors des heures honorées"),
        _(
            "Sont honorés le week-end, du samedi 08:00 au lundi 08:00, un jour férié légal, de 08:00 à 08:00 le "
            "lendemain, et la nuit de semaine, de 19:00 à 08:00. Hypothèse du simulateur : les heures où le week-end et "
            "le jour férié commencent."
        ),
        INAMI_PAGE,
        _("Corrigez les heures de la garde, ou annulez-la."),
    ),
    Rule(
        "guard_too_long",
        Severity.UNPAID,
        _("Garde de plus de 48 heures"),
        _("La plus longue période honorée est un week-end de 48 heures."),
        _(
            "INAMI, page « Honoraires de disponibilité » : 48 heures pour un week-end. Hypothèse du simulateur : aucune garde "
            "n'est plus longue"
        ),
        _("Partagez la garde en plusieurs."),
    ),
    Rule(
        "guard_not_on_minute",
        Severity.UNPAID,
        _("Garde qui ne tombe pas sur une minute"),
        _("Les honoraires se comptent en minutes entières."),
        GUESS,
        _("Corrigez les heures de la garde."),
    ),
    Rule(
        "deadline_near",
        Severity.AT_RISK,
        _("Délai d'un an proche"),
        _(
            "Une garde se communique au plus tard un an après : il reste 30 jours au plus pour confirmer celle-ci."
        ),
        ONE_YEAR,
        _("Confirmez la garde si elle a eu lieu, sinon annulez-la."),
    ),
    Rule(
        "not_confirmed",
        Severity.AT_RISK,
        _("Gardes passées à confirmer"),
        _("Une garde n'est payée qu'après que le cercle a confirmé qu'elle a eu lieu."),
        MEDEGA,
        _("Confirmez les gardes de la période."),
    ),
    Rule(
        "weeknight_not_organised",
        Severity.AT_RISK,
        _("Nuit de semaine que le cercle n'organise pas"),
        _("Seule une garde organisée pour toute la population de la zone est honorée."),
        INAMI_PAGE,
        _(
            "Indiquez dans « Organisation du cercle » que les nuits de semaine sont organisées, ou annulez la garde."
        ),
    ),
    Rule(
        "norm_not_met",
        Severity.AT_RISK,
        _("Moins de médecins que la norme"),
        _(
            "Une zone a au moins un médecin par 100 000 habitants de 08:00 à 23:00, et un par 300 000 de 23:00 à 08:00."
        ),
        NORMS,
        _("Ajoutez une garde dans l'une des unités de la zone."),
    ),
    Rule(
        "two_circles_same_day",
        Severity.AT_RISK,
        _("De garde dans deux cercles le même jour"),
        _(
            "Les gardes d'un médecin ne se recouvrent jamais, d'un cercle à l'autre non plus. Le même jour, de 08:00 à "
            "08:00, elles se suivent de si près qu'il vaut mieux vérifier les heures."
        ),
        GUESS,
        _("Vérifiez avec le médecin, et donnez la garde à un autre s'il ne peut pas l'assurer."),
    ),
    Rule(
        "unit_closed",
        Severity.AT_RISK,
        _("Garde dans une unité fermée"),
        _("Une unité fermée n'a plus de garde."),
        GUESS,
        _("Donnez la garde à une autre unité, ou rouvrez celle-ci dans « Organisation du cercle »."),
    ),
    Rule(
        "unit_not_allowed",
        Severity.AT_RISK,
        _("Médecin hors de ses unités"),
        _("L'inscription d'un médecin peut nommer les unités où il est de garde."),
        GUESS,
        _("Changez l'unité ou le médecin de la garde, ou les unités du médecin."),
    ),
    Rule(
        "unit_without_zone",
        Severity.AT_RISK,
        _("Unité sans zone"),
        _("Les normes se vérifient par zone : sans zone, les gardes d'une unité ne comptent pour aucune."),
        MISSIONS,
        _("Donnez une zone à l'unité dans « Organisation du cercle »."),
    ),
    Rule(
        "zone_without_units",
        Severity.AT_RISK,
        _("Zone sans unité"),
        _("Toute la population d'une zone peut appeler la garde : une zone sans unité ouverte n'en a pas."),
        MISSIONS,
        _("Donnez une unité à la zone dans « Organisation du cercle »."),
    ),
    Rule(
        "uncovered_lost",
        Severity.INFORMATION,
        _("Heures sans garde, délai dépassé"),
        _("Une garde se communique au plus tard un an après : ces heures ne se saisissent plus."),
        ONE_YEAR,
        _("Rien à faire."),
    ),
    Rule(
        "partly_outside_windows",
        Severity.INFORMATION,
        _("Garde en partie hors des heures honorées"),
        _(
            "Les minutes hors du week-end, des jours fériés et des nuits de 19:00 à 08:00 ne sont pas honorées ; les autres "
            "le sont."
        ),
        INAMI_PAGE,
        _("Rien à faire si le médecin a été de garde à ces heures ; sinon, corrigez la garde."),
    ),
    Rule(
        "two_doctors_one_unit",
        Severity.INFORMATION,
        _("Deux médecins à la fois dans une unité"),
        _(
            "Plusieurs médecins peuvent être de garde ensemble ; aucun maximum n'a été trouvé dans la réglementation."
        ),
        GUESS,
        _("Rien à faire si c'est voulu."),
    ),
    Rule(
        "enrolled_elsewhere",
        Severity.INFORMATION,
        _("Médecin inscrit dans un autre cercle aussi"),
        _("Un médecin peut être inscrit dans plusieurs cercles ; ses gardes ne s'y recouvrent jamais."),
        GUESS,
        _("Rien à faire."),
    ),
    Rule(
        "guard_overlap",
        Severity.GUARANTEED,
        _("Deux gardes d'un médecin aux mêmes heures"),
        _("Un médecin n'est de garde qu'à un endroit à la fois."),
        GUESS,
        _("Rien à faire : une telle garde est refusée."),
    ),
    Rule(
        "guard_overlap_elsewhere",
        Severity.GUARANTEED,
        _("Aux mêmes heures dans un autre cercle"),
        _("Un médecin n'est de garde qu'à un endroit à la fois, dans quelque cercle que ce soit."),
        GUESS,
        _("Rien à faire : une telle garde est refusée."),
    ),
    Rule(
        "not_over",
        Severity.GUARANTEED,
        _("Garde confirmée avant sa fin"),
        _("Une garde se confirme après sa fin."),
        MEDEGA,
        _("Rien à faire : une telle confirmation est refusée."),
    ),
    Rule(
        "guard_out_of_order",
        Severity.GUARANTEED,
        _("Garde qui finit avant de commencer"),
        _("La fin d'une garde suit son début."),
        GUESS,
        _("Rien à faire : une telle garde est refusée."),
    ),
)

RULES: Mapping[str, Rule] = {rule.code: rule for rule in _EVERY}
# The order in which screens name the rules: the dearest first, then as above.
ORDER: Mapping[str, int] = {
    code: number
    for number, code in enumerate(sorted(RULES, key=lambda code: list(Severity).index(RULES[code].severity)))
}
