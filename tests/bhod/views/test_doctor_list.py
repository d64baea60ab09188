import csv
import io
from datetime import date

import pytest
from django.urls import reverse

from bhod_portal.core.models import AuditEntry
from tests.bhod.factories import CircleDoctorFactory, DoctorUnitFactory
from tests.html_guard import assert_clean
from tests.pages import text_of
from tests.prosante_login.factories import CareProviderFactory

URL, EXPORT = reverse("bhod:doctor_list"), reverse("bhod:doctor_export")


def test_shows_who_is_enrolled_with_qualification_and_supervisor(client, administrative, circle):
    CircleDoctorFactory(
        enterprise=circle,
        provider=CareProviderFactory(person__last_name="Masson", inami_number="19991502005"),
        supervisor=CareProviderFactory(person__last_name="Noël"),
    )

    response = client.get(URL)

    assert_clean(response.content.decode())
    assert (
        "Céline Masson 1-99915-02-005 Candidat médecin généraliste (005) 01/01/2025 – Céline Noël en cours"
        in text_of(response)
    )


def test_sorts_by_name_without_accents(client, manager, circle):
    for last, first in [("Zola", "a"), ("Émile", "b"), ("Dubois", "c"), ("Fontaine", "d")]:
        provider = CareProviderFactory(person__last_name=last, person__first_name=first)
        CircleDoctorFactory(enterprise=circle, provider=provider)
    lines = client.get(URL).context["lines"]
    names = [line.doctor.provider.person.last_name for line in lines]
    assert names == ["Dubois", "Émile", "Fontaine", "Zola"]


def test_says_where_each_enrolment_stands(client, manager, circle):
    CircleDoctorFactory(enterprise=circle, ended=True)
    CircleDoctorFactory(enterprise=circle, to_come=True)
    current = CircleDoctorFactory(enterprise=circle)

    response = client.get(URL)

    assert sorted(str(line.state.label) for line in response.context["lines"]) == [
        "en cours",
        "terminée",
        "à venir",
    ]
    content = response.content.decode()
    assert reverse("bhod:doctor_end", args=[current.pk]) in content
    assert content.count("Terminer l'inscription") == 2


def test_says_when_a_code_is_not_paid(client, manager, circle):
    CircleDoctorFactory(enterprise=circle, provider=CareProviderFactory(without_number=True))
    assert "non honorée" in text_of(client.get(URL))


def test_shows_25_on_a_page(client, manager, circle, max_reads):
    CircleDoctorFactory.create_batch(26, enterprise=circle)
    with max_reads(8):
        first = client.get(URL)
    assert len(first.context["lines"]) == 25
    assert "26 inscriptions" in text_of(first)
    assert len(client.get(URL, {"page": 2}).context["lines"]) == 1


def test_shows_nobody_of_another_circle(client, manager):
    CircleDoctorFactory()
    assert "Aucun médecin n'est encore inscrit" in text_of(client.get(URL))


