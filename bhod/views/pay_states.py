"""What follows for a guard whose money stands somewhere, as a circle is told."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bhod.enums import PayState

FOLLOWS: Mapping[PayState, str | Promise] = {
    PayState.EXPECTED: _("Elle n'est pas encore terminée : confirmez-la quand elle a eu lieu."),
    PayState.TO_CONFIRM: _(
        "Elle est passée : confirmez-la, au plus tard un an après, pour que l'INAMI la contrôle."
    ),
    PayState.IN_CHECK: _("Elle est confirmée : l'INAMI la contrôle la nuit prochaine."),
    PayState.REFUSED: _("L'INAMI l'a refusée : corrigez ce qu'il indique, il la contrôle à nouveau la nuit suivante."),
    PayState.WAITING_TARIFF: _(
        "Elle est en ordre, mais aucun tarif n'est connu pour son jour : l'INAMI la valide dès qu'il y en a un. Vous "
        "n'avez rien à faire."
    ),
    PayState.VALIDATED: _("L'INAMI l'a validée : le prochain paiement la prend."),
    PayState.IN_PAYMENT: _("Elle est dans un paiement qui se prépare, ou que la banque n'a pas encore exécuté."),
    PayState.WAITING_ACCOUNT: _(
        "Le médecin n'a pas de compte pour ces honoraires : il en indique un dans ProSanté, et le paiement suivant les "
        "lui verse."
    ),
    PayState.RETURNED: _(
        "La banque a renvoyé le versement : le médecin vérifie son compte dans ProSanté, et le paiement suivant le lui "
        "verse à nouveau."
    ),
    PayState.PAID: _("Le médecin a reçu le montant, ou il a été compensé avec ce qu'il devait rembourser."),
    PayState.TO_CORRECT: _(
        "Elle a changé après son paiement : dès qu'elle est validée à nouveau ou annulée, le prochain paiement reprend "
        "l'ancien montant et paie le nouveau."
    ),
    PayState.RECOVERED: _("Elle a été annulée après son paiement, et le montant a été repris."),
}  # fmt: skip
