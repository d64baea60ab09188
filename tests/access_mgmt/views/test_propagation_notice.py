"""What pages say when changes of roles take longer than 20 minutes."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse

from access_mgmt.selectors import propagation
from bhod_portal.core.enums import PropagationMode
from tests.access_mgmt.factories import AT, RoleChangeFactory
from tests.csam.login import log_in
from tests.pages import shows

pytestmark = pytest.mark.usefixtures("stopped_clock", "noticing")

LATE = "La propagation a du retard"


@pytest.fixture
def noticing(settings):
    settings.PROPAGATION_NOTICE = True
    propagation.forget_look()
    yield
    propagation.forget_look()


def wait(member, *, due, **values):
    return RoleChangeFactory(
        grants__member=member, requested_at=AT - timedelta(hours=1), due_at=AT + due, **values
    )


def page_of(client, member):
    propagation.forget_look()
    return client.get(reverse("access_mgmt:member_list", args=[member.quality_id]))


def test_nothing_is_said_while_the_promise_is_kept(client, member):
    wait(member, due=timedelta(minutes=1))

    assert not shows(page_of(client, member), "La propagation")


def test_every_page_says_that_the_oldest_change_is_late(client, member):
    wait(member, due=-timedelta(minutes=3))

    for page in (page_of(client, member), client.get(reverse("access_mgmt:role_list", args=[member.pk]))):
        assert shows(
            page, f"{LATE} : la plus ancienne modification attend depuis 3 minutes de plus que prévu."
        )


def test_says_that_the_worker_is_away(client, member):
    cache.set(propagation.SWEEP_KEY, (AT - timedelta(minutes=2), 0.1, 0))

    assert shows(page_of(client, member), "La propagation ne travaille plus depuis 2 minutes environ")


@pytest.mark.parametrize(
    ("mode", "sentence"),
    [
        (PropagationMode.STUCK, "La propagation est arrêtée dans ce monde du simulateur"),
        (PropagationMode.SLOW, "une modification met 60 minutes, et non 20."),
    ],
)
def test_says_what_the_world_is_set_to(client, member, mode, sentence):
    wait(member, due=timedelta(minutes=1))
    world = member.person.world
    world.mode = mode
    world.save()

    assert shows(page_of(client, member), sentence)


def test_a_page_asks_nothing_more_in_the_good_case(client, member, max_reads):
    page_of(client, member)

    with max_reads(0):
        assert propagation.notice_for(member.person.world, real_now=AT) is None


def test_who_has_no_organisation_yet_reads_it_on_prosante(client, member):
    change = wait(member, due=-timedelta(minutes=3))
    log_in(client, change.grants.member.person)

    response = client.get(reverse("prosante_login:profile_choose"))

    assert shows(response, "Un changement vous concernant est en route")
    assert shows(response, LATE)


def test_a_change_that_was_set_aside_says_so_without_the_words_of_the_database(client, member):
    wait(
        member,
        due=-timedelta(minutes=3),
        held_until=AT + timedelta(minutes=1),
        attempts=1,
        failure="violates check",
    )

    response = client.get(reverse("access_mgmt:role_list", args=[member.pk]))

    assert shows(
        response,
        "Mise de côté : elle n'a pas pu être appliquée, et un responsable du simulateur en est averti.",
    )
    assert not shows(response, "violates")
