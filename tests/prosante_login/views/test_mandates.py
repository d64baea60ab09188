"""Giving, following, stopping and transferring a mandate, as the provider sees it."""

import time
from datetime import date

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from bhod_portal.core.identifiers import format_niss
from bhod_portal.core.models import Message
from prosante_login import selectors
from prosante_login.enums import MandateKind, MandateState, Profession, ProfileKind
from prosante_login.http import STAMP_FIELD
from prosante_login.models import Mandate
from prosante_login.profiles import ProfileChoice
from prosante_login.services import mandates
from tests.csam.factories import EnterpriseFactory, LegalFunctionFactory, PersonFactory
from tests.csam.login import log_in
from tests.pages import errors, shows
from tests.prosante_login.factories import MandateFactory
from tests.prosante_login.mandate_acts import LATER, TODAY, give
from tests.prosante_login.open_files import open_file

pytestmark = pytest.mark.usefixtures("stopped_clock")

LIST = reverse("prosante_login:mandate_list")
GIVE = reverse("prosante_login:mandate_give")
CHECK = reverse("prosante_login:mandate_give_check")
OWN_FILE = ProfileChoice(ProfileKind.PROVIDER, profession=Profession.PHYSICIAN)


@pytest.fixture
def at_home(client, provider):
    """The provider in his own file."""
    open_file(client, provider.person, OWN_FILE)
    return client


def page(name, mandate):
    return reverse(f"prosante_login:{name}", args=[mandate.public_id])


def to_person(person, **typed):
    return {
        "kind": MandateKind.ADMINISTRATIVE_FILE.value,
        "holder": "personne",
        "niss": format_niss(person.niss),
        "valid_from": "10-03-2026",
    } | typed


def to_company(company, **typed):
    return to_person(PersonFactory(), holder="entreprise", niss="", bce_number=company.bce_number) | typed


def grow_old(client):
    """Make the last identification older than a signature asks for."""
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        record | {"at": time.time() - 3600} for record in session[AUTHENTICATION_METHODS_SESSION_KEY]
    ]
    session.save()


class TestList:
    def test_shows_each_state_and_what_each_kind_opens(self, at_home, provider):
        MandateFactory(provider=provider, valid_until=date(2026, 3, 20), holder_person__last_name="Bientôt")
        MandateFactory(provider=provider, stopped=True)
        MandateFactory(provider=provider, to_accept=True)

        answer = at_home.get(LIST)

        for words in ("Actif", "Encore 11 jours", "Arrêté", "À accepter", "Statut social INAMI"):
            assert shows(answer, words), words

    def test_is_empty_at_first(self, at_home):
        assert shows(at_home.get(LIST), "Vous n'avez donné de mandat à personne")

    def test_reads_as_much_for_twenty_as_for_two(self, at_home, provider, max_reads):
        MandateFactory.create_batch(20, provider=provider)
        with max_reads(9):
            at_home.get(LIST)

    @pytest.mark.parametrize("address", [LIST, GIVE, CHECK])
    def test_is_closed_to_the_mandatary(self, client, provider, friend, address):
        mandate = MandateFactory(provider=provider, holder_person=friend)
        open_file(client, friend, ProfileChoice(ProfileKind.CITIZEN, mandate_id=mandate.pk))

        assert client.get(address).status_code == 403

    def test_asks_for_a_file_first(self, client, friend):
        log_in(client, friend)
        assertRedirects(client.get(LIST), f"{reverse('prosante_login:profile_choose')}?next={LIST}")


