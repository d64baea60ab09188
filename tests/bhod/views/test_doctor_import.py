import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from bhod.models import CircleDoctor
from bhod_portal.core.models import AuditEntry
from tests.bhod.doctor_files import csv_file, line
from tests.bhod.factories import CircleDoctorFactory
from tests.html_guard import assert_clean
from tests.pages import errors, text_of
from tests.prosante_login.factories import CareProviderFactory

URL, CHECK, DONE, ERRORS, TEMPLATE = (
    reverse(f"bhod:doctor_import{step}") for step in ("", "_check", "_done", "_errors", "_template")
)
GP, UNKNOWN = "19990512004", "19990611003"


@pytest.fixture
def gp(world):
    return CareProviderFactory(inami_number=GP, person__last_name="Moreau")


def send(client, *lines, content=None):
    content = content or csv_file(*lines)
    return client.post(URL, {"file": SimpleUploadedFile("medecins.csv", content)}, follow=True)


def confirm(client, response):
    return client.post(CHECK, {"fingerprint": response.context["fingerprint"]}, follow=True)


def content_of(response):
    return b"".join(response.streaming_content).decode("utf-8-sig")


def test_shows_each_line_then_does_what_it_showed(client, administrative, circle, gp):
    response = send(client, line(GP, valid_until="31-12-2026"), line(UNKNOWN))

    assert response.redirect_chain == [(CHECK, 302)]
    assert_clean(response.content.decode())
    text = text_of(response)
    assert "Toutes les lignes (2)" in text
    assert "Céline Moreau 1-99905-12-004 ajouté" in text
    assert "Inscrit jusqu'au : 31/12/2026" in text
    assert "Une ligne est refusée" in text
    assert not CircleDoctor.objects.exists()

    done = confirm(client, response)

    assert done.redirect_chain == [(DONE, 302)]
    assert_clean(done.content.decode())
    assert "Inscriptions ajoutées : 1" in text_of(done)
    assert "Lignes refusées : 1" in text_of(done)
    assert CircleDoctor.objects.get().enterprise == circle
    assert AuditEntry.objects.get(act="bhod.doctor.looked_up").details == {"count": 1}


def test_a_second_click_does_it_once(client, manager, gp):
    response = send(client, line(GP))
    confirm(client, response)
    again = confirm(client, response)
    assert again.redirect_chain == [(DONE, 302)]
    assert CircleDoctor.objects.count() == 1


def test_gives_the_refused_lines_back_with_their_reason(client, manager, gp):
    sent = send(client, line(UNKNOWN, valid_until="31-12-2026"), line(GP))
    for _step in range(2):
        heading, refused = csv.reader(io.StringIO(content_of(client.get(ERRORS))), delimiter=";")
        row = dict(zip(heading, refused, strict=True))
        assert (row["Numéro INAMI"], row["Inscrit jusqu'au"], row["Ligne"]) == (UNKNOWN, "31-12-2026", "2")
        assert "ne connaît pas ce numéro" in row["Problème"]
        confirm(client, sent)
    # Mended, it may be sent as it is.
    CareProviderFactory(inami_number=UNKNOWN)
    mended = send(client, content=content_of(client.get(ERRORS)).encode())
    assert "Ajoutés (1)" in text_of(mended)


def test_takes_the_exported_list_and_finds_nothing_to_change(client, manager, circle):
    CircleDoctorFactory(enterprise=circle, candidate=True)
    CircleDoctorFactory(enterprise=circle, ended=True)
    response = send(client, content=content_of(client.get(reverse("bhod:doctor_export"))).encode())
    text = text_of(response)
    assert "Inchangés (2)" in text
    assert "Il n'y a rien à importer" in text
    assert "sans effet" not in text


@pytest.mark.parametrize("language", ["nl", "de", "en"])
def test_takes_the_list_that_was_exported_in_another_language(client, manager, circle, language):
    CircleDoctorFactory(enterprise=circle, candidate=True)
    CircleDoctorFactory(enterprise=circle, acquired_rights=True)
    french = content_of(client.get(reverse("bhod:doctor_export")))
    client.cookies["django_language"] = language
    exported = content_of(client.get(reverse("bhod:doctor_export")))
    assert exported != french
    client.cookies["django_language"] = "fr"
    text = text_of(send(client, content=exported.encode()))
    assert "Inchangés (2)" in text
    assert "sans effet" not in text


def test_shows_again_what_would_be_done_by_now(client, manager, circle, gp):
    response = send(client, line(GP))
    CircleDoctorFactory(enterprise=circle, provider=gp)
    again = confirm(client, response)
    assert again.redirect_chain == [(CHECK, 302)]
    text = text_of(again)
    assert "La situation a changé" in text
    assert "Refusés (1)" in text


def test_sorts_lines_by_what_becomes_of_them(client, manager, gp):
    send(client, line(GP), *[line(UNKNOWN, f"1-1-{year}") for year in range(2030, 2060)])
    refused = client.get(CHECK, {"resultat": "refuse"})
    assert len(refused.context["rows"]) == 25
    assert "resultat=refuse&amp;page=2" in refused.content.decode()
    assert len(client.get(CHECK, {"resultat": "ajoute"}).context["rows"]) == 1
    assert "Aucune ligne n'a ce résultat" in text_of(client.get(CHECK, {"resultat": "modifie"}))


def test_says_what_is_wrong_with_the_file(client, manager):
    assert_clean(client.get(URL).content.decode())
    assert errors(send(client, content=b"%PDF-1.7\n%")) == {"file": ["wrong_type"]}
    assert errors(client.post(URL)) == {"file": ["required"]}


def test_repeats_what_there_is_to_say_of_the_file(client, manager, gp):
    content = csv_file(line(GP), encoding="windows-1252")
    assert "Windows-1252" in text_of(send(client, content=content))


def test_has_enough_of_too_many_files(client, manager, settings, gp):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"doctor_import": "1/10m/key"}
    send(client, line(GP))
    assert errors(send(client, line(GP))) == {"file": ["too_many"]}


@pytest.mark.parametrize("step", [CHECK, DONE, ERRORS])
@pytest.mark.usefixtures("manager")
def test_begins_with_the_file(client, step):
    assert client.get(step, follow=True).redirect_chain == [(URL, 302)]


def test_offers_a_template_to_fill_in(client, manager):
    headings = [
        "Numéro INAMI",
        "Inscrit du",
        "Inscrit jusqu'au",
        "Numéro INAMI du maître de stage",
        "Droits acquis",
    ]
    assert client.get(TEMPLATE).getvalue().decode("utf-8-sig").strip().split(";") == headings
    response = client.get(TEMPLATE, {"format": "xlsx"})
    sheet = load_workbook(io.BytesIO(response.content)).active
    assert [cell.value for cell in sheet[1]] == headings
    assert [cell.number_format for cell in sheet[2]] == ["@", "dd-mm-yyyy", "dd-mm-yyyy", "@", "@"]


def test_the_list_leads_to_it(client, manager):
    assert URL in client.get(reverse("bhod:doctor_list")).content.decode()
