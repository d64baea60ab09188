"""The tab « Subdivision » (seed 000, line 420): the tree, a subdivision, its users and managers."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertRedirects

from access_mgmt.enums import MemberKind
from access_mgmt.models import Subdivision
from tests.access_mgmt.factories import QualityMemberFactory, SubdivisionFactory
from tests.csam.factories import PersonFactory
from tests.csam.login import log_in
from tests.pages import shows


def address(page, *arguments):
    return reverse(f"access_mgmt:{page}", args=arguments)


@pytest.fixture
def quality(manager):
    return manager.quality


@pytest.fixture
def top(quality):
    return SubdivisionFactory(quality=quality, name="Secrétariat")


@pytest.fixture
def below(top):
    return SubdivisionFactory(below=top, name="Accueil")


@pytest.fixture
def user(quality, top):
    return QualityMemberFactory(quality=quality, subdivision=top)


@pytest.fixture
def led(client, quality, top):
    """The manager of the branch « Secrétariat », logged in."""
    member = QualityMemberFactory(quality=quality, subdivision_manager=True, subdivision=top)
    log_in(client, member.person)
    return member


def counted():
    return CaptureQueriesContext(connection)


class TestTree:
    def test_says_that_there_is_none_yet(self, client, quality):
        assert shows(client.get(address("subdivision_list", quality.pk)), "n'a pas encore de subdivision")

    def test_shows_all_to_who_manages_the_quality(self, client, quality, user, below):
        response = client.get(address("subdivision_list", quality.pk))

        assert shows(
            response, "Secrétariat 1 utilisateur, 1 dans la branche sans gestionnaire propre Accueil"
        )

    def test_shows_his_branch_to_a_subdivision_manager(self, client, quality, below, led):
        SubdivisionFactory(quality=quality, name="Archives")

        response = client.get(address("subdivision_list", quality.pk))

        assert shows(response, "Accueil")
        assert not shows(response, "Archives")
        assert not shows(response, "la qualité elle-même")

    def test_makes_one_more(self, client, quality, top):
        data = {"name": "Accueil", "parent": top.pk}

        assert client.post(address("subdivision_list", quality.pk), data).status_code == 302
        assert Subdivision.objects.get(name="Accueil").parent == top
        assert shows(client.post(address("subdivision_list", quality.pk), data), "existe déjà à cet endroit")

    def test_asks_as_much_of_the_database_for_many(self, client, quality, below):
        page = address("subdivision_list", quality.pk)
        client.get(page)
        with counted() as few:
            client.get(page)
        SubdivisionFactory.create_batch(10, below=below)
        with counted() as many:
            client.get(page)
        assert len(many) == len(few)


class TestBranch:
    def test_renamed(self, client, top):
        page = address("subdivision_rename", top.pk)

        assert client.get(page).context["form"].initial == {"name": "Secrétariat"}
        assert shows(client.post(page, {"name": "Bureau"}, follow=True), "a changé de nom")
        assert shows(client.post(page, {"name": "Bureau"}, follow=True), "rien n'a changé")

    def test_renamed_like_its_neighbour(self, client, quality, top):
        SubdivisionFactory(quality=quality, name="Archives")
        assert shows(client.post(address("subdivision_rename", top.pk), {"name": "archives"}), "existe déjà")

    def test_moved(self, client, quality, top, below):
        other = SubdivisionFactory(quality=quality, name="Archives")
        page = address("subdivision_move", top.pk)

        choices = [value for value, _label in client.get(page).context["form"].fields["parent"].choices]
        assert choices == ["0", str(other.pk)]
        assert shows(client.post(page, {"parent": other.pk}, follow=True), "a été déplacée")
        assert shows(client.post(page, {"parent": other.pk}, follow=True), "rien n'a changé")
        below.refresh_from_db()
        assert below.ancestors == [top.pk, other.pk]

    def test_moved_beside_one_of_its_name(self, client, quality, below):
        SubdivisionFactory(quality=quality, name="Accueil")
        assert shows(client.post(address("subdivision_move", below.pk), {"parent": "0"}), "existe déjà")

    def test_removed_when_empty(self, client, quality, below, top):
        page = address("subdivision_delete", top.pk)
        assert shows(client.get(page), "Accueil")
        assert shows(client.post(page, follow=True), "n'est pas vide")

        page = address("subdivision_delete", below.pk)
        assert shows(client.get(page), "La subdivision est vide")
        assert shows(client.post(page, follow=True), "a été supprimée")
        assert client.post(page).status_code == 404

    def test_his_own_topmost_one_stays_where_it_is(self, client, led, top, below):
        for page in ("subdivision_move", "subdivision_delete"):
            assert client.get(address(page, top.pk)).status_code == 403
            assert client.get(address(page, below.pk)).status_code == 200


class TestUsers:
    def test_of_a_subdivision_narrowed_like_the_users_list(self, client, quality, top, user):
        QualityMemberFactory(quality=quality)
        page = address("subdivision_detail", top.pk)

        assert list(client.get(page).context["page_obj"]) == [user]
        found = client.post(page, {"nom": "personne de ce nom"}, follow=True)
        assert shows(found, "Aucun utilisateur ne répond à ces critères")

    def test_a_criterion_that_is_wrong(self, client, top):
        response = client.post(address("subdivision_detail", top.pk), {"niss": "1"})
        assert response.status_code == 200
        assert response.context["filter_form"].errors

    def test_who_could_come(self, client, quality, manager, top, below, user):
        free = QualityMemberFactory(quality=quality)
        QualityMemberFactory(quality=quality, subdivision_manager=True, subdivision=top)

        response = client.get(address("subdivision_add", below.pk))

        assert set(response.context["page_obj"]) == {free, user}

    def test_placed_and_taken_out(self, client, quality, top, below, user):
        page = address("subdivision_place", quality.pk)

        assert shows(
            client.post(page, {"membre": user.pk, "vers": below.pk}, follow=True), "1 utilisateur a été placé"
        )
        again = client.post(page, {"membre": user.pk, "vers": below.pk}, follow=True)
        assert shows(again, "rien n'a changé")
        out = client.post(page, {"membre": user.pk, "vers": "0", "de": below.pk}, follow=True)
        assert shows(out, "aucune subdivision")
        user.refresh_from_db()
        assert user.subdivision is None

    def test_nobody_chosen(self, client, quality, top):
        response = client.post(address("subdivision_place", quality.pk), {"vers": top.pk}, follow=True)
        assert shows(response, "Choisissez d'abord")

    def test_nobody_chosen_on_the_page_that_adds(self, client, quality, top):
        response = client.post(address("subdivision_place", quality.pk), {"vers": top.pk})
        assertRedirects(response, address("subdivision_add", top.pk))

    def test_leads_on_who_comes_back_after_an_expired_session(self, client, quality):
        response = client.get(address("subdivision_place", quality.pk))
        assertRedirects(response, address("subdivision_list", quality.pk))

    def test_a_manager_of_all_stays(self, client, quality, top):
        co_manager = QualityMemberFactory(quality=quality, co_local_manager=True)
        data = {"membre": co_manager.pk, "vers": top.pk}
        response = client.post(address("subdivision_place", quality.pk), data, follow=True)
        assert shows(response, "gère la qualité entière")

    def test_a_place_that_one_does_not_manage(self, client, quality, user, led):
        other = SubdivisionFactory(quality=quality)
        data = {"membre": user.pk, "vers": other.pk}
        assert client.post(address("subdivision_place", quality.pk), data).status_code == 404

    def test_asks_as_much_of_the_database_for_many(self, client, quality, top, user):
        page = address("subdivision_detail", top.pk)
        client.get(page)
        with counted() as few:
            client.get(page)
        QualityMemberFactory.create_batch(10, quality=quality, subdivision=top)
        with counted() as many:
            client.get(page)
        assert len(many) == len(few)


class TestManagers:
    def test_a_user_of_no_subdivision_is_placed_first(self, client, quality):
        outside = QualityMemberFactory(quality=quality)
        response = client.get(address("subdivision_manager_name", outside.pk), follow=True)
        assert shows(response, "Placez d'abord cette personne dans une subdivision")

    def test_named_and_ended(self, client, user):
        name, end = (
            address(page, user.pk) for page in ("subdivision_manager_name", "subdivision_manager_end")
        )

        assert shows(client.get(end, follow=True), "Rien à changer")
        assert shows(client.get(name), "Confirmer la désignation")
        assert shows(client.post(name, follow=True), "gère maintenant cette subdivision")
        assert shows(client.post(name, follow=True), "C'était déjà fait")
        assert shows(client.get(end), "Confirmer la fin")
        assert shows(client.post(end, follow=True), "ne gère plus cette subdivision")
        user.refresh_from_db()
        assert user.kind == MemberKind.USER

    def test_of_who_is_in_none(self, client, quality):
        nowhere = QualityMemberFactory(quality=quality)
        page = address("subdivision_manager_name", nowhere.pk)
        assert shows(client.post(page, follow=True), "dans aucune subdivision")

    def test_his_own_page_offers_no_end_of_himself(self, client, led, top):
        response = client.get(address("subdivision_detail", top.pk))
        assert not shows(response, "Mettre fin à cette gestion")
        assert shows(client.post(address("subdivision_manager_end", led.pk), follow=True), "sa propre place")


class TestABranchOnly:
    """What the manager of « Secrétariat » sees of the quality on the pages that show all of it to others."""

    @pytest.fixture
    def inside(self, quality, below):
        return QualityMemberFactory(quality=quality, subdivision=below, person__last_name="Dedans")

    @pytest.fixture(autouse=True)
    def outside(self, quality):
        beside = SubdivisionFactory(quality=quality)
        for place in (None, beside):
            QualityMemberFactory(quality=quality, subdivision=place, person__last_name="Dehors")

    @pytest.mark.parametrize("page", ["member_list", "role_overview"])
    def test_lists_show_it(self, client, quality, inside, led, page):
        response = client.get(address(page, quality.pk))

        assert set(response.context["page_obj"]) == {inside, led}
        assert not shows(response, "Dehors")

    def test_the_export_holds_it(self, client, quality, inside, led):
        response = client.get(address("member_export", quality.pk))
        text = b"".join(response.streaming_content).decode()
        assert "Dedans" in text
        assert "Dehors" not in text

    def test_home_and_menu_tell_of_it_and_no_more(self, client, quality, led):
        assert shows(client.get(address("home")), "Gestionnaire de Subdivision : Secrétariat")

        response = client.get(address("quality_detail", quality.pk))

        assert shows(response, "Gestionnaire de Subdivision : Secrétariat")
        assert not shows(response, quality.identifier_name + " " + quality.identifier)
        html = response.content.decode()
        assert address("messaging", quality.pk) not in html
        assert address("quality_edit", quality.pk) not in html
        assert address("review_list", quality.pk) not in html

    def test_he_removes_of_it_only(self, client, quality, inside, led):
        page = address("member_delete", quality.pk)
        others = [each.pk for each in quality.members.exclude(pk__in=[inside.pk, led.pk])]

        client.post(page, {"membre": [inside.pk, *others]})

        assert [each.pk for each in quality.members.exclude(ended_at=None)] == [inside.pk]

    def test_he_adds_users_to_it(self, client, quality, below, led):
        new = PersonFactory(world=led.person.world, with_codes=True)
        form = client.get(address("member_list", quality.pk)).context["form"]
        assert [value for value, _label in form.fields["kind"].choices] == ["utilisateur"]

        page = address("member_create", quality.pk, "utilisateur")
        assert (
            client.post(address("member_identify", quality.pk), {"kind": "utilisateur", "niss": new.niss})[
                "Location"
            ]
            == page
        )
        form = client.get(page).context["form"]
        assert [value for value, _label in form.fields["subdivision"].choices] == [
            str(led.subdivision_id),
            str(below.pk),
        ]
        data = {name: value for name, value in form.initial.items() if name != "username"}
        client.post(page, data | {"subdivision": below.pk})

        assert new.memberships.get().subdivision == below

    def test_he_names_no_co_local_manager(self, client, quality, led):
        new = PersonFactory(world=led.person.world, with_codes=True)
        data = {"kind": "co-gl", "niss": new.niss}
        assert client.post(address("member_identify", quality.pk), data).context["form"].errors

    @pytest.mark.parametrize("page", ["messaging", "quality_certificate"])
    def test_what_is_of_the_whole_quality_is_refused_with_who_can(self, client, quality, led, manager, page):
        response = client.get(address(page, quality.pk))
        assert response.status_code == 403
        assert shows(response, str(manager.person))
