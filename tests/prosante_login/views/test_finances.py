"""« Données financières »: by the provider himself, by his mandatary, and by nobody else."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from bhod_portal.core import clock
from prosante_login.enums import Capacity, FeeType, Profession, ProfileKind
from prosante_login.models import CareProvider, FiscalBeneficiary, Mandate, ProviderAccount
from prosante_login.profiles import ProfileChoice
from tests.prosante_login.open_files import open_file

DATA = reverse("prosante_login:financial_data")
ADD = reverse("prosante_login:account_add")
CHECK = reverse("prosante_login:account_add_check")
PHYSICIAN = ProfileChoice(ProfileKind.PROVIDER, profession=Profession.PHYSICIAN)
TYPED = {"fee_type": "AVAILABILITY", "iban": "be71 0961 2345 6769", "used_from": "1-4-2026"}


def beneficiary(year, fee="AVAILABILITY"):
    return reverse("prosante_login:beneficiary_edit", args=[fee, year])


@pytest.fixture
def karim(client, demo):
    """Karim Haddad in his own file, who has named no account."""
    open_file(client, demo.karim_haddad, PHYSICIAN)
    return CareProvider.objects.get(person=demo.karim_haddad)


class TestAccount:
    def test_says_that_nothing_can_be_paid_without_one(self, client, karim):
        assertContains(client.get(DATA), "ne peuvent pas être payés", count=len(FeeType))

    def test_from_the_form_to_the_history(self, client, karim):
        assertRedirects(client.post(ADD, TYPED), CHECK)
        check = client.get(CHECK)
        assertContains(check, "BE71\u00a00961\u00a02345\u00a06769")
        assertContains(check, "01/04/2026")
        assert not ProviderAccount.objects.filter(provider=karim).exists()

        assertRedirects(client.post(CHECK), DATA)

        account = ProviderAccount.objects.get(provider=karim)
        assert (account.iban, account.used_from) == ("BE71096123456769", date(2026, 4, 1))
        assertContains(client.get(DATA), "à partir du 01/04/2026")

    def test_nothing_is_lost_on_the_way_back(self, client, karim):
        client.post(ADD, TYPED)

        assertContains(client.get(ADD), "BE71\u00a00961\u00a02345\u00a06769")
        assertContains(client.get(ADD), "01-04-2026")

    def test_what_was_not_shown_is_not_confirmed(self, client, karim):
        client.post(ADD, TYPED)
        shown = client.get(CHECK).context["draft_mark"]
        client.post(ADD, TYPED | {"used_from": "02-04-2026"})

        again = client.post(CHECK, {"draft_mark": shown})

        assertRedirects(again, CHECK)
        assert not ProviderAccount.objects.filter(provider=karim).exists()
        client.post(CHECK, {"draft_mark": client.get(CHECK).context["draft_mark"]})
        assert ProviderAccount.objects.get(provider=karim).used_from == date(2026, 4, 2)

    def test_a_second_click_does_it_once(self, client, karim):
        client.post(ADD, TYPED)
        client.post(CHECK)

        assertRedirects(client.post(CHECK), ADD, fetch_redirect_response=False)
        assert ProviderAccount.objects.filter(provider=karim).count() == 1

    def test_the_check_page_needs_something_to_check(self, client, karim):
        assertRedirects(client.get(CHECK), ADD)

    @pytest.mark.parametrize(
        ("values", "code"),
        [
            ({"iban": "BE68 5390 0754 7034"}, "unknown_bank"),
            ({"iban": "US64SVBKUS6S3300958879"}, "not_sepa"),
            ({"iban": ""}, "required"),
            ({"used_from": "31-2-2026"}, "invalid"),
            ({"fee_type": "AUTRE"}, "invalid_choice"),
            ({"used_from": "09-03-2026"}, "past"),
            ({"used_from": "09-03-2028"}, "too_far"),
        ],
    )
    def test_refuses_what_cannot_be(self, client, karim, values, code):
        response = client.post(ADD, TYPED | values)

        errors = [
            error.code for field in response.context["form"].errors.as_data().values() for error in field
        ]
        assert errors == [code]

    def test_what_midnight_makes_impossible_is_told_and_nothing_is_lost(self, client, demo, karim):
        today = clock.today(demo.world)
        client.post(ADD, TYPED | {"used_from": f"{today:%d-%m-%Y}"})
        clock.advance(demo.world, by=timedelta(days=1))

        response = client.post(CHECK)

        assert response.context["form"].non_field_errors().as_data()[0].code == "past"
        assertContains(client.get(ADD), f"{today:%d-%m-%Y}")

    def test_one_to_come_is_taken_back(self, client, karim):
        client.post(ADD, TYPED)
        client.post(CHECK)
        account = ProviderAccount.objects.get(provider=karim)
        url = reverse("prosante_login:account_withdraw", args=[account.pk])
        assertContains(client.get(url), "BE71\u00a00961\u00a02345\u00a06769")

        assertRedirects(client.post(url), DATA)
        assertContains(client.get(DATA), "jamais utilisé")
        assertRedirects(client.get(url), DATA)

    def test_says_what_serves_once_it_is_taken_back(self, client, karim):
        client.post(ADD, TYPED)
        client.post(CHECK)
        first = reverse(
            "prosante_login:account_withdraw", args=[ProviderAccount.objects.get(provider=karim).pk]
        )
        assertContains(client.get(first), "Aucun autre compte ne sert à ce moment")

        client.post(ADD, TYPED | {"iban": "NL91 ABNA 0417 1643 00", "used_from": "2-4-2026"})
        client.post(CHECK)

        second = ProviderAccount.objects.get(iban="NL91ABNA0417164300")
        page = client.get(reverse("prosante_login:account_withdraw", args=[second.pk]))
        assertContains(page, "Le compte BE71\u00a00961\u00a02345\u00a06769 continue de servir.")

    def test_one_that_began_meanwhile_is_not(self, client, demo, karim):
        client.post(ADD, TYPED)
        client.post(CHECK)
        account = ProviderAccount.objects.get(provider=karim)
        clock.advance(demo.world, by=timedelta(days=22))
        open_file(client, demo.karim_haddad, PHYSICIAN)

        client.post(reverse("prosante_login:account_withdraw", args=[account.pk]))

        account.refresh_from_db()
        assert account.withdrawn_at is None

    def test_of_another_provider_is_not_there(self, client, demo, karim):
        other = ProviderAccount.objects.filter(provider__person=demo.nadia_benali).get()

        response = client.get(reverse("prosante_login:account_withdraw", args=[other.pk]))

        assert response.status_code == 404

    def test_an_act_of_weight_asks_who_came_long_ago_for_his_key(self, client, karim, time_machine):
        client.post(ADD, TYPED)
        time_machine.move_to(clock.real_now() + timedelta(minutes=16))

        assert client.get(CHECK).headers["Location"].startswith("/csam/identification/")


class TestBeneficiary:
    def test_an_enterprise_for_the_last_year(self, client, demo, karim):
        response = client.post(beneficiary(2025), {"who": "entreprise", "enterprise": "0999.999.328"})

        assertRedirects(response, DATA)
        assert FiscalBeneficiary.objects.get(provider=karim).enterprise == demo.la_source
        assertContains(client.get(DATA), "comme en 2025")

    def test_the_same_again_is_told(self, client, karim):
        response = client.post(beneficiary(2026), {"who": "moi"}, follow=True)

        assertContains(response, "rien n'a changé".replace("'", "&#x27;"))
        assert not FiscalBeneficiary.objects.exists()

    def test_back_to_himself(self, client, demo, karim):
        client.post(beneficiary(2026), {"who": "entreprise", "enterprise": "0999.999.328"})
        assertContains(client.get(beneficiary(2026)), "0999.999.328")

        client.post(beneficiary(2026), {"who": "moi", "enterprise": "0999.999.328"})

        assert FiscalBeneficiary.objects.get(replaced_at=None).enterprise is None

    @pytest.mark.parametrize(
        ("typed", "code"),
        [
            ({"who": "entreprise"}, "required"),
            ({"who": "entreprise", "enterprise": "0999.999.032"}, "check_digits"),
            ({"who": "entreprise", "enterprise": "1000000021"}, "unknown_to_bce"),
            ({"who": "entreprise", "enterprise": "0999.999.427"}, "enterprise_stopped"),
        ],
    )
    def test_refuses_at_the_number(self, client, karim, typed, code):
        response = client.post(beneficiary(2026), typed)

        assert [error.code for error in response.context["form"].errors.as_data()["enterprise"]] == [code]

    def test_a_closed_year_can_be_read_and_says_why(self, client, karim):
        assertContains(client.get(beneficiary(2024)), "31/05/2025")
        assertNotContains(client.get(beneficiary(2024)), "Enregistrer")

        client.post(beneficiary(2024), {"who": "entreprise", "enterprise": "0999.999.328"})

        assert not FiscalBeneficiary.objects.exists()

    @pytest.mark.parametrize(
        ("year", "fee"), [(2027, "AVAILABILITY"), (2001, "AVAILABILITY"), (2026, "AUTRE")]
    )
    def test_what_is_no_year_or_no_fee_is_no_page(self, client, karim, year, fee):
        assert client.get(beneficiary(year, fee)).status_code == 404


class TestMandatary:
    def open(self, client, person, mandate):
        choice = ProfileChoice(ProfileKind.CITIZEN, capacity=Capacity.MANDATARY, mandate_id=mandate.pk)
        open_file(client, person, choice)

    def test_of_the_administrative_file_names_an_account(self, client, demo):
        mandate = Mandate.objects.get(holder_person=demo.michel_haddad)
        self.open(client, demo.michel_haddad, mandate)

        client.post(ADD, TYPED)
        client.post(CHECK)

        account = ProviderAccount.objects.get(provider=mandate.provider)
        assert account.registered_by == demo.michel_haddad

    def test_of_the_social_status_sees_none(self, client, demo):
        self.open(client, demo.ana_ferreira, Mandate.objects.get(holder_person=demo.ana_ferreira))

        for url in (DATA, ADD, CHECK, beneficiary(2026)):
            response = client.get(url)
            assert response.status_code == 403
            assertContains(response, "Données financières", status_code=403)


def test_asks_the_database_little(client, demo, django_assert_max_num_queries):
    open_file(client, demo.nadia_benali, PHYSICIAN)
    client.get(DATA)

    with django_assert_max_num_queries(9):
        client.get(DATA)
