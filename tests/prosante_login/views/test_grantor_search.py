"""« Chercher mandant »: the criteria and the results."""

import re
from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from bhod_portal.core.identifiers import read_inami
from prosante_login.enums import MandateKind, Profession, ProfileKind
from prosante_login.models import CareProvider, Mandate
from prosante_login.profiles import ProfileChoice
from tests.csam.factories import EnterpriseFactory
from tests.csam.login import log_in
from tests.pages import errors, shows
from tests.prosante_login.factories import MandateFactory
from tests.prosante_login.open_files import open_file

URL = reverse("prosante_login:grantor_search")
CHOOSER = reverse("prosante_login:profile_choose")
CITIZEN = ProfileChoice(ProfileKind.CITIZEN)


def citizen(client, person, enterprise=None):
    open_file(client, person, ProfileChoice(ProfileKind.CITIZEN, enterprise.pk if enterprise else None))


def search(client, **criteria):
    return client.post(URL, criteria, follow=True)


def names(response):
    return [str(mandate.provider) for mandate in response.context["page_obj"]]


@pytest.fixture
def michel(client, demo):
    """Michel Haddad, to whom Karim gave a mandate, as a citizen without organisation."""
    citizen(client, demo.michel_haddad)
    return demo.michel_haddad


class TestForm:
    def test_shows_the_four_criteria_and_how_many_results(self, client, michel, max_reads):
        with max_reads(5):
            response = client.get(URL)

        for text in ("Numéro INAMI", "Numéro de registre national", "Nom", "Prénom", "Nombre de résultats :"):
            assertContains(response, text)
        assertContains(response, '<option value="25" selected>Afficher 25</option>', html=True)
        sizes = re.findall(r"Afficher (\d+)</option>", response.content.decode())
        assert sizes == ["10", "25", "50", "100"]
        assert re.search(r'<a href="/prosante/aide/[a-z-/]*">Plus d\'info</a>', response.content.decode())

    @pytest.mark.parametrize("criteria", [{}, {"nom": "  "}, {"afficher": "100"}])
    def test_asks_for_one_criterion_at_least(self, client, michel, criteria):
        response = search(client, **criteria)

        assert errors(response) == {"__all__": ["no_criterion"]}
        assert shows(response, "Remplissez au moins un critère")

    @pytest.mark.parametrize(
        ("field", "typed", "code"),
        [
            ("inami", "1-99902-15", "malformed"),
            ("inami", "1-99902-16-004", "check_digits"),
            ("niss", "75.02.26", "malformed"),
            ("niss", "75.02.26-989.15", "check_digits"),
            ("nom", "x" * 151, "max_length"),
            ("nom", "Had\x00dad", "null_characters_not_allowed"),
            ("afficher", "1000", "invalid_choice"),
        ],
    )
    def test_says_what_is_wrong_and_loses_nothing(self, client, michel, field, typed, code):
        response = search(client, **{"prenom": "Karim", field: typed})

        assert errors(response) == {field: [code]}
        assertContains(response, 'value="Karim"')

    def test_says_at_once_when_one_has_no_mandate(self, client, demo):
        citizen(client, demo.yves_simon)

        assert shows(client.get(URL), "vous n'avez aucun mandat en votre nom")

    def test_says_at_once_when_the_enterprise_has_none(self, client, demo):
        citizen(client, demo.luc_moreau, demo.haute_meuse)

        assert shows(client.get(URL), "CMG Haute-Meuse ASBL n'a aucun mandat")


class TestProfile:
    def test_needs_one(self, client, demo):
        log_in(client, demo.michel_haddad)

        assertRedirects(client.get(URL), CHOOSER)

    def test_a_care_provider_is_led_to_the_choice_of_citizen(self, client, demo):
        choice = ProfileChoice(ProfileKind.PROVIDER, profession=Profession.PHYSICIAN)
        open_file(client, demo.elise_colson, choice)

        assertContains(client.get(URL, follow=True), "Pour agir par mandat, choisissez « Citoyen »")

    def test_an_enterprise_for_which_one_does_not_act_is_refused(self, client, demo):
        citizen(client, demo.nadia_benali, demo.haute_meuse)

        response = client.get(URL)

        assert response.status_code == 403
        assert shows(response, "vous ne pouvez pas utiliser les mandats qu'elle a reçus")

    def test_an_enterprise_of_another_world_is_as_none(self, client, demo):
        citizen(client, demo.michel_haddad, EnterpriseFactory(world__code="ailleurs"))

        assertRedirects(client.get(URL), CHOOSER)


