"""« Rechercher utilisateurs »: across all that one manages, and nothing else."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from tests.access_mgmt.factories import QualityFactory, QualityMemberFactory, SubdivisionFactory
from tests.csam.factories import AccessManagerFactory, PersonFactory
from tests.csam.login import log_in
from tests.pages import shows

URL = reverse("access_mgmt:member_search")


@pytest.fixture
def manager(manager):
    """The local manager of one quality, and a co-local manager of another enterprise's."""
    QualityMemberFactory(person=manager.person, co_local_manager=True)
    return manager


def found(client, **criteria):
    response = client.post(URL, criteria, follow=True)
    return [member.person.last_name for member in response.context["page_obj"]]


def member(quality, last_name, **kwargs):
    return QualityMemberFactory(quality=quality, person__last_name=last_name, **kwargs)


def qualities_of(manager):
    return [membership.quality for membership in manager.person.memberships.order_by("pk")]


def test_finds_the_members_of_all_his_qualities(client, manager):
    first, second = qualities_of(manager)
    member(first, "Alpha")
    member(second, "Bravo")
    member(QualityFactory(), "Charlie")

    page = client.get(URL)

    names = [each.person.last_name for each in page.context["page_obj"]]
    assert {"Alpha", "Bravo"} <= set(names)
    assert "Charlie" not in names
    assert shows(page, second.enterprise.name)
    assert shows(page, f"{len(names)} utilisateurs trouvés.")


def test_an_access_manager_finds_those_of_his_entities(client):
    gap = AccessManagerFactory()
    member(QualityFactory(enterprise=gap.enterprise), "Alpha")
    member(QualityFactory(enterprise=gap.enterprise, health_care=True), "Bravo")
    log_in(client, gap.person)

    assert found(client) == ["Alpha", "Bravo"]


def test_a_subdivision_manager_finds_his_branch(client):
    led = QualityMemberFactory(subdivision_manager=True, person__last_name="Alpha")
    member(led.quality, "Bravo", subdivision=SubdivisionFactory(below=led.subdivision))
    member(led.quality, "Charlie")
    member(led.quality, "Delta", subdivision=SubdivisionFactory(quality=led.quality))
    log_in(client, led.person)

    assert found(client) == ["Alpha", "Bravo"]


def test_takes_the_seven_criteria(client, manager):
    quality = qualities_of(manager)[1]
    one = member(quality, "Alpha", person__first_name="Zoé", secured_applications=["BHOD"], blocked=True)
    member(quality, "Bravo")

    for criteria in (
        {"nom": "alph"},
        {"prenom": "zoe"},
        {"utilisateur": one.person.username},
        {"statut": "bloque"},
        {"application": "BHOD"},
        {"niss": one.person.niss},
        {"type": "utilisateur", "nom": "alpha"},
    ):
        assert found(client, **criteria) == ["Alpha"], criteria


def test_a_niss_stands_in_no_address(client, manager):
    one = member(manager.quality, "Alpha")

    response = client.post(f"{URL}?depuis={manager.quality_id}", {"niss": one.person.niss})

    assert one.person.niss not in response["Location"]
    assert f"depuis={manager.quality_id}" in response["Location"]
    page = client.get(response["Location"])
    assert [each.pk for each in page.context["page_obj"]] == [one.pk]


def test_says_what_is_wrong_with_a_criterion(client, manager):
    response = client.post(URL, {"niss": "12"})

    assert response.context["filter_form"].errors.as_data()["niss"][0].code == "malformed"
    assert shows(response, "Aucun utilisateur trouvé.")


def test_a_search_that_is_no_longer_kept_is_asked_again(client, manager):
    assertRedirects(client.get(URL, {"recherche": "x"}), URL)


def test_sorts_and_turns_pages(client, manager):
    for number in range(26):
        member(manager.quality, f"Nom{number:02}")

    last = client.get(URL, {"tri": "-nom", "nom": "nom", "page": "2", "depuis": manager.quality_id})

    assert [each.person.last_name for each in last.context["page_obj"]] == ["Nom00"]
    assertContains(last, f"nom=nom&amp;depuis={manager.quality_id}")


def test_keeps_the_menu_of_the_quality_one_comes_from(client, manager):
    menu = client.get(reverse("access_mgmt:quality_detail", args=[manager.quality_id]))
    assertContains(menu, f'href="{URL}?depuis={manager.quality_id}"')

    page = client.get(URL, {"depuis": manager.quality_id})
    assert shows(page, "Fonctionnalités")
    assertContains(page, reverse("access_mgmt:quality_detail", args=[manager.quality_id]))


@pytest.mark.parametrize("way_back", ["0", "x", "9" * 30, "-1"])
def test_without_a_quality_of_his_the_way_back_is_home(client, manager, way_back):
    page = client.get(URL, {"depuis": way_back})

    assert not shows(page, "Fonctionnalités")
    assertContains(page, reverse("access_mgmt:home"))


def test_shows_no_menu_of_a_quality_that_he_does_not_manage(client, manager):
    other = QualityMemberFactory(person=manager.person)

    assert not shows(client.get(URL, {"depuis": other.quality_id}), "Fonctionnalités")


def test_a_right_that_ends_is_felt_at_the_next_click(client, manager):
    second = qualities_of(manager)[1]
    member(second, "Bravo")
    assert "Bravo" in found(client)

    manager.person.memberships.filter(quality=second).update(kind="utilisateur")

    assert "Bravo" not in found(client)


@pytest.mark.parametrize("role", ["local_manager", "co_local_manager", "subdivision_manager"])
def test_a_blocked_manager_searches_nobody(client, role):
    blocked = QualityMemberFactory(blocked=True, **{role: True})
    log_in(client, blocked.person)

    assert client.get(URL).status_code == 403


@pytest.mark.parametrize("who", ["user", "nobody", "ga_of_another"])
def test_who_manages_nothing_is_told_why_not(client, who):
    person = {
        "user": lambda: QualityMemberFactory().person,
        "nobody": PersonFactory,
        "ga_of_another": lambda: AccessManagerFactory(of_finance=True).person,
    }[who]()
    log_in(client, person)

    response = client.get(URL)

    assert response.status_code == 403
    assert shows(response, "Vous ne gérez aucune qualité")


def test_an_access_manager_without_any_quality_is_told_what_to_do(client):
    log_in(client, AccessManagerFactory().person)

    assert shows(client.get(URL), "activez une qualité")


def test_asks_the_database_as_often_for_many(
    client, manager, django_assert_num_queries, django_assert_max_num_queries
):
    client.get(URL)
    with django_assert_max_num_queries(12) as few:
        client.get(URL)
    for quality in qualities_of(manager) + [
        QualityMemberFactory(person=manager.person, co_local_manager=True).quality for _each in range(3)
    ]:
        for _each in range(4):
            QualityMemberFactory(quality=quality)

    with django_assert_num_queries(len(few.captured_queries)):
        client.get(URL)


@pytest.mark.parametrize("field", ["nom", "prenom", "utilisateur"])
@pytest.mark.parametrize("typed", ["85073003328", "85.07.30-033.28"])
def test_a_niss_in_a_wrong_field_stands_in_no_address_either(client, manager, field, typed):
    where = client.post(URL, {field: typed})["Location"]

    assert typed not in where
    assert client.get(where).context["filter_form"][field].value() == typed
