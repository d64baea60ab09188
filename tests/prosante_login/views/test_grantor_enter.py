"""Into a grantor's file and out of it; what is shown meanwhile, and when its mandate ends."""

from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from bhod_portal.core.models import AuditEntry, World
from csam.models import Enterprise, LegalFunction
from prosante_login.enums import Capacity, MandateKind, Profession, ProfileKind
from prosante_login.http import RESUME_FIELD, SESSION_KEY, STAMP_FIELD
from prosante_login.models import Mandate
from prosante_login.profiles import ProfileChoice
from tests.csam.factories import AT, LegalFunctionFactory, PersonFactory, WorldFactory
from tests.pages import shows
from tests.prosante_login.factories import MandateFactory
from tests.prosante_login.open_files import open_file

HOME = reverse("prosante_login:file_home")
SEARCH = reverse("prosante_login:grantor_search")
LEAVE = reverse("prosante_login:grantor_leave")
CHOOSER = reverse("prosante_login:profile_choose")
CITIZEN = ProfileChoice(ProfileKind.CITIZEN)


@pytest.fixture
def mandate(db):
    """For a person, in a world that stands still."""
    world = WorldFactory(frozen_at=AT)
    return MandateFactory(
        provider__person=PersonFactory(world=world, first_name="Karim", last_name="Haddad"),
        valid_until=date(2026, 12, 31),
    )


@pytest.fixture
def representative(client, mandate):
    """A legal representative of the enterprise that has a mandate of the same provider, under its profile."""
    held = MandateFactory(provider=mandate.provider, for_enterprise=True)
    function = LegalFunctionFactory(
        enterprise=held.holder_enterprise, person=PersonFactory(world=mandate.provider.person.world)
    )
    choice = ProfileChoice(ProfileKind.CITIZEN, held.holder_enterprise_id)
    open_file(client, function.person, choice)
    return held


def enter(client, mandate):
    return client.post(reverse("prosante_login:grantor_enter", args=[mandate.public_id]))


def acts():
    return list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))


def within(client, mandate):
    """The holder is in the file."""
    open_file(client, mandate.holder_person, replace(CITIZEN, mandate_id=mandate.pk))


class TestEnter:
    def test_opens_the_file_and_leaves_a_row(self, client, mandate):
        open_file(client, mandate.holder_person, CITIZEN)

        assertRedirects(enter(client, mandate), HOME)

        kept = client.session[SESSION_KEY]
        assert (kept["mandate_id"], kept["capacity"]) == (mandate.pk, Capacity.MANDATARY)
        entry = AuditEntry.objects.get()
        assert (entry.act, entry.done_by_id, entry.details) == (
            "prosante.file.entered",
            mandate.holder_person_id,
            {"mandate": mandate.pk},
        )

    def test_a_second_click_enters_once(self, client, mandate):
        open_file(client, mandate.holder_person, CITIZEN)
        enter(client, mandate)

        assertRedirects(enter(client, mandate), HOME)

        assert acts() == ["prosante.file.entered"]

    def test_another_file_closes_the_first(self, client, mandate):
        other = MandateFactory(
            provider=mandate.provider, holder_person=mandate.holder_person, kind=MandateKind.SOCIAL_STATUS
        )
        within(client, mandate)

        enter(client, other)

        assert acts() == ["prosante.file.left", "prosante.file.entered"]
        assert client.session[SESSION_KEY]["mandate_id"] == other.pk

    def test_for_the_enterprise_under_its_profile(self, client, representative):
        assertRedirects(enter(client, representative), HOME)

        assert shows(client.get(HOME), f"donné à {representative.holder_enterprise}")

    def test_one_of_somebody_else_is_not_there(self, client, mandate):
        open_file(client, PersonFactory(world=mandate.provider.person.world), CITIZEN)

        assert enter(client, mandate).status_code == 404

    def test_ones_own_is_not_there_for_an_enterprise(self, client, mandate, representative):
        assert enter(client, mandate).status_code == 404

    def test_one_that_ended_says_why(self, client, mandate):
        Mandate.objects.filter(pk=mandate.pk).update(stopped_at=AT, stopped_by=mandate.given_by)
        open_file(client, mandate.holder_person, CITIZEN)

        response = enter(client, mandate)

        assert response.status_code == 403
        assert shows(response, "Karim Haddad l'a arrêté le 10/03/2026.")
        assert acts() == []

    def test_one_that_is_not_signed_yet_says_where_to_sign(self, client, mandate):
        Mandate.objects.filter(pk=mandate.pk).update(accepted_at=None, accepted_by=None)
        open_file(client, mandate.holder_person, CITIZEN)

        response = enter(client, mandate)

        assert shows(response, "n'ouvre pas encore ce dossier")
        assertContains(response, reverse("prosante_login:received_mandates"), status_code=403)

    def test_a_care_provider_chooses_citizen_first(self, client, mandate):
        choice = ProfileChoice(ProfileKind.PROVIDER, profession=Profession.PHYSICIAN)
        open_file(client, mandate.provider.person, choice)

        assertRedirects(enter(client, mandate), CHOOSER)


