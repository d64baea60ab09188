"""What a circle reads of payments: what each brought its doctors, what a year came to, and files of both."""

import csv
import io
import zipfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape

import pytest
import python_calamine
import typst
from defusedxml import ElementTree
from django.urls import reverse

from bhod.enums import GuardAct, GuardState, ReturnReason, SettlementOutcome
from bhod.models import Settlement
from bhod_portal.core.models import AuditEntry
from tests.bhod.factories import CircleDoctorFactory, GuardFactory, GuardUnitFactory
from tests.bhod.payment_factories import PaymentRunFactory, TariffFactory
from tests.bhod.payments import carried, closed_run, drafted, inami_agent
from tests.pages import text_of
from tests.prosante_login.factories import ProviderAccountFactory

RUNS, YEAR, EXPORT = (reverse(f"bhod:finance_{name}") for name in ("runs", "year", "export"))
MAY, JULY = datetime(2026, 5, 4, 9, tzinfo=UTC), datetime(2026, 7, 2, 9, tzinfo=UTC)
NEXT_YEAR = datetime(2027, 1, 4, 9, tzinfo=UTC)


def doctor_of(circle, name, *, account=True):
    provider = CircleDoctorFactory(enterprise=circle, provider__person__last_name=name).provider
    if account:
        ProviderAccountFactory(provider=provider)
    return provider


def night(day):
    """A weeknight of 13 hours, 80.60 €, that begins on this day of March 2026."""
    start = datetime(2026, 3, day, 18, tzinfo=UTC)
    return {"starts_at": start, "ends_at": start + timedelta(hours=13), "confirmed": True}


@pytest.fixture
def agent(world):
    TariffFactory(world=world)
    return inami_agent(world)


@pytest.fixture
def benali(circle):
    return doctor_of(circle, "Benali")


@pytest.fixture
def guard(unit, benali):
    return GuardFactory(unit=unit, provider=benali, **night(3))


@pytest.fixture
def first(world, agent, unit, benali, guard):
    """The run of March and April, closed and answered: Benali had 378.20 € here, and 80.60 € in another circle; Colson, who has
    no account, 80.60 €.
    """
    GuardFactory(unit=unit, provider=benali, weekend=True, confirmed=True)
    GuardFactory(unit=unit, provider=doctor_of(unit.enterprise, "Colson", account=False), **night(4))
    elsewhere = GuardUnitFactory(enterprise__world=world, name="Ailleurs")
    CircleDoctorFactory(enterprise=elsewhere.enterprise, provider=benali)
    GuardFactory(unit=elsewhere, provider=benali, **night(9))
    run = closed_run(world, by=agent, at=MAY)
    answered(run, MAY)
    return run


@pytest.fixture
def second(world, agent, manager, guard, first):
    """The next one: Benali's night was an hour shorter, and Colson has got an account. The bank has not answered."""
    shorter = guard.ends_at - timedelta(hours=1)
    carried(guard, manager, MAY, act=GuardAct.CHANGED, state=GuardState.REGISTERED, ends_at=shorter)
    carried(guard, manager, MAY, act=GuardAct.CONFIRMED, state=GuardState.CONFIRMED)
    ProviderAccountFactory(provider=Settlement.objects.get(run=first, account=None).provider)
    return closed_run(world, by=agent, at=JULY)


def answered(run, at):
    sent = Settlement.objects.filter(run=run, outcome=SettlementOutcome.SENT)
    sent.update(outcome=SettlementOutcome.PAID, answered_at=at)


def run_page(run):
    return reverse("bhod:finance_run", args=[run.pk])


