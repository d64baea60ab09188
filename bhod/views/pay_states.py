"""What follows for a guard whose money stands somewhere, as a circle is told."""

from collections.abc import Mapping
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bhod.enums import CheckOutcome, GuardState, PayState
from bhod.selectors.guard_money import GuardMoney, Money

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


def following(each: GuardMoney) -> str | Promise:
    """What follows for this guard."""
    if (
        each.pay.state == PayState.TO_CORRECT
        and each.guard.state == GuardState.CANCELLED
        and not each.pay.paid
    ):
        return _(
            "Elle a été annulée après la clôture de son paiement, que le médecin n'a pas reçu : le prochain paiement "
            "retire le montant de ce qui lui est dû."
        )
    if each.pay.state == PayState.TO_CORRECT and each.guard.state == GuardState.CANCELLED:
        return _("Elle a été annulée après son paiement : le prochain paiement reprend le montant.")
    if each.pay.state == PayState.TO_CORRECT and each.guard.state == GuardState.REGISTERED:
        return _(
            "Elle a changé après son paiement et n'est plus confirmée : confirmez-la, pour que l'INAMI la contrôle et que "
            "le prochain paiement reprenne l'ancien montant et paie le nouveau."
        )
    if each.pay.state == PayState.TO_CORRECT and _is_validated(each):
        return _(
            "Elle a changé après son paiement et l'INAMI l'a validée à nouveau : le prochain paiement reprend l'ancien "
            "montant et paie le nouveau."
        )
    return FOLLOWS[each.pay.state]


def _is_validated(each: GuardMoney) -> bool:
    return each.pay.check is not None and each.pay.check.outcome == CheckOutcome.VALIDATED


def stages_of(money: Money) -> list[tuple[str | Promise, Decimal]]:
    """Where the euros of a guard stand, in words; what is paid first, nothing else that is nothing."""
    back = _("À reprendre par le prochain paiement")
    stages: list[tuple[str | Promise, Decimal]] = [
        (_("Dans un paiement, ou en attente d'un compte"), money.in_payment),
        (_("Retourné par la banque"), money.returned),
        (_("À payer par le prochain paiement") if money.validated > 0 else back, money.validated),
        (_("Attendu, pas encore validé") if money.expected > 0 else back, money.expected),
    ]
    return [(_("Déjà payé"), money.paid), *((label, euros) for label, euros in stages if euros)]
