"""The pages of an import of a planning: the file, its columns, the dry run, the confirmation, what it did."""

import csv
import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from bhod.enums import GuardState, ImportState
from bhod.models import Guard, PlanningImport
from bhod.services import planning_imports, planning_steps
from bhod_portal.core.tables import MAX_LINES
from tests.bhod.factories import (
    AT,
    CircleDoctorFactory,
    GuardFactory,
    GuardUnitFactory,
    PlanningImportFactory,
)
from tests.bhod.planning.files import HEADINGS, calendar, csv_file, line

UPLOAD = reverse("bhod:planning_import")
OWN_HEADINGS = ["Poste", "Qui", "Commence", "Finit"]


@pytest.fixture
def doctor(circle):
    return CircleDoctorFactory(
        enterprise=circle,
        provider__person__last_name="Peeters",
        provider__person__email="zoe@exemple.invalid",
    ).provider


@pytest.fixture
def send(client):
    def act(content, name="planning.csv"):
        return client.post(UPLOAD, {"file": SimpleUploadedFile(name, content)}, follow=True)

    return act


def last():
    return PlanningImport.objects.latest("pk")


def page(name, one=None):
    return reverse(f"bhod:planning_import_{name}", args=[(one or last()).public_id])


def confirm(client, **data):
    return client.post(page("check"), {"fingerprint": last().plan["fingerprint"], **data}, follow=True)