class TestWithin:
    def test_every_page_says_for_whom_one_acts(self, client, mandate):
        within(client, mandate)

        for url in (HOME, SEARCH, CHOOSER, reverse("prosante_login:help"), reverse("prosante_login:landing")):
            response = client.get(url)
            assert shows(
                response,
                "Vous agissez pour Karim Haddad par mandat « Dossier administratif INAMI » jusqu'au 31/12/2026.",
            ), url
            assertContains(response, "Quitter ce dossier")

    def test_without_an_end_it_says_so(self, client, mandate):
        Mandate.objects.filter(pk=mandate.pk).update(valid_until=None)
        within(client, mandate)

        assert shows(client.get(HOME), ", sans date de fin")

    def test_in_ones_own_file_there_is_no_banner(self, client, mandate):
        choice = ProfileChoice(ProfileKind.PROVIDER, profession=Profession.PHYSICIAN)
        open_file(client, mandate.provider.person, choice)

        assertNotContains(client.get(HOME), "Vous agissez pour")


class TestLeave:
    def test_goes_back_to_the_search_and_leaves_a_row(self, client, mandate):
        within(client, mandate)

        assertRedirects(client.post(LEAVE), SEARCH)

        assert acts() == ["prosante.file.left"]
        assert client.session[SESSION_KEY]["mandate_id"] is None
        assertRedirects(client.get(HOME), f"{CHOOSER}?next={HOME}")

    def test_another_profile_leaves_it_too(self, client, mandate):
        within(client, mandate)

        client.post(CHOOSER, {"kind": "citoyen", "organisation": ""})

        assert client.session[SESSION_KEY]["mandate_id"] is None
        assert acts() == ["prosante.file.left"]

    def test_a_profile_that_is_taken_up_leaves_it_too(self, client, mandate):
        within(client, mandate)

        client.post(SEARCH, {STAMP_FIELD: CITIZEN.stamp, RESUME_FIELD: "1"})

        assert client.session[SESSION_KEY]["mandate_id"] is None
        assert acts() == ["prosante.file.left"]

    def test_a_second_click_leaves_once(self, client, mandate):
        within(client, mandate)
        client.post(LEAVE)

        assertRedirects(client.post(LEAVE), SEARCH)

        assert acts() == ["prosante.file.left"]

    def test_keeps_the_enterprise(self, client, representative):
        enter(client, representative)

        client.post(LEAVE)

        assert client.session[SESSION_KEY]["enterprise_id"] == representative.holder_enterprise_id


