"""The file of a member: his data, and what he may be made."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from access_mgmt.enums import MemberKind
from bhod_portal.core.models import AuditEntry, Message
from tests.access_mgmt.factories import QualityMemberFactory, SubdivisionFactory
from tests.csam.factories import AccessManagerFactory
from tests.csam.login import log_in
from tests.pages import errors, shows

pytestmark = pytest.mark.usefixtures("stopped_clock")

NEW = "nouveau@exemple.invalid"


def url(member):
    return reverse("access_mgmt:member_edit", args=[member.pk])


def values_of(response):
    return {field.name: value for field in response.context["form"] if (value := field.value()) is not None}


def sent(client, member, **changes):
    """What the form of the member's page sends back when only these of its values are changed."""
    return values_of(client.get(url(member))) | changes


def save(client, member, **changes):
    return client.post(url(member), sent(client, member, **changes), follow=True)


def kind_of(member):
    member.refresh_from_db()
    return member.kind


def test_shows_who_somebody_is_and_how_he_stands(client, manager, member):
    page = client.get(url(member))

    for text in (member.person.username, str(member.person), "Actif", "10/03/2026", "jamais"):
        assert shows(page, text)
    assert shows(page, f"par {member.added_by}")


def test_leads_to_the_tree_before_somebody_may_manage_a_part_of_it(client, manager, member):
    page = client.get(url(member))

    assert shows(page, "Placer dans une subdivision")
    assertNotContains(page, reverse("access_mgmt:subdivision_manager_name", args=[member.pk]))


def test_changes_his_data(client, manager, member):
    response = save(
        client,
        member,
        title="M",
        language="nl",
        email=NEW,
        local_email="la@exemple.invalid",
        link="BOARD",
        secured_applications=["CHAPTER_IV", "BHOD"],
    )

    assert shows(response, "ont été modifiées")
    member.refresh_from_db()
    assert (member.title, member.language, member.email, member.local_email, member.link) == (
        "M",
        "nl",
        NEW,
        "la@exemple.invalid",
        "BOARD",
    )
    assert member.secured_applications == ["BHOD", "CHAPTER_IV"]
    entry = AuditEntry.objects.get(act="access_mgmt.member.changed")
    assert entry.done_by == manager.person
    assert NEW not in str(entry.details)
    assert shows(response, f"par {manager.person}")


def test_leaves_the_address_of_the_person_alone_and_tells_the_old_one(client, manager, member):
    old = member.person.email

    save(client, member, email=NEW)

    member.person.refresh_from_db()
    assert member.person.email == old
    assert Message.objects.get().recipient == old
    assert NEW in Message.objects.get().body


def test_the_same_data_change_nothing(client, manager, member):
    assert shows(save(client, member), "rien n'a changé")
    assert not AuditEntry.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "x"},
        {"email": ""},
        {"title": "x"},
        {"language": "it"},
        {"link": "x"},
        {"secured_applications": ["x"]},
        {"kind": "gl"},
        {"kind": "gs"},
        {"local_email": "\x00"},
    ],
)
def test_refuses_what_makes_no_sense(client, manager, member, changes):
    response = client.post(url(member), sent(client, member, **changes))

    assert set(errors(response)) == set(changes)
    assert not AuditEntry.objects.exists()


class TestTheKind:
    def test_a_user_is_made_co_local_manager_and_told(self, client, manager, member):
        member.subdivision = SubdivisionFactory(quality=member.quality)
        member.save()

        save(client, member, kind="co-gl")

        assert kind_of(member) == MemberKind.CO_LOCAL_MANAGER
        assert member.subdivision is None
        told = Message.objects.get()
        assert (told.recipient, told.person) == (member.email, member.person)
        assert "Co-Gestionnaire Local" in told.body
        assert AuditEntry.objects.get(act="access_mgmt.member.changed").details["kind"] == "co-gl"

    def test_a_co_local_manager_is_made_a_user_again(self, client, manager):
        other = QualityMemberFactory(quality=manager.quality, co_local_manager=True)

        save(client, other, kind="utilisateur")

        assert kind_of(other) == MemberKind.USER
        assert "Utilisateur" in Message.objects.get().subject

    def test_not_by_oneself(self, client, manager):
        me = QualityMemberFactory(quality=manager.quality, co_local_manager=True)
        log_in(client, me.person)
        assert "kind" not in client.get(url(me)).context["form"].fields

        response = client.post(url(me), sent(client, me, kind="utilisateur"))

        assert errors(response) == {"kind": ["oneself"]}
        assert kind_of(me) == MemberKind.CO_LOCAL_MANAGER

    def test_an_access_manager_does_not_name_himself(self, client):
        gap = AccessManagerFactory()
        me = QualityMemberFactory(quality__enterprise=gap.enterprise, person=gap.person)
        log_in(client, gap.person)

        response = client.post(url(me), sent(client, me, kind="co-gl"))

        assert errors(response) == {"kind": ["oneself"]}

    def test_not_the_last_manager(self, client):
        gap = AccessManagerFactory()
        last = QualityMemberFactory(quality__enterprise=gap.enterprise, co_local_manager=True)
        log_in(client, gap.person)

        response = client.post(url(last), sent(client, last, kind="utilisateur"))

        assert errors(response) == {"kind": ["last_manager"]}
        assert kind_of(last) == MemberKind.CO_LOCAL_MANAGER

    def test_not_of_the_local_manager(self, client, manager):
        gap = AccessManagerFactory(enterprise=manager.quality.enterprise)
        log_in(client, gap.person)

        response = client.post(url(manager), sent(client, manager, kind="utilisateur"), follow=True)

        assert shows(response, "rien n'a changé")
        assert kind_of(manager) == MemberKind.LOCAL_MANAGER

    def test_not_by_a_subdivision_manager(self, client):
        led = QualityMemberFactory(subdivision_manager=True)
        member = QualityMemberFactory(quality=led.quality, subdivision=led.subdivision)
        log_in(client, led.person)
        assert "kind" not in client.get(url(member)).context["form"].fields

        response = client.post(url(member), sent(client, member, kind="co-gl"))

        assert response.status_code == 403
        assert kind_of(member) == MemberKind.USER