class TestResults:
    @pytest.mark.parametrize(
        "criteria",
        [
            {"inami": "1-99902-15-004"},
            {"inami": "19990215004"},
            {"inami": "1.99902.15.004"},
            {"inami": " 1 99902 15 004 "},
            {"niss": "75.02.26-989.14"},
            {"niss": "75022698914"},
            {"niss": "750226 989 14"},
            {"nom": "haddad"},
            {"nom": "HADD", "prenom": "kar"},
        ],
    )
    def test_finds_the_grantor_however_it_is_written(self, client, michel, criteria):
        response = search(client, **criteria)

        assert names(response) == ["Karim Haddad"]
        for text in ("Médecin", "1-99902-15-004", "Dossier administratif INAMI", "sans date de fin"):
            assert shows(response, text)

    @pytest.mark.parametrize("modulus", [97, 89, 83, 79])
    def test_takes_each_modulus_of_inami(self, client, demo, michel, modulus):
        number = f"{199_902}{modulus - 199_902 % modulus:02}004"
        CareProvider.objects.filter(person=demo.karim_haddad).update(inami_number=read_inami(number))

        assert names(search(client, inami=number)) == ["Karim Haddad"]

    def test_the_address_holds_nothing_of_what_was_asked(self, client, michel):
        response = search(client, niss="75.02.26-989.14")

        [(address, _)] = response.redirect_chain
        assert re.fullmatch(r"/prosante/mandants/[0-9a-f-]{36}/", address)
        assertContains(response, 'value="75.02.26-989.14"')

    def test_finds_nobody_elses_grantors(self, client, michel):
        response = search(client, nom="Colson")

        assert names(response) == []
        assert shows(response, "Vous ne trouvez ici que vos propres mandats")
        assertNotContains(response, "Elise Colson")

    def test_an_enterprises_mandates_under_its_profile_only(self, client, demo):
        maria = demo.maria_rossi
        citizen(client, maria)
        assert names(search(client, nom="Haddad")) == []

        citizen(client, maria, demo.la_source)

        response = search(client, nom="Haddad")
        assert names(response) == ["Karim Haddad"]
        assert shows(response, "Maison médicale La Source ASBL")

    def test_tells_why_ones_own_opens_nothing(self, client, demo, michel):
        mandate = Mandate.objects.get(holder_person=michel)
        mandate.valid_until = date(2026, 3, 9)
        mandate.save(update_fields=["valid_until"])

        response = search(client, nom="Haddad")

        assert shows(response, "Il a pris fin : son dernier jour était le 09/03/2026.")

    def test_shows_as_many_as_asked_page_by_page(self, client, michel):
        MandateFactory.create_batch(
            11, holder_person=michel, provider__person__world=michel.world, provider__person__last_name="Zed"
        )

        first = search(client, nom="Zed", afficher="10")
        [(address, _)] = first.redirect_chain

        assert len(names(first)) == 10
        assert len(names(client.get(address, {"page": "2"}))) == 1
        assert len(names(search(client, nom="Zed", afficher="50"))) == 11

    def test_sorts_by_what_is_asked(self, client, demo, michel):
        MandateFactory(
            holder_person=michel,
            provider=CareProvider.objects.get(person=demo.karim_haddad),
            kind=MandateKind.SOCIAL_STATUS,
        )
        [(address, _)] = search(client, nom="Haddad").redirect_chain

        kinds = [mandate.kind for mandate in client.get(address, {"tri": "-type"}).context["page_obj"]]

        assert kinds == [MandateKind.SOCIAL_STATUS, MandateKind.ADMINISTRATIVE_FILE]
        assert client.get(address, {"tri": "niss"}).status_code == 200

    def test_takes_as_many_queries_for_many(self, client, michel, max_reads):
        MandateFactory.create_batch(
            20, holder_person=michel, provider__person__world=michel.world, provider__person__last_name="Zed"
        )
        [(address, _)] = search(client, nom="Zed").redirect_chain

        with max_reads(6):
            assert len(names(client.get(address))) == 20

    def test_a_search_that_is_not_kept_is_asked_again(self, client, michel):
        response = client.get(reverse("prosante_login:grantor_results", args=[uuid4()]), follow=True)

        assertRedirects(response, URL)
        assertContains(response, "n&#x27;est plus gardée")

    def test_a_search_belongs_to_its_profile(self, client, demo):
        maria = demo.maria_rossi
        citizen(client, maria, demo.la_source)
        [(address, _)] = search(client, nom="Haddad").redirect_chain
        choice = client.session["prosante_profile"] | {"enterprise_id": None}
        session = client.session
        session["prosante_profile"] = choice
        session.save()

        assertRedirects(client.get(address), URL)
