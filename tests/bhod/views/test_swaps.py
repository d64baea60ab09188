"""Swaps in the doctor's file: offered, read by colleagues, accepted, refused, withdrawn."""

from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from bhod.enums import GuardState, SwapState
from bhod.models import CircleOrganisation, Guard, SwapOffer
from bhod.services.guards import change_guard
from bhod_portal.core.models import Message
from prosante_login.enums import Capacity, MandateKind, Profession, ProfileKind
from prosante_login.models import CareProvider, Mandate
from prosante_login.profiles import ProfileChoice
from prosante_login.services.mandates import stop
from tests.bhod.factories import CircleDoctorFactory, GuardFactory, GuardUnitFactory, SwapOfferFactory
from tests.csam.factories import AT
from tests.csam.login import log_in
from tests.pages import text_of
from tests.prosante_login.factories import MandateFactory
from tests.prosante_login.open_files import open_file

LIST, OWN = reverse("bhod:swap_list"), reverse("bhod:own_guards")
PHYSICIAN = ProfileChoice(ProfileKind.PROVIDER, profession=Profession.PHYSICIAN)


def provider_of(person):
    return CareProvider.objects.select_related("person").get(person=person, profession=Profession.PHYSICIAN)


def page(name, guard):
    return reverse(f"bhod:{name}", args=[guard.reference])


@pytest.fixture(autouse=True)
def _without_the_offer_of_the_demo(demo):
    SwapOffer.objects.all().delete()


@pytest.fixture
def nadia(demo):
    return provider_of(demo.nadia_benali)


@pytest.fixture
def thomas(demo):
    return provider_of(demo.thomas_gerard)


@pytest.fixture
def guard(nadia, thomas):
    """A guard of Nadia Benali to come, at whose hours Thomas Gérard has none."""
    Guard.objects.filter(provider=thomas, ends_at__gt=AT).delete()
    guards = Guard.objects.filter(provider=nadia, starts_at__gt=AT, state=GuardState.REGISTERED)
    return guards.select_related("unit").order_by("starts_at")[0]


@pytest.fixture
def as_nadia(client, demo):
    open_file(client, demo.nadia_benali, PHYSICIAN)
    return client


@pytest.fixture
def as_thomas(client, demo):
    open_file(client, demo.thomas_gerard, PHYSICIAN)
    return client


@pytest.fixture
def deciding(demo):
    CircleOrganisation.objects.filter(enterprise=demo.haute_meuse).update(swaps_need_manager=True)


def offer_of(guard, **values):
    return SwapOfferFactory(guard=guard, **values)


def mark_on(client, guard):
    return client.get(page("swap_offer_check", guard)).context["draft_mark"]


