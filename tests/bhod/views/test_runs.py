"""A payment step by step, as an agent of INAMI does it and reads it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from bhod.enums import GuardAct, GuardState, RunState, SettlementOutcome
from bhod.models import PaymentRun, Settlement
from bhod.selectors import run_lines
from bhod.services import payment_runs, validation
from csam.enums import DigitalKey
from tests.bhod.factories import AT, CircleDoctorFactory, GuardFactory, manager_of
from tests.bhod.payment_factories import (
    LedgerCheckFactory,
    PaymentLineFactory,
    PaymentRunFactory,
    TariffFactory,
)
from tests.bhod.payments import carried, closed, drafted, inami_agent
from tests.csam.factories import WorldFactory
from tests.csam.login import log_in
from tests.html_guard import assert_clean
from tests.pages import shows, text_of
from tests.prosante_login.factories import ProviderAccountFactory

pytestmark = pytest.mark.django_db

OPEN, HOME = reverse("bhod:run_open"), reverse("bhod:agent_home")
MAY, JULY = AT.replace(month=5, day=4), AT.replace(month=7, day=2)
STEPS = ["run_recalculate", "run_check", "run_close", "run_discard"]


def url(name, run):
    return reverse(f"bhod:{name}", args=[run.pk])


def told(response):
    return " ".join(str(each) for each in get_messages(response.wsgi_request))


def at(world, instant):
    world.frozen_at = instant
    world.save()


@pytest.fixture
def guard(unit):
    """A confirmed night of 13 hours (80.60 €) of a doctor who has an account."""
    guard = GuardFactory(unit=unit, confirmed=True)
    CircleDoctorFactory(enterprise=unit.enterprise, provider=guard.provider)
    ProviderAccountFactory(provider=guard.provider)
    TariffFactory(world=unit.enterprise.world)
    return guard


@pytest.fixture
def may(world):
    """March and April are over."""
    at(world, MAY)


@pytest.fixture
def run(guard, world, may, agent):
    """The draft of March and April: one line of 80.60 €."""
    return drafted(world, by=agent, at=MAY)


def check(client, run, **seen):
    return client.post(url("run_check", run), {"lines": 1, "total": "80.60"} | seen)


class TestOpen:
    def test_tells_what_it_takes_and_opens_it(self, client, agent, world, may):
        page = client.get(OPEN)
        assert_clean(page.content.decode())
        assert shows(page, "gardes validées du 01/03/2026 au 30/04/2026")

        response = client.post(OPEN)

        run = PaymentRun.objects.get()
        assert response["Location"] == url("run_detail", run)
        assert (run.state, run.asked_by) == (RunState.REQUESTED, agent)

    def test_a_second_click_and_a_second_agent_come_to_the_one_that_is_open(self, client, agent, may):
        client.post(OPEN)
        run = PaymentRun.objects.get()

        again = client.post(OPEN)
        assert again["Location"] == url("run_detail", run)
        assert "déjà ouvert" in told(again)
        assert client.get(OPEN)["Location"] == url("run_detail", run)

    def test_two_months_that_were_paid_are_not_opened_again(self, client, run, agent):
        closed(run, by=agent, at=MAY)

        assert shows(client.get(OPEN), "s'ouvre à partir du 01/07/2026")
        response = client.post(OPEN)

        assert response["Location"] == HOME
        assert "ont déjà leur paiement" in told(response)
        assert PaymentRun.objects.count() == 1


class TestDetail:
    def test_shows_a_draft_with_what_it_comes_to(self, client, run, max_reads):
        with max_reads(14):
            page = client.get(url("run_detail", run))

        assert_clean(page.content.decode())
        text = text_of(page)
        assert "À verser aux médecins : 80,60 €" in text
        assert "04/05/2026" in text
        assert "J'ai vérifié ce paiement" in text
        assert "Envoyé à la banque" not in text

    def test_tells_beforehand_and_after_who_has_no_account(self, client, run, guard, agent):
        guard.provider.accounts.all().delete()

        text = text_of(client.get(url("run_detail", run)))

        assert "1 médecin n'a pas de compte utilisable : 80,60 €" in text
        assert "À verser aux médecins : 0,00 €" in text
        closed(run, by=agent, at=MAY)
        assert shows(client.get(url("run_detail", run)), "1 médecin n'avait pas de compte utilisable")

    def test_says_what_was_validated_since_it_was_calculated(self, client, run, guard, world):
        moved = {name: getattr(guard, name) + timedelta(days=1) for name in ("starts_at", "ends_at")}
        GuardFactory(unit=guard.unit, provider=guard.provider, confirmed=True, **moved)
        assert run_lines.missing_from(run).guards == 0
        validation.validate(world=world, at=MAY + timedelta(minutes=5))

        for page in ("run_detail", "run_close"):
            assert shows(client.get(url(page, run)), "1 garde, validée depuis que ce paiement a été calculé")
            check(client, run)
        assert run_lines.missing_from(run).amount == Decimal("80.60")

    def test_what_is_foreseen_is_what_closing_writes(self, client, run, agent):
        foreseen = client.get(url("run_detail", run)).context["sums"]
        closed(run, by=agent, at=MAY)

        assert client.get(url("run_detail", run)).context["sums"] == foreseen

    def test_follows_a_run_that_is_calculated_and_shows_it_when_it_is_done(self, client, run, agent):
        payment_runs.recalculate_run(run=run, by=agent, at=MAY)
        page = client.get(url("run_detail", run))
        assert shows(page, "en train d'être calculé")
        assert 'http-equiv="refresh"' in page.content.decode()

        payment_runs.work_on(run, at=MAY)
        done = client.get(url("run_detail", run), headers={"HX-Request": "true"})
        assert done["HX-Refresh"] == "true"

    def test_follows_a_run_that_is_closed(self, client, run):
        check(client, run)
        client.post(url("run_close", run))

        page = client.get(url("run_detail", run), headers={"HX-Request": "true"})

        assert shows(page, "en train d'être clôturé")

    def test_an_empty_run_says_so(self, client, agent, world, may):
        run = drafted(world, by=agent, at=MAY)

        assert shows(client.get(url("run_detail", run)), "aucune garde validée n'est à payer")

    def test_says_why_it_is_a_draft_again(self, client, run, guard, agent):
        check(client, run)
        client.post(url("run_close", run))
        manager = manager_of(guard.unit.enterprise)
        carried(guard, manager, MAY, act=GuardAct.CANCELLED, state=GuardState.CANCELLED)
        payment_runs.work_on(run, at=MAY)

        page = client.get(url("run_detail", run))

        assert shows(page, "modifiée depuis : le paiement a été recalculé")
        assert shows(page, "J'ai vérifié ce paiement")

    def test_what_the_night_opened_has_nobody_behind_it(self, client, world, guard, may, agent):
        payment_runs.begin_nights(real_now=MAY)
        validation.work_on_rounds(real_now=MAY)
        run = PaymentRun.objects.get()
        payment_runs.work_on(run, at=MAY)

        assert shows(client.get(url("run_detail", run)), "d'office")


class TestCheckAndClose:
    def test_checked_then_closed(self, client, run, agent):
        response = check(client, run)
        assert response["Location"] == url("run_detail", run)
        assert "Rien n'est encore versé" in told(response)

        page = client.get(url("run_close", run))
        assert_clean(page.content.decode())
        assert shows(page, "1 médecin reçoit 80,60 €")
        assert client.post(url("run_close", run))["Location"] == url("run_detail", run)
        payment_runs.work_on(run, at=MAY)

        assert Settlement.objects.get().outcome == SettlementOutcome.SENT
        assert shows(client.get(url("run_detail", run)), "Envoyé à la banque : 80,60 €")

    def test_warns_when_the_ledger_does_not_agree(self, client, run, world):
        check(client, run)
        assert not shows(client.get(url("run_close", run)), "ne concorde pas")
        LedgerCheckFactory(world=world, faults=[{"fault": "LINE", "subject": "1"}])

        assert shows(client.get(url("run_close", run)), "Le grand livre ne concorde pas")

    @pytest.mark.parametrize("seen", [{"total": "80.59"}, {"lines": 2}, {"total": "rien"}, {"lines": ""}])
    def test_what_was_not_seen_is_not_checked(self, client, run, seen):
        response = check(client, run, **seen)

        assert "a changé depuis" in told(response)
        run.refresh_from_db()
        assert run.state == RunState.DRAFT

    def test_second_clicks_do_nothing_more(self, client, run):
        check(client, run)
        assert "n'est plus à cette étape" in told(check(client, run))
        client.post(url("run_close", run))
        client.get(HOME)
        assert told(client.post(url("run_close", run))) == ""
        payment_runs.work_on(run, at=MAY)
        client.post(url("run_close", run))

        assert Settlement.objects.count() == 1
        assert client.get(url("run_close", run))["Location"] == url("run_detail", run)

    def test_nothing_is_closed_that_nobody_checked(self, client, run):
        assert "Vérifiez ce paiement" in told(client.get(url("run_close", run)))
        assert "Vérifiez ce paiement" in told(client.post(url("run_close", run)))
        run.refresh_from_db()
        assert run.state == RunState.DRAFT

    def test_tells_who_waits_and_who_owes(self, client, run, guard, agent, world):
        """The first doctor is taken back what he was paid, the second has no account."""
        closed(run, by=agent, at=MAY)
        manager = manager_of(guard.unit.enterprise)
        carried(guard, manager, MAY, act=GuardAct.CANCELLED, state=GuardState.CANCELLED)
        other = GuardFactory(
            unit=guard.unit, confirmed=True, starts_at=guard.starts_at - timedelta(days=7),
            ends_at=guard.ends_at - timedelta(days=7),
        )  # fmt: skip
        CircleDoctorFactory(enterprise=guard.unit.enterprise, provider=other.provider)
        at(world, JULY)
        second = drafted(world, by=agent, at=JULY)
        payment_runs.check_run(run=second, seen=(2, Decimal(0)), by=agent, at=JULY)

        text = text_of(client.get(url("run_close", second)))

        assert "1 médecin n'a pas de compte : 80,60 € attendent" in text
        assert "1 médecin ne reçoit rien" in text
        assert "Solde reporté : -80,60 €" in text


class TestRecalculateAndDiscard:
    def test_calculated_anew(self, client, run):
        assert client.post(url("run_recalculate", run))["Location"] == url("run_detail", run)
        run.refresh_from_db()
        assert run.state == RunState.REQUESTED
        assert "n'est plus à cette étape" in told(client.post(url("run_recalculate", run)))

    def test_given_up(self, client, run):
        page = client.get(url("run_discard", run))
        assert_clean(page.content.decode())
        assert shows(page, "s'ouvre à nouveau de lui-même la nuit prochaine")

        response = client.post(url("run_discard", run))

        assert response["Location"] == HOME
        assert "Le paiement n° 1 est abandonné" in told(response)
        assert not PaymentRun.objects.exists()
        assert client.post(url("run_discard", run)).status_code == 404

    def test_what_is_closed_is_not_given_up(self, client, run, agent):
        closed(run, by=agent, at=MAY)

        assert client.get(url("run_discard", run))["Location"] == url("run_detail", run)
        assert "n'est plus à cette étape" in told(client.post(url("run_discard", run)))
        assert PaymentRun.objects.count() == 1

    @pytest.mark.parametrize("name", STEPS)
    def test_who_acts_upon_what_was_given_up_meanwhile_is_told(self, client, run, agent, name, monkeypatch):
        """Two agents: the run is there when the page begins, and gone when the act does."""
        service = {"run_check": "check_run", "run_recalculate": "recalculate_run"}.get(
            name, name.replace("run_", "") + "_run"
        )
        does = getattr(payment_runs, service)

        def meanwhile(**kwargs):
            PaymentRun.objects.get().lines.all().delete()
            PaymentRun.objects.all().delete()
            return does(**kwargs)

        monkeypatch.setattr(payment_runs, service, meanwhile)
        response = check(client, run) if name == "run_check" else client.post(url(name, run))

        assert response["Location"] == HOME
        assert "abandonné entre-temps" in told(response)


class TestLines:
    def lines(self, client, run, **query):
        return client.get(url("run_lines", run), query)

    @pytest.mark.parametrize("manner", ["", "cercles", "medecins", "corrections", "gardes", "inconnue"])
    def test_each_manner_is_a_page(self, client, run, manner, max_reads):
        with max_reads(14):
            page = self.lines(client, run, vue=manner)

        assert_clean(page.content.decode())
        assert shows(page, "1 ligne, dont reprises : 0. Total : 80,60 €")

    def test_by_circle(self, client, run):
        text = text_of(self.lines(client, run))

        assert "CMG du Test ASBL" in text
        assert text.count("80,60 €") == 3

    def test_by_doctor_by_outcome_and_name(self, client, run, guard):
        name = guard.provider.person.last_name
        assert shows(self.lines(client, run, vue="medecins", nom=name[:4]), "à verser")
        assert shows(self.lines(client, run, vue="medecins", resultat="SENT"), name)
        assert shows(self.lines(client, run, vue="medecins", resultat="OFFSET"), "Aucun médecin ne répond")
        assert shows(self.lines(client, run, vue="medecins", nom="Zzz"), "Aucun médecin ne répond")

    def test_line_by_line_of_one_circle_or_doctor(self, client, run, guard):
        circle, doctor = guard.unit.enterprise, guard.provider
        for query in ({"cercle": circle.pk}, {"medecin": doctor.pk}, {"cercle": "x"}, {"medecin": "9" * 30}):
            assert shows(self.lines(client, run, vue="gardes", **query), "13 h × 6,20 € = 80,60 €")
        other = GuardFactory(unit__enterprise__world=circle.world)
        empty = self.lines(client, run, vue="gardes", cercle=other.unit.enterprise_id)
        assert shows(empty, "Aucune ligne dans ce paiement")

    def test_corrections_show_what_is_taken_back_and_what_comes_in_its_place(
        self, client, run, guard, agent, world
    ):
        closed(run, by=agent, at=MAY)
        manager = manager_of(guard.unit.enterprise)
        carried(
            guard, manager, MAY, act=GuardAct.CHANGED, state=GuardState.REGISTERED,
            ends_at=guard.ends_at - timedelta(hours=1),
        )  # fmt: skip
        carried(guard, manager, MAY, act=GuardAct.CONFIRMED, state=GuardState.CONFIRMED)
        at(world, JULY)
        second = drafted(world, by=agent, at=JULY)

        assert shows(self.lines(client, run, vue="corrections"), "Aucune correction")
        text = text_of(self.lines(client, second, vue="corrections"))

        assert "-80,60 €" in text
        assert "12 h × 6,20 € = 74,40 €" in text
        assert ("reprise" in text, "nouveau montant" in text) == (True, True)

    def test_a_closed_run_shows_what_became_of_it(self, client, run, agent):
        closed(run, by=agent, at=MAY)
        Settlement.objects.update(outcome=SettlementOutcome.PAID, answered_at=MAY)

        assert shows(self.lines(client, run, vue="medecins", resultat="PAID"), "payé")

    def test_many_lines_are_pages_of_as_many_queries(self, client, run, guard, world, max_reads):
        for day in range(60):
            PaymentLineFactory(
                run=run,
                guard_check__guard=GuardFactory(
                    unit=guard.unit,
                    confirmed=True,
                    starts_at=guard.starts_at - timedelta(days=day + 1),
                    ends_at=guard.ends_at - timedelta(days=day + 1),
                ),
            )
        for manner in ("medecins", "gardes"):
            with max_reads(14):
                page = self.lines(client, run, vue=manner, page=2)
            assert len(page.context["rows"]) == 11

    def test_a_run_that_is_calculated_says_that_it_changes(self, client, run, agent):
        payment_runs.recalculate_run(run=run, by=agent, at=MAY)

        assert shows(self.lines(client, run), "va peut-être changer")


class TestWhoMaySee:
    def test_an_agent_of_another_world_finds_nothing(self, client, run):
        there = inami_agent(WorldFactory(code="ailleurs"))
        log_in(client, there, DigitalKey.PASSWORD)

        assert client.get(url("run_detail", run)).status_code == 404
        assert client.get(url("run_lines", run)).status_code == 404
        for name in STEPS:
            assert client.post(url(name, run)).status_code == 404

    def test_a_manager_may_not_know(self, client, manager, world):
        run = PaymentRunFactory(world=world, last_day=date(2026, 4, 30))

        assert client.get(url("run_detail", run)).status_code == 404
        assert client.post(OPEN).status_code == 404
