import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from csam.models import EidCard, sort_name
from tests.csam.factories import (
    AT,
    EidasIdentityFactory,
    EidCardFactory,
    ItsmeAccountFactory,
    LegalFunctionFactory,
    PersonFactory,
    WorldFactory,
)
from tests.pages import shows, text_of
from tests.training.factories import enrol_app, give_token
from training.enums import PersonaState

LUC = "65062199375"


@pytest.fixture(autouse=True)
def world():
    return WorldFactory(frozen_at=AT)


def page(person):
    return reverse("training:persona_detail", args=[person.public_id])


def put(client, person, state, **data):
    address = reverse("training:persona_fault", args=[person.public_id])
    return client.post(address, {"state": state} | data, follow=True)


def current(response):
    """The states that the page marks as the present ones."""
    return {
        choice.label for group in response.context["groups"] for choice in group.choices if choice.is_current
    }


class TestWho:
    def test_says_who_it_is_and_where_to_begin(self, client):
        luc = PersonFactory(niss=LUC, username="lucmoreau", first_name="Luc", last_name="Moreau")

        response = client.get(page(luc))

        assertContains(response, "Luc Moreau")
        assertContains(response, "65.06.21-993.75")
        assert shows(response, "Médecin généraliste, représentant légal et Gestionnaire d'Accès Principal")
        assertContains(response, f'href="{reverse("access_mgmt:landing")}"')
        for name in ("training:mailbox", "training:phone"):
            assertContains(response, reverse(name, args=[luc.public_id]))

    def test_knows_who_got_his_number_later(self, client):
        anna = PersonFactory(sort_name=sort_name("Anna", "Kowalska"))

        assert shows(client.get(page(anna)), "Citoyenne polonaise")

    def test_knows_the_staff(self, client):
        agent = PersonFactory(niss="", username="helpdesk", sort_name="agent helpdesk")

        assert shows(client.get(page(agent)), "Centre de contact")

    def test_shows_whom_the_trainees_added_too(self, client):
        person = PersonFactory()

        response = client.get(page(person))

        assertContains(response, str(person))
        assert response.context["part"].who == ""

    def test_shows_a_european_identity(self, client):
        identity = EidasIdentityFactory()

        assertContains(client.get(page(identity.person)), f"Italie, {identity.identifier}")

    def test_shows_the_paper_token_with_its_used_codes(self, client):
        person = PersonFactory(with_codes=True)
        token = give_token(person)
        codes = token.get_unused_codes()
        token.validate_code(codes[0])

        response = client.get(page(person))

        assertContains(response, f"<del><code>{codes[0]}</code></del>", html=True)
        assertContains(response, f"<code>{codes[23]}</code>", html=True)
        assertNotContains(response, f"<del><code>{codes[23]}</code></del>", html=True)

    def test_is_not_found_in_another_world(self, client):
        stranger = PersonFactory(stranger=True)

        assert client.get(page(stranger)).status_code == 404

    def test_offers_no_state_and_no_token_where_a_trainer_runs_the_world(self, client):
        stranger = PersonFactory(stranger=True)
        friend = EidCardFactory(person=PersonFactory(world=stranger.world)).person
        give_token(friend)
        client.force_login(stranger)

        response = client.get(page(friend))

        assertContains(response, "Carte en ordre")
        assertNotContains(response, 'name="state"')
        assert response.context["token"] == []


class TestStates:
    @pytest.fixture
    def person(self):
        person = PersonFactory(with_codes=True, with_card=True)
        ItsmeAccountFactory(person=person)
        return person

    @pytest.mark.parametrize("state", [
        each for each in PersonaState
        if each.value.startswith(("carte", "lecteur", "itsme", "compte", "mot-de-passe-t", "mot-de-passe-e"))
    ])  # fmt: skip
    def test_a_click_puts_it_and_the_page_marks_it(self, client, person, state):
        response = put(client, person, state)

        assertRedirects(response, f"{page(person)}#etats")
        assertContains(response, f"{person} : {state.label}.", html=False)
        assert str(state.label) in current(response)

    def test_a_card_that_met_wrong_pins_can_be_set_back(self, client, person):
        EidCard.objects.update(wrong_pins=2)

        response = client.get(page(person))

        assert "codes PIN faux d'affilée : 2 sur 3" in text_of(response)
        assertContains(response, f'value="{PersonaState.CARD_READY}"')

    def test_a_function_ends_and_comes_back(self, client, person):
        function = LegalFunctionFactory(person=person)

        ended = put(client, person, PersonaState.FUNCTION_ENDED, function=function.pk)
        assert "Fonction terminée hier" in current(ended)
        assert "du 01/01/2020 au 09/03/2026" in text_of(ended)

        assert "Fonction en cours" in current(
            put(client, person, PersonaState.FUNCTION_RETURNED, function=function.pk)
        )

    def test_a_function_to_come_is_in_neither_state(self, client, person):
        LegalFunctionFactory(person=person, to_come=True)

        assert not current(client.get(page(person))) & {"Fonction en cours", "Fonction terminée hier"}

    def test_a_removed_application_has_no_button_any_more(self, client, person):
        enrol_app(person)
        assert "Application activée" in current(client.get(page(person)))

        response = put(client, person, PersonaState.APP_REMOVED)

        assert "Application retirée" in current(response)
        assertNotContains(response, f'value="{PersonaState.APP_REMOVED}"')

    def test_a_refusal_says_why(self, client):
        person = PersonFactory()

        assert "n'a rien à mettre dans cet état" in text_of(put(client, person, PersonaState.CARD_BLOCKED))

    @pytest.mark.parametrize(
        "data", [{}, {"state": "n-existe-pas"}, {"state": "fonction-terminee", "function": "x"}]
    )
    def test_another_state_changes_nothing(self, client, person, data):
        response = client.post(reverse("training:persona_fault", args=[person.public_id]), data, follow=True)

        assertContains(response, "Rien n")
        assert EidCard.objects.get().wrong_pins == 0

    def test_is_refused_in_the_world_of_a_trainer(self, client):
        stranger = PersonFactory(stranger=True)
        card = EidCardFactory(person=stranger)
        client.force_login(stranger)

        assert put(client, stranger, PersonaState.CARD_BLOCKED).status_code == 403
        card.refresh_from_db()
        assert card.wrong_pins == 0

    def test_who_blocks_himself_is_out(self, client, person):
        client.force_login(person)

        response = put(client, person, PersonaState.ACCOUNT_BLOCKED)

        assert not response.context["user"].is_authenticated
        assert response.status_code == 200


def test_asks_the_database_as_often_for_many_functions_as_for_one(client, max_reads):
    person = PersonFactory(with_codes=True, with_card=True)
    for _ in range(5):
        LegalFunctionFactory(person=person)

    with max_reads(11):
        client.get(page(person))