class TestGive:
    def test_from_the_form_to_the_mail(self, at_home, provider, friend):
        asked = at_home.post(GIVE, to_person(friend, valid_until="31-12-2026"))
        assertRedirects(asked, CHECK)
        check = at_home.get(CHECK)
        assert shows(check, "Ana Ferreira")
        assert shows(check, "du 10/03/2026 au 31/12/2026, ces deux jours compris")
        assertNotContains(check, friend.niss)

        signed = at_home.post(CHECK)

        mandate = provider.mandates.get()
        assertRedirects(signed, page("mandate_give_done", mandate))
        assert (mandate.holder_person, mandate.valid_until) == (friend, date(2026, 12, 31))
        done = at_home.get(page("mandate_give_done", mandate))
        assert shows(done, "Ana Ferreira doit le signer aussi")
        assert Message.objects.filter(person=friend).exists()

    def test_a_second_click_finds_what_the_first_one_did(self, at_home, provider, friend):
        at_home.post(GIVE, to_person(friend))
        at_home.post(CHECK)

        again = at_home.post(CHECK)

        assertRedirects(again, page("mandate_give_done", provider.mandates.get()))

    def test_a_click_that_came_first_by_a_hair(self, at_home, provider, friend, monkeypatch):
        """The draft was read before the other click signed."""
        at_home.post(GIVE, to_person(friend))
        give_mandate = mandates.give_mandate

        def twice(**asked):
            first = give_mandate(**asked)
            from bhod_portal.core import drafts  # noqa: PLC0415  (what the other click does)

            drafts.save(
                person=provider.person,
                flow="mandate_give",
                subject=str(provider.pk),
                holder_pk=None,
                done=str(first.public_id),
            )
            return give_mandate(**asked)

        monkeypatch.setattr(mandates, "give_mandate", twice)

        assertRedirects(at_home.post(CHECK), page("mandate_give_done", provider.mandates.get()))

    def test_the_form_comes_back_as_it_was(self, at_home, friend, company):
        at_home.post(GIVE, to_person(friend, valid_until="31-12-2026"))
        assertContains(at_home.get(GIVE), format_niss(friend.niss))

        at_home.post(GIVE, to_company(company))
        form = at_home.get(GIVE).context["form"]
        assert form["holder"].value() == "entreprise"
        assert form["valid_until"].value() is None

    def test_to_an_enterprise(self, at_home, provider, company):
        at_home.post(GIVE, to_company(company))
        at_home.post(CHECK)

        assert provider.mandates.get().holder_enterprise == company

    @pytest.mark.parametrize(
        ("typed", "found"),
        [
            ({"niss": ""}, {"niss": ["required"]}),
            ({"niss": "85.07.30-033.29"}, {"niss": ["check_digits"]}),
            ({"niss": "85.07.30-033.28"}, {"niss": ["holder_unknown"]}),
            ({"holder": "entreprise"}, {"bce_number": ["required"]}),
            ({"holder": "entreprise", "bce_number": "0999999922"}, {"bce_number": ["enterprise_unknown"]}),
            ({"valid_from": "09-03-2026"}, {"valid_from": ["back_dated"]}),
            ({"valid_until": "09-03-2026"}, {"valid_until": ["period_out_of_order"]}),
            ({"valid_from": "31-02-2026"}, {"valid_from": ["invalid"]}),
            ({"kind": "TOUT"}, {"kind": ["invalid_choice"]}),
            ({"holder": ""}, {"holder": ["required"]}),
        ],
    )
    def test_refuses_beside_the_field(self, at_home, friend, typed, found):
        assert errors(at_home.post(GIVE, to_person(friend, **typed))) == found

    def test_refuses_oneself_a_stopped_enterprise_and_an_overlap(self, at_home, provider, friend):
        assert errors(at_home.post(GIVE, to_person(provider.person))) == {"niss": ["to_oneself"]}
        stopped = EnterpriseFactory(world=provider.person.world, stopped=True)
        assert errors(at_home.post(GIVE, to_company(stopped))) == {"bce_number": ["enterprise_stopped"]}
        give(provider, friend)
        assert errors(at_home.post(GIVE, to_person(friend))) == {"__all__": ["mandate_overlap"]}

    def test_names_nobody_to_who_looks_up_too_much(self, at_home, friend, monkeypatch):
        monkeypatch.setattr("csam.http.consume", lambda *_arguments, **_named: None)

        assert errors(at_home.post(GIVE, to_person(friend))) == {"niss": ["too_many_look_ups"]}

    def test_what_changed_meanwhile_is_told_at_the_signature(self, at_home, provider, friend):
        at_home.post(GIVE, to_person(friend))
        give(provider, friend)

        assert errors(at_home.post(CHECK)) == {"__all__": ["mandate_overlap"]}

    def test_nothing_to_sign_leads_to_the_form(self, at_home):
        assertRedirects(at_home.get(CHECK), GIVE)

    def test_asks_for_a_proof_of_the_last_minutes(self, at_home, provider, friend):
        at_home.post(GIVE, to_person(friend))
        grow_old(at_home)

        assert at_home.post(CHECK)["Location"].startswith(reverse("csam:identification"))
        assert not provider.mandates.exists()

    def test_not_under_another_profile(self, at_home, provider, friend):
        at_home.post(GIVE, to_person(friend))

        assert at_home.post(CHECK, {STAMP_FIELD: "autre"}).status_code == 409
        assert not provider.mandates.exists()

    def test_the_done_page_says_what_became_of_it(self, at_home, provider, friend):
        mandate = mandates.refuse(mandate=give(provider, friend), by=friend, at=LATER)
        assert shows(at_home.get(page("mandate_give_done", mandate)), "Refusé")

    def test_the_done_page_of_another_file_is_not_there(self, at_home):
        assert at_home.get(page("mandate_give_done", MandateFactory())).status_code == 404


