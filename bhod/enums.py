from typing import Self

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class GuardState(models.TextChoices):
    """States of a guard so far; payment adds its own (design 4, BHOD 1)."""

    DRAFT = "DRAFT", _("brouillon")
    REGISTERED = "REGISTERED", _("enregistrée")
    CONFIRMED = "CONFIRMED", _("confirmée")
    CANCELLED = "CANCELLED", _("annulée")


class GuardCategory(models.TextChoices):
    """Which rule makes an hour eligible (domain.md 1.2)."""

    WEEKEND = "WEEKEND", _("week-end")
    HOLIDAY = "HOLIDAY", _("férié")
    WEEKNIGHT = "WEEKNIGHT", _("nuit de semaine")


class GuardAct(models.TextChoices):
    """What was done to a guard: each writes a line of its history."""

    ENTERED = "ENTERED", _("saisie")
    CHANGED = "CHANGED", _("modifiée")
    PUBLISHED = "PUBLISHED", _("enregistrée")
    CONFIRMED = "CONFIRMED", _("confirmée")
    REOPENED = "REOPENED", _("confirmation retirée")
    SWAPPED = "SWAPPED", _("échangée")
    CANCELLED = "CANCELLED", _("annulée")
    UNDONE = "UNDONE", _("acte annulé")


class BatchKind(models.TextChoices):
    """Acts upon several guards at once, each undone as a whole."""

    SERIES = "SERIES", _("série de gardes")
    COPY = "COPY", _("copie de gardes")
    SPLIT = "SPLIT", _("garde partagée")
    PUBLISH = "PUBLISH", _("enregistrement de brouillons")
    CONFIRM = "CONFIRM", _("confirmation de gardes")
    CANCEL = "CANCEL", _("annulation de gardes")
    IMPORT = "IMPORT", _("import d'un planning")


class ImportState(models.TextChoices):
    """Where a file of a planning stands."""

    UPLOADED = "UPLOADED", _("reçu")
    CHECKING = "CHECKING", _("vérification en cours")
    CHECKED = "CHECKED", _("vérifié")
    APPLYING = "APPLYING", _("import en cours")
    DONE = "DONE", _("importé")
    FAILED = "FAILED", _("refusé")
    DISCARDED = "DISCARDED", _("abandonné")


class PlanningOutcome(models.TextChoices):
    """What becomes of a guard of an imported planning; the value stands in the address of the dry run."""

    ADDED = "ajoutee", _("ajoutée")
    CHANGED = "modifiee", _("modifiée")
    REMOVED = "retiree", _("retirée")
    UNCHANGED = "inchangee", _("inchangée")
    REFUSED = "refusee", _("refusée")

    @property
    def plural(self) -> Promise:
        """What all guards of which this becomes are called."""
        return _SEVERAL[self]


_SEVERAL = {
    PlanningOutcome.ADDED: _("ajoutées"),
    PlanningOutcome.CHANGED: _("modifiées"),
    PlanningOutcome.REMOVED: _("retirées"),
    PlanningOutcome.UNCHANGED: _("inchangées"),
    PlanningOutcome.REFUSED: _("refusées"),
}


class SwapState(models.TextChoices):
    """Where the offer of a guard to colleagues stands."""

    OPEN = "OPEN", _("proposé")
    ACCEPTED = "ACCEPTED", _("accepté, le cercle décide")
    DONE = "DONE", _("échangé")
    REFUSED = "REFUSED", _("refusé")
    WITHDRAWN = "WITHDRAWN", _("retiré")


class SwapLapse(models.TextChoices):
    """Why the offer of a guard holds no longer: never stored, always computed from the guard."""

    CANCELLED = "CANCELLED", _("la garde a été annulée")
    CONFIRMED = "CONFIRMED", _("la garde a été confirmée")
    CHANGED = "CHANGED", _("la garde a été modifiée")
    BEGAN = "BEGAN", _("la garde a commencé")


class Qualification(models.TextChoices):
    """Qualification codes that are paid for guards: the last three digits of the INAMI number (domain.md 1.3).

    The words that tell 003 from 004 and 005 from 006 are not in our sources: both of a pair are called the same. That
    general physicians with acquired rights have 001 or 002 is a guess of domain.md 1.3.
    """

    ACQUIRED_001 = "001", _("Médecin avec droits acquis (001)")
    ACQUIRED_002 = "002", _("Médecin avec droits acquis (002)")
    RECOGNISED_003 = "003", _("Médecin généraliste agréé (003)")
    RECOGNISED_004 = "004", _("Médecin généraliste agréé (004)")
    CANDIDATE_005 = "005", _("Candidat médecin généraliste (005)")
    CANDIDATE_006 = "006", _("Candidat médecin généraliste (006)")

    @property
    def is_candidate(self) -> bool:
        return self in {Qualification.CANDIDATE_005, Qualification.CANDIDATE_006}

    @property
    def needs_acquired_rights(self) -> bool:
        """Whether the code alone is not paid: the enrolment must say that the doctor has acquired rights."""
        return self in {Qualification.ACQUIRED_001, Qualification.ACQUIRED_002}


