"""Naming a co-GAP, GA or DPO, and replacing the GAP: the form, the page to check it, the confirmation."""

from datetime import timedelta
from urllib.parse import unquote

import pytest
import time_machine
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from bhod_portal.core.models import Draft, Message
from csam.enums import AccessDomain, ManagerKind
from csam.models import AccessManager, Enterprise
from tests.csam.factories import (
    AT,
    AccessManagerFactory,
    EmploymentFactory,
    LegalFunctionFactory,
    PersonFactory,
)
from tests.csam.login import log_in
from tests.pages import errors, text_of

OWN = {"who": "self", "own_email": "luc@exemple.invalid", "own_phone": "+32 470 00 00 01"}
CONFIRMED = {"confirmed": "on"}
STALE = AT + timedelta(minutes=15)

pytestmark = pytest.mark.usefixtures("stopped_clock")


@pytest.fixture
def gap(client):
    """The GAP of an enterprise, who also represents it, logged in."""
    gap = AccessManagerFactory(person__first_name="Luc", person__last_name="Moreau")
    LegalFunctionFactory(person=gap.person, enterprise=gap.enterprise)
    log_in(client, gap.person)
    return gap


@pytest.fixture
def worker(gap):
    return EmploymentFactory(
        enterprise=gap.enterprise, person__first_name="Tom", person__last_name="Peeters"
    ).person


def page(gap, name="manager_name", *arguments):
    return reverse(f"csam:{name}", args=[gap.enterprise.bce_number, *arguments])


def other(person, **more):
    contact = {"niss": person.niss, "other_email": "tom@exemple.invalid", "other_phone": "0470/00.00.03"}
    return OWN | {"who": "other"} | contact | more


class TestForm:
    @pytest.mark.parametrize(
        ("slug", "kind"),
        [("co-gap", ManagerKind.CO_MAIN), ("ga", ManagerKind.DOMAIN), ("dpo", ManagerKind.DPO)],
    )
    def test_shows_what_one_names(self, client, gap, slug, kind):
        response = client.get(page(gap, "manager_name", slug))

        assert f"Nommer : {kind.label}" in text_of(response)
        assert ("domain" in response.context["form"].fields) is (kind == ManagerKind.DOMAIN)
        assertContains(response, "Moi-même, Luc Moreau")

    def test_offers_the_domains(self, client, gap):
        response = client.get(page(gap, "manager_name", "ga"))

        for domain in AccessDomain:
            assertContains(response, f'<option value="{domain.value}">{domain.label}</option>', html=True)

    def test_needs_a_domain(self, client, gap, worker):
        response = client.post(page(gap, "manager_name", "ga"), other(worker))

        assert errors(response) == {"domain": ["required"]}

    @pytest.mark.parametrize(
        ("who", "code"), [("self", "gap_is_all"), ("stranger", "gap_not_linked"), ("nobody", "gap_unknown")]
    )
    def test_refuses_with_a_way_out(self, client, gap, who, code):
        stranger = PersonFactory(first_name="Yves", last_name="Simon", stranger=who == "nobody")
        answers = OWN if who == "self" else other(stranger)

        response = client.post(page(gap, "manager_name", "co-gap"), answers)

        [found] = errors(response).values()
        assert found == [code]
        assertContains(response, f'href="{page(gap, "manager_list")}"')
        assertNotContains(response, "Simon")

    def test_refuses_the_same_twice(self, client, gap, worker):
        AccessManagerFactory(enterprise=gap.enterprise, person=worker, co_main=True)

        response = client.post(page(gap, "manager_name", "co-gap"), other(worker))

        assert errors(response) == {"__all__": ["already_named"]}

    def test_shows_again_what_was_typed(self, client, gap, worker):
        client.post(page(gap, "manager_name", "ga"), other(worker, domain="MOBILITY"))

        response = client.get(page(gap, "manager_name", "ga"))

        form = response.context["form"]
        assert (form["domain"].value(), form["other_email"].value()) == ("MOBILITY", "tom@exemple.invalid")
        assertContains(response, f'value="{worker.niss[:2]}.')

    def test_keeps_each_kind_apart(self, client, gap, worker):
        client.post(page(gap, "manager_name", "ga"), other(worker, domain="MOBILITY"))

        assertNotContains(client.get(page(gap, "manager_name", "dpo")), "tom@exemple.invalid")

    def test_knows_no_other_kind(self, client, gap):
        for slug in ("gap", "GA", "roi"):
            assert client.get(page(gap, "manager_name", slug)).status_code == 404

    def test_refuses_in_an_enterprise_that_is_not_registered(self, client, gap):
        Enterprise.objects.update(registered_at=None, registered_by=None)

        response = client.post(page(gap, "manager_name", "dpo"), OWN)

        assert errors(response) == {"__all__": ["not_registered"]}
        assertContains(response, f'href="{reverse("csam:enterprise_register")}"')