class TestOffer:
    def test_from_the_list_to_the_offer(self, as_nadia, guard, thomas):
        assertContains(as_nadia.get(OWN), page("swap_offer", guard))

        answer = as_nadia.post(page("swap_offer", guard), {"colleague": thomas.pk, "message": "Baptême"})
        assertRedirects(answer, page("swap_offer_check", guard))
        check = text_of(as_nadia.get(page("swap_offer_check", guard)))
        assert "Thomas Gérard reçoit un e-mail" in check
        assert "la garde reste au nom de Nadia Benali" in check
        assert "Le cercle approuve" not in check
        mark = mark_on(as_nadia, guard)
        answer = as_nadia.post(page("swap_offer_check", guard), {"draft_mark": mark})

        assertRedirects(answer, LIST)
        offer = SwapOffer.objects.get()
        assert (offer.guard, offer.offered_to, offer.message) == (guard, thomas, "Baptême")
        assert "Thomas Gérard" in text_of(as_nadia.get(LIST))
        assertContains(as_nadia.get(OWN), "Voir la proposition")
        assertNotContains(as_nadia.get(OWN), page("swap_offer", guard))

    def test_to_everybody_where_the_circle_decides(self, as_nadia, guard, deciding):
        as_nadia.post(page("swap_offer", guard), {"colleague": "tous"})
        check = text_of(as_nadia.get(page("swap_offer_check", guard)))
        assert "le premier qui l'accepte" in check
        assert "Le cercle approuve ou refuse ensuite l'échange." in check

        as_nadia.post(page("swap_offer_check", guard), {"draft_mark": mark_on(as_nadia, guard)})
        assert SwapOffer.objects.get().offered_to is None

    def test_a_second_click_leads_to_the_list(self, as_nadia, guard):
        as_nadia.post(page("swap_offer", guard), {"colleague": "tous"})
        data = {"draft_mark": mark_on(as_nadia, guard)}
        as_nadia.post(page("swap_offer_check", guard), data)

        assertRedirects(as_nadia.post(page("swap_offer_check", guard), data), LIST)
        assert SwapOffer.objects.count() == 1

    def test_what_another_tab_changed_is_read_again(self, as_nadia, guard, thomas):
        as_nadia.post(page("swap_offer", guard), {"colleague": "tous"})
        mark = mark_on(as_nadia, guard)
        as_nadia.post(page("swap_offer", guard), {"colleague": thomas.pk})

        answer = as_nadia.post(page("swap_offer_check", guard), {"draft_mark": mark}, follow=True)

        assert "a été changé depuis" in text_of(answer)
        assert not SwapOffer.objects.exists()

    def test_the_check_page_without_a_draft_leads_back(self, as_nadia, guard):
        assertRedirects(as_nadia.get(page("swap_offer_check", guard)), page("swap_offer", guard))

    def test_going_back_finds_what_was_typed(self, as_nadia, guard, thomas):
        as_nadia.post(page("swap_offer", guard), {"colleague": thomas.pk, "message": "Baptême"})
        form = as_nadia.get(page("swap_offer", guard)).context["form"]
        assert (form["colleague"].value(), form["message"].value()) == (str(thomas.pk), "Baptême")

    def test_a_guard_that_changed_since_is_explained(self, as_nadia, guard):
        as_nadia.post(page("swap_offer", guard), {"colleague": "tous"})
        mark = mark_on(as_nadia, guard)
        Guard.objects.filter(pk=guard.pk).update(version=5)

        answer = as_nadia.post(page("swap_offer_check", guard), {"draft_mark": mark})

        assert answer.context["form"].has_error("__all__", "changed_meanwhile")

    @pytest.mark.parametrize(
        "data", [{}, {"colleague": "999999"}, {"colleague": "tous", "message": "x" * 201}]
    )
    def test_the_form_says_what_is_missing(self, as_nadia, guard, data):
        assert as_nadia.post(page("swap_offer", guard), data).context["form"].errors

    def test_one_that_is_offered_already_says_so(self, as_nadia, guard):
        offer_of(guard)
        assert "déjà proposée" in text_of(as_nadia.get(page("swap_offer", guard)))

    def test_a_past_one_says_so(self, as_nadia, nadia):
        past = Guard.objects.filter(provider=nadia, ends_at__lt=AT).order_by("-starts_at").first()
        assert "a commencé" in text_of(as_nadia.get(page("swap_offer", past)))

    def test_nobody_offers_another_s_guard_nor_a_draft(self, as_thomas, guard, thomas):
        assert as_thomas.get(page("swap_offer", guard)).status_code == 404
        draft = GuardFactory(unit=guard.unit, provider=thomas, draft=True)
        assert as_thomas.get(page("swap_offer", draft)).status_code == 404


class TestList:
    def test_shows_unit_hours_and_colleague_and_no_amount(self, as_thomas, guard):
        offer_of(guard, message="Un mariage")
        shown = text_of(as_thomas.get(LIST))
        for word in ("Nadia Benali", guard.unit.name, "à tout le cercle", "Un mariage"):
            assert word in shown
        assert "€" not in shown
        assert "garde" in text_of(as_thomas.get(OWN))
        assertContains(as_thomas.get(OWN), "Un confrère propose une garde")

    def test_shows_nothing_of_another_circle(self, as_thomas):
        elsewhere = GuardUnitFactory(enterprise__name="CMG Lointain")
        other = GuardFactory(
            unit=elsewhere, starts_at=AT + timedelta(days=3), ends_at=AT + timedelta(days=3.5)
        )
        offer_of(other)
        assertNotContains(as_thomas.get(LIST), "CMG Lointain")
        for name in ("swap_accept", "swap_refuse", "swap_withdraw"):
            assert as_thomas.get(page(name, other)).status_code == 404

    def test_says_why_an_offer_holds_no_longer(self, as_nadia, guard):
        offer_of(guard)
        Guard.objects.filter(pk=guard.pk).update(version=2)
        assert "caduque : la garde a été modifiée" in text_of(as_nadia.get(LIST))

    def test_keeps_to_what_the_guard_was_when_it_was_offered(self, as_nadia, guard, thomas, demo):
        """The circle gave it to a colleague, at other hours in another unit: that is between them."""
        offer_of(guard)
        unit, was = guard.unit.name, guard.starts_at
        elsewhere = GuardUnitFactory(enterprise=demo.haute_meuse, name="Unité tue")
        change_guard(
            guard=guard,
            unit=elsewhere,
            provider=thomas,
            starts_at=was + timedelta(minutes=17),
            ends_at=guard.ends_at,
            by=demo.nadia_benali,
            at=AT,
            seen_version=guard.version,
        )

        [line] = as_nadia.get(LIST).context["own"]

        assert (line.unit, line.starts_at) == (unit, was)
        assertNotContains(as_nadia.get(LIST), "Unité tue")

    def test_is_empty_at_first(self, as_thomas):
        assert "Aucun confrère de vos cercles" in text_of(as_thomas.get(LIST))

    def test_asks_the_database_the_same_for_any_number(
        self, as_thomas, nadia, guard, django_assert_num_queries
    ):
        coming = Guard.objects.filter(provider=nadia, starts_at__gt=AT, state=GuardState.REGISTERED)
        offer_of(coming[0])
        as_thomas.get(LIST)
        with django_assert_num_queries(8):
            as_thomas.get(LIST)
        for each in coming[1:]:
            offer_of(each)
        with django_assert_num_queries(8):
            as_thomas.get(LIST)