class Severity(models.TextChoices):
    """What it costs that a rule is broken, the dearest first; the last can't happen at all."""

    UNPAID = "UNPAID", _("non honoré")
    AT_RISK = "AT_RISK", _("à risque")
    INFORMATION = "INFORMATION", _("information")
    GUARANTEED = "GUARANTEED", _("garanti par la base")


# Who may supervise a candidate: a recognised general practitioner.
SUPERVISING = frozenset({Qualification.RECOGNISED_003, Qualification.RECOGNISED_004})


class CheckOutcome(models.TextChoices):
    """What INAMI found of a confirmed guard; one that is in order waits where no tariff is known for its day."""

    VALIDATED = "VALIDATED", _("validée")
    REFUSED = "REFUSED", _("refusée")
    WAITING = "WAITING", _("en attente d'un tarif")


class RunState(models.TextChoices):
    """Where a payment run stands: the first and the fourth wait for the task that does them."""

    REQUESTED = "REQUESTED", _("calcul en cours")
    DRAFT = "DRAFT", _("brouillon")
    CHECKED = "CHECKED", _("vérifié")
    CLOSING = "CLOSING", _("clôture en cours")
    CLOSED = "CLOSED", _("clôturé")


class SettlementOutcome(models.TextChoices):
    """What became of what a run owes a doctor; the first three are payments, of which the bank answers each."""

    SENT = "SENT", _("envoyé à la banque")
    PAID = "PAID", _("payé")
    RETURNED = "RETURNED", _("retourné par la banque")
    NO_ACCOUNT = "NO_ACCOUNT", _("en attente d'un compte")
    OFFSET = "OFFSET", _("compensé")


class ReturnReason(models.TextChoices):
    """Why a bank sends a payment back, by the codes of ISO 20022 (external code set, return reasons)."""

    CLOSED_ACCOUNT = "AC04", _("compte clôturé")
    INCORRECT_ACCOUNT = "AC01", _("numéro de compte incorrect")
    BLOCKED_ACCOUNT = "AC06", _("compte bloqué")

    @classmethod
    def lasting(cls) -> list[Self]:
        """Those after which nothing more is sent to an account: its doctor names another one (our guess)."""
        return [cls.CLOSED_ACCOUNT, cls.INCORRECT_ACCOUNT]


class LineKind(models.TextChoices):
    """What a line of a payment is to its reader; the last two are corrections of what was paid before."""

    FEE = "FEE", _("honoraires")
    TAKEN_BACK = "TAKEN_BACK", _("reprise")
    ANEW = "ANEW", _("nouveau montant")


class PayState(models.TextChoices):
    """Where the money of a guard stands, as the circle's manager and the doctor read it; never stored, always computed."""

    EXPECTED = "EXPECTED", _("attendue")
    TO_CONFIRM = "TO_CONFIRM", _("à confirmer")
    IN_CHECK = "IN_CHECK", _("à contrôler par l'INAMI")
    REFUSED = "REFUSED", _("refusée")
    WAITING_TARIFF = "WAITING_TARIFF", _("en attente d'un tarif")
    VALIDATED = "VALIDATED", _("validée")
    IN_PAYMENT = "IN_PAYMENT", _("en paiement")
    WAITING_ACCOUNT = "WAITING_ACCOUNT", _("en attente d'un compte")
    RETURNED = "RETURNED", _("retournée")
    PAID = "PAID", _("payée")
    TO_CORRECT = "TO_CORRECT", _("à corriger")
    RECOVERED = "RECOVERED", _("reprise")


class LedgerFault(models.TextChoices):
    """What the check of the ledger may find wrong; each names the row that is meant."""

    LINE = "LINE", _("une ligne n'est pas le montant du contrôle de sa garde")
    WORLD = "WORLD", _("une ligne porte sur la garde d'un autre monde")
    TAKEN_BACK = "TAKEN_BACK", _("une reprise sans ligne payée avant elle")
    TWICE = "TWICE", _("une garde est payée deux fois")
    LEFT = "LEFT", _("une garde validée n'est dans aucun paiement, et le dernier aurait dû la payer")
    EARNED = "EARNED", _("les honoraires d'un décompte ne sont pas la somme de ses lignes")
    OPENING = "OPENING", _("un solde ne reprend pas celui du paiement précédent")
    CARRIED = "CARRIED", _("un solde manque au paiement suivant")
    RETURNED = "RETURNED", _("un retour de la banque est compté en trop")
    ACCOUNT = "ACCOUNT", _("un versement est parti sur le compte d'un autre médecin")
    BALANCE = "BALANCE", _("les honoraires d'un médecin ne sont pas ses versements et son solde")


class EnrolmentState(models.TextChoices):
    """Where an enrolment stands on a day."""

    CURRENT = "CURRENT", _("en cours")
    FUTURE = "FUTURE", _("à venir")
    ENDED = "ENDED", _("terminée")
