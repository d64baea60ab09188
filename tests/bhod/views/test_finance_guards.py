"""The guards behind the finances: the list, and each with its calculation, its payments, its refusals."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from bhod.enums import PayState, SettlementOutcome
from bhod.models import Guard, Settlement
from bhod.selectors.guard_money import Money, money_of_guards
from bhod.selectors.tariffs import tariff_book
from bhod.services.validation import validate
from tests.bhod.factories import AT, CircleDoctorFactory, GuardFactory, GuardUnitFactory
from tests.bhod.payment_factories import GuardCheckFactory, GuardQuestionFactory, TariffFactory
from tests.bhod.payments import closed_run, inami_agent
from tests.html_guard import assert_clean
from tests.pages import errors, text_of
from tests.prosante_login.factories import CareProviderFactory, ProviderAccountFactory

URL = reverse("bhod:finance_guards")
# Of the world's clock, before and after the guards of February are paid.
FEBRUARY, MARCH = datetime(2026, 2, 9, 9, tzinfo=UTC), AT


def night(day, month=3):
    """A weeknight of 13 hours (80.60 €) that begins on this day of 2026, in winter."""
    start = datetime(2026, month, day, 18, tzinfo=UTC)
    return {"starts_at": start, "ends_at": start + timedelta(hours=13)}


def detail(guard):
    return reverse("bhod:finance_guard", args=[guard.pk])


@pytest.fixture
def tariff():
    return TariffFactory(amount=Decimal("6.20"))


@pytest.fixture
def benali(circle, tariff):
    """A doctor of the circle with an account."""
    provider = CircleDoctorFactory(enterprise=circle, provider__person__last_name="Benali").provider
    ProviderAccountFactory(provider=provider)
    return provider


@pytest.fixture
def paid(unit, benali, world):
    """A night of January that was paid, and the bank says so."""
    guard = GuardFactory(unit=unit, provider=benali, confirmed=True, **night(6, month=1))
    agent = inami_agent(world)
    closed_run(world, by=agent, at=MARCH)
    Settlement.objects.update(outcome=SettlementOutcome.PAID, answered_at=MARCH)
    return guard


def money_of(guard):
    guard = Guard.objects.get(pk=guard.pk)
    return money_of_guards([guard], tariffs=tariff_book(guard.unit.enterprise.world), at=MARCH)[0]


def listed(client, **query):
    response = client.get(URL, {"du": "01-01-2026", "au": "31-03-2026"} | query)
    return [each.guard for each in response.context["page_obj"]]


class TestTheList:
    def test_shows_where_the_money_of_each_guard_stands(self, client, manager, unit, benali, paid):
        GuardFactory(unit=unit, provider=benali, **night(20))

        response = client.get(URL, {"du": "01-01-2026", "au": "31-03-2026"})

        assert_clean(response.content.decode())
        text = text_of(response)
        assert "dont 80,60 € payés." in text
        assert response.context["money"].total == Decimal("161.20")
        assert (
            "Ouest Céline Benali nuit de semaine 13 h 80,60 € 80,60 € payée Détail : 06/01/2026 19:00" in text
        )
        assert "80,60 € – attendue Détail : 20/03/2026 19:00" in text
        assert detail(paid) in response.content.decode()
        unpaid = client.get(URL, {"du": "01-03-2026", "au": "31-03-2026"})
        assert "Au total 80,60 €" in text_of(unpaid)
        assert "payés" not in text_of(unpaid)

    def test_shows_this_month_unless_asked(self, client, manager, paid):
        response = client.get(URL)
        assert list(response.context["page_obj"]) == []
        assert "Gardes qui commencent du 01/03/2026 au 31/03/2026" in text_of(response)
        assert "Aucune garde enregistrée ne commence dans cette période" in text_of(response)

    def test_filters_by_state_doctor_unit_and_category(self, client, manager, unit, circle, benali, paid):
        weekend = GuardFactory(unit=unit, provider=benali, weekend=True)
        other = GuardFactory(unit=GuardUnitFactory(enterprise=circle), **night(20))
        assert listed(client, etat="PAID") == [paid]
        assert listed(client, etat="TO_CONFIRM") == [weekend]
        assert listed(client, categorie="WEEKEND") == [weekend]
        assert listed(client, unite=other.unit_id) == [other]
        assert listed(client, medecin=benali.pk) == [paid, weekend]
        assert listed(client, etat="hasard", medecin="x") == [paid, weekend, other]

    def test_finds_among_the_refused_those_that_were_paid_before(self, client, manager, benali, paid):
        paid.checks.update(superseded_at=MARCH)
        GuardCheckFactory(guard=paid, refused=True)
        assert money_of(paid).pay.state == PayState.TO_CORRECT
        assert listed(client, etat="REFUSED") == listed(client, etat="TO_CORRECT") == [paid]

    @pytest.mark.parametrize("key", ["debut", "unite", "medecin", "heures", "montant", "paye", "etat"])
    def test_sorts_by_each_heading(self, client, manager, unit, benali, paid, key):
        weekend = GuardFactory(unit=unit, provider__person__last_name="Zeevaert", weekend=True)
        one_way, other_way = listed(client, tri=key), listed(client, tri=f"-{key}")
        assert {each.pk for each in one_way} == {paid.pk, weekend.pk}
        if key != "unite":
            assert one_way == other_way[::-1]

    def test_keeps_what_is_asked_from_page_to_page(self, client, manager, unit, tariff):
        for number in range(26):
            start = night(1)["starts_at"] + timedelta(days=number)
            GuardFactory(unit=unit, starts_at=start, ends_at=start + timedelta(hours=13))
        query = {"du": "01-03-2026", "au": "31-03-2026", "tri": "-heures", "categorie": "WEEKNIGHT"}
        response = client.get(URL, query | {"page": "1"})
        assert response.context["query"] == "du=01-03-2026&au=31-03-2026&categorie=WEEKNIGHT&tri=-heures"
        assert {url.partition("&")[2] for _label, url, _shown in response.context["spans"]} == {
            "au=31-03-2026", "au=28-02-2026", "au=31-12-2026", "au=31-12-2025",
        }  # fmt: skip
        assert "Afficher toutes les gardes de la période" in text_of(response)

    def test_says_what_is_wrong_with_a_period(self, client, manager, paid):
        response = client.get(URL, {"du": "01-03-2026", "au": "01-02-2026"})
        assert errors(response)["au"] == ["period_out_of_order"]
        assert not response.context["page_obj"].paginator.count

    def test_says_that_a_tariff_is_missing(self, client, manager, unit):
        GuardFactory(unit=unit, **night(3))
        assert "tarif manquant" in text_of(client.get(URL))

    def test_leaves_out_drafts_and_other_circles(self, client, manager, unit, benali):
        GuardFactory(unit=unit, provider=benali, draft=True, **night(3))
        GuardFactory(unit=unit, provider=benali, cancelled=True, **night(4))
        GuardFactory(provider=CareProviderFactory(), **night(4))
        assert listed(client) == []

    def test_reads_the_same_however_many_guards_there_are(self, client, manager, unit, tariff, max_reads):
        for day in range(2, 10):
            GuardCheckFactory(guard=GuardFactory(unit=unit, confirmed=True, **night(day)))
        with max_reads(14):
            assert len(client.get(URL).context["page_obj"]) == 8

    def test_refuses_the_administrative_user(self, client, administrative, paid):
        assert client.get(URL).status_code == 403
        response = client.get(detail(paid))
        assert response.status_code == 403
        assert "80,60" not in text_of(response)


class TestOneGuard:
    def test_shows_its_calculation_by_category(self, client, manager, unit, benali):
        """From Friday evening to Sunday morning: a night and a day of the weekend."""
        start = datetime(2026, 3, 6, 18, tzinfo=UTC)
        guard = GuardFactory(unit=unit, provider=benali, starts_at=start, ends_at=start + timedelta(hours=37))
        response = client.get(detail(guard))
        assert_clean(response.content.decode())
        text = text_of(response)
        assert "Week-end 24 h × 6,20 € = 148,80 €" in text
        assert "Nuit de semaine 13 h × 6,20 € = 80,60 €" in text
        assert "Total 37 h × 6,20 € = 229,40 €" in text
        assert "6,20 € par heure depuis le 01/01/2017 (Artsenkrant)" in text
        assert "C'est le montant attendu au tarif du jour" in text
        assert "Déjà payé 0,00 € Attendu, pas encore validé 229,40 €" in text
        assert "Aucun paiement n'a encore pris cette garde." in text
        assert "L'INAMI n'a pas encore contrôlé cette garde" in text

    def test_says_where_cents_are_rounded_once(self, client, manager, unit, benali, tariff):
        """Ten minutes of a night and ten of a weekend at 6,15 €: 1,025 € each, 2,05 € together."""
        type(tariff).objects.update(amount=Decimal("6.15"))
        start = datetime(2026, 3, 7, 6, 50, tzinfo=UTC)
        guard = GuardFactory(
            unit=unit, provider=benali, starts_at=start, ends_at=start + timedelta(minutes=20)
        )
        text = text_of(client.get(detail(guard)))
        assert "0 h 10 × 6,15 € = 1,02 € (les cents s'arrondissent une seule fois, sur le total)" in text
        assert "Total 0 h 20 × 6,15 € = 2,05 €" in text

    def test_shows_its_lines_in_payments_and_what_inami_found(self, client, manager, paid, benali, world):
        response = client.get(detail(paid))
        text = text_of(response)
        assert "n° 1, du 01/01/2026 au 28/02/2026 Céline Benali honoraires 80,60 € payé" in text
        run_url = reverse("bhod:finance_run", args=[paid.checks.get().lines.get().run_id])
        assert run_url in response.content.decode()
        assert "Déjà payé 80,60 €" in text
        assert "validée 13 h × 6,20 € = 80,60 €" in text
        assert "C'est le montant que l'INAMI a validé." in text
        assert benali.accounts.get().iban[-4:] not in response.content.decode()

    def test_a_paid_guard_that_was_changed_leads_to_its_confirmation(self, client, manager, paid):
        confirm = reverse("bhod:guard_confirm_one", args=[paid.pk])
        assert confirm not in client.get(detail(paid)).content.decode()
        Guard.objects.filter(pk=paid.pk).update(state="REGISTERED", confirmed_at=None, confirmed_by=None)
        paid.checks.update(superseded_at=MARCH)

        response = client.get(detail(paid))

        assert "à corriger Elle a changé après son paiement et n'est plus confirmée" in text_of(response)
        assert confirm in response.content.decode()

        Guard.objects.filter(pk=paid.pk).update(
            state="CONFIRMED", ends_at=paid.ends_at - timedelta(hours=1), confirmed_at=MARCH, confirmed_by=paid.registered_by
        )  # fmt: skip
        validate(world=paid.unit.enterprise.world, at=MARCH)
        response = client.get(detail(paid))
        assert "à corriger Elle a changé après son paiement et l'INAMI l'a validée à nouveau" in text_of(
            response
        )
        assert confirm not in response.content.decode()

    def test_a_guard_that_is_not_over_leads_to_no_confirmation(self, client, manager, unit, benali):
        coming, over = (GuardFactory(unit=unit, provider=benali, **night(day)) for day in (20, 2))
        for guard, is_offered in ((coming, False), (over, True)):
            confirm = reverse("bhod:guard_confirm_one", args=[guard.pk])
            assert (confirm in client.get(detail(guard)).content.decode()) == is_offered

    def test_a_cancelled_guard_whose_payment_waits_for_an_account_was_not_received(
        self, client, manager, unit, circle, world, tariff
    ):
        doctor = CircleDoctorFactory(enterprise=circle).provider
        guard = GuardFactory(unit=unit, provider=doctor, confirmed=True, **night(6, month=1))
        closed_run(world, by=inami_agent(world), at=MARCH)
        Guard.objects.filter(pk=guard.pk).update(
            state="CANCELLED", cancelled_at=MARCH, cancelled_by=guard.registered_by, confirmed_at=None, confirmed_by=None
        )  # fmt: skip
        guard.checks.update(superseded_at=MARCH)
        text = text_of(client.get(detail(guard)))
        assert "le prochain paiement retire le montant de ce qui lui est dû." in text
        assert "Déjà payé 0,00 €" in text

    def test_shows_a_recovery(self, client, manager, paid, world):
        agent = inami_agent(world)
        Guard.objects.filter(pk=paid.pk).update(
            state="CANCELLED", cancelled_at=MARCH, cancelled_by=paid.registered_by, confirmed_at=None, confirmed_by=None
        )  # fmt: skip
        paid.checks.update(superseded_at=MARCH)
        text = text_of(client.get(detail(paid)))
        assert "à corriger Elle a été annulée après son paiement" in text
        assert "Déjà payé 80,60 € À reprendre par le prochain paiement -80,60 €" in text
        assert "La garde est annulée : elle ne donne plus droit à des honoraires." in text
        assert money_of(paid).money == Money(expected=Decimal("-80.60"), paid=Decimal("80.60"))

        may = datetime(2026, 5, 4, 9, tzinfo=UTC)
        closed_run(world, by=agent, at=may)

        text = text_of(client.get(detail(paid)))
        assert "reprise -80,60 € déduit de ce qui lui revient" in text
        assert money_of(paid).money == Money()
        assert money_of(paid).pay.state == PayState.RECOVERED

    def test_says_with_which_later_payment_it_was_settled(self, client, manager, paid, benali, world):
        Settlement.objects.update(outcome=SettlementOutcome.RETURNED, return_reason="AC06")
        assert money_of(paid).money == Money(returned=Decimal("80.60"))
        agent, may = inami_agent(world), datetime(2026, 5, 4, 9, tzinfo=UTC)
        closed_run(world, by=agent, at=may)
        assert "80,60 € envoyé à la banque avec le paiement n° 2" in text_of(client.get(detail(paid)))

    def test_a_colleague_who_took_it_over_is_due_what_the_first_gives_back(
        self, client, manager, paid, circle
    ):
        colleague = CircleDoctorFactory(enterprise=circle).provider
        Guard.objects.filter(pk=paid.pk).update(provider=colleague)
        paid.checks.update(superseded_at=MARCH)
        GuardCheckFactory(guard=Guard.objects.get(pk=paid.pk), checked_at=MARCH)
        found = money_of(paid)
        assert found.shares == {
            paid.provider_id: Money(validated=Decimal("-80.60"), paid=Decimal("80.60")),
            colleague.pk: Money(validated=Decimal("80.60")),
        }
        assert found.money.total == found.worth == Decimal("80.60")
        text = text_of(client.get(detail(paid)))
        assert "Benali – À reprendre par le prochain paiement -80,60 €" in text
        assert f"{colleague.person} – À payer par le prochain paiement 80,60 €" in text

    def test_says_why_inami_refuses_it_and_what_mends_it(self, client, manager, unit, circle):
        guard = GuardFactory(unit=unit, confirmed=True, **night(3))
        GuardCheckFactory(guard=guard, refused=True)
        response = client.get(detail(guard))
        text, page = text_of(response), response.content.decode()
        assert "Ce médecin n'est pas inscrit dans le cercle le 05/03/2026" in text
        assert reverse("bhod:doctor_enrol") in page
        assert "Une garde refusée ne donne pas droit à des honoraires" in text

        enrolment = CircleDoctorFactory(enterprise=circle, provider=guard.provider)
        assert (
            reverse("bhod:doctor_change", args=[enrolment.pk]) in client.get(detail(guard)).content.decode()
        )

    def test_what_was_paid_before_a_refusal_is_left_for_a_year(self, paid):
        paid.checks.update(superseded_at=MARCH)
        GuardCheckFactory(guard=paid, refused=True)
        assert money_of(paid).money == Money(paid=Decimal("80.60"))
        guard = Guard.objects.get(pk=paid.pk)
        later = money_of_guards(
            [guard], tariffs=tariff_book(guard.unit.enterprise.world), at=MARCH + timedelta(days=400)
        )
        assert later[0].money == Money(expected=Decimal("-80.60"), paid=Decimal("80.60"))

    def test_shows_what_its_doctor_asked_and_the_answer(self, client, manager, unit, benali):
        guard = GuardFactory(unit=unit, provider=benali, confirmed=True, **night(3))
        asked = GuardQuestionFactory(guard=guard)
        GuardQuestionFactory(guard=guard, answer="Corrigé.", answered_at=AT, answered_by=guard.registered_by)
        response = client.get(detail(guard))
        text = text_of(response)
        assert reverse("bhod:question_answer", args=[asked.pk]) in response.content.decode()
        assert "J'étais de garde jusqu'à 9 h, pas 8 h." in text
        assert "Sans réponse du cercle." in text
        assert "Réponse du cercle, le 10/03/2026 10:00 : Corrigé." in text

    def test_says_why_there_is_no_amount(self, client, manager, unit, benali, tariff):
        draft = GuardFactory(unit=unit, provider=benali, draft=True, **night(20))
        assert "Cette garde est un brouillon" in text_of(client.get(detail(draft)))
        cancelled = GuardFactory(unit=unit, provider=benali, cancelled=True, **night(4))
        assert "aucun paiement ne l'a connue" in text_of(client.get(detail(cancelled)))
        start = datetime(2025, 3, 5, 18, tzinfo=UTC)
        late = GuardFactory(unit=unit, provider=benali, starts_at=start, ends_at=start + timedelta(hours=13))
        assert "Le délai d'un an pour la communiquer est passé" in text_of(client.get(detail(late)))
        type(tariff).objects.all().delete()
        unpriced = GuardFactory(unit=unit, provider=benali, **night(9))
        assert "aucun tarif n'est connu pour le jour où elle commence" in text_of(
            client.get(detail(unpriced))
        )

    def test_knows_no_guard_of_another_circle(self, client, manager):
        assert client.get(detail(GuardFactory())).status_code == 404

    def test_reads_little(self, client, manager, paid, max_reads):
        with max_reads(17):
            client.get(detail(paid))
