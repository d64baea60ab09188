import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from csam import security
from csam.enums import Country, DigitalKey, SecurityLevel, Title
from csam.models import Person
from tests.csam.factories import EidasIdentityFactory, PersonFactory, WorldFactory
from tests.csam.login import log_in
from tests.pages import errors, shows

COUNTRY = reverse("csam:eidas_country")
ITALY = reverse("csam:eidas_login", kwargs={"country": "it"})
WHOAMI = reverse("csam:whoami")

pytestmark = pytest.mark.usefixtures("stopped_clock")


@pytest.fixture(autouse=True)
def _world():
    WorldFactory()


@pytest.fixture
def maria():
    return EidasIdentityFactory(
        person__first_name="Maria", person__last_name="Rossi", person__niss="86431298880"
    ).person


@pytest.fixture
def anna():
    return EidasIdentityFactory(
        person__first_name="Anna",
        person__last_name="Kowalska",
        person__title=Title.MRS,
        country=Country.POLAND,
    ).person


def confirm(client, person, *, country="it", to=WHOAMI):
    url = reverse("csam:eidas_login", kwargs={"country": country})
    return client.post(f"{url}?next={to}", {"identity": str(person.public_id)})


class TestCountry:
    def test_offers_every_country_but_belgium_those_of_this_world_first(self, client, maria, anna):
        EidasIdentityFactory(person__stranger=True, country=Country.FRANCE)

        _, here, elsewhere = client.get(COUNTRY).context["form"].fields["country"].choices

        assert [code for code, _ in here[1]] == [Country.ITALY, Country.POLAND]
        offered = [code for code, _ in [*here[1], *elsewhere[1]]]
        assert sorted(offered) == sorted(set(Country.values) - {Country.BELGIUM.value})

    def test_offers_them_all_alike_where_nobody_has_an_identity(self, client):
        _, everywhere = client.get(COUNTRY).context["form"].fields["country"].choices

        assert len(everywhere[1]) == len(Country) - 1

    def test_leads_to_its_identities_and_keeps_the_way(self, client):
        response = client.post(f"{COUNTRY}?next={WHOAMI}", {"country": "IT"})

        assertRedirects(response, f"{ITALY}?next=%2Fcsam%2Fqui-suis-je%2F")

    @pytest.mark.parametrize("country", ["", "BE", "XX"])
    def test_refuses_what_is_no_foreign_country(self, client, country):
        assert set(errors(client.post(COUNTRY, {"country": country}))) == {"country"}


class TestLogin:
    def test_lists_the_identities_of_this_world_by_name_and_never_by_number(self, client, maria, anna):
        stranger = EidasIdentityFactory(person__stranger=True, person__last_name="Ailleurs").person

        response = client.get(ITALY)

        assertContains(response, "Maria Rossi")
        for hidden in [maria.niss, maria.eidas_identity.identifier, "Kowalska", stranger.last_name]:
            assertNotContains(response, hidden)

    @pytest.mark.parametrize("country", ["be", "xx", "italie"])
    def test_knows_no_other_countries(self, client, country):
        assert client.get(reverse("csam:eidas_login", kwargs={"country": country})).status_code == 404

    def test_leads_back_from_a_country_of_nobody(self, client):
        response = client.get(f"{ITALY}?next={WHOAMI}")

        assert shows(response, "Personne dans ce monde n'a d'identité électronique de ce pays")
        assertContains(response, f"{COUNTRY}?next=%2Fcsam%2Fqui-suis-je%2F")
        assertNotContains(response, "Confirmer mon identité")

    def test_logs_in_and_leads_where_one_was_going(self, client, maria):
        response = confirm(client, maria)

        assertRedirects(response, WHOAMI)
        page = client.get(WHOAMI)
        assert page.wsgi_request.user == maria
        assert security.used_keys(page.wsgi_request) == {DigitalKey.EIDAS}
        assert security.session_level(page.wsgi_request) == SecurityLevel.LEVEL_400

    def test_says_that_one_has_got_a_bis_number(self, client, anna):
        response = client.post(
            reverse("csam:eidas_login", kwargs={"country": "pl"}) + f"?next={WHOAMI}",
            {"identity": str(anna.public_id)},
            follow=True,
        )

        number = Person.objects.get(pk=anna.pk).niss
        assert number.startswith("864312002")
        notices = [str(message) for message in response.context["messages"]]
        assert any("numéro BIS" in notice for notice in notices)
        assertContains(response, f"86.43.12-002.{number[9:]}")

    def test_says_nothing_of_it_the_next_time(self, client, anna):
        confirm(client, anna, country="pl")
        client.logout()

        response = confirm(client, anna, country="pl")

        notices = [str(message) for message in client.get(response.url).context["messages"]]
        assert not any("numéro BIS" in notice for notice in notices)

    @pytest.mark.parametrize("identity", ["", "nonsense", "00000000-0000-4000-8000-000000000000"])
    def test_refuses_what_is_no_identity(self, client, maria, identity):
        assert set(errors(client.post(ITALY, {"identity": identity}))) == {"identity"}

    def test_refuses_the_identity_of_another_country_or_world(self, client, anna, maria):
        stranger = EidasIdentityFactory(person__stranger=True).person

        for person in [anna, stranger]:
            assert errors(confirm(client, person)) == {"identity": ["invalid_choice"]}
        assert not Person.objects.get(pk=anna.pk).niss

    def test_refuses_when_no_number_is_left(self, client, anna):
        Person.objects.bulk_create(
            Person(world=anna.world, niss=f"864312{order:03}00", last_name="Plein", password="!")
            for order in range(2, 999, 2)
        )

        assert errors(confirm(client, anna, country="pl")) == {"identity": ["no_bis_number"]}
        assert "_auth_user_id" not in client.session

    @pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org"])
    def test_never_leads_elsewhere(self, client, maria, elsewhere):
        response = confirm(client, maria, to=elsewhere)

        assertRedirects(response, reverse("training:portal_home"), fetch_redirect_response=False)

    def test_takes_over_from_someone_else(self, client, maria):
        log_in(client, PersonFactory())

        confirm(client, maria)

        assert client.get(WHOAMI).wsgi_request.user == maria

    def test_costs_the_same_however_many_identities(self, client, maria, max_reads):
        for _ in range(20):
            EidasIdentityFactory()

        # The world, whether there are any, the identities.
        with max_reads(3):
            client.get(ITALY)