class TestTwoAtOnce:
    @pytest.fixture
    def other(self, manager):
        return QualityMemberFactory(
            quality=manager.quality, co_local_manager=True, person__last_name="Renard"
        )

    def test_the_second_is_told_and_loses_nothing(self, client, manager, other, member):
        mine = sent(client, member, email=NEW)
        old = member.email
        log_in(client, other.person)
        save(client, member, email="autre@exemple.invalid", language="de")
        log_in(client, manager.person)

        response = client.post(url(member), mine)

        assert errors(response) == {"__all__": ["changed_meanwhile"]}
        assert shows(response, f"{other.person} a modifié ces données le 10/03/2026")
        assert shows(response, f"« {old} », à présent « autre@exemple.invalid », ci-dessous « {NEW} »")
        assert shows(response, "« Français », à présent « Allemand », ci-dessous « Allemand »")
        again = values_of(response)
        assertRedirects(client.post(url(member), again), url(member))
        member.refresh_from_db()
        assert (member.email, member.language) == (NEW, "de")

    def test_what_was_ticked_follows_too(self, client, manager, other, member):
        mine = sent(client, member, email=NEW)
        log_in(client, other.person)
        save(client, member, secured_applications=["BHOD"])
        log_in(client, manager.person)

        again = values_of(client.post(url(member), mine))
        client.post(url(member), again)

        member.refresh_from_db()
        assert (member.email, member.secured_applications) == (NEW, ["BHOD"])

    def test_two_who_write_the_same_agree(self, client, manager, member):
        mine = sent(client, member, email=NEW)
        client.post(url(member), mine)

        assert shows(client.post(url(member), mine, follow=True), "rien n'a changé")
        assert Message.objects.count() == 1

    def test_one_may_have_been_removed(self, client, manager, member):
        mine = sent(client, member, email=NEW)
        member.ended_at, member.ended_by = member.added_at, manager.person
        member.save()

        assert client.post(url(member), mine).status_code == 404


def test_a_subdivision_manager_changes_the_data_of_his_branch(client):
    led = QualityMemberFactory(subdivision_manager=True)
    member = QualityMemberFactory(quality=led.quality, subdivision=led.subdivision)
    outside = QualityMemberFactory(quality=led.quality)
    log_in(client, led.person)

    save(client, member, language="de")

    member.refresh_from_db()
    assert member.language == "de"
    assert client.get(url(outside)).status_code == 404


def test_a_user_reads_his_own_under_his_data(client, member):
    log_in(client, member.person)

    assert client.get(url(member)).status_code == 403


def test_leads_to_the_other_acts(client, manager, member):
    page = client.get(url(member))

    assertContains(page, reverse("access_mgmt:role_list", args=[member.pk]))
    delete = f"{reverse('access_mgmt:member_delete', args=[member.quality_id])}?membre={member.pk}"
    assertContains(page, delete)
    assertNotContains(client.get(url(manager)), f"?membre={manager.pk}")


def test_is_reached_from_the_list(client, manager, member):
    page = client.get(reverse("access_mgmt:member_list", args=[manager.quality_id]))

    assertContains(page, f'href="{url(member)}"')


def test_adding_who_is_there_already_leads_to_his_file(client, manager, member):
    response = client.post(
        reverse("access_mgmt:member_identify", args=[manager.quality_id]),
        {"kind": "co-gl", "niss": member.person.niss},
    )

    assert errors(response) == {"niss": ["already_member"]}
    assertContains(response, f'href="{url(member)}">Ouvrir sa fiche')