class TestAccept:
    def test_shows_the_guard_then_takes_it_over(self, as_thomas, guard, thomas):
        offer = offer_of(guard)
        shown = text_of(as_thomas.get(page("swap_accept", guard)))
        assert "Nadia Benali" in shown
        assert "passe aussitôt au nom de Thomas Gérard" in shown

        answer = as_thomas.post(page("swap_accept", guard), {"version": guard.version}, follow=True)

        assert "maintenant au nom de Thomas Gérard" in text_of(answer)
        guard.refresh_from_db()
        offer.refresh_from_db()
        assert (guard.provider, offer.state) == (thomas, SwapState.DONE)

    def test_a_second_click_is_no_fault(self, as_thomas, guard):
        offer_of(guard)
        for _click in range(2):
            answer = as_thomas.post(page("swap_accept", guard), {"version": guard.version}, follow=True)
        assert "maintenant au nom de Thomas Gérard" in text_of(answer)

    def test_waits_where_the_circle_decides(self, as_thomas, guard, nadia, deciding):
        offer_of(guard)
        assertContains(as_thomas.get(page("swap_accept", guard)), "le cercle décide")

        answer = as_thomas.post(page("swap_accept", guard), {"version": guard.version}, follow=True)

        assert "quand le cercle l'approuve" in text_of(answer)
        assert "accepté, le cercle décide" in text_of(answer)
        guard.refresh_from_db()
        assert guard.provider == nadia

    def test_shows_at_once_what_stands_in_the_way(self, as_thomas, guard, thomas):
        GuardFactory(unit=guard.unit, provider=thomas, starts_at=guard.starts_at, ends_at=guard.ends_at)
        offer = offer_of(guard)

        shown = as_thomas.get(page("swap_accept", guard))
        assert "déjà de garde" in text_of(shown)
        assert "parlez-en à son manager" in text_of(shown)
        assertNotContains(shown, "Accepter la garde")
        answer = as_thomas.post(page("swap_accept", guard), {"version": guard.version})
        assert "déjà de garde" in text_of(answer)
        offer.refresh_from_db()
        assert offer.state == SwapState.OPEN

    def test_says_that_somebody_was_faster(self, as_thomas, guard, demo):
        faster = provider_of(demo.marie_lefevre)
        offer_of(
            guard,
            state=SwapState.DONE,
            taker=faster,
            accepted_at=AT,
            accepted_by=faster.person,
            closed_at=AT,
            closed_by=faster.person,
        )
        shown = as_thomas.get(page("swap_accept", guard))
        assert "n'est plus proposée" in text_of(shown)
        assertNotContains(shown, guard.unit.name)
        answer = as_thomas.post(page("swap_accept", guard), {"version": 1}, follow=True)
        assert "avant vous" in text_of(answer)

    def test_takes_over_only_hours_that_were_shown(self, as_thomas, guard):
        offer_of(guard)
        for version in ("", "x", "0", "1.5"):
            assert as_thomas.post(page("swap_accept", guard), {"version": version}).status_code == 200
        answer = as_thomas.post(page("swap_accept", guard), {"version": 9}, follow=True)
        assert "relisez ses heures" in text_of(answer)
        assert SwapOffer.objects.get().state == SwapState.OPEN

    def test_the_link_of_the_mail_works_after_the_login(self, client, demo, guard):
        log_in(client, demo.thomas_gerard)
        answer = client.get(page("swap_accept", guard))
        assert (
            answer.url
            == f"{reverse('prosante_login:profile_choose')}?next={page('swap_accept', guard).replace('/', '%2F')}"
        )

    @pytest.mark.parametrize(
        ("kind", "status"), [(MandateKind.ADMINISTRATIVE_FILE, 200), (MandateKind.SOCIAL_STATUS, 403)]
    )
    def test_a_mandate_opens_it_or_does_not(self, client, guard, thomas, kind, status):
        offer_of(guard)
        mandate = MandateFactory(provider=thomas, kind=kind, holder_person__world=thomas.person.world)
        choice = ProfileChoice(ProfileKind.CITIZEN, capacity=Capacity.MANDATARY, mandate_id=mandate.pk)
        open_file(client, mandate.holder_person, choice)

        assert client.post(page("swap_accept", guard), {"version": 1}, follow=True).status_code == status
        guard.refresh_from_db()
        assert (guard.provider == thomas) == (status == 200)


