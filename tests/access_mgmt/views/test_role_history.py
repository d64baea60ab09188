"""« Historique des fonctions »: every act on the functions of a person, the newest first."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from access_mgmt.enums import ChangeKind, Function
from access_mgmt.services import role_assignments
from bhod_portal.core.enums import PropagationMode
from bhod_portal.core.periods import Period
from tests.access_mgmt.factories import AT, QualityMemberFactory, RoleAssignmentFactory, RoleChangeFactory
from tests.pages import shows

pytestmark = pytest.mark.usefixtures("stopped_clock")


def url(member):
    return reverse("access_mgmt:role_history", args=[member.pk])


def test_tells_every_act_with_its_dates(client, manager, member):
    world = member.person.world
    world.mode = PropagationMode.SLOW
    world.save()
    given = role_assignments.assign_role(
        member=member,
        function=Function.GUARDPOST_CIRCLE,
        period=Period(date(2026, 3, 1), date(2026, 12, 31)),
        by=manager.person,
        at=AT - timedelta(hours=3),
    )
    edited = role_assignments.change_period(
        assignment=given, period=Period(date(2026, 4, 1)), by=manager.person, at=AT - timedelta(hours=2)
    )
    role_assignments.revoke_role(assignment=edited, by=manager.person, at=AT)

    response = client.get(url(member))

    acts = [(row.change.kind, row.before, row.after) for row in response.context["rows"]]
    assert acts == [
        (ChangeKind.REVOKED, edited, None),
        (ChangeKind.EDITED, given, edited),
        (ChangeKind.GRANTED, None, given),
    ]
    assert shows(response, "01/03/2026 – 31/12/2026")
    assert shows(response, "01/04/2026 – sans fin")
    assert shows(response, str(manager.person))
    assert shows(response, "prévu le 10/03/2026 11:00")


def test_says_when_the_applications_knew(client, member):
    RoleChangeFactory(grants__member=member, applied=True)

    assert shows(client.get(url(member)), "10/03/2026 10:12")


def test_remembers_an_earlier_membership_and_nobody_else(client, manager, member):
    former = QualityMemberFactory(quality=manager.quality, person=member.person, ended=True)
    known = RoleChangeFactory(revoking=True, withdraws__member=former)
    RoleChangeFactory(grants__member=manager)
    RoleChangeFactory(grants__member__person=member.person)

    assert [row.change for row in client.get(url(member)).context["rows"]] == [known]


def test_says_that_nothing_moves_in_a_stuck_world(client, member):
    world = member.person.world
    world.mode = PropagationMode.STUCK
    world.save()

    assert shows(client.get(url(member)), "La propagation est arrêtée dans ce monde du simulateur.")


def test_the_list_leads_there(client, member):
    response = client.get(reverse("access_mgmt:role_list", args=[member.pk]))

    assert f'href="{url(member)}"' in response.content.decode()
    assert shows(client.get(url(member)), "Rien n'a encore été demandé pour cette personne.")


def test_costs_the_same_however_many_acts(client, member, django_assert_max_num_queries):
    for year in range(2000, 2030):
        assignment = RoleAssignmentFactory(
            member=member, valid_from=date(year, 1, 1), valid_until=date(year, 12, 31)
        )
        RoleChangeFactory(grants=assignment)

    with django_assert_max_num_queries(10):
        response = client.get(url(member))

    assert len(response.context["rows"]) == 25
    assert len(client.get(url(member), {"page": 2}).context["rows"]) == 5