class TestClosed:
    """The mandate ends while one is in the file."""

    @pytest.fixture
    def inside(self, client, mandate):
        within(client, mandate)
        assert client.get(HOME).status_code == 200
        return mandate

    def refused(self, client, sentence):
        response = client.get(HOME)
        assert response.status_code == 403
        assert shows(response, sentence)
        assertNotContains(response, "Vous agissez pour", status_code=403)

    def test_by_a_stop(self, client, inside):
        Mandate.objects.filter(pk=inside.pk).update(stopped_at=AT, stopped_by=inside.given_by)

        self.refused(client, "Karim Haddad l'a arrêté le 10/03/2026.")

    def test_by_the_clock_of_the_world(self, client, inside):
        World.objects.update(frozen_at=AT.replace(year=2027))

        self.refused(client, "Il a pris fin : son dernier jour était le 31/12/2026.")

    def test_by_the_end_of_the_legal_function(self, client, representative):
        enter(client, representative)
        LegalFunction.objects.update(valid_until=date(2026, 3, 9))

        self.refused(client, "votre fonction légale")

    def test_the_way_out_leads_to_the_search(self, client, inside):
        Mandate.objects.filter(pk=inside.pk).update(stopped_at=AT, stopped_by=inside.given_by)
        client.get(HOME)

        assertRedirects(client.post(LEAVE, {STAMP_FIELD: ""}), SEARCH)

        assert acts() == []

    def test_what_was_shown_before_the_end_says_why_and_not_that_the_profile_changed(self, client, inside):
        stamp = client.get(HOME).context["request"].profile.stamp
        Mandate.objects.filter(pk=inside.pk).update(stopped_at=AT, stopped_by=inside.given_by)

        assertRedirects(client.post(LEAVE, {STAMP_FIELD: stamp}), SEARCH)

    def test_a_form_of_another_profile_is_still_refused(self, client, inside):
        Mandate.objects.filter(pk=inside.pk).update(stopped_at=AT, stopped_by=inside.given_by)

        assert client.post(LEAVE, {STAMP_FIELD: "citoyen.-.7.-.-"}).status_code == 409

    def test_for_an_enterprise_that_is_lost_the_search_explains(self, client, representative):
        enter(client, representative)
        LegalFunction.objects.update(valid_until=date(2026, 3, 9))

        response = client.post(LEAVE, follow=True)

        assert response.status_code == 403
        assert shows(response, str(Enterprise.objects.get(pk=representative.holder_enterprise_id)))


class TestTakenUp:
    """A form of the grantor's file, sent once another profile was chosen, whose reader takes that profile up again."""

    ADD = reverse("prosante_login:address_add")

    def test_enters_the_file_again_and_leaves_a_row(self, client, mandate):
        within(client, mandate)
        stamp = client.get(HOME).context["request"].profile.stamp
        open_file(client, mandate.holder_person, CITIZEN)

        client.post(self.ADD, {STAMP_FIELD: stamp, RESUME_FIELD: "1"})

        assert acts() == ["prosante.file.entered"]
        assert client.session[SESSION_KEY]["mandate_id"] == mandate.pk

    def test_leaves_the_file_that_was_open(self, client, mandate):
        other = MandateFactory(
            provider=mandate.provider, holder_person=mandate.holder_person, kind=MandateKind.SOCIAL_STATUS
        )
        within(client, mandate)
        stamp = client.get(HOME).context["request"].profile.stamp
        within(client, other)

        client.post(self.ADD, {STAMP_FIELD: stamp, RESUME_FIELD: "1"})

        assert acts() == ["prosante.file.left", "prosante.file.entered"]

    def test_one_that_ended_meanwhile_is_not_taken_up(self, client, mandate):
        within(client, mandate)
        stamp = client.get(HOME).context["request"].profile.stamp
        open_file(client, mandate.holder_person, CITIZEN)
        Mandate.objects.filter(pk=mandate.pk).update(stopped_at=AT, stopped_by=mandate.given_by)

        response = client.post(self.ADD, {STAMP_FIELD: stamp, RESUME_FIELD: "1"})

        assert response.status_code == 409
        assert acts() == []
