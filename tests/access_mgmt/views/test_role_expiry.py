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

    groups = response.context["ending"]
    assert [(group.days, group.assignments) for group in groups] == [(1, [first]), (30, [last])]
    assert shows(response, TITLE)
    assert f'href="{reverse("access_mgmt:role_list", args=[member.pk])}"' in response.content.decode()
    assert not shows(response, "premières sur")


@pytest.mark.parametrize(
    ("last_day", "days"),
    [
        pytest.param(date(2026, 3, 10), 1, id="its last day is today"),
        pytest.param(date(2026, 3, 11), 1, id="tomorrow"),
        pytest.param(date(2026, 3, 12), 7, id="after tomorrow"),
        pytest.param(date(2026, 3, 17), 7, id="in seven days"),
        pytest.param(date(2026, 3, 18), 30, id="in eight days"),
        pytest.param(date(2026, 4, 9), 30, id="in thirty days, across the night of summer time"),
    ],
)
def test_groups_by_days_left_and_leads_to_what_one_may_do(client, manager, member, last_day, days):
    assignment = RoleAssignmentFactory(member=member, valid_until=last_day)

    response = home(client, manager)

    assert [(group.days, group.assignments) for group in response.context["ending"]] == [(days, [assignment])]
    for name in ("role_edit", "role_delete"):
        assert f'href="{reverse(f"access_mgmt:{name}", args=[assignment.pk])}"' in response.content.decode()


def test_says_nothing_when_nothing_ends(client, manager):
    assert not shows(home(client, manager), TITLE)


def test_shows_the_first_of_many_at_the_same_cost(client, manager, django_assert_max_num_queries):
    for _ in range(12):
        RoleAssignmentFactory(member__quality=manager.quality, valid_until=date(2026, 3, 20))

    with django_assert_max_num_queries(20):
        response = home(client, manager)

    assert shows(response, "Les 10 premières sur 12.")
