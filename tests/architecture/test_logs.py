"""The number of a person stands in no address, no redirect and no line of the log, however it was typed."""

import logging
import re

import pytest
from django.urls import reverse

from access_mgmt.enums import MemberKind, QualityKind
from access_mgmt.models import Quality
from bhod_portal.core.identifiers import format_niss
from bhod_portal.core.models import AuditEntry
from tests.architecture.urls import addresses
from tests.personas import HAUTE_MEUSE, LEIESTREEK, NISS, VAL_DE_SENNE, visit_as

# An argument of any other kind could carry eleven digits unseen.
CONVERTERS = {"IntConverter", "SlugConverter", "BceNumberConverter", "UUIDConverter"}
WRONG_CHECK_DIGITS = "88110299102"

pytestmark = pytest.mark.usefixtures("demo_world")


def digits(text: str) -> str:
    """A text without the signs that people write between the digits of a number."""
    return re.sub(r"(?<=\d)[ .-](?=\d)", "", text)


class Traces:
    """What is left behind by requests: addresses, redirects, the log and the audit trail."""

    def __init__(self, client, caplog):
        self.client, self.caplog, self.addresses = client, caplog, []

    def post(self, address, data):
        answer = self.client.post(address, data, follow=True)
        self.addresses += [address, *(where for where, _ in answer.redirect_chain)]
        return answer

    def bear(self, number):
        """Which of them bear this number."""
        audit = [f"{entry.act} {entry.subject} {entry.details}" for entry in AuditEntry.objects.all()]
        lines = [
            f"{record.getMessage()} {record.args} {record.exc_text or ''}" for record in self.caplog.records
        ]
        return [text for text in (*self.addresses, *lines, *audit) if number in digits(text)]


@pytest.fixture
def traces(client, caplog):
    caplog.set_level(logging.DEBUG)
    return Traces(client, caplog)


@pytest.mark.parametrize("typed", [NISS["tom"], format_niss(NISS["tom"]), WRONG_CHECK_DIGITS, NISS["yves"]])
def test_naming_another_gap(traces, typed):
    visit_as(traces.client, "claire")
    contact = {"own_email": "a@exemple.invalid", "own_phone": "+32 470 00 00 01"}
    other = {"niss": typed, "other_email": "b@exemple.invalid", "other_phone": "+32 470 00 00 03"}

    traces.post(reverse("csam:enterprise_register"), {"enterprise_number": VAL_DE_SENNE})
    traces.post(reverse("csam:gap_designate", args=[VAL_DE_SENNE]), {"who": "other", **contact, **other})
    traces.post(reverse("csam:gap_designate_check", args=[VAL_DE_SENNE]), {"confirmed": "on"})

    assert traces.bear(digits(typed)) == []


@pytest.mark.parametrize("typed", [NISS["thomas"], format_niss(NISS["thomas"]), WRONG_CHECK_DIGITS])
def test_adding_a_user(traces, typed):
    visit_as(traces.client, "sofie")
    enterprise = {"enterprise__world__code": "demo", "enterprise__bce_number": HAUTE_MEUSE}
    quality = Quality.objects.active().get(kind=QualityKind.EHEALTH, **enterprise)

    asked = {"kind": MemberKind.USER.value, "niss": typed}
    traces.post(reverse("access_mgmt:member_identify", args=[quality.pk]), asked)

    assert traces.bear(digits(typed)) == []


def test_naming_a_local_manager(traces):
    visit_as(traces.client, "jan")
    step = reverse("access_mgmt:quality_activate", args=[LEIESTREEK, QualityKind.EHEALTH.value])

    traces.post(step, {"contact_email": "a@exemple.invalid", "manager": "autre", "niss": NISS["yves"]})

    assert traces.bear(NISS["yves"]) == []


def test_no_address_takes_an_argument_that_could_be_a_number_of_a_person():
    found = {address.name: set(address.converters.values()) - CONVERTERS for address in addresses().values()}
    assert {name for name, others in found.items() if others} == set()


class TestTheGuard:
    """Planted mistakes are caught."""

    def test_a_line_of_the_log(self, traces):
        logging.getLogger("csam").info("named %s", format_niss(NISS["tom"]))
        assert len(traces.bear(NISS["tom"])) == 1

    def test_an_address(self, traces):
        traces.addresses.append(f"/csam/?niss={NISS['tom']}")
        assert traces.bear(NISS["tom"]) == [f"/csam/?niss={NISS['tom']}"]