def rows_of(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


class TestRuns:
    def test_says_what_each_payment_brought_the_circle(self, client, manager, second, max_reads):
        with max_reads(10):
            response = client.get(RUNS)

        text = text_of(response)
        assert "Paiement n° 1 01/03/2026 – 30/04/2026 04/05/2026 3 458,80 € – 458,80 €" in text
        assert "Paiement n° 2 01/05/2026 – 30/06/2026 02/07/2026 0 0,00 € -6,20 € -6,20 €" in text
        assert text.index("Paiement n° 2") < text.index("Paiement n° 1")

    def test_says_where_the_money_stands(self, client, manager, first):
        text = text_of(client.get(RUNS))
        assert "payé 378,20 € en attente d'un compte 80,60 €" in text

    def test_money_that_a_later_payment_sends_is_under_way(self, client, manager, second):
        text = text_of(client.get(RUNS))
        assert "envoyé à la banque 80,60 € payé 378,20 €" in text
        assert "compensé -6,20 €" in text

    def test_draws_no_other_circle_in(self, client, manager, world, agent):
        elsewhere = GuardUnitFactory(enterprise__world=world)
        GuardFactory(unit=elsewhere, provider=doctor_of(elsewhere.enterprise, "Dupont"), **night(3))
        closed_run(world, by=agent, at=MAY)
        assert "Aucun paiement clôturé ne compte encore de garde de votre cercle." in text_of(
            client.get(RUNS)
        )

    def test_a_payment_that_is_not_closed_is_not_there(self, client, manager, world, agent, guard):
        run = drafted(world, by=agent, at=MAY)
        assert "Aucun paiement clôturé" in text_of(client.get(RUNS))
        assert client.get(run_page(run)).status_code == 404

    def test_is_reached_from_its_tabs(self, client, manager):
        page = client.get(RUNS).content.decode()
        assert f'href="{RUNS}" aria-current="page"' in page
        assert f'href="{YEAR}"' in page
        assert f'href="{EXPORT}"' in page


class TestRun:
    def test_says_what_each_doctor_gets_for_this_circle(self, client, manager, first, max_reads):
        with max_reads(14):
            response = client.get(run_page(first))

        text = text_of(response)
        assert "378,20 € – 378,20 € payé" in text
        assert "80,60 € – 80,60 € en attente d'un compte" in text
        assert (
            "03/03/2026 19:00 – 04/03/2026 08:00 Ouest Céline Benali honoraires 13 h × 6,20 € = 80,60 €"
            in text
        )
        assert "458,80 € (3 gardes payées)" in text
        # What he had in all, and what he had elsewhere.
        assert "Ailleurs" not in text
        assert "09/03/2026 19:00" not in text
        assert "BE" not in text.split("Pour votre cercle")[1]

    def test_says_by_which_later_payment_a_doctor_is_paid(self, client, manager, first, second):
        assert "envoyé à la banque avec le paiement n° 2" in text_of(client.get(run_page(first)))

    def test_shows_a_correction_as_two_lines(self, client, manager, second):
        response = client.get(run_page(second))

        text = text_of(response)
        assert "reprise 13 h × 6,20 € = 80,60 € nuit de semaine 13 h -80,60 €" in text
        assert "nouveau montant 12 h × 6,20 € = 74,40 € nuit de semaine 12 h 74,40 €" in text
        assert "-6,20 € (1 garde reprise)" in text
        # It was paid once, by the first payment: no fee is new.
        assert "Honoraires aucun Corrections" in text
        assert "-1 h 0,00 € -6,20 € -6,20 € compensé" in text

    def test_a_guard_passed_to_a_colleague_is_his_fee(
        self, client, manager, world, agent, circle, guard, first
    ):
        other = doctor_of(circle, "Dupont")
        carried(guard, manager, MAY, act=GuardAct.CHANGED, state=GuardState.REGISTERED, provider_id=other.pk)
        carried(guard, manager, MAY, act=GuardAct.CONFIRMED, state=GuardState.CONFIRMED)
        run = closed_run(world, by=agent, at=JULY)

        lines = client.get(run_page(run)).context["lines"]

        found = {(row.line.guard_check.provider.person.last_name, row.kind.value) for row in lines}
        assert found == {("Benali", "TAKEN_BACK"), ("Dupont", "FEE")}

    def test_shows_the_lines_of_one_doctor(self, client, manager, first, benali):
        response = client.get(run_page(first), {"medecin": benali.pk})
        assert {row.line.guard_check.provider for row in response.context["lines"]} == {benali}
        assert len(response.context["lines"]) == 2

    def test_shows_corrections_only(self, client, manager, first, second):
        assert len(client.get(run_page(second), {"lignes": "corrections"}).context["lines"]) == 2
        response = client.get(run_page(first), {"lignes": "corrections"})
        assert "Aucune ligne ne répond à votre choix." in text_of(response)

    def test_shows_all_for_what_it_does_not_understand(self, client, manager, first):
        for asked in ({"medecin": "0"}, {"medecin": "x"}, {"lignes": "x"}, {"page": "9"}):
            assert len(client.get(run_page(first), asked).context["lines"]) == 3, asked

    def test_asks_no_more_for_more_lines(self, client, manager, world, agent, unit, benali, max_reads):
        for number in range(15):
            GuardFactory(unit=unit, provider=doctor_of(unit.enterprise, f"Dupont{number}"), **night(3))
        run = closed_run(world, by=agent, at=MAY)
        with max_reads(14):
            client.get(run_page(run))
        with max_reads(10):
            client.get(RUNS)

    def test_another_worlds_payment_is_not_there(self, client, manager):
        other = PaymentRunFactory(world__code="ailleurs")
        assert client.get(run_page(other)).status_code == 404

    def test_a_payment_without_the_circle_says_so(self, client, manager, world, agent):
        run = closed_run(world, by=agent, at=MAY)
        assert "Ce paiement ne compte aucune garde de votre cercle." in text_of(client.get(run_page(run)))


class TestYear:
    def test_adds_up_what_was_paid(self, client, manager, second, max_reads):
        answered(second, JULY)
        with max_reads(11):
            response = client.get(YEAR)

        text = text_of(response)
        assert "simulé" in text
        assert "Honoraires payés en 2026" in text
        assert "Au total : 3 gardes, 452,60 € payés." in text
        assert "2 60 h 378,20 € -6,20 € 372,00 € –" in text
        assert "1 13 h 80,60 € – 80,60 € –" in text
        assert "Total 3 73 h 458,80 € -6,20 € 452,60 € –" in text

    def test_what_the_bank_has_not_answered_stands_apart(self, client, manager, second):
        assert "Total 2 60 h 378,20 € -6,20 € 372,00 € 80,60 €" in text_of(client.get(YEAR))

    def test_what_came_back_counts_in_the_year_in_which_it_is_paid(
        self, client, manager, world, agent, first
    ):
        Settlement.objects.filter(run=first, outcome=SettlementOutcome.PAID).update(
            outcome=SettlementOutcome.RETURNED, return_reason=ReturnReason.BLOCKED_ACCOUNT
        )
        run = closed_run(world, by=agent, at=NEXT_YEAR)
        answered(run, NEXT_YEAR)

        assert "Honoraires payés en 2027" in text_of(client.get(YEAR))
        assert "Total 2 61 h 378,20 € – 378,20 €" in text_of(client.get(YEAR))
        assert client.get(YEAR, {"annee": "2026"}).context["year"] == 2027

    def test_says_that_nobody_was_paid_yet(self, client, manager):
        for asked in ({}, {"annee": "2019"}, {"annee": "x"}):
            assert "Aucun médecin n'a encore été payé en 2026" in text_of(client.get(YEAR, asked))


class TestFiles:
    def test_the_lines_of_a_payment_add_up_to_the_page(self, client, manager, second):
        response = client.get(EXPORT, {"paiement": second.pk, "format": "csv", "par": "gardes"})

        headings, *rows = rows_of(response)
        amounts = [Decimal(row[headings.index("Montant")].replace(",", ".")) for row in rows]
        assert amounts == [Decimal("-80.60"), Decimal("74.40")]
        assert [row[headings.index("Heures")] for row in rows] == ["-13,00", "12,00"]
        assert rows[0][0] == "03-03-2026 19:00"
        assert response["Content-Disposition"].endswith('-gardes.csv"')
        assert "decompte-paiement-2-" in response["Content-Disposition"]

    def test_the_doctors_of_a_payment_add_up_to_the_page(self, client, manager, first):
        headings, *rows = rows_of(client.get(EXPORT, {"paiement": first.pk, "format": "csv"}))
        assert [row[headings.index("Total")] for row in rows] == ["378,20", "80,60"]
        assert rows[0][0] == "Benali Céline"
        assert rows[1][-1] == "en attente d'un compte"

    def test_the_doctors_of_a_year(self, client, manager, second):
        headings, *rows = rows_of(client.get(EXPORT, {"annee": 2026, "format": "csv"}))
        assert [row[headings.index("Total payé")] for row in rows] == ["372,00", "0,00"]
        assert [row[-1] for row in rows] == ["0,00", "80,60"]
        rows = rows_of(client.get(EXPORT, {"annee": 2026, "format": "csv", "par": "paiements"}))
        assert [row[2:] for row in rows[1:]] == [
            ["1", "1", "04-05-2026", "378,20", "0,00", "378,20"],
            ["2", "2", "02-07-2026", "0,00", "-6,20", "-6,20"],
        ]

    def test_the_guards_of_a_period_add_up_to_its_page(self, client, manager, second):
        period = {"du": "01-03-2026", "au": "31-03-2026"}
        headings, *rows = rows_of(client.get(EXPORT, period | {"format": "csv", "par": "gardes"}))
        overview = client.get(reverse("bhod:finance_overview"), period).context["overview"]

        totals = [Decimal(row[headings.index("Total")].replace(",", ".")) for row in rows]
        assert sum(totals) == overview.total.money.total == Decimal("452.60")
        headings, *rows = rows_of(client.get(EXPORT, period | {"format": "csv", "par": "medecins"}))
        paid = [Decimal(row[headings.index("Payé")].replace(",", ".")) for row in rows]
        assert sum(paid) == overview.total.money.paid

    def test_that_a_file_was_taken_is_kept(self, client, manager, first):
        client.get(EXPORT, {"paiement": first.pk, "format": "pdf"})
        entry = AuditEntry.objects.latest("pk")
        assert (entry.act, entry.done_by) == ("bhod.statement.exported", manager)
        assert entry.details == {"file": "pdf", "run": 1}

    def test_no_file_holds_an_account(self, client, manager, first, benali):
        account = benali.accounts.get().iban
        for kind in ("csv", "xlsx"):
            response = client.get(EXPORT, {"paiement": first.pk, "format": kind})
            content = b"".join(response)
            if kind == "xlsx":
                archive = zipfile.ZipFile(io.BytesIO(content))
                content = b"".join(archive.read(name) for name in archive.namelist())
            assert account.encode() not in content

    def test_the_page_asks_for_a_period(self, client, manager):
        text = text_of(client.get(EXPORT))
        assert "Exporter un décompte" in text
        assert 'value="01-03-2026"' in client.get(EXPORT).content.decode()

    def test_a_period_of_years_is_refused(self, client, manager):
        response = client.get(EXPORT, {"du": "01-01-2024", "au": "31-12-2026", "format": "csv"})
        assert "Choisissez une période d'un an au plus." in text_of(response)

    def test_what_is_not_there(self, client, manager):
        for asked in ("paiement=0", "paiement=x", f"paiement={'9' * 30}", "annee=x", "annee=1"):
            assert client.get(f"{EXPORT}?{asked}&format=csv").status_code == 404

    def test_nobody_but_the_manager(self, client, administrative, first):
        for address in (RUNS, YEAR, EXPORT, run_page(first)):
            assert client.get(address, {"paiement": first.pk, "format": "csv"}).status_code == 403


SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheet_of(content, number):
    """The cells of a sheet (kind, text), read without the library that wrote it: by the standard of the format."""
    sheet = ElementTree.fromstring(
        zipfile.ZipFile(io.BytesIO(content)).read(f"xl/worksheets/sheet{number}.xml")
    )
    rows = []
    for row in sheet.iter(f"{SPREADSHEET}row"):
        cells = []
        for cell in row.findall(f"{SPREADSHEET}c"):
            assert cell.find(f"{SPREADSHEET}f") is None, "a formula"
            text = "".join(cell.itertext())
            cells.append(text if cell.get("t") == "inlineStr" else text and float(text))
        rows.append(cells)
    return rows


class TestWorkbook:
    def test_is_read_by_another_reader(self, client, manager, second):
        content = client.get(EXPORT, {"paiement": second.pk, "format": "xlsx"}).content

        workbook = python_calamine.load_workbook(io.BytesIO(content))
        first_sheet, _doctors, guards = [
            workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names
        ]
        assert first_sheet[0][0] == "Décompte du paiement n° 2"
        headings, *rows, total = guards
        place = headings.index("Montant")
        assert [row[place] for row in rows] == [-80.6, 74.4]
        assert total[place] == -6.2
        assert rows[0][0].isoformat() == "2026-03-03T19:00:00"

    def test_takes_no_name_for_a_formula(self, client, manager, unit, first):
        unit.name = "=1+1"
        unit.save()
        content = client.get(EXPORT, {"paiement": first.pk, "format": "xlsx"}).content
        assert "=1+1" in sheet_of(content, 3)[1]

    def test_leaves_out_what_a_workbook_cannot_hold(self, client, manager, unit, first):
        unit.name = "Ou\x0best"
        unit.save()
        content = client.get(EXPORT, {"paiement": first.pk, "format": "xlsx"}).content
        assert "Ouest" in sheet_of(content, 3)[1]


class TestDocument:
    def test_is_a_tagged_document_in_french(self, client, manager, first):
        response = client.get(EXPORT, {"paiement": first.pk, "format": "pdf"})
        assert response["Content-Type"] == "application/pdf"
        assert b"/StructTreeRoot" in response.content
        assert b"/Lang(fr" in response.content

    def test_prints_what_the_page_says(self, client, manager, unit, second, monkeypatch):
        """The same template as a page of HTML, which can be read."""
        compiled = typst.compile

        def as_html(source, **options):
            return compiled(source, **options | {"format": "html"})

        monkeypatch.setattr(typst, "compile", as_html)
        unit.name = '#panic("x") *Ouest* $a$'
        unit.save()
        for asked in ({"paiement": second.pk}, {"annee": 2026}, {"du": "01-03-2026", "au": "31-03-2026"}):
            html = unescape(client.get(EXPORT, asked | {"format": "pdf"}).content.decode())
            assert "Benali Céline" in html
            if "annee" not in asked:
                assert unit.name in html

    def test_says_that_there_is_nothing(self, client, manager):
        assert client.get(EXPORT, {"annee": 2026, "format": "pdf"}).content.startswith(b"%PDF-")
        workbook = client.get(EXPORT, {"annee": 2026, "format": "xlsx"}).content
        assert [row[0] for row in sheet_of(workbook, 2)] == ["Médecin", "Total"]