class TestDetail:
    def test_shows_every_act(self, at_home, provider, friend):
        mandate = mandates.accept(mandate=give(provider, friend), by=friend, at=LATER)

        answer = at_home.get(page("mandate_detail", mandate))

        assert shows(answer, "Karim Haddad, le 10/03/2026 10:00")
        assert shows(answer, "Ana Ferreira, le 10/03/2026 11:00")
        assertContains(answer, page("mandate_stop", mandate))
        assertContains(answer, page("mandate_transfer", mandate))

    def test_who_signs_next(self, at_home, provider, friend):
        answer = at_home.get(page("mandate_detail", give(provider, friend)))

        assert shows(answer, "Ana Ferreira doit le signer aussi")
        assert shows(answer, "Retirer le mandat")

    def test_to_ones_own_enterprise_one_signs_on_both_sides(self, at_home, provider):
        company = LegalFunctionFactory(
            person=provider.person, enterprise__world=provider.person.world
        ).enterprise
        mandate = give(provider, company)
        assertContains(at_home.get(page("mandate_detail", mandate)), page("mandate_answer", mandate))

        at_home.post(page("mandate_answer", mandate), {"accept": "1"})

        answer = at_home.get(page("mandate_detail", mandate))
        assert shows(answer, f"au sein de l'organisation {company.name}")
        assertContains(answer, page("mandate_transfer", mandate))

    def test_offers_nothing_about_what_is_over(self, at_home, provider):
        mandate = MandateFactory(provider=provider, stopped=True)

        answer = at_home.get(page("mandate_detail", mandate))

        assertNotContains(answer, page("mandate_stop", mandate))
        assertNotContains(answer, page("mandate_transfer", mandate))

    @pytest.mark.parametrize("name", ["mandate_detail", "mandate_stop", "mandate_transfer", "mandate_answer"])
    def test_is_not_there_for_a_stranger(self, client, provider, friend, name):
        log_in(client, PersonFactory(world=provider.person.world))

        assert client.get(page(name, give(provider, friend))).status_code == 404


class TestStop:
    def test_says_what_closes_and_closes_it(self, at_home, provider, friend):
        mandate = MandateFactory(provider=provider, holder_person=friend)
        assert shows(at_home.get(page("mandate_stop", mandate)), "Votre dossier se ferme aussitôt")

        stopped = at_home.post(page("mandate_stop", mandate))

        assertRedirects(stopped, page("mandate_detail", mandate))
        assert not selectors.usable_mandates(person=friend, enterprise_id=None, on=TODAY).exists()

    def test_a_second_click_says_so(self, at_home, provider):
        mandate = MandateFactory(provider=provider)
        at_home.post(page("mandate_stop", mandate))

        again = at_home.post(page("mandate_stop", mandate), follow=True)

        assert shows(again, "il n'y a plus rien à arrêter")

    def test_by_the_holder(self, client, friend, provider):
        mandate = MandateFactory(provider=provider, holder_person=friend)
        log_in(client, friend)
        assert shows(client.get(page("mandate_stop", mandate)), "se ferme aussitôt pour vous")

        client.post(page("mandate_stop", mandate))

        assert selectors.state_of(Mandate.objects.get(), TODAY) == MandateState.STOPPED

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"to_accept": True}, "Le mandataire n'a pas encore répondu"),
            ({"valid_from": date(2026, 5, 1)}, "Le mandat ne commencera pas"),
        ],
    )
    def test_what_opens_nothing_yet(self, at_home, provider, values, words):
        mandate = MandateFactory(provider=provider, **values)
        assert shows(at_home.get(page("mandate_stop", mandate)), words)

    def test_the_holder_answers_instead(self, client, friend, provider):
        log_in(client, friend)
        mandate = give(provider, friend)

        assertRedirects(client.get(page("mandate_stop", mandate)), page("mandate_detail", mandate))

    def test_a_stop_that_came_first_by_a_hair(self, at_home, provider, monkeypatch):
        mandate = MandateFactory(provider=provider)
        stop = mandates.stop

        def twice(**asked):
            stop(**asked)
            return stop(**asked)

        monkeypatch.setattr(mandates, "stop", twice)

        assertRedirects(at_home.post(page("mandate_stop", mandate)), page("mandate_detail", mandate))


