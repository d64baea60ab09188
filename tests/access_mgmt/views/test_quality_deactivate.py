import pytest
from django.urls import reverse
from pytest_django.asserts import assertRedirects

from access_mgmt.models import Quality, QualityMember, RoleAssignment, RoleChange
from bhod_portal.core.models import Message
from tests.access_mgmt.factories import QualityFactory, QualityMemberFactory, RoleAssignmentFactory
from tests.csam.factories import AccessManagerFactory, LegalFunctionFactory
from tests.csam.login import log_in
from tests.pages import shows

pytestmark = pytest.mark.usefixtures("stopped_clock")


@pytest.fixture
def gap(client):
    gap = AccessManagerFactory()
    log_in(client, gap.person)
    return gap


@pytest.fixture
def quality(gap):
    return QualityFactory(enterprise=gap.enterprise)


def url(quality):
    return reverse("access_mgmt:quality_deactivate", args=[quality.enterprise.bce_number, quality.pk])


def the_list(quality):
    return reverse("access_mgmt:quality_list", args=[quality.enterprise.bce_number])


def test_shows_first_what_will_end(client, quality, django_assert_max_num_queries):
    member = QualityMemberFactory(quality=quality)
    RoleAssignmentFactory(member=member)
    RoleAssignmentFactory(member=member, administrative=True, ended=True)
    manager = QualityMemberFactory(quality=quality, local_manager=True)
    RoleAssignmentFactory(member=manager, to_come=True)
    QualityMemberFactory(quality=quality, ended=True, person__last_name="Parti")

    with django_assert_max_num_queries(15):
        page = client.get(url(quality))

    assert shows(page, "2 personnes ne figurent plus dans la qualité.")
    assert shows(page, f"Ses gestionnaires partent avec elle : {manager.person}")
    assert shows(page, "2 fonctions prennent fin.")
    assert shows(page, str(member.person))
    assert shows(page, "depuis le 01/03/2026, sans fin")
    assert not shows(page, "Parti")
    assert not shows(page, "28/02/2026")
    assert shows(page, "plus personne n'ouvre BHOD")
    assert Quality.objects.active().count() == 1


def test_ends_it_and_says_so(client, quality):
    RoleAssignmentFactory(member__quality=quality, valid_until="2026-12-31")

    assert shows(client.get(url(quality)), "du 01/03/2026 au 31/12/2026")
    response = client.post(url(quality), follow=True)

    assertRedirects(response, the_list(quality))
    assert shows(response, "est désactivée et ses membres en reçoivent un e-mail")
    assert not Quality.objects.active().exists()
    assert not QualityMember.objects.active().exists()
    assert not RoleAssignment.objects.standing().exists()


def test_a_second_click_does_it_once(client, quality):
    RoleAssignmentFactory(member__quality=quality)
    client.post(url(quality))

    response = client.post(url(quality), follow=True)

    assertRedirects(response, the_list(quality))
    assert shows(response, "déjà désactivée")
    assert RoleChange.objects.count() == Message.objects.count() == 1


def test_a_click_that_comes_second_in_a_race_shows_what_was_done(client, quality, monkeypatch):
    # The other click is committed between this one's look and its act.
    monkeypatch.setattr("access_mgmt.views.deactivations.QualityDeactivateView.elsewhere", lambda view: None)
    client.post(url(quality))

    assert shows(client.post(url(quality), follow=True), "déjà désactivée")


def test_an_employer_keeps_its_quality_and_reads_why(client):
    gap = AccessManagerFactory(enterprise__employer=True)
    quality = QualityFactory(enterprise=gap.enterprise, employer=True)
    log_in(client, gap.person)

    assert url(quality) not in client.get(the_list(quality)).content.decode()
    response = client.post(url(quality), follow=True)

    assert shows(response, "reste active tant qu'elle l'est")
    assert Quality.objects.active().count() == 1


def test_is_offered_in_the_list(client, quality):
    assert url(quality) in client.get(the_list(quality)).content.decode()


def test_a_quality_of_another_enterprise_is_not_there(client, gap):
    other = QualityFactory()

    address = reverse("access_mgmt:quality_deactivate", args=[gap.enterprise.bce_number, other.pk])
    assert client.get(address).status_code == 404


RIGHTS = {
    "co_main": 200,
    "dpo": 200,
    "of_domain": 200,
    "of_finance": 403,
    "local_manager": 403,
    "co_local_manager": 403,
    "user": 403,
    "representative": 403,
    "stranger": 404,
}


@pytest.mark.parametrize(("who", "status"), RIGHTS.items(), ids=RIGHTS)
def test_who_may_by_the_table(client, quality, who, status):
    enterprise = quality.enterprise
    people = {
        "user": lambda: QualityMemberFactory(quality=quality),
        "representative": lambda: LegalFunctionFactory(enterprise=enterprise),
        "stranger": QualityMemberFactory,
    }
    if "local" in who:
        person = QualityMemberFactory(quality=quality, **{who: True}).person
    elif who in people:
        person = people[who]().person
    else:
        person = AccessManagerFactory(enterprise=enterprise, **{who: True}).person
    log_in(client, person)

    assert client.get(url(quality)).status_code == status
    if status != 200:
        assert client.post(url(quality)).status_code == status
        assert Quality.objects.active().filter(pk=quality.pk).exists()
