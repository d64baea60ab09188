"""The history of all functions of an enterprise, as a file."""

import csv
from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from bhod_portal.core.models import AuditEntry
from tests.access_mgmt.factories import (
    AT,
    EffectiveRoleFactory,
    QualityFactory,
    QualityMemberFactory,
    RoleAssignmentFactory,
)
from tests.csam.factories import AccessManagerFactory
from tests.csam.login import log_in

pytestmark = pytest.mark.usefixtures("stopped_clock")


@pytest.fixture
def quality(client):
    quality = QualityFactory()
    log_in(client, AccessManagerFactory(enterprise=quality.enterprise).person)
    return quality


@pytest.fixture
def address(quality):
    return reverse("access_mgmt:role_history_export", args=[quality.enterprise.bce_number])


def rows(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(text.splitlines(keepends=True), delimiter=";"))


def test_tells_all_that_was_asked_seen_and_withdrawn(client, quality, address):
    member = QualityMemberFactory(
        quality=quality,
        person__last_name="Marchal",
        person__first_name="Hélène",
        person__username="mhelene",
        person__niss="71031499696",
    )
    EffectiveRoleFactory(
        assignment=RoleAssignmentFactory(
            member=member, ended=True, revoked_at=AT + timedelta(hours=1), revoked_by=member.added_by
        ),
        applied_at=AT + timedelta(minutes=12),
        withdrawn_at=AT + timedelta(hours=1, minutes=3),
    )

    response = client.get(address)

    assert rows(response) == [
        [
            "Qualité",
            "Nom",
            "Prénom",
            "Nom d'utilisateur",
            "NISS",
            "Fonction",
            "Date de début",
            "Date de fin",
            "Demandée le",
            "Demandée par",
            "Appliquée le",
            "Retrait demandé le",
            "Retrait demandé par",
            "Retirée le",
        ],
        [
            "eHealth Soins de Santé",
            "Marchal",
            "Hélène",
            "mhelene",
            "71.03.14-996.96",
            "INAMI_FILEMANAGER_GENERALPRACTITIONERCIRCLE",
            "01/01/2026",
            "28/02/2026",
            "10/03/2026 10:00:00",
            str(member.added_by),
            "10/03/2026 10:12:00",
            "10/03/2026 11:00:00",
            str(member.added_by),
            "10/03/2026 11:03:00",
        ],
    ]
    bce = quality.enterprise.bce_number
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="historique-{bce}-2026-03-10.csv"'


def test_holds_all_qualities_over_or_not_who_left_and_what_waits(client, quality, address):
    over = QualityFactory(enterprise=quality.enterprise, health_care=True, over=True)
    RoleAssignmentFactory(member__quality=over, member__ended=True)
    RoleAssignmentFactory(member__quality=quality, pending=True)
    RoleAssignmentFactory()

    found = rows(client.get(address))[1:]

    assert [row[0] for row in found] == ["Soins de Santé", "eHealth Soins de Santé"]
    assert found[1][10:] == ["", "", "", ""]


def test_lets_nothing_calculate(client, quality, address):
    RoleAssignmentFactory(member__quality=quality, member__person__last_name="=1+1")

    assert rows(client.get(address))[1][1] == "'=1+1"


def test_is_kept_in_the_trail(client, quality, address):
    RoleAssignmentFactory(member__quality=quality)

    client.get(address)

    entry = AuditEntry.objects.get(act="access_mgmt.role_history.exported")
    assert (entry.subject, entry.details) == (f"csam.enterprise:{quality.enterprise_id}", {"count": 1})


def test_costs_the_same_however_many(client, quality, address, django_assert_max_num_queries):
    for _ in range(30):
        EffectiveRoleFactory(assignment__member__quality=quality)

    with django_assert_max_num_queries(12):
        assert len(rows(client.get(address))) == 31


def test_is_offered_below_the_qualities(client, quality, address):
    page = client.get(reverse("access_mgmt:quality_list", args=[quality.enterprise.bce_number]))

    assertContains(page, f'href="{address}"')
