"""The pages of an import: the file, the dry run, the confirmation, what it did."""

import csv
import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from access_mgmt.enums import Function
from access_mgmt.models import QualityMember
from access_mgmt.services import member_imports
from access_mgmt.services.import_files import COLUMNS
from bhod_portal.core.models import AuditEntry, Draft
from bhod_portal.core.tables import read_table
from bhod_portal.core.uploads import MAX_FILE_BYTES
from tests.access_mgmt.factories import QualityMemberFactory
from tests.access_mgmt.import_files import csv_file, line, xlsx_file
from tests.csam.factories import PersonFactory

pytestmark = pytest.mark.usefixtures("stopped_clock")
GUARDPOST = Function.GUARDPOST_CIRCLE.value


@pytest.fixture
def addresses(manager):
    """The pages of the import by the end of their names."""
    names = ("import", "import_template", "import_check", "import_errors", "import_done", "list")
    return {name: reverse(f"access_mgmt:member_{name}", args=[manager.quality.pk]) for name in names}


@pytest.fixture
def send(client, addresses):
    """Send a file, whatever its name says."""

    def send(content, name="utilisateurs.csv", **kwargs):
        file = SimpleUploadedFile(name, content)
        return client.post(addresses["import"], {"file": file}, **kwargs)

    return send


@pytest.fixture
def person():
    return PersonFactory(first_name="Zoé", last_name="Peeters", email="zoe@exemple.invalid")


def confirm(client, addresses):
    page = client.get(addresses["import_check"])
    return client.post(addresses["import_check"], {"fingerprint": page.context["fingerprint"]})