class TestRefuse:
    def test_tells_the_colleague(self, as_thomas, guard, thomas):
        offer_of(guard, offered_to=thomas)
        assertContains(as_thomas.get(LIST), page("swap_refuse", guard))
        assertContains(as_thomas.get(page("swap_refuse", guard)), "reçoit votre refus")
        Message.objects.all().delete()

        answer = as_thomas.post(page("swap_refuse", guard), {"reason": "En congé"}, follow=True)

        assert "Votre refus est transmis à Nadia Benali" in text_of(answer)
        assert "En congé" in Message.objects.get().body

    def test_says_when_it_is_over(self, as_thomas, guard, thomas):
        offer_of(guard, offered_to=thomas)
        Guard.objects.filter(pk=guard.pk).update(version=2)
        assertContains(as_thomas.get(page("swap_refuse", guard)), "la garde a été modifiée")
        answer = as_thomas.post(page("swap_refuse", guard), follow=True)
        assert "ne tient plus" in text_of(answer)
        assert SwapOffer.objects.get().state == SwapState.WITHDRAWN

    def test_nobody_refuses_for_the_circle(self, as_thomas, guard):
        offer_of(guard)
        assert as_thomas.get(page("swap_refuse", guard)).status_code == 404


class TestWithdraw:
    def test_takes_the_offer_back(self, as_nadia, guard, thomas):
        offer_of(guard, offered_to=thomas)
        assertContains(as_nadia.get(LIST), page("swap_withdraw", guard))
        assertContains(as_nadia.get(page("swap_withdraw", guard)), "en est averti")

        answer = as_nadia.post(page("swap_withdraw", guard), follow=True)

        assert "La proposition est retirée." in text_of(answer)
        assert SwapOffer.objects.get().state == SwapState.WITHDRAWN
        assertContains(as_nadia.get(page("swap_withdraw", guard)), "plus proposée")

    def test_of_one_that_waits_names_who_accepted(self, as_nadia, guard, thomas):
        offer_of(guard, state=SwapState.ACCEPTED, taker=thomas, accepted_at=AT, accepted_by=thomas.person)
        assertContains(
            as_nadia.get(page("swap_withdraw", guard)), "Thomas Gérard, qui l'avait acceptée", html=False
        )

    def test_comes_too_late_after_the_swap(self, as_nadia, guard, thomas):
        offer_of(
            guard,
            state=SwapState.DONE,
            taker=thomas,
            accepted_at=AT,
            accepted_by=thomas.person,
            closed_at=AT,
            closed_by=thomas.person,
        )
        answer = as_nadia.post(page("swap_withdraw", guard), follow=True)
        assert "n'est plus proposée" in text_of(answer)

    def test_is_not_for_a_colleague(self, as_thomas, guard):
        offer_of(guard)
        assert as_thomas.get(page("swap_withdraw", guard)).status_code == 404


def test_a_mandate_that_stopped_is_explained_by_the_file(client, demo):
    mandate = Mandate.objects.get(holder_person=demo.michel_haddad, kind=MandateKind.ADMINISTRATIVE_FILE)
    choice = ProfileChoice(ProfileKind.CITIZEN, capacity=Capacity.MANDATARY, mandate_id=mandate.pk)
    open_file(client, demo.michel_haddad, choice)
    stop(mandate=mandate, by=mandate.provider.person, at=AT)

    assertRedirects(client.get(LIST), reverse("prosante_login:file_home"), fetch_redirect_response=False)


def test_doctors_of_two_circles_are_asked_by_either(as_thomas, thomas):
    unit = GuardUnitFactory(enterprise__world=thomas.person.world, enterprise__name="CMG du Test ASBL")
    CircleDoctorFactory(enterprise=unit.enterprise, provider=thomas)
    offer_of(GuardFactory(unit=unit, starts_at=AT + timedelta(days=2), ends_at=AT + timedelta(days=2.5)))
    assertContains(as_thomas.get(LIST), "CMG du Test ASBL")
