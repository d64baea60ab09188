"""What arrives in mailboxes and on phones of the demo world."""

import factory
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP

from bhod_portal.core.enums import Channel
from bhod_portal.core.models import Message
from csam.models import Person
from tests.csam.factories import AT, PersonFactory, WorldFactory

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


class MessageFactory(factory.django.DjangoModelFactory):
    """An e-mail to someone's own address."""

    class Meta:
        model = Message

    class Params:
        sms = factory.Trait(channel=Channel.SMS, subject="", recipient=factory.SelfAttribute("person.phone"))
        # As libraries send it: by its address alone.
        addressed = factory.Trait(
            person=None,
            world=factory.SubFactory(WorldFactory),
            recipient="inconnu@exemple.invalid",
        )

    person = factory.SubFactory(PersonFactory)
    world = factory.SelfAttribute("person.world")
    channel = Channel.EMAIL
    recipient = factory.SelfAttribute("person.email")
    subject = "Votre désignation"
    body = "Bonjour"
    sent_at = AT


def enrol_app(person: Person) -> Authenticator:
    return TOTP.activate(person, SECRET).instance


def give_token(person: Person) -> RecoveryCodes:
    return RecoveryCodes.activate(person)
