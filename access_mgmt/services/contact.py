"""The contact form: a question lands in the simulated mailbox, as an e-mail to the contact centre."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from bhod_portal.core import messages
from bhod_portal.core.models import Message, World

CONTACT_CENTRE = "centre-de-contact@exemple.invalid"
# The same question again within that time (the world's) is a second click.
SAME_QUESTION = timedelta(minutes=10)


@transaction.atomic
def ask(*, world: World, name: str, email: str, subject: str, question: str, at: datetime) -> None:
    """Send a question to the contact centre; the same one sent again at once is sent once."""
    asked = {"name": name, "email": email, "question": question}
    # The question is in the asker's words; what stands around it is for the centre.
    with translation.override(settings.LANGUAGE_CODE):
        body = render_to_string("access_mgmt/emails/question_body.txt", asked)
    sent = Message.objects.filter(world=world, recipient=CONTACT_CENTRE, sent_at__gt=at - SAME_QUESTION)
    if sent.filter(subject=" ".join(subject.split()), body=body).exists():
        return
    messages.send_email(
        world=world, to=CONTACT_CENTRE, subject=subject, body=body, at=at, language=settings.LANGUAGE_CODE
    )
