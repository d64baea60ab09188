"""« Modifications en route »: what waits in an enterprise, what is held, what has arrived, and for whom one sees it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from access_mgmt.enums import Function
from access_mgmt.selectors import propagation
from bhod_portal.core.enums import PropagationMode
from csam.services.sessions import SEEN_AT
from tests.access_mgmt.factories import (
    AT,
    QualityFactory,
    QualityMemberFactory,
    RoleAssignmentFactory,
    RoleChangeFactory,
    SubdivisionFactory,
)
from tests.csam.factories import AccessManagerFactory
from tests.csam.login import log_in
from tests.pages import shows

pytestmark = pytest.mark.usefixtures("stopped_clock")
MINUTE = timedelta(minutes=1)


def url(quality, **asked):
    return reverse("access_mgmt:propagation_queue", args=[quality.enterprise.bce_number])


def waiting(member, **values):
    return RoleChangeFactory(grants__member=member, **values)


def held(member, *, failure='violates check constraint "x"', **values):
    values = {"held_until": AT + 2 * MINUTE, "attempts": 3} | values
    return waiting(member, failure=failure, **values)


def arrived(member, *, ago=MINUTE, waited=MINUTE, **values):
    applied_at = AT - ago
    return waiting(
        member, requested_at=applied_at - waited, due_at=applied_at, applied_at=applied_at, **values
    )


def listed(response):
    return [row.change for row in response.context["rows"]]


def totals(response):
    return {key: total for key, _name, _query, total in response.context["tabs"]}


class TestWhatWaits:
    def test_is_listed_with_who_asked_and_when_it_comes_at_the_latest(self, client, member):
        later = waiting(member, due_at=AT + 15 * MINUTE, grants__function=Function.GUARDPOST_CIRCLE)
        sooner = waiting(member)

        response = client.get(url(member.quality))

        assert listed(response) == [sooner, later]
        assert shows(response, f"par {sooner.requested_by}")
        assert shows(response, "10/03/2026 10:12 dans 12 minutes")
        assert shows(response, "attribution")
        assertContains(response, f'href="{reverse("access_mgmt:role_list", args=[member.pk])}"')
        assert shows(response, "Normal : une modification arrive aux applications 20 minutes au plus tard")
        assert shows(response, "Retard Aucun.")

    def test_names_a_person_who_has_left_without_a_link(self, client, manager):
        gone = QualityMemberFactory(quality=manager.quality, ended=True)
        change = RoleChangeFactory(revoking=True, withdraws__member=gone)

        response = client.get(url(manager.quality))

        assert listed(response) == [change]
        assert shows(response, "(n'y est plus)")
        assertNotContains(response, reverse("access_mgmt:role_list", args=[gone.pk]))

    def test_says_how_late_it_is(self, client, member):
        waiting(member, requested_at=AT - 30 * MINUTE, due_at=AT - 4 * MINUTE)

        response = client.get(url(member.quality))

        assert shows(response, "attend depuis 4 min 0 s de plus que prévu")
        assert shows(response, "d'un instant à l'autre")

    @pytest.mark.parametrize(
        ("mode", "sentence", "looks_again"),
        [
            (PropagationMode.IMMEDIATE, "Immédiat : une modification arrive", True),
            (PropagationMode.SLOW, "Lent : une modification met 60 minutes", True),
            (PropagationMode.STUCK, "Bloqué : rien n'arrive aux applications", False),
        ],
    )
    def test_says_what_the_world_is_set_to(self, client, member, mode, sentence, looks_again):
        world = member.person.world
        world.mode = mode
        world.save()
        waiting(member)
        propagation.forget_look()

        response = client.get(url(member.quality))

        assert shows(response, sentence)
        assert shows(response, "la propagation est arrêtée") is not looks_again
        assert ('hx-trigger="every' in response.content.decode()) is looks_again

    def test_is_nothing(self, client, manager):
        response = client.get(url(manager.quality))

        assert shows(response, "Rien n'attend : les applications voient tout ce qui a été demandé.")
        assert shows(response, "il n'y a pas d'attente à montrer")
        assertNotContains(response, "hx-get")
        assertNotContains(response, "http-equiv")
        for chosen, words in (("cote", "Rien n'est mis de côté"), ("arrivees", "Rien n'est arrivé")):
            assert shows(client.get(url(manager.quality), {"liste": chosen}), words)

    def test_is_narrowed_by_name_and_function_and_paged(self, client, manager):
        for _each in range(26):
            waiting(QualityMemberFactory(quality=manager.quality, person__last_name="Zwart"))
        other = waiting(
            QualityMemberFactory(quality=manager.quality, person__sort_name="wit jan"),
            grants__function=Function.OA_ADMIN,
        )
        address = url(manager.quality)

        assert totals(client.get(address)) == {"attente": 27, "cote": 0, "arrivees": 0}
        assert len(listed(client.get(address, {"page": 2}))) == 2
        assert listed(client.get(address, {"nom": "WIT"})) == [other]
        assert listed(client.get(address, {"fonction": Function.OA_ADMIN.value})) == [other]
        assert shows(client.get(address, {"nom": "personne"}), "Rien ne répond à ces critères")

    def test_looking_again_keeps_no_session_alive(self, client, member):
        waiting(member)
        session = client.session
        before = session.get(SEEN_AT)

        response = client.get(url(member.quality), {"liste": "attente"})

        assert client.session.get(SEEN_AT) == before
        assertContains(response, f'hx-get="{url(member.quality)}?liste=attente" hx-trigger="every 30s"')
        assertContains(response, '<noscript><meta http-equiv="refresh" content="30"></noscript>')


class TestWhatIsHeld:
    @pytest.mark.parametrize(
        ("failure", "reason"),
        [
            ('new row violates check constraint "x"', "Elle ne respecte pas une règle"),
            ('violates foreign key constraint "x"', "que la base de données ne connaît plus"),
            ('violates unique constraint "x"', "Elle contredit ce que les applications voient déjà"),
            ("something else", "La base de données ne l'a pas acceptée"),
        ],
    )
    def test_says_why_in_plain_words_and_what_will_happen(self, client, member, failure, reason):
        change = held(member, failure=failure)

        response = client.get(url(member.quality), {"liste": "cote"})

        assert listed(response) == [change]
        assert shows(response, reason)
        assert shows(response, "3 essais manqués. Elle est réessayée d'elle-même dans 2 minutes.")
        assertContains(response, reverse("access_mgmt:contact"))
        assertNotContains(response, failure)

    @pytest.mark.parametrize(
        ("mode", "until", "sentence"),
        [
            (PropagationMode.NORMAL, -MINUTE, "Elle est réessayée d'un instant à l'autre."),
            (PropagationMode.STUCK, MINUTE, "Elle sera réessayée quand la propagation reprendra."),
        ],
    )
    def test_says_when_it_is_tried_again(self, client, member, mode, until, sentence):
        world = member.person.world
        world.mode = mode
        world.save()
        held(member, held_until=AT + until)

        assert shows(client.get(url(member.quality), {"liste": "cote"}), sentence)

    def test_is_told_on_the_first_list_too(self, client, member):
        held(member)

        response = client.get(url(member.quality))

        assert listed(response) == []
        assert totals(response) == {"attente": 0, "cote": 1, "arrivees": 0}
        assert shows(response, "Une modification est mise de côté")
        assertContains(response, "?liste=cote")


class TestWhatHasArrived:
    def test_is_what_came_within_a_day_with_its_wait(self, client, member):
        arrived(member, ago=timedelta(hours=24, seconds=1))
        old = arrived(member, ago=timedelta(hours=23), waited=12 * MINUTE, grants__function=Function.OA_ADMIN)
        new = arrived(member, waited=timedelta(seconds=3), grants__function=Function.GUARDPOST_CIRCLE)

        response = client.get(url(member.quality), {"liste": "arrivees"})

        assert listed(response) == [new, old]
        assert shows(response, "12 min 0 s")
        assert shows(response, "2 sur 2 en 20 minutes au plus")

    def test_is_drawn_against_the_limit_with_a_table_beside_it(self, client, member):
        waits = [1, 20, 21, 59, 90, 60 * 50]
        for place, minutes in enumerate(waits):
            arrived(QualityMemberFactory(quality=member.quality), ago=place * MINUTE, waited=minutes * MINUTE)

        response = client.get(url(member.quality))

        bars = response.context["waits_shown"].bars
        assert [(bar.total, bar.in_time) for bar in bars] == [
            (1, True),
            (0, True),
            (0, True),
            (0, True),
            (1, True),
            (2, False),
            (2, False),
        ]
        assert max(bar.width for bar in bars) == bars[-1].width
        assert shows(response, "2 sur 6 en 20 minutes au plus")
        assert shows(response, "la plus longue attente 2 j 2 h")
        assert shows(response, "de 15 à 20 min 1 dans les 20 minutes")
        assert shows(response, "plus de 60 min 2 au-delà de 20 minutes")
        assertContains(response, "<svg")


class TestWhoSeesWhat:
    @pytest.fixture
    def elsewhere(self, manager):
        """Somebody of another quality of the same enterprise."""
        return QualityMemberFactory(
            quality=QualityFactory(enterprise=manager.quality.enterprise, health_care=True)
        )

    def test_who_administers_the_entity_sees_the_whole_enterprise(self, client, member, elsewhere):
        changes = {waiting(member), waiting(elsewhere)}
        waiting(QualityMemberFactory())
        log_in(client, AccessManagerFactory(enterprise=member.quality.enterprise, dpo=True).person)

        response = client.get(url(member.quality))

        assert set(listed(response)) == changes
        assert shows(response, "Vous voyez toute l'entreprise.")

    def test_a_local_manager_sees_his_quality(self, client, member, elsewhere):
        change = waiting(member)
        waiting(elsewhere)

        response = client.get(url(member.quality))

        assert listed(response) == [change]
        assert shows(response, "Vous voyez les personnes que vous gérez.")

    def test_a_subdivision_manager_sees_his_branch(self, client, member):
        top = SubdivisionFactory(quality=member.quality)
        below = QualityMemberFactory(quality=member.quality, subdivision=SubdivisionFactory(below=top))
        change = waiting(below)
        waiting(member)
        boss = QualityMemberFactory(quality=member.quality, subdivision_manager=True, subdivision=top)
        log_in(client, boss.person)

        response = client.get(url(member.quality))

        assert listed(response) == [change]
        assert totals(response)["attente"] == 1

    def test_a_user_is_led_to_his_own_functions(self, client, member):
        log_in(client, member.person)

        response = client.get(url(member.quality))

        assert response.status_code == 403
        assertContains(response, reverse("access_mgmt:own_roles"), status_code=403)

    def test_pages_of_the_quality_and_the_entity_lead_there(self, client, member):
        log_in(client, AccessManagerFactory(enterprise=member.quality.enterprise).person)
        pages = [
            reverse("access_mgmt:quality_list", args=[member.quality.enterprise.bce_number]),
            *(
                reverse(f"access_mgmt:{name}", args=[member.quality_id])
                for name in ("quality_detail", "role_overview")
            ),
            reverse("access_mgmt:role_list", args=[member.pk]),
        ]

        for page in pages:
            assertContains(client.get(page), f'href="{url(member.quality)}"')


@pytest.mark.parametrize("chosen", ["attente", "cote", "arrivees"])
@pytest.mark.parametrize("many", [1, 20])
def test_costs_the_same_however_many(client, manager, django_assert_max_num_queries, chosen, many):
    make = {"attente": waiting, "cote": held, "arrivees": arrived}[chosen]
    for _each in range(many):
        make(QualityMemberFactory(quality=manager.quality))
        make(QualityMemberFactory(quality=manager.quality, ended=True))
    RoleAssignmentFactory(member__quality=manager.quality)

    with django_assert_max_num_queries(13):
        response = client.get(url(manager.quality), {"liste": chosen})

    assert len(listed(response)) == min(2 * many, 25)
