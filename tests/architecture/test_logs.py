"""The number of a person stands in no address, no redirect and no line of the log, however it was typed."""

import logging
import re

import pytest
from django.urls import reverse

from access_mgmt.enums import MemberKind, QualityKind
from access_mgmt.models import Quality
from bhod_portal.core.identifiers import format_niss
from bhod_portal.core.models import AuditEntry
from csam.enums import DigitalKey
from csam.models import DesignationRequest, Person
from tests.architecture.urls import addresses
from tests.csam.files import upload
from tests.csam.login import log_in
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


@pytest.mark.parametrize("typed", ["86431298880", "86.43.12-988.80", WRONG_CHECK_DIGITS])
def test_asking_by_the_exceptional_procedure(traces, typed):
    about = {
        "first_name": "Maria",
        "last_name": "Rossi",
        "niss": typed,
        "country": "IT",
        "email": "a@exemple.invalid",
    }
    answers = {f"{who}_{name}": value for who in ("applicant", "gap") for name, value in about.items()}
    phones = {"applicant_phone": "+32 470 00 00 25", "gap_phone": "+32 470 00 00 26"}
    files = {kind: upload() for kind in ("identity", "mandate", "gap")}

    traces.post(
        reverse("csam:designation_request"),
        {"enterprise_number": LEIESTREEK, "gap": "other", **answers, **phones},
    )
    traces.post(reverse("csam:designation_request_documents"), files)
    for request in DesignationRequest.objects.all():
        agent = Person.objects.get(world=request.world, username="agent-csam")
        log_in(traces.client, agent, DigitalKey.PASSWORD)
        page = reverse("csam:request_decide", args=[request.pk])
        traces.post(page, {"decision": "refuse", "reason": "Illisible.", "confirmed": "on"})

    assert DesignationRequest.objects.count() == (typed != WRONG_CHECK_DIGITS)
    assert traces.bear(digits(typed)) == []


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