class TestIdentifyingAgain:
    """After fifteen minutes the key is asked for again, and nothing of what was typed is lost."""

    def test_what_was_typed_waits(self, client, gap, worker):
        typed = other(worker, domain="MOBILITY", own_phone="mal écrit")
        with time_machine.travel(STALE, tick=False):
            response = client.post(page(gap, "manager_name", "ga"), typed)

            here = page(gap, "manager_name", "ga")
            assert unquote(response["Location"]) == f"{reverse('csam:identification')}?next={here}"
            log_in(client, gap.person)
            form = client.get(here).context["form"]

        assert form["own_phone"].value() == "mal écrit"
        assert form["domain"].value() == "MOBILITY"

    def test_what_was_not_checked_is_not_confirmed(self, client, gap, worker):
        with time_machine.travel(STALE, tick=False):
            client.post(page(gap, "manager_name", "dpo"), other(worker))
            log_in(client, gap.person)
            response = client.post(page(gap, "manager_name_check", "dpo"), CONFIRMED)

        assertRedirects(response, page(gap, "manager_name", "dpo"), fetch_redirect_response=False)

    def test_a_malformed_number_waits_too(self, client, gap, worker):
        with time_machine.travel(STALE, tick=False):
            client.post(page(gap, "manager_name", "dpo"), other(worker, niss="12"))
            log_in(client, gap.person)
            form = client.get(page(gap, "manager_name", "dpo")).context["form"]

        assert form["niss"].value() == "12"

    @pytest.mark.parametrize("name", ["manager_name", "manager_name_check"])
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_is_asked_on_each_page_of_the_act(self, client, gap, worker, name, method):
        client.post(page(gap, "manager_name", "dpo"), other(worker))

        with time_machine.travel(STALE, tick=False):
            response = getattr(client, method)(page(gap, name, "dpo"), other(worker) | CONFIRMED)

        assert response["Location"].startswith(reverse("csam:identification"))
        assert not AccessManager.objects.filter(kind=ManagerKind.DPO).exists()

    @pytest.mark.parametrize("name", ["gap_designate", "gap_designate_check"])
    def test_is_asked_for_the_first_designation_too(self, client, name):
        function = LegalFunctionFactory()
        log_in(client, function.person)
        client.post(page(function, "gap_designate"), OWN)

        with time_machine.travel(STALE, tick=False):
            response = client.post(page(function, name), OWN | CONFIRMED)

        assert response["Location"].startswith(reverse("csam:identification"))
        assert not AccessManager.objects.exists()


class TestCheck:
    @pytest.fixture
    def check(self, client, gap, worker):
        """Tom Peeters is about to be named GA of mobility."""
        client.post(page(gap, "manager_name", "ga"), other(worker, domain="MOBILITY"))
        return page(gap, "manager_name_check", "ga")

    def test_shows_all_of_it(self, client, check):
        text = text_of(client.get(check))

        for shown in (
            "Tom Peeters",
            "Mobilité",
            "tom@exemple.invalid",
            "0470/00.00.03",
            "luc@exemple.invalid",
        ):
            assert shown in text

    def test_needs_the_box(self, client, check):
        assert errors(client.post(check)) == {"confirmed": ["required"]}

    def test_names_and_confirms(self, client, gap, worker, check):
        response = client.post(check, CONFIRMED, follow=True)

        manager = AccessManager.objects.get(kind=ManagerKind.DOMAIN)
        assertRedirects(response, page(gap, "manager_name_done", manager.pk))
        assert (manager.person, manager.domain, manager.designated_by) == (worker, "MOBILITY", gap.person)
        assert "Tom Peeters est Gestionnaire d'Accès (domaine Mobilité)" in text_of(response)
        assertContains(response, f'href="{page(gap, "designation_receipt", manager.pk)}"')

    def test_a_second_click_lands_on_the_confirmation(self, client, gap, check):
        first = client.post(check, CONFIRMED)

        for response in (client.post(check, CONFIRMED), client.get(check)):
            assertRedirects(response, first["Location"])
        assert AccessManager.objects.filter(kind=ManagerKind.DOMAIN).count() == 1
        assert Message.objects.count() == 2

    def test_a_click_that_comes_second_by_a_hair_lands_there_too(self, client, gap, worker, check):
        manager = AccessManagerFactory(
            enterprise=gap.enterprise, person=worker, kind=ManagerKind.DOMAIN, domain="MOBILITY"
        )

        assertRedirects(client.post(check, CONFIRMED), page(gap, "manager_name_done", manager.pk))

    def test_keeps_nothing_of_what_was_typed(self, client, gap, check):
        client.post(check, CONFIRMED)

        assert Draft.objects.get().data == {"done": AccessManager.objects.get(kind=ManagerKind.DOMAIN).pk}
        assertNotContains(client.get(page(gap, "manager_name", "ga")), "tom@exemple.invalid")

    def test_a_new_one_may_be_named_after_that(self, client, gap, worker, check):
        client.post(check, CONFIRMED)
        client.post(page(gap, "manager_name", "ga"), other(worker, domain="JUSTICE"))
        client.post(check, CONFIRMED)

        assert AccessManager.objects.filter(kind=ManagerKind.DOMAIN).count() == 2

    def test_refuses_who_has_left_meanwhile(self, client, gap, worker, check):
        worker.employments.update(valid_until="2026-03-09")

        response = client.post(check, CONFIRMED)

        assert errors(response) == {"__all__": ["gap_not_linked"]}
        assert response.context["ways_out"]

    def test_needs_what_is_typed_first(self, client, gap):
        response = client.get(page(gap, "manager_name_check", "dpo"))

        assertRedirects(response, page(gap, "manager_name", "dpo"))

    def test_two_managers_at_once_name_two(self, client, gap, worker, check):
        """Each has a draft of his own."""
        co_gap = AccessManagerFactory(enterprise=gap.enterprise, co_main=True)
        log_in(client, co_gap.person)
        client.post(page(gap, "manager_name", "ga"), other(worker, domain="JUSTICE"))
        client.post(check, CONFIRMED)
        log_in(client, gap.person)
        client.post(check, CONFIRMED)

        named = AccessManager.objects.filter(kind=ManagerKind.DOMAIN)
        assert {each.domain: each.designated_by for each in named} == {
            "JUSTICE": co_gap.person,
            "MOBILITY": gap.person,
        }


