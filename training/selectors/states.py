"""In which state what a persona has in hand is, and in which states it can be put."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext as _

from bhod_portal.core import clock
from bhod_portal.core.identifiers import format_bce, format_phone
from bhod_portal.core.shown import shown_day, shown_instant
from csam import selectors as csam
from csam.enums import ItsmePhoneState
from csam.models import EidCard, ItsmeAccount, LegalFunction, Person
from training.enums import PersonaState

# From there on a card takes no PIN any more.
_BLOCKED_FROM = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """One state: what the learner sees then. Without a `state`, no button leads there."""

    label: str
    effect: str
    is_current: bool
    state: PersonaState | None = None
    tone: str = "danger"


@dataclass(frozen=True, slots=True)
class Group:
    """Something that a persona has in hand with the states that it can be in; `function`: which one it is."""

    title: str
    choices: list[Choice]
    note: str = ""
    function: LegalFunction | None = None


def groups_of(person: Person, *, at: datetime) -> list[Group]:
    """All that a trainer can put in order or out of order for this person; `at` is the world's time."""
    made = [
        _card(person, at),
        _itsme(person),
        _account(person),
        _password(person, at),
        *_authenticators(person),
        *_functions(person, at),
    ]
    return [group for group in made if group]


def _choices(current: PersonaState | None, effects: dict[PersonaState, str]) -> list[Choice]:
    # The first of each list is the state in which all is well.
    return [
        Choice(
            label=str(state.label),
            effect=effect,
            is_current=state == current,
            state=state,
            tone="danger" if position else "success",
        )
        for position, (state, effect) in enumerate(effects.items())
    ]


def _card(person: Person, at: datetime) -> Group | None:
    card = EidCard.objects.filter(person=person).first()
    if card is None:
        return None
    expires = shown_day(card.expires_on)
    current: PersonaState | None
    match card:
        case EidCard(reader_connected=False):
            current = PersonaState.READER_ABSENT
        case _ if card.expires_on < clock.day_of(at):
            current = PersonaState.CARD_EXPIRED
        case _ if card.wrong_pins >= _BLOCKED_FROM:
            current = PersonaState.CARD_BLOCKED
        case EidCard(wrong_pins=0):
            current = PersonaState.CARD_READY
        case _:
            # In order, but not as new: the button that sets the count back is offered.
            current = None
    note = _("Valable jusqu'au %(day)s ; codes PIN faux d'affilée : %(wrong)d sur 3.")
    effects = {
        PersonaState.CARD_READY: _("Le lecteur accepte la carte et le code PIN ; le compte des codes faux repart à zéro."),
        PersonaState.CARD_BLOCKED: _("Le lecteur refuse tout code PIN : la carte est bloquée, il faut une autre clé."),
        PersonaState.CARD_EXPIRED: _("Le lecteur dit depuis quel jour la carte n'est plus valable."),
        PersonaState.READER_ABSENT: _("La page d'identification ne trouve pas de lecteur et dit quoi vérifier."),
    }  # fmt: skip
    return Group(
        _("Carte eID"), _choices(current, effects), note % {"day": expires, "wrong": card.wrong_pins}
    )


_OF_PHONE = {
    ItsmePhoneState.READY: PersonaState.ITSME_READY,
    ItsmePhoneState.SWITCHED_OFF: PersonaState.ITSME_OFF,
    ItsmePhoneState.BLOCKED: PersonaState.ITSME_BLOCKED,
}


def _itsme(person: Person) -> Group | None:
    account = ItsmeAccount.objects.filter(person=person).first()
    if account is None:
        return None
    effects = {
        PersonaState.ITSME_READY: _("La demande arrive sur le téléphone, avec trois icônes à choisir."),
        PersonaState.ITSME_OFF: _("La demande n'arrive pas : la page d'attente finit par expirer, après trois minutes."),
        PersonaState.ITSME_BLOCKED: _("La demande n'arrive pas non plus ; le téléphone dit que le compte est bloqué."),
    }  # fmt: skip
    note = _("Numéro : %(phone)s.") % {"phone": format_phone(account.phone)}
    return Group("itsme", _choices(_OF_PHONE[ItsmePhoneState(account.state)], effects), note)