def downloaded(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


class TestMemberImport:
    def test_is_found_on_the_users_page(self, client, addresses):
        assertContains(client.get(addresses["list"]), f'href="{addresses["import"]}"')

    def test_says_what_to_have_at_hand(self, client, addresses):
        page = client.get(addresses["import"])
        assertContains(page, f"{addresses['import_template']}?format=xlsx")
        assertContains(page, "NISS (obligatoire)")
        assertContains(page, "Honoraires de disponibilité (INAMI)")

    def test_stands_under_the_users_in_the_menu(self, client, addresses, send, person):
        send(csv_file(line(person)))

        for name in ("import", "import_check"):
            assertContains(client.get(addresses[name]), f'href="{addresses["list"]}" aria-current="true"')
        confirm(client, addresses)
        assertContains(
            client.get(addresses["import_done"]), f'href="{addresses["list"]}" aria-current="true"'
        )

    def test_leads_to_the_dry_run(self, send, addresses, person):
        assertRedirects(send(csv_file(line(person))), addresses["import_check"])
        assert not QualityMember.objects.filter(person=person).exists()

    def test_judges_what_a_file_holds_and_not_its_name(self, send, addresses, person):
        assertRedirects(send(xlsx_file(line(person)), name="utilisateurs.csv"), addresses["import_check"])
        assertContains(send(b"%PDF-1.7 utilisateurs"), "quel que soit son nom")

    @pytest.mark.parametrize("content", [b"", b"a;b\n1;2\n", b"x" * (MAX_FILE_BYTES + 1)])
    def test_refuses_a_file_beside_the_field(self, send, content):
        page = send(content)
        assert page.context["form"].errors.keys() == {"file"}
        assert not Draft.objects.exists()

    def test_asks_for_a_file(self, client, addresses):
        assert client.post(addresses["import"]).context["form"].errors.keys() == {"file"}

    @override_settings(ACCOUNT_RATE_LIMITS={"member_import": "1/10m/key"})
    def test_is_limited_in_rate(self, send, addresses, person):
        send(csv_file(line(person)))
        assertContains(send(csv_file(line(person))), "Trop de fichiers en peu de temps")

    def test_a_plain_user_imports_nobody(self, client, addresses, manager):
        QualityMember.objects.filter(pk=manager.pk).update(kind="utilisateur")
        assert client.get(addresses["import"]).status_code == 403


class TestTemplate:
    def test_as_csv_for_belgian_spreadsheets(self, client, addresses):
        response = client.get(addresses["import_template"], {"format": "csv"})
        assert response["Content-Disposition"] == 'attachment; filename="utilisateurs-modele.csv"'
        assert response.getvalue().startswith(b"\xef\xbb\xbfNISS;Nom;")

    def test_as_a_workbook_that_comes_back_read(self, client, addresses, send, person):
        response = client.get(addresses["import_template"], {"format": "xlsx"})
        book = load_workbook(io.BytesIO(response.content))
        assert [cell.value for cell in book.worksheets[0][1]] == [str(name) for name in COLUMNS.values()]
        assert GUARDPOST in {cell.value for cell in book.worksheets[1]["F"]}
        book.worksheets[0].append([person.niss, "Peeters", "Zoé"])
        target = io.BytesIO()
        book.save(target)
        assert len(read_table(content=target.getvalue(), size=1).lines) == 2
        assertRedirects(send(target.getvalue()), addresses["import_check"])


class TestMemberImportCheck:
    def test_shows_what_each_line_would_do(self, client, send, addresses, person, member):
        page = send(
            csv_file(
                line(person, function=GUARDPOST, valid_from="01-04-2026"),
                line(member.person, email="neuf@exemple.invalid"),
                line(member.person, function=GUARDPOST, valid_from="31-02-2026"),
            ),
            follow=True,
        )
        assertContains(page, "depuis le 01/04/2026, sans fin")
        assertContains(page, f"<del>{member.email}</del> → <ins>neuf@exemple.invalid</ins>", html=False)
        assertContains(page, "Écrivez-la jj-mm-aaaa")
        assertContains(page, "Confirmer l'import de 2 lignes")
        assertContains(page, addresses["import_errors"])

    def test_narrows_to_an_outcome(self, client, send, addresses, person):
        send(csv_file(line(person), line(PersonFactory.build(last_name="Inconnu", niss="71031499696"))))
        page = client.get(addresses["import_check"], {"resultat": "refuse"})
        assertContains(page, "Inconnu")
        assertNotContains(page, "Peeters")
        assertContains(client.get(addresses["import_check"], {"resultat": "autre"}), "Peeters")

    def test_has_pages_of_25_or_50(self, client, send, addresses):
        send(csv_file(*(line(PersonFactory()) for _ in range(60))))
        page = client.get(addresses["import_check"], {"page": "3"})
        assert len(page.context["page_obj"].object_list) == 10
        page = client.get(addresses["import_check"], {"par": "50", "resultat": "ajoute"})
        assert len(page.context["page_obj"].object_list) == 50
        assertContains(page, "?resultat=ajoute&amp;par=50&amp;page=2")

    def test_takes_as_many_queries_for_many_lines(
        self, client, send, addresses, django_assert_max_num_queries
    ):
        send(csv_file(*(line(PersonFactory()) for _ in range(60))))
        with django_assert_max_num_queries(25):
            client.get(addresses["import_check"])

    def test_offers_nothing_when_there_is_nothing_to_do(self, send, manager):
        page = send(csv_file(line(manager.person)), follow=True)
        assertContains(page, "Il n'y a rien à importer")
        assertNotContains(page, "Confirmer l'import")

    def test_tells_of_what_was_not_read(self, send, person):
        content = csv_file(line(person)).replace(b"Date de fin", b"Couleur")
        assertContains(send(content, follow=True), "Colonnes inconnues, sans effet : Couleur.")

    def test_shows_no_niss_in_any_address(self, client, send, addresses, person):
        page = send(csv_file(line(person)), follow=True)
        assert person.niss not in page.content.decode()

    def test_without_a_file_leads_back(self, client, addresses):
        assertRedirects(client.get(addresses["import_check"]), addresses["import"])
        assertRedirects(client.get(addresses["import_errors"]), addresses["import"])
        assertRedirects(client.get(addresses["import_done"]), addresses["import"])

    def test_shows_anew_what_the_world_has_changed(self, client, send, addresses, person, manager):
        send(csv_file(line(person)))
        seen = client.get(addresses["import_check"]).context["fingerprint"]
        QualityMemberFactory(quality=manager.quality, person=person)

        response = client.post(addresses["import_check"], {"fingerprint": seen}, follow=True)

        assertRedirects(response, addresses["import_check"])
        assertContains(response, "La situation a changé depuis le contrôle")
        assertContains(response, "Il n'y a rien à importer")

    def test_of_a_quality_that_is_over_meanwhile(self, client, send, addresses, person, monkeypatch):
        def refuse(**_):
            raise ValidationError("Cette qualité n'est plus active.", code="quality_over")

        send(csv_file(line(person)))
        monkeypatch.setattr(member_imports, "import_members", refuse)
        assertRedirects(
            confirm(client, addresses), reverse("access_mgmt:home"), fetch_redirect_response=False
        )


class TestMemberImportDone:
    def test_says_what_was_done(self, client, send, addresses, person):
        send(csv_file(line(person, function=GUARDPOST, valid_from="01-04-2026"), line(person, niss="1")))

        response = confirm(client, addresses)

        assertRedirects(response, addresses["import_done"])
        assert QualityMember.objects.get(person=person).assignments.count() == 1
        page = client.get(addresses["import_done"])
        assertContains(page, "Lignes refusées : 1")
        assertContains(page, addresses["import_errors"])
        assert AuditEntry.objects.filter(act="access_mgmt.member.imported").count() == 1

    def test_a_second_click_does_it_once(self, client, send, addresses, person):
        send(csv_file(line(person)))
        seen = client.get(addresses["import_check"]).context["fingerprint"]
        for _ in range(2):
            response = client.post(addresses["import_check"], {"fingerprint": seen})
            assertRedirects(response, addresses["import_done"])
        assert QualityMember.objects.filter(person=person).count() == 1

    def test_gives_the_refused_lines_to_mend_and_send_again(self, client, send, addresses, person):
        wrong = line(person, function=GUARDPOST, valid_from="31-02-2026", local_email="=1+1")
        send(csv_file(line(PersonFactory()), wrong))
        confirm(client, addresses)

        heading, row = downloaded(client.get(addresses["import_errors"]))

        assert heading[-2:] == ["Ligne", "Problème"]
        assert (row[0], row[-2]) == (person.niss, "3")
        assert row[heading.index("Adresse e-mail locale")] == "'=1+1"
        mended = [value if value != "'=1+1" else "" for value in row]
        mended[heading.index("Date de début")] = "28-02-2027"
        target = io.StringIO()
        csv.writer(target, delimiter=";").writerows([heading, mended])
        page = send(target.getvalue().encode("utf-8-sig"), follow=True)
        assertContains(page, "Confirmer l'import d'une ligne")
        assertNotContains(page, "Colonnes inconnues")
