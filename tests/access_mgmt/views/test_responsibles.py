from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from tests.access_mgmt.factories import (
    AT,
    QualityFactory,
    QualityMemberFactory,
    ResponsibilityFactory,
    SubdivisionFactory,
)
from tests.csam.factories import AccessManagerFactory, EmploymentFactory, PersonFactory
from tests.csam.login import log_in
from tests.pages import shows

pytestmark = pytest.mark.usefixtures("stopped_clock")
URL = reverse("access_mgmt:responsibles")


def test_a_user_reads_who_manages_him_and_how_to_reach_them(
    client, member, manager, django_assert_max_num_queries
):
    gap = AccessManagerFactory(enterprise=member.quality.enterprise, email="gap@exemple.invalid")
    second = QualityMemberFactory(quality=member.quality, co_local_manager=True)
    other = QualityFactory(enterprise=member.quality.enterprise, health_care=True)
    stranger = QualityMemberFactory(quality=other, local_manager=True, person__last_name="Ailleurs")
    log_in(client, member.person)

    with django_assert_max_num_queries(12):
        page = client.get(URL)

    for responsible in (gap, manager, second):
        assert shows(page, str(responsible.person))
        assertContains(page, responsible.email)
    assert shows(page, gap.phone)
    assert not shows(page, str(stranger.person))
    assert not shows(page, "(vous)")


def test_who_administers_sees_every_quality_and_himself(client):
    gap = AccessManagerFactory()
    managers = [
        QualityMemberFactory(quality__enterprise=gap.enterprise, local_manager=True),
        QualityMemberFactory(
            quality__enterprise=gap.enterprise, quality__health_care=True, local_manager=True
        ),
    ]
    log_in(client, gap.person)

    page = client.get(URL)

    assert shows(page, "(vous)")
    assert all(shows(page, str(each.person)) for each in managers)


def test_more_entities_cost_no_more_queries(client, member, django_assert_max_num_queries):
    for _number in range(3):
        QualityMemberFactory(person=member.person)
    log_in(client, member.person)

    with django_assert_max_num_queries(12):
        assert len(client.get(URL).context["entities"]) == 4


def test_says_when_nobody_is_in_office(client, member):
    gap = AccessManagerFactory(
        enterprise=member.quality.enterprise, designated_at=AT - timedelta(days=400), employed=False
    )
    EmploymentFactory(
        enterprise=gap.enterprise,
        person=gap.person,
        valid_from=(AT - timedelta(days=400)).date(),
        valid_until=(AT - timedelta(days=60)).date(),
    )
    log_in(client, member.person)

    page = client.get(URL)

    assert shows(page, "Personne n'est en fonction")
    assert not shows(page, str(gap.person))


def test_a_quality_without_a_local_manager_leads_to_the_entity(client):
    member = QualityMemberFactory()
    log_in(client, member.person)

    assert shows(client.get(URL), "n'a pas de Gestionnaire Local")


def test_who_is_nowhere_registered_reads_what_to_do(client):
    log_in(client, PersonFactory())

    assert shows(client.get(URL), "par votre NISS")


def test_a_user_reads_who_manages_his_branch_and_who_answers_for_him(client, member, manager):
    quality = manager.quality
    top = QualityMemberFactory(quality=quality, subdivision_manager=True, person__last_name="Dessus")
    near = QualityMemberFactory(
        quality=quality,
        subdivision_manager=True,
        subdivision=SubdivisionFactory(below=top.subdivision),
        person__last_name="Auprès",
    )
    beside = QualityMemberFactory(quality=quality, subdivision_manager=True, person__last_name="Acôté")
    doctor = QualityMemberFactory(quality=quality, person__last_name="Docteur")
    member.subdivision = near.subdivision
    member.save()
    ResponsibilityFactory(responsible=doctor, member=member)
    ResponsibilityFactory(responsible=beside, member=member, ended=True)
    log_in(client, member.person)

    page = client.get(URL)

    rows = page.context["entities"][0]["qualities"][0].rows
    assert [row.member for row in rows] == [manager, near, top, doctor]
    assert shows(page, "Répond de vous")


def test_who_has_someone_who_answers_for_him_but_no_local_manager_reads_both(client):
    doctor = QualityMemberFactory()
    member = QualityMemberFactory(quality=doctor.quality)
    ResponsibilityFactory(responsible=doctor, member=member)
    log_in(client, member.person)

    page = client.get(URL)

    assert shows(page, str(doctor.person))
    assert shows(page, "n'a pas de Gestionnaire Local")


def test_is_reached_from_every_page(client):
    log_in(client, PersonFactory())

    assertContains(client.get(reverse("access_mgmt:home")), f'href="{URL}"')
