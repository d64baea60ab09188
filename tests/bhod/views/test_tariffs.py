"""The tariffs, as the agents of INAMI see and set them."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from bhod.models import GuardCheck, Tariff
from tests.bhod.payment_factories import (
    GuardCheckFactory,
    PaymentLineFactory,
    PaymentRunFactory,
    TariffFactory,
)
from tests.csam.factories import WorldFactory
from tests.html_guard import assert_clean
from tests.pages import errors, text_of

LIST, ADD = reverse("bhod:tariff_list"), reverse("bhod:tariff_add")
NEW = {"du": "01-06-2026", "au": "", "montant": "7,15", "source": "Arrêté royal", "simule": "on"}

pytestmark = pytest.mark.usefixtures("agent")


@pytest.fixture
def tariff(world):
    """6.20 € from 2017 on."""
    return TariffFactory(world=world)


def edit(tariff):
    return reverse("bhod:tariff_edit", args=[tariff.pk])


def remove(tariff):
    return reverse("bhod:tariff_remove", args=[tariff.pk])


def as_typed(tariff, **changed):
    until = f"{tariff.valid_until:%d-%m-%Y}" if tariff.valid_until else ""
    values = {
        "du": f"{tariff.valid_from:%d-%m-%Y}",
        "au": until,
        "montant": str(tariff.amount),
        "source": tariff.source,
    }
    return values | changed


def confirm(client, address, asked=None):
    """See what would be done, and do it; the answer."""
    shown = client.get(address, asked)
    assert_clean(shown.content.decode())
    return client.post(
        f"{address}?{shown.wsgi_request.GET.urlencode()}", {"stamp": shown.context["plan"].stamp}
    )


class TestList:
    def test_without_any_tariff(self, client):
        response = client.get(LIST)

        assert_clean(response.content.decode())
        assert "Aucun tarif n'est connu" in text_of(response)
        assert "Aucun tarif n'a été ajouté" in text_of(response)

    def test_shows_tariffs_gaps_and_what_is_paid(self, client, world, max_reads):
        TariffFactory(world=world, valid_from=date(2010, 1, 1), valid_until=date(2010, 12, 31))
        TariffFactory(world=world, valid_from=date(2014, 1, 1), valid_until=date(2014, 12, 31))
        TariffFactory(world=world, valid_from=date(2015, 1, 1), valid_until=date(2026, 3, 31))
        used = Tariff.objects.get(valid_from=date(2015, 1, 1))
        PaymentLineFactory(guard_check__tariff=used)
        GuardCheckFactory(tariff=used)
        TariffFactory(world=WorldFactory(code="ailleurs"), valid_from=date(1999, 1, 1))

        with max_reads(12):
            response = client.get(LIST)

        rows = [
            (row.period.start.year, row.tariff is not None, row.paid_until)
            for row in response.context["rows"]
        ]
        assert rows == [
            (2026, False, None),
            (2015, True, date(2026, 3, 5)),
            (2014, True, None),
            (2011, False, None),
            (2010, True, None),
        ]
        assertContains(response, f"{ADD}?du=01-01-2011&amp;au=31-12-2013")
        assertContains(response, f"{ADD}?du=01-04-2026")
        assertNotContains(response, remove(used))

    def test_warns_of_guards_that_wait(self, client, world):
        GuardCheckFactory(waiting=True)

        assert "1 garde confirmée, qui commence le 05/03/2026, est en ordre et attend un tarif" in text_of(
            client.get(LIST)
        )

    def test_tells_who_changed_what(self, client, agent, tariff):
        confirm(client, ADD, NEW)
        added = Tariff.objects.get(valid_until=None)
        confirm(client, edit(added), as_typed(added, montant="7.20"))
        confirm(client, remove(added))

        response = client.get(LIST)

        assert [each.act for each in response.context["acts"]] == ["removed", "changed", "added", "changed"]
        text = text_of(response).replace("\xa0", " ")
        assert f"{agent}" in text
        assert "Tarif modifié : 7,15 € par heure à partir du 01/06/2026 (Arrêté royal, simulé) →" in text


class TestAdding:
    def test_leads_to_what_would_be_done_below_the_form(self, client, tariff):
        page = client.get(ADD, NEW).content.decode()

        assert '<form method="get" action="#controle"' in page
        assert 'id="controle" tabindex="-1"' in page

    def test_shows_what_would_be_done_and_does_nothing(self, client, tariff):
        response = client.get(ADD, NEW)

        text = text_of(response).replace("\xa0", " ")
        assert "à partir du 01/06/2026 : 6,20 € → 7,15 €" in text
        assert "Le tarif de 6,20 € par heure, qui vaut depuis le 01/01/2017, prend fin le 31/05/2026" in text
        assert Tariff.objects.get().valid_until is None

    def test_ends_the_one_in_force(self, client, world, tariff):
        assertRedirects(confirm(client, ADD, NEW), LIST)

        tariff.refresh_from_db()
        added = Tariff.objects.exclude(pk=tariff.pk).get()
        assert tariff.valid_until == date(2026, 5, 31)
        assert (added.world, added.valid_from, added.valid_until) == (world, date(2026, 6, 1), None)
        assert (added.amount, added.source, added.is_simulated) == (Decimal("7.15"), "Arrêté royal", True)

    def test_a_second_click_adds_nothing(self, client, tariff):
        shown = client.get(ADD, NEW)
        again = f"{ADD}?{shown.wsgi_request.GET.urlencode()}", {"stamp": shown.context["plan"].stamp}

        client.post(*again)
        response = client.post(*again, follow=True)

        assert Tariff.objects.count() == 2
        assertContains(response, "C&#x27;est déjà enregistré")

    def test_is_shown_anew_when_the_tariffs_have_changed(self, client, tariff):
        shown = client.get(ADD, NEW)
        Tariff.objects.update(amount=Decimal("6.30"))

        response = client.post(
            f"{ADD}?{shown.wsgi_request.GET.urlencode()}", {"stamp": shown.context["plan"].stamp}
        )

        assert "Les tarifs ont été modifiés entre-temps" in text_of(response)
        assert "6,30" in text_of(response)
        assert Tariff.objects.count() == 1

    def test_says_how_many_guards_are_priced_anew(self, client, tariff):
        GuardCheckFactory(tariff=tariff)
        asked = NEW | {"du": "01-03-2026"}
        assert "1 garde validée, qui n'est dans aucun paiement, sera recalculée" in text_of(
            client.get(ADD, asked)
        )

        response = confirm(client, ADD, asked)

        assertContains(
            client.get(response["Location"]), "1 garde qui n&#x27;est dans aucun paiement sera recalculée"
        )
        assert not GuardCheck.objects.standing().exists()

    def test_fills_a_gap_for_guards_that_wait(self, client):
        GuardCheckFactory(waiting=True)

        text = text_of(client.get(ADD, NEW | {"du": "01-03-2026", "au": "31-03-2026"}))

        assert "1 garde qui attend un tarif pour un de ces jours sera contrôlée" in text
        assert "du 01/03/2026 au 31/03/2026 : aucun tarif → 7,15" in text.replace("\xa0", " ")

    def test_says_that_guards_will_wait(self, client, tariff):
        text = text_of(client.get(ADD, NEW | {"au": "30-06-2026"}))

        assert "à partir du 01/07/2026 : 6,20 € → aucun tarif les gardes attendront" in text.replace(
            "\xa0", " "
        )

    def test_refuses_days_in_a_payment(self, client, tariff):
        PaymentLineFactory(guard_check__tariff=tariff)
        asked = NEW | {"du": "01-03-2026"}

        response = client.get(ADD, asked)

        assert errors(response) == {"du": ["tariff_paid"]}
        text = text_of(response)
        assert "Le premier jour possible est le 06/03/2026" in text
        assert "abandonnez d'abord le paiement n° 1" in text
        assert response.context["plan"] is None
        sent = client.post(f"{ADD}?{response.wsgi_request.GET.urlencode()}", {"stamp": "x"})
        assert errors(sent) == {"du": ["tariff_paid"]}
        assert Tariff.objects.count() == 1

    @pytest.mark.parametrize(
        ("typed", "field", "code"),
        [
            ({"montant": "6,205"}, "montant", "max_decimal_places"),
            ({"montant": "0"}, "montant", "min_value"),
            ({"montant": "-6"}, "montant", "min_value"),
            ({"montant": "620"}, "montant", "max_value"),
            ({"montant": "six"}, "montant", "invalid"),
            ({"source": " "}, "source", "required"),
            ({"du": "31-02-2026"}, "du", "invalid"),
            ({"au": "01-05-2026"}, "au", "period_out_of_order"),
            ({"du": "01-01-2016"}, "du", "tariff_overlap"),
        ],
    )
    def test_refuses_what_is_no_tariff(self, client, tariff, typed, field, code):
        response = client.get(ADD, NEW | typed)

        assert errors(response) == {field: [code]}
        assert_clean(response.content.decode())
        assert client.post(f"{ADD}?{response.wsgi_request.GET.urlencode()}").status_code == 200
        assert Tariff.objects.count() == 1

    @pytest.mark.parametrize("typed", ["0", "6,205", "620", "six", "1234567"])
    def test_says_which_amounts_can_be(self, client, tariff, typed):
        text = text_of(client.get(ADD, NEW | {"montant": typed}))

        assert "Écrivez un montant de 0,01 à 500 euros" in text
        assert "0.01" not in text

    def test_is_filled_in_for_a_gap(self, client):
        form = client.get(ADD, {"du": "01-01-2011", "au": "31-12-2013"}).context["form"]

        assert (form["du"].value(), form["au"].value()) == ("01-01-2011", "31-12-2013")
        assert not form.is_bound

    def test_without_values_nothing_is_done(self, client):
        assert client.post(ADD).status_code == 200
        assert not Tariff.objects.exists()


class TestChanging:
    def test_shows_the_values_that_it_has(self, client, tariff):
        response = client.get(edit(tariff))

        assert response.context["form"]["montant"].value() == Decimal("6.20")
        assertContains(response, 'value="01-01-2017"')
        assertContains(response, 'value="6,20"')

    def test_changes_what_no_payment_knows(self, client, tariff):
        assertRedirects(
            confirm(client, edit(tariff), as_typed(tariff, montant="6,25", au="31-12-2026")), LIST
        )

        tariff.refresh_from_db()
        assert (tariff.amount, tariff.valid_until) == (Decimal("6.25"), date(2026, 12, 31))

    def test_a_source_may_be_mended_after_payments(self, client, tariff):
        PaymentLineFactory(guard_check__tariff=tariff)

        text = text_of(client.get(edit(tariff), as_typed(tariff, source="Artsenkrant 1647")))
        confirm(client, edit(tariff), as_typed(tariff, source="Artsenkrant 1647"))

        assert "Aucun montant ne change" in text
        tariff.refresh_from_db()
        assert tariff.source == "Artsenkrant 1647"

    def test_an_amount_may_not(self, client, tariff):
        PaymentLineFactory(
            guard_check__tariff=tariff,
            run=PaymentRunFactory(world=tariff.world),
        )

        assert errors(client.get(edit(tariff), as_typed(tariff, montant="7"))) == {"__all__": ["tariff_paid"]}

    def test_nor_take_the_days_of_another(self, client, world, tariff):
        confirm(client, ADD, NEW)
        tariff.refresh_from_db()

        for until in ("01-06-2026", ""):
            assert errors(client.get(edit(tariff), as_typed(tariff, au=until))) == {"du": ["tariff_overlap"]}
        added = Tariff.objects.get(valid_until=None)
        assert errors(client.get(edit(added), as_typed(added, du="31-05-2026"))) == {"du": ["tariff_overlap"]}

    def test_the_same_values_change_nothing(self, client, tariff):
        response = client.get(edit(tariff), as_typed(tariff))

        assertContains(response, "Ces valeurs sont celles du tarif")
        assertNotContains(response, 'name="stamp"')
        sent = client.post(
            f"{edit(tariff)}?{response.wsgi_request.GET.urlencode()}", {"stamp": "x"}, follow=True
        )
        assertContains(sent, "C&#x27;est déjà enregistré")


class TestRemoving:
    def test_removes_what_no_guard_knows_once(self, client, tariff):
        shown = client.get(remove(tariff))
        stamp = {"stamp": shown.context["plan"].stamp}

        assertRedirects(client.post(remove(tariff), stamp), LIST)
        again = client.post(remove(tariff), stamp, follow=True)

        assert not Tariff.objects.exists()
        assertContains(again, "Ce tarif n&#x27;existe plus")
        assert client.get(remove(tariff)).status_code == 404

    def test_refuses_one_with_which_guards_were_checked(self, client, tariff):
        GuardCheckFactory(tariff=tariff)

        response = client.get(remove(tariff))

        assert errors(response) == {"__all__": ["tariff_used"]}
        assertContains(response, edit(tariff))
        assertNotContains(response, 'name="stamp"')
        assert errors(client.post(remove(tariff), {"stamp": "x"})) == {"__all__": ["tariff_used"]}

    def test_of_another_world_is_not_there(self, client):
        there = TariffFactory(world=WorldFactory(code="ailleurs"))

        assert client.get(edit(there)).status_code == 404
        assert client.get(remove(there)).status_code == 404
