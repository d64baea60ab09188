"""The pages from « Suivant » to the confirmation (manual, steps 5 to 9)."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from bhod_portal.core import drafts
from bhod_portal.core.models import Draft, Message
from csam.models import AccessManager, Enterprise
from tests.csam.factories import (
    AT,
    AccessManagerFactory,
    EmploymentFactory,
    LegalFunctionFactory,
    PersonFactory,
)
from tests.csam.login import log_in
from tests.pages import errors

OWN = {"who": "self", "own_email": "claire@exemple.invalid", "own_phone": "+32 470 00 00 01"}
# Of 300 characters, and yet well-formed.
LONG_EMAIL = "claire@" + ".".join(["d" * 57] * 5) + ".be"

pytestmark = pytest.mark.usefixtures("stopped_clock")


@pytest.fixture
def function(client):
    """The legal function of Claire Lambert, who is logged in, at an enterprise to register."""
    function = LegalFunctionFactory(person__first_name="Claire", person__last_name="Lambert")
    log_in(client, function.person)
    return function


@pytest.fixture
def worker(function):
    return EmploymentFactory(
        enterprise=function.enterprise, person__first_name="Tom", person__last_name="Peeters"
    ).person


def step(function, name="gap_designate"):
    return reverse(f"csam:{name}", args=[function.enterprise.bce_number])


def other(person):
    niss = f"{person.niss[:6]}-{person.niss[6:9]}.{person.niss[9:]}"
    return OWN | {
        "who": "other",
        "niss": niss,
        "other_email": "tom@exemple.invalid",
        "other_phone": "0470/00.00.03",
    }


class TestStepOne:
    def test_shows_the_enterprise_and_ones_own_contact(self, client, function):
        response = client.get(step(function))

        assertContains(response, function.enterprise.name)
        assertContains(response, "Moi-même, Claire Lambert")
        assertContains(response, "Vos données de contact")
        assertContains(response, f'value="{function.person.email}"')

    def test_takes_oneself(self, client, function):
        assertRedirects(client.post(step(function), OWN), step(function, "gap_designate_check"))

    def test_takes_a_worker(self, client, function, worker):
        response = client.post(step(function), other(worker))

        assertRedirects(response, step(function, "gap_designate_check"))
        assert worker.niss not in response["Location"]

    def test_asks_about_the_other_only_when_there_is_one(self, client, function):
        response = client.post(step(function), OWN | {"who": "other"})

        assert errors(response) == {name: ["required"] for name in ("niss", "other_email", "other_phone")}
        assert Draft.objects.count() == 0

    def test_minds_nothing_about_the_other_when_it_is_oneself(self, client, function):
        response = client.post(step(function), OWN | {"niss": "12", "other_email": "x", "other_phone": "y"})

        assertRedirects(response, step(function, "gap_designate_check"))

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            pytest.param({"who": ""}, {"who": ["required"]}, id="no choice"),
            pytest.param({"who": "someone"}, {"who": ["invalid_choice"]}, id="no such choice"),
            pytest.param({"own_email": "claire"}, {"own_email": ["invalid"]}, id="e-mail"),
            pytest.param({"own_email": LONG_EMAIL}, {"own_email": ["max_length"]}, id="e-mail too long"),
            pytest.param({"own_phone": "appelez-moi"}, {"own_phone": ["malformed"]}, id="phone"),
            pytest.param({"own_phone": "12 34"}, {"own_phone": ["malformed"]}, id="phone too short"),
            pytest.param({"own_phone": ""}, {"own_phone": ["required"]}, id="no phone"),
        ],
    )
    def test_refuses_and_keeps_what_was_typed(self, client, function, changes, expected):
        response = client.post(step(function), OWN | changes)

        assert errors(response) == expected
        for typed in changes.values():
            assert not typed or typed == "someone" or f'value="{typed}"' in response.text

    def test_reports_a_malformed_niss_once(self, client, function, worker):
        response = client.post(step(function), other(worker) | {"niss": "123"})

        assert errors(response) == {"niss": ["malformed"]}
        assert response.context["ways_out"] == []

    def test_refuses_who_is_not_linked_without_a_name(self, client, function):
        stranger = PersonFactory(first_name="Yves", last_name="Simon")

        response = client.post(step(function), other(stranger))

        assert errors(response) == {"niss": ["gap_not_linked"]}
        assert response.context["ways_out"]
        assertNotContains(response, "Simon")

    def test_knows_nobody_of_another_world(self, client, function):
        stranger = PersonFactory(stranger=True)

        assert errors(client.post(step(function), other(stranger))) == {"niss": ["gap_unknown"]}

    def test_shows_again_what_was_typed(self, client, function, worker):
        client.post(step(function), other(worker))

        response = client.get(step(function))

        niss = worker.niss
        assertContains(response, f"{niss[:2]}.{niss[2:4]}.{niss[4:6]}-{niss[6:9]}.{niss[9:]}")
        assertContains(response, "tom@exemple.invalid")
        assertContains(response, "claire@exemple.invalid")
        assert response.context["form"]["who"].value() == "other"

    def test_forgets_nothing_for_who_changes_his_mind(self, client, function, worker):
        client.post(step(function), other(worker))
        client.post(step(function), OWN)

        assertContains(client.get(step(function)), "tom@exemple.invalid")

    def test_keeps_the_niss_out_of_the_session(self, client, function, worker):
        client.post(step(function), other(worker))

        assert worker.niss not in str(dict(client.session))


class TestCheck:
    def test_shows_what_was_typed(self, client, function, worker):
        client.post(step(function), other(worker))

        response = client.get(step(function, "gap_designate_check"))

        for text in ("Tom Peeters", "tom@exemple.invalid", "claire@exemple.invalid", "oui, je confirme"):
            assertContains(response, text)
        assertContains(response, f'href="{step(function)}"')

    def test_shows_oneself_once(self, client, function):
        client.post(step(function), OWN)

        assertNotContains(client.get(step(function, "gap_designate_check")), function.person.niss[:2] + ".")

    def test_sends_back_who_has_typed_nothing(self, client, function):
        assertRedirects(client.get(step(function, "gap_designate_check")), step(function))

    def test_needs_the_box(self, client, function):
        client.post(step(function), OWN)

        response = client.post(step(function, "gap_designate_check"), {})

        assert errors(response) == {"confirmed": ["required"]}
        assert not AccessManager.objects.exists()

    @pytest.mark.parametrize("chosen", ["self", "other"])
    def test_registers(self, client, function, worker, chosen):
        client.post(step(function), OWN if chosen == "self" else other(worker))

        response = client.post(step(function, "gap_designate_check"), {"confirmed": "on"})

        assertRedirects(response, step(function, "gap_designate_done"))
        manager = AccessManager.objects.get()
        named = (manager.person, manager.email)
        if chosen == "self":
            assert named == (function.person, "claire@exemple.invalid")
        else:
            assert named == (worker, "tom@exemple.invalid")
        assert manager.designated_at == AT
        assert Draft.objects.get().data == {"done": manager.pk}

    def test_oneself_is_reached_by_ones_own_contact_whatever_else_was_typed(self, client, function, worker):
        client.post(step(function), other(worker))
        client.post(step(function), OWN)
        client.post(step(function, "gap_designate_check"), {"confirmed": "on"})

        assert AccessManager.objects.get().email == "claire@exemple.invalid"
        assert Message.objects.count() == 1

    def test_a_second_click_lands_on_the_confirmation(self, client, function):
        client.post(step(function), OWN)
        for _ in range(2):
            response = client.post(step(function, "gap_designate_check"), {"confirmed": "on"})
            assertRedirects(response, step(function, "gap_designate_done"))

        assert AccessManager.objects.count() == Message.objects.count() == 1

    def test_a_click_that_comes_second_by_a_hair_lands_there_too(self, client, function):
        client.post(step(function), OWN)
        AccessManagerFactory(person=function.person, enterprise=function.enterprise)

        response = client.post(step(function, "gap_designate_check"), {"confirmed": "on"})

        assert response["Location"] == step(function, "gap_designate_done")
        assert AccessManager.objects.count() == 1

    def test_refuses_a_gap_who_has_left_meanwhile(self, client, function, worker):
        client.post(step(function), other(worker))
        worker.employments.update(valid_until="2026-03-09")

        response = client.post(step(function, "gap_designate_check"), {"confirmed": "on"})

        assert errors(response) == {"__all__": ["gap_not_linked"]}
        assert response.context["ways_out"]

    def test_waits_for_another_day(self, client, function):
        client.post(step(function), OWN)
        client.logout()
        log_in(client, function.person)

        assertContains(client.get(step(function, "gap_designate_check")), "claire@exemple.invalid")

    def test_shows_no_draft_of_someone_else(self, client, function):
        drafts.save(
            person=PersonFactory(),
            flow="gap",
            subject=function.enterprise.bce_number,
            **OWN | {"own_email": "autre@exemple.invalid"},
        )

        assertNotContains(client.get(step(function)), "autre@exemple.invalid")


class TestDone:
    def test_names_the_next_step(self, client, function):
        AccessManagerFactory(person=function.person, enterprise=function.enterprise)
        Enterprise.objects.update(registered_at=AT, registered_by=function.person)

        response = client.get(step(function, "gap_designate_done"))

        assertContains(response, "Vous êtes le Gestionnaire d'Accès Principal")
        assertContains(response, f'href="{reverse("access_mgmt:landing")}"')

    def test_says_who_else_goes_on(self, client, function, worker):
        AccessManagerFactory(person=worker, enterprise=function.enterprise)
        Enterprise.objects.update(registered_at=AT, registered_by=function.person)

        assertContains(
            client.get(step(function, "gap_designate_done")), "Tom Peeters est Gestionnaire d'Accès Principal"
        )

    def test_says_when_there_is_no_gap_any_longer(self, client, function):
        Enterprise.objects.update(registered_at=AT, registered_by=function.person)

        assertContains(client.get(step(function, "gap_designate_done")), "pas de Gestionnaire d'Accès")

    def test_sends_back_who_has_confirmed_nothing(self, client, function):
        assertRedirects(client.get(step(function, "gap_designate_done")), step(function))


@pytest.mark.parametrize("name", ["gap_designate", "gap_designate_check", "gap_designate_done"])
class TestWhoMay:
    @pytest.mark.parametrize("changes", [{"over": True}, {"to_come": True}])
    def test_refuses_who_represents_the_enterprise_not_or_no_longer(self, client, name, changes):
        function = LegalFunctionFactory(**changes)
        log_in(client, function.person)

        response = client.get(step(function, name))

        assertContains(response, "fonction légale", status_code=403)

    def test_refuses_a_mere_worker(self, client, function, worker, name):
        log_in(client, worker)

        assert client.get(step(function, name)).status_code == 403
        assert client.post(step(function, name), OWN).status_code == 403

    def test_knows_no_enterprise_of_another_world(self, client, function, name):
        stranger = LegalFunctionFactory(person__stranger=True)

        assert client.get(step(stranger, name)).status_code == 404

    def test_asks_who_one_is(self, client, function, name):
        client.logout()

        response = client.get(step(function, name))

        assert response["Location"] == f"{reverse('csam:identification')}?next={step(function, name)}"


@pytest.mark.parametrize("name", ["gap_designate", "gap_designate_check"])
def test_a_stopped_enterprise_goes_no_further(client, name):
    function = LegalFunctionFactory(enterprise__stopped=True)
    log_in(client, function.person)

    assertContains(client.get(step(function, name)), "arrêtée", status_code=403)


@pytest.mark.parametrize("name", ["gap_designate", "gap_designate_check"])
def test_a_registered_enterprise_leads_to_the_end(client, name):
    function = LegalFunctionFactory(enterprise__registered=True)
    log_in(client, function.person)

    assertRedirects(client.get(step(function, name)), step(function, "gap_designate_done"))