class TestDone:
    def test_says_it_to_who_named_himself(self, client, gap):
        response = client.get(page(gap, "manager_name_done", gap.pk))

        assert "Vous êtes Gestionnaire d'Accès Principal" in text_of(response)

    def test_says_when_it_is_over(self, client, gap):
        ended = AccessManagerFactory(enterprise=gap.enterprise, co_main=True, ended=True)

        assertContains(client.get(page(gap, "manager_name_done", ended.pk)), "Elle a pris fin le 10/03/2026")


class TestReplaceGap:
    def test_says_who_is_replaced(self, client, gap):
        assertContains(client.get(page(gap, "gap_replace")), "<strong>Luc Moreau</strong>")

    def test_has_no_one_to_name_without_a_gap(self, client, gap, worker):
        AccessManager.objects.update(ended_at=AT, ended_by=gap.person)

        assertNotContains(client.get(page(gap, "gap_replace")), "Le GAP actuel")
        client.post(page(gap, "gap_replace"), other(worker))
        client.get(page(gap, "gap_replace_check"))
        client.post(page(gap, "gap_replace_check"), CONFIRMED)
        assert AccessManager.objects.active().get().person == worker

    def test_replaces_after_a_check(self, client, gap, worker):
        client.post(page(gap, "gap_replace"), other(worker))
        check = client.get(page(gap, "gap_replace_check"))

        assert "Luc Moreau perd aussitôt tous les droits de GAP" in text_of(check)
        response = client.post(page(gap, "gap_replace_check"), CONFIRMED)

        new = AccessManager.objects.active().get(kind=ManagerKind.MAIN)
        assertRedirects(response, page(gap, "manager_name_done", new.pk))
        assert new.person == worker

    def test_refuses_the_one_in_office(self, client, gap):
        response = client.post(page(gap, "gap_replace"), OWN)

        assert errors(response) == {"__all__": ["already_named"]}

    def test_tells_when_someone_else_came_first(self, client, gap, worker):
        client.post(page(gap, "gap_replace"), other(worker))
        AccessManager.objects.update(ended_at=AT, ended_by=gap.person)
        AccessManagerFactory(enterprise=gap.enterprise)

        response = client.post(page(gap, "gap_replace_check"), CONFIRMED)

        assert errors(response) == {"__all__": ["gap_changed"]}
        assertContains(response, f'href="{page(gap, "manager_list")}"')

    def test_a_click_that_comes_second_by_a_hair_lands_on_the_confirmation(self, client, gap, worker):
        client.post(page(gap, "gap_replace"), other(worker))
        AccessManager.objects.update(ended_at=AT, ended_by=gap.person)
        new = AccessManagerFactory(enterprise=gap.enterprise, person=worker, designated_by=gap.person)

        response = client.post(page(gap, "gap_replace_check"), CONFIRMED)

        assertRedirects(response, page(gap, "manager_name_done", new.pk))

    def test_the_gap_alone_may_not(self, client, gap, worker):
        gap.person.legal_functions.update(valid_until="2026-03-09")
        LegalFunctionFactory(
            enterprise=gap.enterprise, person__first_name="Claire", person__last_name="Lambert"
        )

        response = client.post(page(gap, "gap_replace"), other(worker))

        assertContains(response, "Claire Lambert", status_code=403)
