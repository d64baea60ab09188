"""What arrives in a person's mailbox and on his phone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.core.exceptions import ValidationError
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest

from bhod_portal.core.enums import Channel
from bhod_portal.core.identifiers import read_phone
from bhod_portal.core.models import Message, World
from bhod_portal.core.names import plain
from csam import selectors as csam
from csam.enums import ItsmeIcon, ItsmeState
from csam.models import ItsmeRequest, Person
from training.selectors.personas import persons_of

# Anybody may send a phone requests, all day long.
REQUESTS_SHOWN = 20


def messages_of_world(world: World, *, recipient: str = "") -> QuerySet[Message]:
    """Every e-mail and SMS of a world, the newest first; `recipient` keeps those whose address contains it."""
    messages = Message.objects.filter(world=world).select_related("person")
    if recipient:
        messages = messages.filter(recipient__icontains=recipient)
    return messages.order_by("-sent_at", "-pk")


def mail_of(person: Person) -> QuerySet[Message]:
    """The e-mails meant for someone, or sent to his address, the newest first."""
    return _received(person, Channel.EMAIL, {person.email})


def sms_of(person: Person) -> QuerySet[Message]:
    """The text messages meant for someone, or sent to his number however it is written, the newest first."""
    numbers = {person.phone}
    try:
        digits = read_phone(person.phone)
    except ValidationError:
        pass
    else:
        numbers |= {digits, f"+{digits}"}
    return _received(person, Channel.SMS, numbers)


def _received(person: Person, channel: Channel, addresses: set[str]) -> QuerySet[Message]:
    his = Q(person=person) | Q(recipient__in=addresses - {""})
    messages = Message.objects.filter(his, world=person.world_id, channel=channel)
    return messages.order_by("-sent_at", "-pk")


def readers_of(message: Message) -> QuerySet[Person]:
    """In whose mailbox or on whose phone a message lies: nobody's, where its address is nobody's."""
    field = "email" if message.channel == Channel.EMAIL else "phone"
    his = Q(pk=message.person_id)
    if message.recipient:
        his |= Q(**{field: message.recipient})
    return Person.objects.filter(his, world=message.world_id).order_by("sort_name", "pk")


def device_owners(world: World, *, name: str, at: datetime) -> QuerySet[Person]:
    """The persons of a world, those whose devices were reached last first; `name`: only those it is part of.

    Each has `last_message_at` (the world's time, None: never) and `itsme_waits`: a request waits on his phone.
    """
    sent = Message.objects.filter(world=world).order_by("-sent_at").values("sent_at")
    waiting = ItsmeRequest.objects.filter(
        person=OuterRef("pk"), state=ItsmeState.PENDING, requested_at__gt=at - csam.ITSME_LAPSES_AFTER
    )
    persons = persons_of(world).annotate(
        # PostgreSQL's greatest of two ignores the one that is missing.
        last_message_at=Greatest(
            Subquery(sent.filter(person=OuterRef("pk"))[:1]),
            Subquery(sent.filter(recipient=OuterRef("email"))[:1]),
        ),
        itsme_waits=Exists(waiting),
    )
    for word in plain(name).split():
        persons = persons.filter(sort_name__contains=word)
    return persons.order_by("-itsme_waits", F("last_message_at").desc(nulls_last=True), "sort_name", "pk")


@dataclass(frozen=True, slots=True)
class PhoneRequest:
    """An itsme request as the phone shows it: with the icons to choose from while it waits."""

    request: ItsmeRequest
    icons: list[ItsmeIcon]
    has_lapsed: bool

    @property
    def waits(self) -> bool:
        return bool(self.icons)


def phone_requests(person: Person, *, at: datetime) -> list[PhoneRequest]:
    """The last itsme requests of the day on someone's phone, the newest first; `at` is the world's time."""
    found = []
    for request in csam.itsme_requests_of(person, at)[:REQUESTS_SHOWN]:
        lapsed = csam.itsme_has_lapsed(request, at)
        waits = request.state == ItsmeState.PENDING and not lapsed
        found.append(PhoneRequest(request, csam.icons_offered(request) if waits else [], lapsed))
    return found


@dataclass(frozen=True, slots=True)
class AppCode:
    """What an authenticator application shows, and for how many seconds more."""

    code: str
    seconds_left: int

    @property
    def shown(self) -> str:
        """In two halves, as such applications print it."""
        half = len(self.code) // 2
        return f"{self.code[:half]} {self.code[half:]}"


def app_code_of(person: Person, *, at: datetime) -> AppCode | None:
    """The code of someone's authenticator application at an instant of real time; none when he has enrolled none."""
    totp = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).first()
    return app_code(decrypt(totp.data["secret"]), at=at) if totp else None


def app_code(secret: str, *, at: datetime) -> AppCode:
    """The code that a secret (base 32) gives at an instant of real time."""
    period = mfa_settings.TOTP_PERIOD
    counter, elapsed = divmod(int(at.timestamp()), period)
    return AppCode(format_hotp_value(hotp_value(secret, counter)), period - elapsed)


@dataclass(frozen=True, slots=True)
class TokenCode:
    """One line of a paper token."""

    number: int
    code: str
    is_used: bool


def token_of(person: Person) -> list[TokenCode]:
    """The codes of someone's paper token, the used ones struck out; none without a token."""
    token = Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).first()
    if token is None:
        return []
    paper = RecoveryCodes(token)
    unused = set(paper.get_unused_codes())
    return [
        TokenCode(number, code, code not in unused) for number, code in enumerate(paper.generate_codes(), 1)
    ]


REFRESHED_AFTER = timedelta(seconds=10)


def refresh_after(code: AppCode | None) -> int:
    """After how many seconds the phone looks again: when the code changes, if that comes first."""
    soon = int(REFRESHED_AFTER.total_seconds())
    return min(soon, code.seconds_left) if code else soon
