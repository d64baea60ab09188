"""« Pourquoi ? » about someone else: a member, or whoever calls the help desk."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertRedirects

from access_mgmt.enums import Function, QualityKind
from access_mgmt.models import QualityMember
from bhod_portal.core.models import AuditEntry
from csam.enums import DigitalKey, StaffRole
from tests.access_mgmt.factories import (
    QualityFactory,
    QualityMemberFactory,
    SubdivisionFactory,
)
from tests.csam.factories import AccessManagerFactory, PersonFactory
from tests.csam.login import log_in
from tests.pages import errors, shows
from tests.training.chains import Chain, blocked, no_function

URL = reverse("training:why")


@pytest.fixture
def chain(db):
    return Chain()


class TestMember:
    def test_links_to_where_it_is_mended(self, client, chain):
        no_function(chain)

        answer = chain.ask_as_manager(client).context["answer"]

        assert answer.broken.screen.url == reverse("access_mgmt:role_list", args=[chain.member.pk])

    def test_to_unblock(self, client, chain):
        blocked(chain)

        answer = chain.ask_as_manager(client).context["answer"]

        assert answer.broken.screen.url == reverse("access_mgmt:member_unblock", args=[chain.member.pk])

    def test_a_subdivision_manager_about_his_branch_only(self, client, chain):
        top = SubdivisionFactory(quality=chain.quality)
        leader = QualityMemberFactory(quality=chain.quality, subdivision_manager=True, subdivision=top)
        assert chain.ask_as_manager(client, by=leader.person).status_code == 404

        QualityMember.objects.filter(pk=chain.member.pk).update(subdivision=SubdivisionFactory(below=top))
        no_function(chain)
        page = chain.ask_as_manager(client, by=leader.person)

        assert page.status_code == 200
        assert leader.person.get_full_name() in [each.name for each in page.context["answer"].broken.menders]

    def test_nobody_about_himself_or_a_colleague(self, client, chain):
        assert chain.ask_as_manager(client, by=chain.person).status_code == 404

    @pytest.mark.parametrize("trait", ["co_main", "dpo", "of_domain"])
    def test_who_administers_the_entity(self, client, chain, trait):
        by = AccessManagerFactory(
            person=PersonFactory(world=chain.world), enterprise=chain.enterprise, **{trait: True}
        ).person

        assert chain.ask_as_manager(client, by=by).status_code == 200

    def test_the_manager_of_another_quality_doesnt_see_this_one(self, client, chain):
        other = QualityFactory(enterprise=chain.enterprise, health_care=True)
        by = QualityMemberFactory(quality=other, local_manager=True).person
        member = QualityMemberFactory(quality=other, person=chain.person)
        log_in(client, by)

        page = client.get(reverse("training:why_member", args=[member.pk]))

        assert page.context["answer"].broken is None
        assert page.context["answer"].hidden.key == "member"
        assert not page.context["answer"].sees_it
        assert not shows(page, Function.GUARDPOST_CIRCLE.value)

    def test_of_a_member_of_the_wrong_quality_only(self, client, chain):
        other = QualityFactory(enterprise=chain.enterprise, kind=QualityKind.HEALTH_CARE)
        member = QualityMemberFactory(quality=other)
        log_in(client, chain.gap.person)

        answer = client.get(reverse("training:why_member", args=[member.pk])).context["answer"]

        assert answer.broken.key == "member"
        assert "sous une autre qualité" in answer.broken.sentence


class TestHelpdesk:
    def test_writes_down_who_looked_and_why(self, client, chain):
        page = chain.ask_as_helpdesk(client)

        entry = AuditEntry.objects.get(act="training.why.looked_up")
        assert entry.done_by == chain.agent()
        assert entry.details["enterprise"] == chain.enterprise.pk
        assert chain.person.niss not in str(entry.details)
        assert chain.person.niss not in page.request["PATH_INFO"] + page.request["QUERY_STRING"]

    def test_the_person_sees_it(self, client, chain):
        chain.ask_as_helpdesk(client)
        log_in(client, chain.person)

        page = client.get(URL)

        assert shows(page, "La personne appelle : elle ne voit pas son cercle.")
        assert shows(page, "Agent Helpdesk")

    def test_by_user_name(self, client, chain):
        log_in(client, chain.agent(), key=DigitalKey.PASSWORD)

        page = client.post(
            reverse("training:why_helpdesk"),
            chain.question() | {"personne": chain.person.username.upper()},
            follow=True,
        )

        assert page.context["person"] == chain.person

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"motif": ""}, "motif"),
            ({"motif": "court"}, "motif"),
            ({"motif": "La personne 71.03.14-996.96 appelle."}, "motif"),
            ({"motif": "La personne 71\u00a003\u00a014\u2011996\n96 appelle."}, "motif"),
            ({"personne": "inconnue"}, "personne"),
            ({"personne": "71.03.14-996.97"}, "personne"),
            ({"numero": "12"}, "numero"),
        ],
    )
    def test_refuses_and_shows_nothing(self, client, chain, change, field):
        log_in(client, chain.agent(), key=DigitalKey.PASSWORD)

        page = client.post(reverse("training:why_helpdesk"), chain.question() | change)

        assert errors(page)[field]
        assert not AuditEntry.objects.filter(act="training.why.looked_up").exists()

    def test_nobody_of_another_world(self, client, chain):
        stranger = PersonFactory(stranger=True)
        log_in(client, chain.agent(), key=DigitalKey.PASSWORD)

        page = client.post(reverse("training:why_helpdesk"), chain.question() | {"personne": stranger.niss})

        assert errors(page)["personne"]

    def test_too_many_look_ups(self, client, chain):
        log_in(client, chain.agent(), key=DigitalKey.PASSWORD)
        url = reverse("training:why_helpdesk")
        for _number in range(20):
            client.post(url, chain.question() | {"personne": "personne d'ici"})

        page = client.post(url, chain.question())

        assert errors(page)["personne"]
        assert not AuditEntry.objects.filter(act="training.why.looked_up").exists()

    def test_a_search_that_the_session_doesnt_know(self, client, chain):
        log_in(client, chain.agent(), key=DigitalKey.PASSWORD)

        answer = client.get(
            reverse("training:why_helpdesk_answer", args=["4d3e1c2b-0000-4000-8000-000000000000"])
        )

        assertRedirects(answer, reverse("training:why_helpdesk"))

    @pytest.mark.parametrize(("role", "status"), [("", 404), (StaffRole.CSAM, 403), (StaffRole.TRAINER, 403)])
    def test_only_for_the_help_desk(self, client, chain, role, status):
        log_in(client, PersonFactory(world=chain.world, staff_role=role))

        assert client.get(reverse("training:why_helpdesk")).status_code == status
        assert client.post(reverse("training:why_helpdesk"), chain.question()).status_code == status

    def test_an_organisation_that_the_bce_doesnt_know(self, client, chain):
        log_in(client, chain.agent(), key=DigitalKey.PASSWORD)

        page = client.post(
            reverse("training:why_helpdesk"), chain.question() | {"numero": "0999.999.031"}, follow=True
        )

        assert page.context["answer"].broken.key == "known"
        assert AuditEntry.objects.get(act="training.why.looked_up").details["enterprise"] is None