class TestFilters:
    @pytest.fixture
    def doctors(self, circle):
        """A recognised doctor, a candidate whose enrolment is over, and one to come who is in one unit only."""
        found = {
            "moreau": CircleDoctorFactory(
                enterprise=circle,
                provider=CareProviderFactory(person__last_name="Moreau", inami_number="19990512004"),
            ),
            "masson": CircleDoctorFactory(
                enterprise=circle,
                ended=True,
                provider=CareProviderFactory(person__last_name="Masson", inami_number="19991502005"),
                supervisor=CareProviderFactory(person__last_name="Zola"),
            ),
            "emile": CircleDoctorFactory(
                enterprise=circle,
                to_come=True,
                provider=CareProviderFactory(person__last_name="Émile", inami_number="19990611003"),
            ),
        }
        DoctorUnitFactory(doctor=found["emile"], unit__name="Est")
        return found

    @pytest.mark.parametrize(
        ("asked", "names"),
        [
            pytest.param({"q": "celine moreau"}, ["Moreau"], id="name in any order, without accents"),
            pytest.param({"q": "emil"}, ["Émile"], id="part of a name"),
            pytest.param({"q": "1-99905"}, ["Moreau"], id="part of a number"),
            pytest.param({"q": "1-99905-12-004"}, ["Moreau"], id="number"),
            pytest.param({"q": "personne"}, [], id="nobody"),
            pytest.param({"etat": "CURRENT"}, ["Moreau"], id="current"),
            pytest.param({"etat": "FUTURE"}, ["Émile"], id="to come"),
            pytest.param({"etat": "ENDED"}, ["Masson"], id="ended"),
            pytest.param({"qualification": "003"}, ["Émile"], id="code"),
            pytest.param({"candidat": "oui"}, ["Masson"], id="candidates"),
            pytest.param({"candidat": "non"}, ["Émile", "Moreau"], id="no candidates"),
            pytest.param(
                {"etat": "?", "unite": "x", "tri": "?"}, ["Émile", "Masson", "Moreau"], id="nonsense"
            ),
            pytest.param({"tri": "-inami"}, ["Masson", "Émile", "Moreau"], id="by number"),
            pytest.param({"tri": "qualification"}, ["Émile", "Moreau", "Masson"], id="by code"),
            pytest.param({"tri": "au"}, ["Masson", "Émile", "Moreau"], id="by end, none last"),
            pytest.param({"tri": "-du"}, ["Émile", "Masson", "Moreau"], id="by start"),
            pytest.param({"tri": "maitre"}, ["Masson", "Émile", "Moreau"], id="by supervisor"),
        ],
    )
    @pytest.mark.usefixtures("manager", "doctors")
    def test_shows_who_answers_in_the_order_asked(self, client, asked, names):
        response = client.get(URL, asked)
        assert_clean(response.content.decode())
        assert [line.doctor.provider.person.last_name for line in response.context["lines"]] == names

    def test_a_doctor_without_units_of_his_own_is_in_each(self, client, manager, doctors, unit):
        east = doctors["emile"].allowed_units.get().unit
        shown = {
            each.name: len(client.get(URL, {"unite": each.pk}).context["lines"]) for each in (unit, east)
        }
        assert shown == {"Ouest": 2, "Est": 3}

    def test_says_what_to_do_when_nobody_answers(self, client, manager, doctors):
        text = text_of(client.get(URL, {"q": "personne"}))
        assert "Aucune inscription ne répond à ces critères" in text
        assert "Afficher tous les médecins" in text

    @pytest.mark.parametrize("typed", ["71.03.14-996.96", "71031499696", "Moreau 71 03 14 996 96"])
    def test_keeps_a_niss_out_of_its_addresses(self, client, manager, typed):
        response = client.get(URL, {"q": typed, "etat": "ENDED"}, follow=True)
        assert response.redirect_chain == [(f"{URL}?etat=ENDED", 302)]
        assert "un NISS n'a pas sa place" in text_of(response)
        assert client.get(URL, {"q": typed}).url == URL

    def test_keeps_criteria_and_order_from_page_to_page(self, client, manager, circle):
        CircleDoctorFactory.create_batch(26, enterprise=circle)
        content = client.get(URL, {"etat": "CURRENT", "tri": "-du"}).content.decode()
        assert "?etat=CURRENT&amp;tri=-du&amp;page=2" in content
        assert f"{EXPORT}?etat=CURRENT&amp;tri=-du" in content


@pytest.mark.parametrize("number", [5, 200])
@pytest.mark.usefixtures("manager")
def test_makes_as_many_queries_for_200_as_for_five(client, circle, max_reads, number):
    CircleDoctorFactory.create_batch(number, enterprise=circle, candidate=True)
    with max_reads(9):
        client.get(URL, {"candidat": "oui"})


class TestExport:
    def test_writes_what_the_list_shows(self, client, administrative, circle):
        CircleDoctorFactory(
            enterprise=circle,
            provider=CareProviderFactory(person__last_name="Masson", inami_number="19991502005"),
            supervisor=CareProviderFactory(person__last_name="Noël", inami_number="19990512004"),
            valid_until=date(2026, 12, 31),
        )
        CircleDoctorFactory(enterprise=circle, ended=True)

        response = client.get(EXPORT, {"etat": "CURRENT"})

        assert response["Content-Type"] == "text/csv; charset=utf-8"
        assert response["Content-Disposition"].startswith('attachment; filename="medecins-')
        content = b"".join(response.streaming_content).decode("utf-8-sig")
        heading, line = csv.reader(io.StringIO(content), delimiter=";")
        assert dict(zip(heading, line, strict=True)) == {
            "Numéro INAMI": "1-99915-02-005",
            "Nom": "Masson",
            "Prénom": "Céline",
            "Qualification": "Candidat médecin généraliste (005)",
            "Inscrit du": "01-01-2025",
            "Inscrit jusqu'au": "31-12-2026",
            "Numéro INAMI du maître de stage": "1-99905-12-004",
            "Maître de stage": "Céline Noël",
            "Droits acquis": "",
            "Unités": "toutes",
            "État": "en cours",
        }
        [entry] = AuditEntry.objects.filter(act="bhod.doctor.exported")
        assert (entry.done_by, entry.details) == (administrative, {"count": 1})

    def test_runs_no_formula(self, client, manager, circle):
        doctor = CircleDoctorFactory(
            enterprise=circle,
            provider=CareProviderFactory(person__last_name="=1+1", without_number=True),
            acquired_rights=True,
        )
        DoctorUnitFactory(doctor=doctor, unit__name="@Est")
        content = b"".join(client.get(EXPORT).streaming_content).decode()
        assert ";'=1+1;" in content
        assert ";oui;'@Est;" in content

    def test_reads_as_often_for_many_as_for_few(self, client, manager, circle, max_reads):
        CircleDoctorFactory.create_batch(30, enterprise=circle)
        with max_reads(12):
            b"".join(client.get(EXPORT).streaming_content)
