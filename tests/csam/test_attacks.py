"""What a hostile visitor tries, across the pages of CSAM; what concerns one page only stands with its tests."""

import time

import pytest
import time_machine
from django.urls import reverse

from csam.enums import DigitalKey
from tests.csam.factories import PersonFactory
from tests.csam.login import log_in


class TestAPrefixThatTheRequestMakesUp:
    """A web server may take SCRIPT_NAME from a header; the path of the address begins with it then."""

    @pytest.mark.parametrize(
        "door", ["/csam/compte/cles/", "/csam/gestionnaires/", "/csam/enregistrement/", "/bhod/"]
    )
    def test_does_not_lead_around_the_level(self, client, door):
        log_in(client, PersonFactory(username="claire"), DigitalKey.PASSWORD)

        answer = client.get(door, SCRIPT_NAME="/x")

        assert reverse("csam:level_too_weak") in answer["Location"]

    @pytest.mark.parametrize("method", ["get", "post", "head", "put", "options"])
    def test_does_not_lead_around_a_recent_login(self, client, method):
        log_in(client, PersonFactory())

        with time_machine.travel(time.time() + 16 * 60):
            answer = getattr(client, method)(reverse("mfa_generate_recovery_codes"), SCRIPT_NAME="/x")

        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("csam:identification"))