def downloaded(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


class TestUpload:
    def test_is_found_from_the_guards(self, client, administrative):
        assertContains(client.get(reverse("bhod:guard_month")), f'href="{UPLOAD}"')

    def test_lists_the_imports_of_the_circle_only(self, client, manager, circle):
        PlanningImportFactory(enterprise=circle, file_name="avril.xlsx")
        PlanningImportFactory(file_name="ailleurs.xlsx")
        answer = client.get(UPLOAD)
        assertContains(answer, "avril.xlsx")
        assertNotContains(answer, "ailleurs.xlsx")

    def test_says_when_there_is_none(self, client, manager):
        assertContains(client.get(UPLOAD), "Aucun planning n'a encore été importé.")

    @pytest.mark.parametrize(
        ("content", "text"),
        [
            (b"", "vide"),
            (b"\x89PNG\r\n\x1a\n", "ni un CSV ni un classeur"),
            (csv_file(), "n&#x27;a que des intitulés"),
            (csv_file(*[["x"]] * (MAX_LINES + 1)), "partagez-le en plusieurs"),
            (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "aucun événement"),
        ],
    )
    def test_a_file_that_cannot_be_read_is_told(self, client, manager, send, content, text):
        assertContains(send(content), text)
        assert not PlanningImport.objects.exists()

    def test_fifty_thousand_lines_are_refused(self, client, manager, send):
        assertContains(send(b";".join([b"x"] * 3) + b"\na;b;c" * 50_000), "partagez-le en plusieurs")

    @override_settings(ACCOUNT_RATE_LIMITS={"planning_import": "1/10m/key"})
    def test_many_files_at_once_wait(self, client, manager, send, doctor):
        send(csv_file(line(doctor)))
        assertContains(send(csv_file(line(doctor))), "Trop de fichiers")

    def test_wrong_encodings_are_read_and_told(self, client, manager, send, circle):
        GuardUnitFactory(enterprise=circle, name="Vallée")
        CircleDoctorFactory(enterprise=circle, provider__person__last_name="Müller")
        text = "unite;medecin;debut;fin\nVallée;Müller;14-03-2026 08:00;15-03-2026 08:00\n"
        answer = send(text.encode("windows-1252"))
        assertContains(answer, "Windows-1252")
        assert last().plan["counts"]["ajoutee"] == 1


class TestTemplate:
    def test_csv_has_our_columns_and_an_example(self, client, manager, circle, doctor, unit, send):
        content = client.get(reverse("bhod:planning_import_template")).getvalue()
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
        assert rows[0] == HEADINGS
        assert rows[1][2:] == [
            "Ouest", rows[1][3], "14-03-2026 08:00", "15-03-2026 08:00", "exemple",
        ]  # fmt: skip
        send(content)
        assert last().plan["counts"]["inchangee"] == 1

    def test_workbook_lists_units_and_doctors(self, client, manager, doctor):
        answer = client.get(reverse("bhod:planning_import_template"), {"format": "xlsx"})
        workbook = load_workbook(io.BytesIO(answer.content))
        assert [cell.value for cell in workbook.worksheets[0][1]] == HEADINGS
        listed = [[cell.value for cell in row] for row in workbook.worksheets[1].iter_rows(min_row=2)]
        assert listed[0][1] == "Ouest"
        assert listed[0][2].startswith("Peeters")

    def test_a_circle_that_has_nothing_yet_gets_one_too(self, client, manager, unit):
        unit.delete()
        for form in ("csv", "xlsx"):
            answer = client.get(reverse("bhod:planning_import_template"), {"format": form})
            assert answer.status_code == 200


class TestColumns:
    def cells(self, start="14-03-2026 08:00", end="15-03-2026 08:00"):
        return csv_file(["Ouest", "Peeters", start, end], headings=OWN_HEADINGS)

    def named(self, client):
        data = {"column-0": "unit", "column-1": "doctor", "column-2": "start", "column-3": "end", "unit": ""}
        return client.post(page("columns"), data, follow=True)

    def test_unknown_headings_are_asked_with_what_stands_in_them(self, client, manager, doctor, send):
        answer = send(self.cells())
        assert answer.request["PATH_INFO"] == page("columns")
        for text in ("Commence", "Dans le fichier :", "14-03-2026 08:00"):
            assertContains(answer, text)

        answer = self.named(client)
        assert answer.request["PATH_INFO"] == page("check")

        # Remembered: the next file with these headings goes straight on.
        answer = send(self.cells("21-03-2026 08:00", "22-03-2026 08:00"))
        assert answer.request["PATH_INFO"] == page("check")
        assertContains(client.get(page("columns")), 'value="doctor" selected')

    def test_a_column_named_twice_and_one_missing(self, client, manager, doctor, send):
        send(self.cells())
        answer = client.post(page("columns"), {"column-0": "start", "column-1": "start"})
        assertContains(answer, "est déjà une autre colonne")
        answer = client.post(page("columns"), {"column-0": "start"})
        assertContains(answer, "Il manque")
        assert last().state == ImportState.UPLOADED

    def test_a_calendar_asks_for_its_unit_only(self, client, manager, doctor, circle, unit, send):
        GuardUnitFactory(enterprise=circle, name="Est")
        event = "UID:1\nDTSTART;VALUE=DATE:20260314\nSUMMARY:Dr Peeters"
        answer = send(calendar(event), "garde.ics")
        assertContains(answer, "Unité des gardes du calendrier")
        assertNotContains(answer, "column-0")
        assertContains(client.post(page("columns"), {"unit": ""}), "Choisissez l&#x27;unité")

        answer = client.post(page("columns"), {"unit": unit.pk}, follow=True)
        assertContains(answer, "Ouest, Dr Peeters")
        assert last().plan["counts"]["ajoutee"] == 1


class TestCheck:
    def test_shows_each_guard_with_what_it_was(self, client, manager, doctor, unit, send):
        GuardFactory(unit=unit, provider=doctor, weekend=True)
        answer = send(
            csv_file(
                line(doctor, "07-03-2026 08:00", "08-03-2026 08:00"),
                line(doctor),
                line("1-99905-12-004"),
                line(doctor),
            )
        )
        for text in (
            "Modifiées (1)", "Ajoutées (1)", "Refusées (1)", "Inchangées (1)", "avant :", "09/03/2026 08:00",
            "1-99905-12-004", "Un médecin sera prévenu", "Confirmer l'import de 2 gardes",
        ):  # fmt: skip
            assertContains(answer, text)

    def test_filters_by_outcome(self, client, manager, doctor, send):
        send(csv_file(line(doctor), line("1-99905-12-004")))
        answer = client.get(page("check"), {"resultat": "refusee"})
        assertContains(answer, "Aucun médecin")
        assertNotContains(answer, "Ouest, Dr Peeters")
        assertContains(client.get(page("check"), {"resultat": "autre"}), "Ouest, Dr Peeters")

    def test_asks_the_database_no_more_for_more_guards(
        self, client, manager, doctor, unit, send, django_assert_max_num_queries
    ):
        starts = [f"{day:02}-04-2026" for day in range(1, 29)]
        send(csv_file(*[line(doctor, f"{day} 20:00", f"{day} 22:00") for day in starts]))
        with django_assert_max_num_queries(14):
            client.get(page("check"))

    def test_the_name_of_a_stranger_is_not_told(self, client, manager, doctor, send):
        stranger = CircleDoctorFactory(
            enterprise__world=doctor.person.world, provider__person__last_name="Étranger"
        ).provider
        assertNotContains(send(csv_file(line(stranger))), "Étranger")

    def test_refused_lines_are_downloaded_mended_and_sent_again(self, client, manager, doctor, send):
        send(csv_file(line(doctor), line(doctor, unit="Nord")))
        rows = downloaded(client.get(page("errors")))
        assert rows[0] == [*HEADINGS, "Ligne", "Problème"]
        assert rows[1][2] == "Nord"
        assert rows[1][-2] == "3"
        assert len(rows) == 2

        mended = [*rows[1]]
        mended[2], mended[4], mended[5] = "Ouest", "21-03-2026 08:00", "22-03-2026 08:00"
        send(csv_file(mended, headings=rows[0]))
        assert last().plan["counts"]["ajoutee"] == 1


class TestOptions:
    def test_suggest_the_days_and_units_of_the_file(self, client, manager, doctor, unit, send):
        send(csv_file(line(doctor)))
        form = client.get(page("options")).context["form"]
        assert form.initial["first_day"] == form.initial["last_day"] == date(2026, 3, 14)
        assert form.initial["units"] == [unit.pk]

    def test_have_nothing_to_suggest_when_all_is_refused(self, client, manager, doctor, send):
        send(csv_file(line("1-99905-12-004")))
        form = client.get(page("options")).context["form"]
        assert (form.initial["first_day"], form.initial["units"]) == (None, [])

    def test_a_whole_planning_of_drafts(self, client, manager, doctor, unit, send):
        guard = GuardFactory(unit=unit, provider=doctor, weekend=True)
        send(csv_file(line(doctor)))
        data = {"state": "draft", "replaces": "on", "first_day": "01-03-2026", "last_day": "31-03-2026"}
        answer = client.post(page("options"), data | {"units": [unit.pk]}, follow=True)
        assertContains(answer, "planning complet du 01/03/2026 au 31/03/2026 (Ouest)")
        assertContains(answer, "seront des brouillons")
        assertContains(answer, "Retirées (1)")
        assert client.get(page("options")).context["form"].initial["state"] == "draft"

        assertContains(confirm(client), "L'import est fait")
        guard.refresh_from_db()
        assert guard.state == GuardState.CANCELLED

    @pytest.mark.parametrize(
        ("days", "text"),
        [
            ({}, "Indiquez ce jour."),
            ({"first_day": "01-03-2026", "last_day": "31-03-2026"}, "au moins une unité"),
            ({"first_day": "01-03-2024", "last_day": "31-03-2026"}, "un an au plus"),
            ({"first_day": "02-03-2026", "last_day": "01-03-2026"}, "La date de fin"),
        ],
    )
    def test_what_is_missing_is_told(self, client, manager, doctor, send, days, text):
        send(csv_file(line(doctor)))
        assertContains(client.post(page("options"), {"state": "draft", "replaces": "on", **days}), text)


class TestConfirmation:
    def test_does_what_was_shown(self, client, manager, doctor, send):
        send(csv_file(line(doctor), line("1-99905-12-004")))
        assertContains(confirm(client), "corrigez-les et renvoyez le fichier")
        assert not Guard.objects.exists()

        answer = confirm(client, without_refused="1")
        for text in ("Ajoutées&nbsp;: 1", "Refusées&nbsp;: 1", "Un médecin est prévenu", "?mois=2026-03"):
            assertContains(answer, text)
        undo = reverse("bhod:batch_undo", args=[last().batch_id])
        assertContains(answer, f'href="{undo}"')
        assertContains(client.get(UPLOAD), "importé")
        # Going back, one sees what became of it; and a second click changes nothing.
        assertRedirects(client.get(page("check")), page("done"))
        assertRedirects(client.post(page("check"), {"fingerprint": ""}), page("done"))
        assert Guard.objects.count() == 1

    def test_an_import_that_was_undone_says_so(self, client, manager, doctor, send):
        send(csv_file(line(doctor)))
        confirm(client)
        batch = last().batch
        batch.undone_at, batch.undone_by = AT, manager
        batch.save()
        assertContains(client.get(page("done")), "a été annulé ensuite")
        assertContains(client.get(UPLOAD), "annulé ensuite")

    def test_shows_anew_what_changed_meanwhile(self, client, manager, doctor, unit, send):
        send(csv_file(line(doctor, "07-03-2026 08:00", "09-03-2026 08:00")))
        GuardFactory(unit=unit, provider=doctor, weekend=True)
        answer = confirm(client)
        assertContains(answer, "La situation a changé depuis le contrôle")
        assertContains(answer, "rien à importer")

    def test_the_same_file_again_has_nothing_to_do(self, client, manager, doctor, send):
        send(csv_file(line(doctor)))
        confirm(client)
        assertContains(send(csv_file(line(doctor))), "Il n'y a rien à importer")
        assertContains(confirm(client), "Il n&#x27;y a rien à importer.")

    def test_may_be_left_be(self, client, manager, doctor, send):
        send(csv_file(line(doctor)))
        for _click in range(2):
            assertRedirects(client.post(page("discard")), UPLOAD)
        assertContains(client.get(page("check"), follow=True), "a été abandonné")
        assertContains(client.get(UPLOAD), "abandonné")


class TestProgress:
    @pytest.fixture(autouse=True)
    def _large(self, monkeypatch):
        monkeypatch.setattr(planning_imports, "AT_ONCE", 0)

    def test_follows_a_large_file(self, client, manager, doctor, send):
        answer = send(csv_file(line(doctor)))
        assert answer.request["PATH_INFO"] == page("progress")
        for text in ("1 garde à traiter", 'http-equiv="refresh"', "hx-get", "en train d'être contrôlé"):
            assertContains(answer, text)

        planning_steps.work_on_next(real_now=AT)
        assertRedirects(client.get(page("progress")), page("check"))
        answer = confirm(client)
        assertContains(answer, "en train d'être enregistrées")
        planning_steps.work_on_next(real_now=AT)
        assertRedirects(client.get(page("progress")), page("done"))

    def test_says_aloud_each_quarter(self, client, manager, circle):
        one = PlanningImportFactory(enterprise=circle, state=ImportState.APPLYING, steps=8, steps_done=5)
        told = client.get(page("progress", one)).text
        assert 'role="status" id="annonce">Les gardes sont en train d\'être enregistrées. 50 %</p>' in told

    def test_says_why_it_failed(self, client, manager, circle):
        one = PlanningImportFactory(
            enterprise=circle, state=ImportState.FAILED, failure="Il manque un droit."
        )
        assertContains(client.get(page("progress", one)), "Il manque un droit.")
        assertRedirects(client.post(page("discard", one)), page("progress", one))


@pytest.mark.parametrize("state", [ImportState.DISCARDED, ImportState.APPLYING])
def test_an_act_on_one_that_is_decided_leads_where_it_stands(client, manager, circle, state):
    one = PlanningImportFactory(enterprise=circle, state=state)
    for name in ("columns", "options", "check"):
        assertRedirects(client.get(page(name, one)), page("progress", one))


def test_another_circle_s_import_is_not_there(client, manager):
    one = PlanningImportFactory(checked=True)
    assert client.get(page("check", one)).status_code == 404
