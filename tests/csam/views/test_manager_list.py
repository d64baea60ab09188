"""Who manages the accesses of an enterprise: my enterprises, the list with its history, the receipt, the removal."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from bhod_portal.core import audit
from csam.enums import DigitalKey, ManagerKind
from csam.models import AccessManager, Employment
from tests.csam.factories import (
    AT,
    PIN,
    AccessManagerFactory,
    EidCardFactory,
    EnterpriseFactory,
    LegalFunctionFactory,
    PersonFactory,
)
from tests.csam.login import log_in
from tests.pages import text_of

MINE = reverse("csam:managed_enterprises")

pytestmark = pytest.mark.usefixtures("stopped_clock")


@pytest.fixture
def gap(client):
    """The GAP of an enterprise, logged in."""
    gap = AccessManagerFactory(
        person__first_name="Luc",
        person__last_name="Moreau",
        activated_at=AT,
        enterprise__name="CMG Haute-Meuse ASBL",
    )
    log_in(client, gap.person)
    return gap


@pytest.fixture
def representative(gap):
    return LegalFunctionFactory(
        enterprise=gap.enterprise, person__first_name="Claire", person__last_name="Lambert"
    ).person


def page(manager, name="manager_list", *arguments):
    return reverse(f"csam:{name}", args=[manager.enterprise.bce_number, *arguments])


class TestMyEnterprises:
    def test_lists_them_with_what_one_is(self, client, gap):
        LegalFunctionFactory(person=gap.person, enterprise=gap.enterprise)
        other = LegalFunctionFactory(person=gap.person, enterprise__name="CMG Autre ASBL").enterprise

        response = client.get(MINE)

        text = text_of(response)
        assert text.index("CMG Autre") < text.index("CMG Haute-Meuse")
        assert "représentant légal, Gestionnaire d'Accès Principal (GAP)" in text
        assertContains(response, f'href="{page(gap)}"')
        assertContains(response, f'href="{reverse("csam:gap_designate", args=[other.bce_number])}"')

    def test_names_an_enterprise_once_whatever_one_manages_there(self, client):
        ga = AccessManagerFactory(of_finance=True)
        AccessManagerFactory(of_domain=True, person=ga.person, enterprise=ga.enterprise, employed=False)
        log_in(client, ga.person)

        [row] = client.get(MINE).context["rows"]
        assert len(row["managed"].capacities) == 1
        assert not row["managed"].represented

    def test_offers_no_registration_of_a_stopped_one(self, client, gap):
        function = LegalFunctionFactory(person=gap.person, enterprise__stopped=True)

        response = client.get(MINE)

        assertContains(response, "Arrêtée à la BCE")
        assertNotContains(response, reverse("csam:gap_designate", args=[function.enterprise.bce_number]))

    def test_says_what_to_do_who_has_none(self, client):
        log_in(client, PersonFactory())

        response = client.get(MINE)

        assertContains(response, "ni représentant légal ni gestionnaire d'accès")
        assertContains(response, f'href="{reverse("csam:whoami")}"')

    def test_costs_the_same_however_many(self, client, gap, max_reads):
        for _ in range(3):
            LegalFunctionFactory(person=gap.person)

        with max_reads(5):
            client.get(MINE)


class TestList:
    def test_shows_who_since_when_by_whom_and_how_to_reach_him(self, client, gap):
        AccessManagerFactory(
            enterprise=gap.enterprise,
            of_finance=True,
            person__first_name="Sarah",
            person__last_name="Maes",
            email="sarah@exemple.invalid",
            phone="+32 470 00 00 09",
            designated_by=gap.person,
        )

        text = text_of(client.get(page(gap)))

        assert "Gestionnaire d'Accès Principal (tous les domaines) Luc Moreau" in text
        assert (
            "Gestionnaire d'Accès (domaine Finances) Sarah Maes sarah@exemple.invalid +32 470 00 00 09 10/03/2026 "
            "Luc Moreau en attente de la première identification" in text
        )
        assert "actif depuis le 10/03/2026" in text

    def test_orders_them_by_weight(self, client, gap):
        for trait in ("dpo", "of_finance", "co_main"):
            AccessManagerFactory(enterprise=gap.enterprise, **{trait: True})

        rows = client.get(page(gap)).context["rows"]
        assert [row.manager.kind for row in rows] == list(ManagerKind)

    def test_keeps_those_who_ended_in_the_history(self, client, gap):
        ended = AccessManagerFactory(enterprise=gap.enterprise, co_main=True, ended=True)

        response = client.get(page(gap))

        assert [row.manager for row in response.context["rows"]] == [gap]
        assert set(response.context["history"]) == {gap, ended}
        assertContains(response, "10/03/2026 10:00")

    def test_offers_what_a_representative_may(self, client, gap, representative):
        co_gap = AccessManagerFactory(enterprise=gap.enterprise, co_main=True)
        log_in(client, representative)

        response = client.get(page(gap))

        for url in (
            page(gap, "gap_replace"),
            page(gap, "manager_remove", co_gap.pk),
            *(page(gap, "manager_name", kind) for kind in ("co-gap", "ga", "dpo")),
        ):
            assertContains(response, f'href="{url}"')
        assert response.context["others_may"] == []

    def test_says_who_may_what_one_may_not(self, client, gap, representative):
        response = client.get(page(gap))

        assertNotContains(response, f'href="{page(gap, "gap_replace")}"')
        assert response.context["others_may"] == [
            ("Remplacer le GAP", "représentant légal : Claire Lambert"),
        ]

    def test_says_when_nobody_may(self, client, gap):
        assertContains(client.get(page(gap)), "Personne à présent")

    @pytest.mark.parametrize("trait", ["of_finance", "dpo"])
    def test_offers_nothing_but_the_end_of_ones_own_to_ga_and_dpo(self, client, gap, trait):
        manager = AccessManagerFactory(enterprise=gap.enterprise, **{trait: True})
        other = AccessManagerFactory(enterprise=gap.enterprise, co_main=True)
        log_in(client, manager.person)

        response = client.get(page(gap))

        assert response.context["name_links"] == []
        assert len(response.context["others_may"]) == len(ManagerKind)
        assertContains(response, f'href="{page(gap, "manager_remove", manager.pk)}"')
        assertNotContains(response, page(gap, "manager_remove", other.pk))

    def test_leads_to_the_registration_of_one_that_is_not_registered(self, client):
        function = LegalFunctionFactory()
        log_in(client, function.person)

        assertRedirects(client.get(page(function)), page(function, "gap_designate"))

    def test_an_enterprise_without_gap_says_so(self, client, gap, representative):
        AccessManager.objects.update(ended_at=AT, ended_by=representative)
        log_in(client, representative)

        assertContains(client.get(page(gap)), "n'a pas de gestionnaire d'accès à présent")

    def test_flags_a_gap_who_has_left(self, client, gap):
        Employment.objects.update(valid_until=date(2026, 3, 9))
        AccessManager.objects.update(designated_at=AT - timedelta(days=100))

        assertContains(client.get(page(gap)), "garde ses accès jusqu'au 08/04/2026 inclus")

    def test_still_shows_it_to_a_gap_who_left_long_ago(self, client, gap):
        Employment.objects.update(valid_until=date(2026, 1, 9))
        AccessManager.objects.update(designated_at=AT - timedelta(days=100))

        response = client.get(page(gap))

        assertContains(response, "Ses accès ont pris fin le 08/02/2026")
        assert response.context["name_links"] == []

    def test_costs_the_same_however_many(self, client, gap, max_reads):
        for _ in range(4):
            AccessManagerFactory(enterprise=gap.enterprise, co_main=True)

        with max_reads(10):
            client.get(page(gap))

    def test_tells_a_stranger_nothing(self, client, gap, representative):
        log_in(client, PersonFactory())

        response = client.get(page(gap))

        assertContains(response, "réservée", status_code=403)
        assertNotContains(response, "Lambert", status_code=403)


class TestRemove:
    @pytest.fixture
    def co_gap(self, gap):
        return AccessManagerFactory(
            enterprise=gap.enterprise, co_main=True, person__first_name="Bruno", person__last_name="Leroy"
        )

    def test_asks_once_more(self, client, gap, co_gap):
        response = client.get(page(gap, "manager_remove", co_gap.pk))

        assertContains(response, "Bruno Leroy")
        co_gap.refresh_from_db()
        assert co_gap.ended_at is None

    def test_removes_and_says_so(self, client, gap, co_gap):
        response = client.post(page(gap, "manager_remove", co_gap.pk), follow=True)

        assertRedirects(response, page(gap))
        assert "Bruno Leroy n'est plus co-Gestionnaire d'Accès Principal" in text_of(response)
        co_gap.refresh_from_db()
        assert (co_gap.ended_at, co_gap.ended_by) == (AT, gap.person)

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_a_second_click_says_that_it_is_done(self, client, gap, co_gap, method):
        client.post(page(gap, "manager_remove", co_gap.pk))

        response = getattr(client, method)(page(gap, "manager_remove", co_gap.pk), follow=True)

        assertContains(response, "a déjà pris fin")

    def test_whoever_ends_his_own_lands_at_his_enterprises(self, client, gap, co_gap):
        log_in(client, co_gap.person)

        assertContains(client.get(page(gap, "manager_remove", co_gap.pk)), "Mettre fin à ma désignation")
        assertRedirects(client.post(page(gap, "manager_remove", co_gap.pk)), MINE)

    def test_the_gap_is_only_replaced(self, client, gap):
        for method in (client.get, client.post):
            response = method(page(gap, "manager_remove", gap.pk))
            assertContains(response, "un représentant légal le remplace", status_code=403)

    def test_says_who_may(self, client, gap, co_gap):
        ga = AccessManagerFactory(enterprise=gap.enterprise, of_finance=True)
        log_in(client, ga.person)

        response = client.post(page(gap, "manager_remove", co_gap.pk))

        assertContains(response, "Luc Moreau", status_code=403)

    def test_knows_no_manager_of_another_enterprise(self, client, gap):
        other = AccessManagerFactory(co_main=True)

        assert client.get(page(gap, "manager_remove", other.pk)).status_code == 404

    def test_asks_for_the_key_again_after_a_quarter_of_an_hour(self, client, gap, co_gap):
        with time_machine.travel(AT + timedelta(minutes=15), tick=False):
            response = client.post(page(gap, "manager_remove", co_gap.pk))

        assert response["Location"].startswith(reverse("csam:identification"))
        co_gap.refresh_from_db()
        assert co_gap.ended_at is None


class TestReceipt:
    @pytest.fixture
    def ga(self, gap):
        ga = AccessManagerFactory(enterprise=gap.enterprise, of_finance=True, designated_by=gap.person)
        world = gap.enterprise.world
        audit.record("csam.manager.named", gap.enterprise, world=world, by=gap.person, at=AT, manager=ga.pk)
        return ga

    @pytest.fixture
    def printed(self, monkeypatch):
        """What the receipt says, as it goes to the printer."""
        data = {}

        def keep(template, given, *, at):
            data.update(given, at=at)
            return b"%PDF-"

        monkeypatch.setattr("csam.views.managers.pdf.render", keep)
        return data

    def test_is_a_document_to_keep(self, client, gap, ga):
        response = client.get(page(gap, "designation_receipt", ga.pk))

        assert response["Content-Type"] == "application/pdf"
        name = f"designation-{gap.enterprise.bce_number}-{ga.pk}.pdf"
        assert response["Content-Disposition"] == f'attachment; filename="{name}"'
        assert response.content.startswith(b"%PDF-")

    def test_is_there_long_after_the_designation(self, client, gap, ga):
        assertContains(client.get(page(gap)), f'href="{page(gap, "designation_receipt", ga.pk)}"')

    def test_says_who_by_whom_when_and_its_reference(self, client, gap, ga, printed):
        client.get(page(gap, "designation_receipt", ga.pk))

        rows = dict(printed["rows"])
        assert rows["Entreprise"] == "CMG Haute-Meuse ASBL"
        assert rows["Personne désignée"] == str(ga.person)
        assert rows["Désignée par"] == "Luc Moreau"
        assert rows["Le"] == "10/03/2026 à 10:00 (heure de Bruxelles)"
        assert rows["Référence"].startswith("CSAM-")
        assert printed["mark"] == "SIMULATEUR — aucune donnée réelle"
        assert (ga.person.niss in str(printed)) is False

    def test_has_no_reference_for_what_the_world_came_with(self, client, gap, printed):
        client.get(page(gap, "designation_receipt", gap.pk))

        assert dict(printed["rows"])["Référence"] == "–"

    def test_is_not_for_strangers(self, client, gap, ga):
        log_in(client, PersonFactory())

        assert client.get(page(gap, "designation_receipt", ga.pk)).status_code == 403


def test_the_first_login_activates(client, gap):
    """Whatever the key: here the card."""
    manager = AccessManagerFactory(enterprise=gap.enterprise, co_main=True)
    EidCardFactory(person=manager.person)
    client.logout()

    client.post(reverse("csam:eid_login"), {"card": manager.person.public_id, "pin": PIN})

    manager.refresh_from_db()
    assert manager.activated_at == AT


@pytest.mark.parametrize("name", ["manager_list", "gap_replace", "gap_replace_check"])
def test_knows_no_enterprise_of_another_world(client, gap, name):
    stranger = EnterpriseFactory(world__code="ailleurs")

    assert client.get(reverse(f"csam:{name}", args=[stranger.bce_number])).status_code == 404


def test_a_weak_key_does_not_do(client, gap):
    log_in(client, gap.person, key=DigitalKey.PASSWORD)

    assert client.get(MINE)["Location"].startswith(reverse("csam:level_too_weak"))


def test_an_unregistered_enterprise_is_nothing_to_a_stranger(client, gap):
    enterprise = EnterpriseFactory()

    assert client.get(reverse("csam:manager_list", args=[enterprise.bce_number])).status_code == 403
