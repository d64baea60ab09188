"""A session in which a profile of ProSanté was chosen, without the pages on which one chooses it."""

from django.test import Client, RequestFactory

from csam.models import Person
from prosante_login import http
from prosante_login.profiles import ProfileChoice
from tests.csam.login import log_in


def open_file(client: Client, person: Person, choice: ProfileChoice) -> None:
    """Log in with an eID and remember the choice, whether the person may make it or not."""
    log_in(client, person)
    request = RequestFactory().get("/")
    request.user = person
    request.session = client.session
    http.remember(request, choice)
    request.session.save()
