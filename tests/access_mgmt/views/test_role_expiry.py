"""Functions that end soon, on the home of the quality."""

from datetime import date

import pytest
from django.urls import reverse

from access_mgmt.enums import Function
from tests.access_mgmt.factories import QualityMemberFactory, RoleAssignmentFactory
from tests.pages import shows

pytestmark = pytest.mark.usefixtures("stopped_clock")
TITLE = "Fonctions qui prennent fin dans les 30 jours"


def home(client, manager):
    return client.get(reverse("access_mgmt:quality_detail", args=[manager.quality.pk]))


def test_lists_what_ends_within_thirty_days(client, manager, member):
    last = RoleAssignmentFactory(member=member, valid_until=date(2026, 4, 9))
    first = RoleAssignmentFactory(member=member, administrative=True, valid_until=date(2026, 3, 10))
    RoleAssignmentFactory(member=member, function=Function.OA_ADMIN, valid_until=date(2026, 4, 10))
    RoleAssignmentFactory(member=member, function=Function.CRM_ADMIN)
    RoleAssignmentFactory(member=member, function=Function.CRM_HEAD, valid_until=date(2026, 3, 9))
    RoleAssignmentFactory(
        member=member,
        function=Function.HERACLES_ADMIN,
        valid_from=date(2026, 3, 11),
        valid_until=date(2026, 3, 20),
    )
    RoleAssignmentFactory(
        member=member, function=Function.HERACLES_COUNCIL, valid_until=date(2026, 3, 20), revoked=True
    )
    RoleAssignmentFactory(valid_until=date(2026, 3, 20))
    RoleAssignmentFactory(
        member=QualityMemberFactory(quality=manager.quality, ended=True), valid_until=date(2026, 3, 20)
    )

    response = home(client, manager)

    assert list(response.context["ending"]) == [first, last]
    assert shows(response, TITLE)
    assert f'href="{reverse("access_mgmt:role_list", args=[member.pk])}"' in response.content.decode()
    assert not shows(response, "premières sur")


def test_says_nothing_when_nothing_ends(client, manager):
    assert not shows(home(client, manager), TITLE)


def test_shows_the_first_of_many_at_the_same_cost(client, manager, django_assert_max_num_queries):
    for _ in range(12):
        RoleAssignmentFactory(member__quality=manager.quality, valid_until=date(2026, 3, 20))

    with django_assert_max_num_queries(16):
        response = home(client, manager)

    assert shows(response, "Les 10 premières sur 12.")
