"""A GAP who is neither worker nor legal representative any longer: flagged, let in for 30 days, then refused."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from access_mgmt import selectors
from csam.models import Employment
from tests.access_mgmt.factories import QualityFactory
from tests.csam.factories import AccessManagerFactory, LegalFunctionFactory
from tests.csam.login import log_in

FLAG = "doit être remplacé"
LAST_DAY = date(2026, 6, 30)
DESIGNATED = datetime(2025, 1, 2, 9, 0, tzinfo=UTC)
# Days are Brussels days: summer time is two hours ahead of UTC.
LAST_MINUTE = datetime(2026, 7, 30, 21, 59, tzinfo=UTC)
MIDNIGHT = datetime(2026, 7, 30, 22, 0, tzinfo=UTC)


@pytest.fixture
def gap():
    """Someone whose work ends on 30 June 2026: he keeps his accesses until 30 July."""
    gap = AccessManagerFactory(
        designated_at=DESIGNATED,
        enterprise__registered_at=DESIGNATED,
        person__first_name="Luc",
        person__last_name="Moreau",
    )
    Employment.objects.filter(person=gap.person).update(valid_until=LAST_DAY)
    return gap


@pytest.fixture
def quality(gap):
    return QualityFactory(enterprise=gap.enterprise, activated_by=gap.person, activated_at=DESIGNATED)


@pytest.fixture
def pages(gap, quality):
    return [
        reverse("access_mgmt:quality_list", args=[gap.enterprise.bce_number]),
        reverse("access_mgmt:quality_detail", args=[quality.pk]),
        reverse("access_mgmt:member_list", args=[quality.pk]),
        reverse("access_mgmt:role_overview", args=[quality.pk]),
    ]


def visit(client, person, pages, at):
    with time_machine.travel(at, tick=False):
        log_in(client, person)
        return [client.get(page) for page in pages]


def test_nothing_is_flagged_on_his_last_day(client, gap, pages):
    for response in visit(client, gap.person, pages, datetime(2026, 6, 30, 21, 59, tzinfo=UTC)):
        assertNotContains(response, FLAG)


@pytest.mark.parametrize("at", [datetime(2026, 6, 30, 22, 0, tzinfo=UTC), LAST_MINUTE])
def test_every_page_flags_him_while_he_keeps_his_accesses(client, gap, pages, at):
    for response in visit(client, gap.person, [*pages, reverse("access_mgmt:home")], at):
        assertContains(response, FLAG)
        assertContains(response, "30/07/2026 inclus")


def test_is_refused_from_midnight_in_brussels_on(client, gap, pages):
    representative = LegalFunctionFactory(
        enterprise=gap.enterprise, person__first_name="Claire", person__last_name="Lambert"
    )
    for response in visit(client, gap.person, pages, MIDNIGHT):
        assertContains(response, "ont pris fin le 30/07/2026", status_code=403)
        assertContains(response, str(representative.person), status_code=403)


def test_is_told_when_nobody_can_replace_him(client, gap, pages):
    [response, *_rest] = visit(client, gap.person, pages, MIDNIGHT)

    assertContains(response, "publier", status_code=403)


def test_his_home_lists_the_role_and_opens_nothing(client, gap, quality):
    [response] = visit(client, gap.person, [reverse("access_mgmt:home")], MIDNIGHT)

    assertContains(response, "(Responsable Accès Entité)")
    assertContains(response, FLAG)
    assertNotContains(response, reverse("access_mgmt:quality_list", args=[gap.enterprise.bce_number]))
    assertNotContains(response, "Comme utilisateur, vous ne gérez pas d'accès ici")


def test_others_keep_their_rights_and_see_the_flag(client, gap, pages):
    dpo = AccessManagerFactory(enterprise=gap.enterprise, dpo=True)

    for response in visit(client, dpo.person, pages, MIDNIGHT):
        assertContains(response, "Ses accès ont pris fin le 30/07/2026")


def test_others_are_not_sent_to_him(client, gap, pages):
    ga = AccessManagerFactory(enterprise=gap.enterprise, of_finance=True)

    [response, *_rest] = visit(client, ga.person, pages, MIDNIGHT)

    assertContains(response, "il se désigne dans CSAM", status_code=403)
    assertNotContains(response, "Luc Moreau", status_code=403)


@pytest.mark.parametrize(
    ("on", "expected"),
    [(date(2026, 6, 30), True), (date(2026, 7, 30), True), (date(2026, 7, 31), False)],
    ids=["last day", "thirtieth day", "day after"],
)
def test_administers_as_long_as_he_keeps_his_accesses(gap, quality, on, expected):
    assert selectors.administers(gap.person, gap.enterprise, on=on) is expected
    assert selectors.manages(gap.person, quality, on=on) is expected