def _account(person: Person) -> Group:
    effects = {
        PersonaState.ACCOUNT_ACTIVE: _("Chaque clé en ordre identifie cette personne."),
        PersonaState.ACCOUNT_BLOCKED: _("Aucune clé ne mène plus loin : une page dit que le compte est bloqué ; les sessions ouvertes se ferment."),
    }  # fmt: skip
    current = PersonaState.ACCOUNT_ACTIVE if person.is_active else PersonaState.ACCOUNT_BLOCKED
    return Group(_("Accès aux portails"), _choices(current, effects))


def _password(person: Person, at: datetime) -> Group | None:
    if not person.username:
        return None
    until = person.temporary_password_until
    current, note = None, _("Mot de passe définitif.")
    if until:
        current = PersonaState.PASSWORD_TEMPORARY if at < until else PersonaState.PASSWORD_EXPIRED
        note = _("Temporaire jusqu'au %(day)s.") % {"day": shown_instant(until)}
    effects = {
        PersonaState.PASSWORD_DEMO: _("Le mot de passe commun à tous ; les sessions ouvertes de cette personne se ferment."),
        PersonaState.PASSWORD_TEMPORARY: _("Le même, mais à changer dans les 30 jours : la page de changement s'ouvre après l'identification."),
        PersonaState.PASSWORD_EXPIRED: _("Le délai est passé : il faut demander un nouveau mot de passe."),
    }  # fmt: skip
    return Group(_("Nom d'utilisateur et mot de passe"), _choices(current, effects), note)


def _authenticators(person: Person) -> list[Group]:
    his = set(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    again = _("Pour l'utiliser, il faut d'abord l'activer dans « Mes clés numériques ».")
    kinds = {
        Authenticator.Type.TOTP: (_("Code par application"), _("Application activée"), PersonaState.APP_REMOVED,
                                  _("L'application du téléphone montre un code, nouveau toutes les 30 secondes.")),
        Authenticator.Type.RECOVERY_CODES: (_("Token papier"), _("Token papier activé"), PersonaState.TOKEN_REMOVED,
                                            _("Chacun des codes du papier sert une fois.")),
        Authenticator.Type.WEBAUTHN: (_("Clés d'accès (passkeys)"), _("Clés d'accès activées"), PersonaState.PASSKEYS_REMOVED,
                                      _("Le navigateur ou le téléphone qui garde la clé identifie sans mot de passe.")),
    }  # fmt: skip
    return [
        Group(
            title,
            [
                Choice(there, effect, is_current=kind in his, tone="success"),
                Choice(
                    str(removed.label), again, kind not in his, removed if kind in his else None, "neutral"
                ),
            ],
        )
        for kind, (title, there, removed, effect) in kinds.items()
    ]


def _functions(person: Person, at: datetime) -> list[Group]:
    today = clock.day_of(at)
    current = set(csam.current_legal_functions(person, today).values_list("pk", flat=True))
    effects = {
        PersonaState.FUNCTION_RETURNED: _("La BCE la reconnaît : il peut enregistrer l'entreprise et désigner ses gestionnaires."),
        PersonaState.FUNCTION_ENDED: _("Il ne peut plus désigner personne ; un GAP déjà désigné le reste."),
    }  # fmt: skip
    functions = person.legal_functions.select_related("enterprise").order_by(
        "enterprise__name", "valid_from", "pk"
    )
    return [
        Group(
            _("%(function)s de %(enterprise)s") % {"function": each.name, "enterprise": each.enterprise.name},
            _choices(
                PersonaState.FUNCTION_RETURNED if each.pk in current
                else PersonaState.FUNCTION_ENDED if each.valid_until and each.valid_until < today else None,
                effects,
            ),
            _period(each),
            each,
        )
        for each in functions
    ]  # fmt: skip


def _period(function: LegalFunction) -> str:
    words = {
        "number": format_bce(function.enterprise.bce_number),
        "since": shown_day(function.valid_from),
        "until": shown_day(function.valid_until),
    }
    if function.valid_until:
        return _("%(number)s, du %(since)s au %(until)s.") % words
    return _("%(number)s, depuis le %(since)s.") % words