class TestTransfer:
    def test_from_the_form_to_the_signature(self, at_home, provider, friend, company):
        old = MandateFactory(provider=provider, holder_person=friend)
        asked = at_home.post(
            page("mandate_transfer", old), {"holder": "entreprise", "bce_number": company.bce_number}
        )
        assertRedirects(asked, page("mandate_transfer_check", old))
        assert shows(at_home.get(page("mandate_transfer_check", old)), "Nouveau mandataire")

        signed = at_home.post(page("mandate_transfer_check", old))

        new = Mandate.objects.get(transfers=old)
        assertRedirects(signed, page("mandate_detail", new))
        assert new.holder_enterprise == company
        assert shows(at_home.get(page("mandate_detail", old)), company.name)

    @pytest.mark.parametrize("flow", ["give", "transfer"])
    def test_what_was_not_shown_is_not_signed(self, at_home, provider, friend, company, flow):
        old = MandateFactory(provider=provider, valid_until=date(2026, 12, 31))
        form, check = (
            (GIVE, CHECK)
            if flow == "give"
            else (page("mandate_transfer", old), page("mandate_transfer_check", old))
        )
        at_home.post(form, to_person(friend))
        shown = at_home.get(check).context["draft_mark"]
        at_home.post(form, to_person(PersonFactory(world=company.world)))

        again = at_home.post(check, {"draft_mark": shown}, follow=True)

        assert shows(again, "relisez, puis confirmez")
        assert Mandate.objects.get() == old

    def test_a_second_click_says_that_it_waits(self, at_home, provider, company):
        old = MandateFactory(provider=provider)
        at_home.post(
            page("mandate_transfer", old), {"holder": "entreprise", "bce_number": company.bce_number}
        )
        at_home.post(page("mandate_transfer_check", old))

        again = at_home.post(page("mandate_transfer_check", old), follow=True)

        assert shows(again, "attend déjà la signature du nouveau mandataire")
        assert Mandate.objects.filter(transfers=old).count() == 1

    def test_refuses_beside_the_field(self, at_home, provider, friend):
        old = MandateFactory(provider=provider, holder_person=friend)
        form = {"holder": "personne", "niss": provider.person.niss}
        assert errors(at_home.post(page("mandate_transfer", old), form)) == {"niss": ["to_oneself"]}
        form = {"holder": "personne", "niss": friend.niss}
        assert errors(at_home.post(page("mandate_transfer", old), form)) == {"__all__": ["mandate_overlap"]}

    def test_what_changed_meanwhile_is_told_at_the_signature(self, at_home, provider):
        old = MandateFactory(provider=provider)
        function = LegalFunctionFactory(enterprise__world=provider.person.world)
        company = function.enterprise
        at_home.post(
            page("mandate_transfer", old), {"holder": "entreprise", "bce_number": company.bce_number}
        )
        assertContains(at_home.get(page("mandate_transfer", old)), "entreprise")
        company.stopped_on = date(2026, 3, 9)
        company.save(update_fields=["stopped_on"])

        answer = at_home.post(page("mandate_transfer_check", old))

        assert errors(answer) == {"__all__": ["enterprise_stopped"]}

    def test_nothing_to_sign_leads_to_the_form(self, at_home, provider):
        old = MandateFactory(provider=provider)
        assertRedirects(at_home.get(page("mandate_transfer_check", old)), page("mandate_transfer", old))

    def test_is_the_providers_own(self, client, provider, friend):
        log_in(client, friend)
        mandate = MandateFactory(provider=provider, holder_person=friend)

        assert client.get(page("mandate_transfer", mandate)).status_code == 403
