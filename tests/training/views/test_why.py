"""« Pourquoi ? »: whole chains, of which one link is broken, seen by each who may ask."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from access_mgmt.enums import Function, QualityKind
from access_mgmt.models import EffectiveRole, Quality, QualityMember, RoleAssignment, RoleChange
from bhod_portal.core import menus
from bhod_portal.core.enums import PropagationMode
from bhod_portal.core.models import AuditEntry, World
from bhod_portal.core.templatetags.portal import why_link, why_member_link
from csam.enums import DigitalKey, StaffRole
from csam.models import AccessManager, Employment, Enterprise
from prosante_login.enums import ProfileKind
from tests.access_mgmt.factories import (
    QualityFactory,
    QualityMemberFactory,
    RoleAssignmentFactory,
    RoleChangeFactory,
    SubdivisionFactory,
)
from tests.csam.factories import AT, AccessManagerFactory, PersonFactory
from tests.csam.login import log_in
from tests.pages import errors, shows
from tests.prosante_login.factories import CareProviderFactory, MandateDelegateFactory, MandateFactory
from tests.training.chains import Chain

KEYS = ["known", "registered", "gap", "quality", "member", "function", "dates", "propagated"]
URL = reverse("training:why")


def stopped(chain):
    Enterprise.objects.filter(pk=chain.enterprise.pk).update(stopped_on=date(2026, 3, 9))


def unregistered(chain):
    Enterprise.objects.filter(pk=chain.enterprise.pk).update(registered_at=None, registered_by=None)


def without_gap(chain):
    AccessManager.objects.update(ended_at=AT, ended_by=chain.gap.person)


def gap_gone(chain):
    AccessManager.objects.update(designated_at=AT - timedelta(days=100))
    Employment.objects.update(valid_until=date(2026, 2, 7))


def quality_off(chain):
    Quality.objects.update(deactivated_at=AT, deactivated_by=chain.gap.person)


def wrong_quality(chain):
    quality_off(chain)
    QualityFactory(enterprise=chain.enterprise, health_care=True, activated_by=chain.gap.person)


def member_gone(chain):
    QualityMember.objects.filter(pk=chain.member.pk).update(ended_at=AT, ended_by=chain.manager.person)


def blocked(chain):
    QualityMember.objects.filter(pk=chain.member.pk).update(blocked_at=AT, blocked_by=chain.manager.person)


def no_function(chain):
    EffectiveRole.objects.all().delete()
    RoleAssignment.objects.all().delete()


def other_function(chain):
    EffectiveRole.objects.update(function=Function.FILEMANAGER_BCE)
    RoleAssignment.objects.update(function=Function.FILEMANAGER_BCE)


def withdrawn(chain):
    EffectiveRole.objects.update(withdrawn_at=AT)
    RoleAssignment.objects.update(revoked_at=AT, revoked_by=chain.manager.person)


def _between(chain, start, end):
    EffectiveRole.objects.update(valid_from=start, valid_until=end)
    RoleAssignment.objects.update(valid_from=start, valid_until=end)


def to_come(chain):
    _between(chain, date(2026, 3, 11), None)


def over(chain):
    _between(chain, date(2026, 3, 1), date(2026, 3, 9))


def on_its_way(chain):
    EffectiveRole.objects.all().delete()
    RoleChangeFactory(grants=chain.role)


def set_aside(chain):
    on_its_way(chain)
    RoleChange.objects.update(held_until=AT + timedelta(hours=1), failure="refusée")


def stuck(chain):
    on_its_way(chain)
    World.objects.update(mode=PropagationMode.STUCK)


# What is broken, the link that is named, what is said of it, who mends it.
BREAKS = [
    (stopped, "known", "arrêtée à la BCE depuis le 09/03/2026", "Rosa Représentante"),
    (unregistered, "registered", "pas encore enregistrée", "Rosa Représentante"),
    (without_gap, "gap", "Personne n'est désigné comme GAP", "Rosa Représentante"),
    (gap_gone, "gap", "Gaston Principal n'a plus de lien", "Rosa Représentante"),
    (quality_off, "quality", "désactivée le 10/03/2026 à 10:00", "Gaston Principal"),
    (wrong_quality, "quality", "« Soins de Santé » est active, mais c'est une autre qualité", "Gaston Principal"),
    (member_gone, "member", "a pris fin le 10/03/2026 à 10:00, par Lola Locale", "Lola Locale"),
    (blocked, "member", "bloqué depuis le 10/03/2026 à 10:00, par Lola Locale", "Lola Locale"),
    (no_function, "function", "Aucune fonction n'est attribuée", "Lola Locale"),
    (other_function, "function", "INAMI_FILEMANAGER_BCE, qui ouvre autre chose", "Lola Locale"),
    (withdrawn, "function", "a été retirée le 10/03/2026 à 10:00, par Lola Locale", "Lola Locale"),
    (to_come, "dates", "ne commence que le 11/03/2026", "Lola Locale"),
    (over, "dates", "son dernier jour était le 09/03/2026", "Lola Locale"),
    (on_its_way, "propagated", "encore 12 min au plus", "attendez"),
    (set_aside, "propagated", "mise de côté", "centre de contact"),
    (stuck, "propagated", "La propagation de ce monde est arrêtée", "formateur"),
]  # fmt: skip


ASKED = [
    pytest.param(who, *each, id=f"{who}-{each[0].__name__}")
    for who in ("oneself", "manager", "helpdesk")
    for each in BREAKS
    # Who manages nobody (any more) there has no page about him.
    if who != "manager" or each[0] not in {quality_off, wrong_quality, member_gone}
]


@pytest.fixture
def chain(db):
    return Chain()


def ask(who, chain, client):
    match who:
        case "oneself":
            return chain.ask_oneself(client)
        case "manager":
            return chain.ask_as_manager(client)
        case "gap":
            return chain.ask_as_manager(client, by=chain.gap.person)
        case _helpdesk:
            return chain.ask_as_helpdesk(client)


class TestOneLinkBroken:
    @pytest.mark.parametrize(("who", "cause", "key", "sentence", "mender"), ASKED)
    def test_is_named_with_who_mends_it(self, client, chain, who, cause, key, sentence, mender):
        cause(chain)

        page = ask(who, chain, client)

        answer = page.context["answer"]
        assert answer.broken.key == key
        assert sentence in answer.broken.sentence
        assert mender in " ".join(f"{each.name} {each.role}" for each in answer.broken.menders)
        before = answer.links[: KEYS.index(key)]
        assert [link.key for link in before] == KEYS[: KEYS.index(key)]
        assert all(link.is_held for link in before)
        assert not any(link.is_broken for link in answer.links[KEYS.index(key) + 1 :])
        assert shows(page, f"Ce qui manque : {answer.broken.label}")

    def test_whole_chain_holds(self, client, chain):
        page = chain.ask_oneself(client)

        assert page.context["answer"].is_whole
        assert [link.key for link in page.context["answer"].links] == [*KEYS, "key", "profile"]
        assert shows(page, "Rien ne manque")

    @pytest.mark.parametrize("who", ["manager", "gap", "helpdesk"])
    def test_of_another_one_the_session_is_nobodys_business(self, client, chain, who):
        page = ask(who, chain, client)

        assert [link.key for link in page.context["answer"].links] == KEYS
        assert shows(page, "Rien ne manque")


class TestKeyAndProfile:
    def test_a_key_that_is_too_weak(self, client, chain):
        answer = chain.ask_oneself(client, key=DigitalKey.PASSWORD).context["answer"]

        assert answer.broken.key == "key"
        assert "niveau 200" in answer.broken.sentence
        assert reverse("csam:identification") in answer.broken.screen.url

    def test_no_profile(self, client, chain):
        answer = chain.ask_oneself(client, choose=False).context["answer"]

        assert answer.broken.key == "profile"
        assert answer.broken.screen.url == reverse("prosante_login:profile_choose")

    @pytest.mark.parametrize(
        ("choice", "sentence"),
        [
            ({"enterprise_id": None}, "sans organisation"),
            ({"kind": "prestataire", "enterprise_id": None}, "Prestataire"),
            ({"capacity": "mandataire"}, "mandataire"),
        ],
    )
    def test_another_profile(self, client, chain, choice, sentence):
        CareProviderFactory(person=chain.person)
        chain.ask_oneself(client)
        session = client.session
        session["prosante_profile"] |= choice | ({"profession": "PHYSICIAN"} if "kind" in choice else {})
        session.save()

        answer = client.get(URL, {"numero": chain.enterprise.bce_number}).context["answer"]

        assert answer.broken.key == "profile"
        assert sentence in answer.broken.sentence

    def test_another_organisation(self, client, chain):
        other = Chain(chain.world)
        chain.ask_oneself(client)

        RoleAssignmentFactory(
            member=QualityMemberFactory(quality=other.quality, person=chain.person), effective=True
        )
        answer = client.get(URL, {"numero": other.enterprise.bce_number}).context["answer"]

        assert answer.broken.key == "profile"
        assert "pour une autre organisation" in answer.broken.sentence


class TestDays:
    @pytest.mark.parametrize("days", [(date(2026, 3, 10), None), (date(2026, 3, 1), date(2026, 3, 10))])
    def test_first_and_last_day_count(self, client, chain, days):
        _between(chain, *days)

        assert chain.ask_oneself(client).context["answer"].is_whole

    @pytest.mark.parametrize(("minutes", "key"), [(0, "dates"), (1, None)])
    def test_a_day_begins_at_midnight_in_brussels(self, client, chain, minutes, key):
        _between(chain, date(2026, 3, 11), None)
        midnight = AT.replace(hour=22, minute=59) + timedelta(minutes=minutes)
        World.objects.update(frozen_at=midnight)

        broken = chain.ask_oneself(client).context["answer"].broken

        assert (broken.key if broken else None) == key

    @pytest.mark.parametrize(
        ("passed", "sentence"),
        [
            (timedelta(minutes=11, seconds=1), "encore 1 min au plus"),
            (timedelta(minutes=12), "d'un instant à l'autre"),
            (timedelta(minutes=15), "d'un instant à l'autre"),
        ],
    )
    def test_a_change_that_is_exactly_due(self, client, chain, passed, sentence):
        on_its_way(chain)
        World.objects.update(frozen_at=AT + passed)

        assert sentence in chain.ask_oneself(client).context["answer"].broken.sentence

    def test_a_gap_who_left_keeps_his_accesses_for_thirty_days(self, client, chain):
        AccessManager.objects.update(designated_at=AT - timedelta(days=100))
        Employment.objects.update(valid_until=date(2026, 2, 8))

        answer = chain.ask_oneself(client).context["answer"]

        assert answer.is_whole
        assert "jusqu'au 10/03/2026" in answer.links[2].sentence

    def test_the_next_to_come_is_told(self, client, chain):
        over(chain)
        RoleAssignmentFactory(
            member=chain.member, function=Function.GUARDPOST_CIRCLE, valid_from=date(2026, 5, 1)
        )

        assert "01/05/2026" in chain.ask_oneself(client).context["answer"].broken.sentence


class TestTarget:
    def test_finances_ask_for_the_other_function(self, client, chain):
        answer = chain.ask_oneself(client, target="finances").context["answer"]

        assert answer.broken.key == "function"
        assert Function.FILEMANAGER_CIRCLE.value in answer.broken.sentence
        assert Function.GUARDPOST_CIRCLE.value in answer.broken.sentence

    def test_an_unknown_one_is_refused(self, client, chain):
        page = chain.ask_oneself(client, target="autre")

        assert errors(page)["pour"]

    def test_the_function_still_works_while_it_is_taken_away(self, client, chain):
        RoleAssignment.objects.update(revoked_at=AT, revoked_by=chain.manager.person)

        page = chain.ask_oneself(client)

        assert page.context["answer"].broken.key == "function"
        assert shows(page, "les applications voient encore la fonction")


class TestOneself:
    def test_without_an_organisation_says_what_one_can_do(self, client, chain):
        log_in(client, PersonFactory(world=chain.world))

        page = client.get(URL)

        assert page.context["answer"] is None
        assert "organisation" not in page.context["form"].fields
        assert shows(page, "Aucune organisation ne vous a inscrit jusqu'ici")

    def test_a_stranger_gets_functions_not_names(self, client, chain):
        log_in(client, PersonFactory(world=chain.world))

        page = client.get(URL, {"numero": chain.enterprise.bce_number})

        assert page.context["answer"].broken.key == "member"
        assert not shows(page, "Gaston")
        assert not shows(page, "Locale")
        assert shows(page, "Gestionnaire Local")

    @pytest.mark.parametrize("cause", [gap_gone, quality_off, member_gone, blocked, withdrawn])
    def test_a_stranger_gets_no_name_whatever_is_broken(self, client, chain, cause):
        cause(chain)
        log_in(client, PersonFactory(world=chain.world))

        page = client.get(URL, {"numero": chain.enterprise.bce_number})

        assert not any(shows(page, name) for name in ("Gaston", "Lola", "Ida"))

    @pytest.mark.parametrize("written", ["BE{0}", "{0}", "{1}"])
    def test_a_number_in_any_writing(self, client, chain, written):
        number = chain.enterprise.bce_number
        dotted = f"{number[:4]}.{number[4:7]}.{number[7:]}"
        log_in(client, chain.person)

        page = client.get(URL, {"numero": written.format(number, dotted)})

        assert page.context["answer"].enterprise == chain.enterprise

    def test_the_organisation_of_the_list(self, client, chain):
        log_in(client, chain.person)

        page = client.get(URL, {"organisation": chain.enterprise.bce_number, "numero": ""})

        assert page.context["answer"].enterprise == chain.enterprise

    def test_two_organisations_at_once(self, client, chain):
        log_in(client, chain.person)

        page = client.get(URL, {"organisation": chain.enterprise.bce_number, "numero": "0999.999.031"})

        assert errors(page)["numero"]
        assert page.context["answer"] is None

    def test_an_organisation_of_nobodys_list(self, client, chain):
        log_in(client, chain.person)

        page = client.get(URL, {"organisation": "0999999031"})

        assert errors(page)["organisation"]

    @pytest.mark.parametrize("typed", ["123", "0999.999.032", "abc"])
    def test_no_number_at_all(self, client, chain, typed):
        log_in(client, chain.person)

        page = client.get(URL, {"numero": typed})

        assert errors(page)["numero"]

    def test_nothing_at_all(self, client, chain):
        log_in(client, chain.person)

        page = client.get(URL, {"organisation": "", "numero": "", "pour": "bhod"})

        assert errors(page)["numero"] == ["required"]

    def test_a_number_that_the_bce_doesnt_know(self, client, chain):
        log_in(client, chain.person)

        answer = client.get(URL, {"numero": "0999.999.031"}).context["answer"]

        assert answer.broken.key == "known"
        assert answer.broken.screen.url == reverse("csam:bce_search")
        assert answer.step == "bce"

    def test_an_enterprise_of_another_world_is_unknown(self, client, chain):
        log_in(client, PersonFactory(stranger=True))

        answer = client.get(URL, {"numero": chain.enterprise.bce_number}).context["answer"]

        assert answer.enterprise is None

    def test_links_to_the_screen_for_who_may_open_it(self, client, chain):
        unregistered(chain)
        log_in(client, chain.representative.person)

        answer = client.get(URL, {"numero": chain.enterprise.bce_number}).context["answer"]

        assert answer.broken.screen.url == reverse("csam:enterprise_register")

    def test_asks_the_visitor_who_he_is(self, client, chain):
        assertRedirects(
            client.get(URL), f"{reverse('csam:identification')}?next={URL}", fetch_redirect_response=False
        )

    @pytest.mark.parametrize("cause", [None, wrong_quality, no_function, on_its_way])
    def test_reads_a_constant_number_of_times(self, client, chain, django_assert_max_num_queries, cause):
        if cause:
            cause(chain)
        for _number in range(3):
            RoleAssignmentFactory(
                member=QualityMemberFactory(
                    quality=QualityFactory(enterprise__world=chain.world), person=chain.person
                )
            )
        chain.ask_oneself(client)

        with django_assert_max_num_queries(22):
            client.get(URL, {"numero": chain.enterprise.bce_number})


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


class TestLinks:
    """Where the portal refuses, « Pourquoi ? » leads to the answer."""

    @pytest.fixture
    def address(self, chain):
        return f"{URL}?numero={chain.enterprise.bce_number}"

    def test_from_the_finances_to_the_missing_function(self, client, chain, address):
        chain.ask_oneself(client)

        page = client.get(reverse("bhod:finance_overview"))

        assert page.status_code == 403
        assertContains(page, f'href="{address}&amp;pour=finances"', status_code=403)
        answer = client.get(f"{address}&pour=finances").context["answer"]
        assert Function.FILEMANAGER_CIRCLE.value in answer.broken.sentence

    def test_from_bhod_without_a_role_of_the_circle(self, client, chain, address):
        other_function(chain)
        chain.ask_oneself(client)

        assertContains(client.get(reverse("bhod:guard_month")), f'href="{address}"', status_code=403)

    def test_from_an_organisation_that_opens_nothing(self, client, chain, address):
        other_function(chain)
        chain.ask_oneself(client)

        assertContains(client.get(reverse("prosante_login:organisation_closed")), f'href="{address}"')

    def test_from_the_chooser_without_an_organisation(self, client, chain):
        log_in(client, PersonFactory(world=chain.world))

        assertContains(client.get(reverse("prosante_login:profile_choose")), f'href="{URL}"')

    def test_from_ones_own_functions(self, client, chain, address):
        log_in(client, chain.person)

        assertContains(client.get(reverse("access_mgmt:own_roles")), f'href="{address}"')

    @pytest.mark.parametrize("page", ["member_edit", "role_list"])
    def test_from_the_file_of_a_member(self, client, chain, page):
        log_in(client, chain.manager.person)

        page = client.get(reverse(f"access_mgmt:{page}", args=[chain.member.pk]))

        assertContains(page, f'href="{reverse("training:why_member", args=[chain.member.pk])}"')

    def test_from_a_refusal(self, client, chain):
        log_in(client, chain.person)

        page = client.get(reverse("access_mgmt:member_edit", args=[chain.member.pk]))

        assertContains(page, f'href="{URL}"', status_code=403)

    def test_nowhere_while_nobody_explains(self, monkeypatch):
        monkeypatch.setattr(menus, "_entries", {})

        assert why_link("0999999130") == ""
        assert why_member_link(1) == ""


class TestMandates:
    """« Pourquoi est-ce que je ne vois pas ce mandant ? »"""

    KEYS = ["given", "accepted", "current", "key", "profile"]

    @pytest.fixture
    def holder(self, chain):
        return PersonFactory(world=chain.world, first_name="Maud", last_name="Mandataire")

    def ask(self, client, person, enterprise=None):
        log_in(client, person)
        session = client.session
        session["prosante_profile"] = {
            "person": person.pk,
            "kind": ProfileKind.CITIZEN.value,
            "enterprise_id": enterprise.pk if enterprise else None,
        }
        session.save()
        page = client.get(URL, {"numero": enterprise.bce_number if enterprise else "", "pour": "mandats"})
        return page.context["answer"]

    def give(self, holder, **extra):
        provider = CareProviderFactory(
            person=PersonFactory(world=holder.world, first_name="Denis", last_name="Dispensateur")
        )
        return MandateFactory(provider=provider, holder_person=holder, **extra)

    def test_whole_chain_holds(self, client, holder):
        self.give(holder)

        answer = self.ask(client, holder)

        assert answer.is_whole
        assert [link.key for link in answer.links] == self.KEYS

    @pytest.mark.parametrize(
        ("extra", "key", "sentence", "mender"),
        [
            ({"stopped": True}, "given", "arrêté le 10/03/2026", "Denis Dispensateur"),
            ({"to_accept": True, "refused": True}, "given", "refusé le 10/03/2026", "Denis Dispensateur"),
            ({"to_accept": True}, "accepted", "attend encore la signature", "vous-même"),
            (
                {"to_accept": True, "valid_until": date(2026, 3, 9)},
                "accepted",
                "terminé le 09/03/2026 sans",
                "Denis Dispensateur",
            ),
            ({"valid_from": date(2026, 3, 11)}, "current", "que le 11/03/2026", "Denis Dispensateur"),
            ({"valid_until": date(2026, 3, 9)}, "current", "jour était le 09/03/2026", "Denis Dispensateur"),
        ],
    )
    def test_one_link_broken(self, client, holder, extra, key, sentence, mender):
        if extra.pop("refused", False):
            extra = extra | {"refused_at": AT, "refused_by": holder}
        self.give(holder, **extra)

        answer = self.ask(client, holder)

        assert answer.broken.key == key
        assert sentence in answer.broken.sentence
        assert mender in " ".join(f"{each.name} {each.role}" for each in answer.broken.menders)
        assert all(link.is_held for link in answer.links[: self.KEYS.index(key)])

    @pytest.mark.parametrize("days", [(date(2026, 3, 10), None), (date(2026, 3, 1), date(2026, 3, 10))])
    def test_first_and_last_day_count(self, client, holder, days):
        self.give(holder, valid_from=days[0], valid_until=days[1])

        assert self.ask(client, holder).is_whole

    def test_the_one_that_opens_most_is_told(self, client, holder):
        self.give(holder)
        self.give(holder, stopped=True)

        assert self.ask(client, holder).is_whole

    def test_none_at_all(self, client, holder):
        answer = self.ask(client, holder)

        assert answer.broken.key == "given"
        assert answer.broken.menders

    def test_of_an_enterprise_for_which_one_acts(self, client, chain):
        MandateFactory(for_enterprise=True, holder_enterprise=chain.enterprise)

        for person in (
            chain.representative.person,
            chain.gap.person,
            MandateDelegateFactory(
                enterprise=chain.enterprise, person=PersonFactory(world=chain.world)
            ).person,
        ):
            assert self.ask(client, person, chain.enterprise).is_whole

    def test_of_an_enterprise_for_which_one_does_not_act(self, client, chain):
        MandateFactory(for_enterprise=True, holder_enterprise=chain.enterprise, stopped=True)

        answer = self.ask(client, chain.person, chain.enterprise)

        assert answer.broken.key == "acts"
        assert {"Gaston Principal", "Rosa Représentante"} == {each.name for each in answer.broken.menders}
        assert not any("a été arrêté" in link.sentence for link in answer.links)

    def test_of_a_stopped_enterprise(self, client, chain):
        stopped(chain)

        assert self.ask(client, chain.gap.person, chain.enterprise).broken.key == "known"

    @pytest.mark.parametrize(
        ("choice", "sentence"),
        [({"capacity": "citoyen"}, "pas entré comme mandataire"), ({"capacity": None}, "")],
    )
    def test_who_came_in_as_something_else(self, client, holder, choice, sentence):
        self.give(holder)
        self.ask(client, holder)
        session = client.session
        session["prosante_profile"] |= choice
        session.save()

        answer = client.get(URL, {"numero": "", "pour": "mandats"}).context["answer"]

        assert sentence in (answer.broken.sentence if answer.broken else "")

    def test_at_the_help_desk_without_an_organisation(self, client, chain, holder):
        self.give(holder, to_accept=True)
        log_in(client, chain.agent(), key=DigitalKey.PASSWORD)
        url, question = reverse("training:why_helpdesk"), chain.question("mandats") | {"numero": ""}

        page = client.post(url, question | {"personne": holder.niss}, follow=True)
        refused = client.post(url, question | {"pour": "bhod"})

        assert page.context["answer"].broken.key == "accepted"
        assert page.context["answer"].broken.screen.url == ""
        assert errors(refused)["numero"] == ["required"]

    def test_no_business_of_who_manages_a_member(self, client, chain):
        page = chain.ask_as_manager(client, target="mandats")

        assert page.context["answer"].target.key == "bhod"
        assert "mandats" not in [each.key for each in page.context["targets"]]
