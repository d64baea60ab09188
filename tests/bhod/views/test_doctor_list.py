from django.urls import reverse

from tests.bhod.factories import CircleDoctorFactory
from tests.html_guard import assert_clean
from tests.pages import text_of
from tests.prosante_login.factories import CareProviderFactory

URL = reverse("bhod:doctor_list")


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
