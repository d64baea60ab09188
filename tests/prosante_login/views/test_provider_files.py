"""« Adresses de travail » and « Statut social », by the provider himself and by his mandataries."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from bhod_portal.core import clock
from prosante_login.enums import Capacity, Profession, ProfileKind
from prosante_login.models import CareProvider, Mandate, PracticeAddress, SocialContract
from prosante_login.profiles import ProfileChoice
from tests.prosante_login.factories import PracticeAddressFactory, SocialContractFactory
from tests.prosante_login.open_files import open_file

ADDRESSES = reverse("prosante_login:address_list")
ADD_ADDRESS = reverse("prosante_login:address_add")
CONTRACTS = reverse("prosante_login:social_contract_list")
ADD_CONTRACT = reverse("prosante_login:social_contract_add")
PHYSICIAN = ProfileChoice(ProfileKind.PROVIDER, profession=Profession.PHYSICIAN)
PLACE = {"street": "Rue Haute 1", "postal_code": "5500", "town": "Dinant", "valid_from": "1-3-2026"}


@pytest.fixture
def noel(client, demo):
    """Catherine Noël in her own file, in which there is no address yet."""
    open_file(client, demo.catherine_noel, PHYSICIAN)
    return CareProvider.objects.get(person=demo.catherine_noel)


def end(name, row):
    return reverse(f"prosante_login:{name}", args=[row.pk])


class TestAddresses:
    def test_from_none_to_one(self, client, noel):
        assertContains(client.get(ADDRESSES), "Aucune adresse")

        assertRedirects(client.post(ADD_ADDRESS, PLACE), ADDRESSES)

        assertContains(client.get(ADDRESSES), "Rue Haute 1, 5500 Dinant")
        assert noel.practice_addresses.get().added_by == noel.person

    @pytest.mark.parametrize(
        ("values", "field", "code"),
        [
            ({"postal_code": "500"}, "postal_code", "malformed"),
            ({"postal_code": "0500"}, "postal_code", "malformed"),
            ({"street": ""}, "street", "required"),
            ({"valid_from": "30-02-2026"}, "valid_from", "invalid"),
            ({"valid_from": "01-01-2030"}, "valid_from", "too_far"),
        ],
    )
    def test_refuses_what_cannot_be(self, client, noel, values, field, code):
        response = client.post(ADD_ADDRESS, PLACE | values)

        assert [error.code for error in response.context["form"].errors.as_data()[field]] == [code]
        assert not noel.practice_addresses.exists()

    def test_twice_is_told_at_the_street(self, client, noel):
        client.post(ADD_ADDRESS, PLACE)

        response = client.post(ADD_ADDRESS, PLACE)

        assert response.context["form"].errors.as_data()["street"][0].code == "address_twice"

    def test_ended_it_moves_to_those_that_are_over(self, client, demo, noel):
        address = PracticeAddressFactory(provider=noel, street="Rue Basse 2")

        assertRedirects(client.post(end("address_end", address), {"last_day": "10-03-2026"}), ADDRESSES)

        assertNotContains(client.get(ADDRESSES), "Adresses terminées")
        clock.advance(demo.world, by=timedelta(days=1))
        open_file(client, demo.catherine_noel, PHYSICIAN)
        assertContains(client.get(ADDRESSES), "Adresses terminées")

    def test_another_end_is_refused_and_the_same_one_told(self, client, noel):
        address = PracticeAddressFactory(provider=noel)
        url = end("address_end", address)
        client.post(url, {"last_day": "10-03-2026"})

        again = client.post(url, {"last_day": "10-03-2026"}, follow=True)
        other = client.post(url, {"last_day": "11-03-2026"})

        assertContains(again, "déjà enregistrée")
        assert other.context["form"].errors.as_data()["last_day"][0].code == "already_ended"

    def test_the_form_of_the_end_begins_at_today(self, client, noel):
        address = PracticeAddressFactory(provider=noel)

        assertContains(client.get(end("address_end", address)), "10-03-2026")

    def test_of_another_file_is_not_there(self, client, noel):
        assert client.get(end("address_end", PracticeAddressFactory())).status_code == 404


class TestSocialStatus:
    def test_from_none_to_one_and_its_end(self, client, noel):
        assertContains(client.get(CONTRACTS), "Aucun contrat")
        values = {"insurer": "Assurances du Val", "number": "C-1", "valid_from": "10-03-2026"}

        assertRedirects(client.post(ADD_CONTRACT, values), CONTRACTS)
        contract = SocialContract.objects.get(provider=noel)
        overlap = client.post(ADD_CONTRACT, values | {"number": "C-2"})
        assertRedirects(
            client.post(end("social_contract_end", contract), {"last_day": "31-12-2026"}), CONTRACTS
        )

        assert overlap.context["form"].errors.as_data()["valid_from"][0].code == "contract_overlap"
        contract.refresh_from_db()
        assert contract.valid_until == date(2026, 12, 31)
        assertContains(client.get(CONTRACTS), "31/12/2026")

    def test_of_another_file_is_not_there(self, client, noel):
        assert client.get(end("social_contract_end", SocialContractFactory())).status_code == 404

    def test_one_that_is_over_stays_to_be_read(self, client, noel):
        SocialContractFactory(provider=noel, valid_until=date(2026, 3, 9), insurer="Ancienne Mutuelle")

        assertContains(client.get(CONTRACTS), "Contrats terminés")
        assertContains(client.get(CONTRACTS), "Ancienne Mutuelle")


class TestMandataries:
    def open(self, client, person, mandate):
        choice = ProfileChoice(ProfileKind.CITIZEN, capacity=Capacity.MANDATARY, mandate_id=mandate.pk)
        open_file(client, person, choice)

    def test_of_the_social_status_manages_the_contract_and_nothing_else(self, client, demo):
        mandate = Mandate.objects.get(holder_person=demo.ana_ferreira)
        self.open(client, demo.ana_ferreira, mandate)

        client.post(ADD_CONTRACT, {"insurer": "Val", "number": "C-1", "valid_from": "10-03-2026"})

        assert SocialContract.objects.get(provider=mandate.provider).added_by == demo.ana_ferreira
        assert client.get(ADDRESSES).status_code == 403
        assert client.post(ADD_ADDRESS, PLACE).status_code == 403

    def test_of_the_administrative_file_manages_the_addresses(self, client, demo):
        mandate = Mandate.objects.get(holder_person=demo.michel_haddad)
        self.open(client, demo.michel_haddad, mandate)

        client.post(ADD_ADDRESS, PLACE)

        assert PracticeAddress.objects.filter(provider=mandate.provider, added_by=demo.michel_haddad).exists()
        assert client.get(CONTRACTS).status_code == 403


@pytest.mark.parametrize("url", [ADDRESSES, CONTRACTS])
def test_asks_the_database_the_same_for_one_and_for_many(client, noel, url, django_assert_num_queries):
    PracticeAddressFactory.create_batch(12, provider=noel)
    client.get(url)

    with django_assert_num_queries(6):
        client.get(url)
