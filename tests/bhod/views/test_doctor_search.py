import pytest
from django.urls import reverse

from bhod_portal.core.models import AuditEntry
from tests.bhod.factories import CircleDoctorFactory
from tests.csam.factories import WorldFactory
from tests.html_guard import assert_clean
from tests.pages import errors, text_of
from tests.prosante_login.factories import CareProviderFactory

URL, ENROL = reverse("bhod:doctor_search"), reverse("bhod:doctor_enrol")


@pytest.fixture
def moreau(world):
    return CareProviderFactory(inami_number="19990512004", person__last_name="Moreau")


@pytest.fixture
def masson(world):
    return CareProviderFactory(inami_number="19991502005", person__last_name="Masson")


def search(client, name, address=URL):
    return client.post(address, {"nom": name}, follow=True)


def test_finds_doctors_by_a_part_of_their_name(client, administrative, moreau, masson):
    response = search(client, "celine mor")

    assert_clean(response.content.decode())
    text = text_of(response)
    assert "1 médecin" in text
    assert "Céline Moreau 1-99905-12-004 Médecin généraliste agréé (004)" in text
    assert "Masson" not in text
    assert f"{ENROL}?medecin={moreau.pk}" in response.content.decode()


def test_keeps_what_was_typed_out_of_its_address_and_of_the_trail(client, manager, circle, moreau):
    response = search(client, "Moreau")
    [(address, _status)] = response.redirect_chain
    assert "oreau" not in address
    [entry] = AuditEntry.objects.filter(act="bhod.doctor.looked_up")
    assert (entry.done_by, entry.details) == (manager, {"count": 1})


def test_says_who_is_on_the_list_already_and_who_cannot_be(client, manager, circle, moreau):
    doctor = CircleDoctorFactory(enterprise=circle, provider=moreau)
    CareProviderFactory(inami_number="19990700007", person__last_name="Moreaux")
    CareProviderFactory(nurse=True, person__last_name="Moreaux")

    response = search(client, "moreau")

    text = text_of(response)
    assert "2 médecins" in text
    assert "déjà dans votre liste" in text
    assert "non honorée ne peut pas être inscrit" in text
    assert reverse("bhod:doctor_detail", args=[doctor.pk]) in response.content.decode()


def test_offers_recognised_doctors_as_supervisors(client, manager, moreau, masson):
    content = search(client, "céline", f"{URL}?pour=maitre").content.decode()
    assert f"{ENROL}?maitre={moreau.pk}" in content
    assert f"{ENROL}?maitre={masson.pk}" not in content
    assert "ne peut pas être maître de stage" in content


def test_leads_back_to_the_enrolment_that_gets_a_supervisor(client, manager, circle, moreau):
    doctor = CircleDoctorFactory(enterprise=circle, candidate=True)
    content = search(client, "moreau", f"{URL}?inscription={doctor.pk}").content.decode()
    assert f"{reverse('bhod:doctor_change', args=[doctor.pk])}?maitre={moreau.pk}" in content


@pytest.mark.parametrize("key", ["x", "9" * 30])
def test_takes_an_enrolment_that_is_none_for_none(client, manager, moreau, key):
    stranger = CircleDoctorFactory(candidate=True)
    for asked in (key, stranger.pk):
        assert f'href="{ENROL}?repris=1"' in client.get(URL, {"inscription": asked}).content.decode()


def test_shows_25_on_a_page_by_few_queries(client, manager, world, max_reads):
    CareProviderFactory.create_batch(26, person__last_name="Zola")
    first = search(client, "zola")
    assert len(first.context["rows"]) == 25
    [(address, _status)] = first.redirect_chain
    with max_reads(8):
        second = client.get(f"{address}&page=2")
    assert len(second.context["rows"]) == 1


def test_says_when_nobody_answers(client, manager):
    assert "Aucun médecin de ce nom" in text_of(search(client, "personne"))


@pytest.mark.parametrize(("typed", "code"), [("", "required"), ("a", "too_short"), ("- .", "too_short")])
@pytest.mark.usefixtures("manager")
def test_asks_for_two_letters(client, typed, code):
    assert errors(search(client, typed)) == {"nom": [code]}
    assert not AuditEntry.objects.filter(act="bhod.doctor.looked_up").exists()


def test_has_enough_of_too_many_searches(client, manager, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"doctor_search": "1/5m/user"}
    assert search(client, "zola").status_code == 200
    assert errors(search(client, "zola")) == {"nom": ["too_many"]}


def test_shows_nobody_of_another_world_and_no_search_of_another_session(client, manager):
    CareProviderFactory(person__last_name="Zola", person__world=WorldFactory(code="ailleurs"))
    assert "Aucun médecin de ce nom" in text_of(search(client, "zola"))
    assert client.get(URL, {"recherche": "unknown"}).context["page_obj"] is None
