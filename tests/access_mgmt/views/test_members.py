"""The users list, « Suivant » by NISS, and « Création d'un Utilisateur »."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertNotContains, assertRedirects

from access_mgmt.enums import MemberKind, MemberLink
from access_mgmt.models import QualityMember
from access_mgmt.services import members
from bhod_portal.core.models import Draft
from csam.models import Person
from tests.access_mgmt.factories import QualityMemberFactory
from tests.csam.factories import AccessManagerFactory, EmploymentFactory, PersonFactory
from tests.csam.login import log_in
from tests.pages import errors, shows

FORM = {
    "username": "marchalhelene",
    "title": "MME",
    "language": "fr",
    "email": "helene@exemple.invalid",
    "local_email": "",
    "link": "MEMBER",
    "secured_applications": ["BHOD"],
}

pytestmark = pytest.mark.usefixtures("stopped_clock")


def url(manager, page="member_list", *args):
    return reverse(f"access_mgmt:{page}", args=[manager.quality.pk, *args])


def identify(client, manager, niss, kind="utilisateur"):
    return client.post(url(manager, "member_identify"), {"kind": kind, "niss": niss})


class TestMemberList:
    def test_shows_the_members_of_this_quality_by_name(self, client, manager):
        QualityMemberFactory(quality=manager.quality, person__last_name="Zola", person__niss="71031499696")
        QualityMemberFactory(quality=manager.quality, co_local_manager=True, person__last_name="Abel")
        QualityMemberFactory(quality=manager.quality, ended=True, person__last_name="Partie")
        QualityMemberFactory(person__last_name="Ailleurs")

        response = client.get(url(manager))

        names = [member.person.last_name for member in response.context["page_obj"]]
        assert names == ["Abel", manager.person.last_name, "Zola"]
        assert shows(response, "3 utilisateurs trouvés.")
        assert shows(response, "71.03.14-996.96")
        assert [member.type_name for member in response.context["page_obj"]] == ["Co-GL", "GL", "Utilisateur"]

    def test_counts_one(self, client, manager):
        assert shows(client.get(url(manager)), "Un utilisateur trouvé.")

    def test_costs_the_same_however_many_members(self, client, manager, django_assert_max_num_queries):
        for _ in range(30):
            QualityMemberFactory(quality=manager.quality)

        with django_assert_max_num_queries(10):
            response = client.get(url(manager))

        assert len(response.context["page_obj"]) == 25
        assert shows(client.get(url(manager), {"page": "2"}), "Page 2")
        assert len(client.get(url(manager), {"page": "99"}).context["page_obj"]) == 6


class TestMemberIdentify:
    def test_leads_to_the_creation_form_without_the_niss_in_the_address(self, client, manager):
        person = PersonFactory()

        response = identify(client, manager, person.niss)

        assertRedirects(response, url(manager, "member_create", "utilisateur"))
        assert person.niss not in response["Location"]

    @pytest.mark.parametrize(
        ("niss", "code"),
        [
            ("", "required"),
            ("71031499697", "check_digits"),
            ("71", "malformed"),
            ("71031499696", "unknown_person"),
        ],
    )
    def test_says_what_is_wrong_with_a_niss(self, client, manager, niss, code):
        response = identify(client, manager, niss)

        assert errors(response) == {"niss": [code]}
        assert shows(response, "Un utilisateur trouvé.")

    def test_refuses_oneself_and_who_is_there(self, client, manager):
        gap = AccessManagerFactory(enterprise=manager.quality.enterprise).person
        log_in(client, gap)

        assert errors(identify(client, manager, gap.niss)) == {"niss": ["oneself"]}
        assert errors(identify(client, manager, manager.person.niss)) == {"niss": ["already_member"]}

    def test_refuses_a_kind_that_is_not_offered(self, client, manager):
        assert errors(identify(client, manager, PersonFactory().niss, kind="gl")) == {
            "kind": ["invalid_choice"]
        }

    def test_its_address_shows_the_list(self, client, manager):
        assertRedirects(client.get(url(manager, "member_identify")), url(manager))

    def test_is_not_for_others(self, client, manager):
        log_in(client, QualityMemberFactory(quality=manager.quality).person)

        assert identify(client, manager, PersonFactory().niss).status_code == 403


class TestMemberCreate:
    @pytest.fixture
    def person(self, client, manager):
        """Hélène, whose NISS has been given for a user."""
        person = PersonFactory(first_name="Hélène", last_name="Marchal")
        identify(client, manager, person.niss)
        return person

    @pytest.fixture
    def form_url(self, manager):
        return url(manager, "member_create", "utilisateur")

    def test_fills_in_what_the_register_knows(self, client, manager, person, form_url):
        EmploymentFactory(person=person, enterprise=manager.quality.enterprise)

        response = client.get(form_url)

        form = response.context["form"]
        assert {name: form[name].value() for name in ("username", "title", "language", "email", "link")} == {
            "username": "marchalhelene",
            "title": "MME",
            "language": "fr",
            "email": person.email,
            "link": MemberLink.WORKER,
        }
        assert shows(response, "Marchal")
        assert shows(response, "Le module catalogue permet à divers chercheurs")

    def test_adds_the_user_and_names_the_next_step(self, client, manager, person, form_url):
        response = client.post(form_url, FORM, follow=True)

        member = QualityMember.objects.get(person=person)
        assert (member.kind, member.link, member.email) == (
            MemberKind.USER,
            MemberLink.MEMBER,
            "helene@exemple.invalid",
        )
        assert member.secured_applications == ["BHOD"]
        assert response.redirect_chain[0][0] == f"{url(manager)}?ajout={member.pk}"
        assert shows(response, "Hélène Marchal a été ajouté(e)")
        assert reverse("access_mgmt:role_list", args=[member.pk]) in response.content.decode()
        assert not Draft.objects.exists()

    def test_adds_a_co_local_manager(self, client, manager):
        person = PersonFactory()
        identify(client, manager, person.niss, kind="co-gl")

        client.post(url(manager, "member_create", "co-gl"), FORM)

        assert QualityMember.objects.get(person=person).kind == MemberKind.CO_LOCAL_MANAGER

    def test_a_second_click_adds_once(self, client, manager, person, form_url):
        client.post(form_url, FORM)

        assertRedirects(client.post(form_url, FORM), url(manager))
        assert QualityMember.objects.filter(person=person).count() == 1

    def test_a_click_that_comes_second_in_a_race_leads_to_the_list(
        self, client, manager, person, form_url, monkeypatch
    ):
        add = members.add_member

        def add_twice(**values):
            add(**values)
            return add(**values)

        monkeypatch.setattr(members, "add_member", add_twice)

        assertRedirects(client.post(form_url, FORM), url(manager))
        assert QualityMember.objects.filter(person=person).count() == 1

    def test_a_second_window_is_told_that_it_is_done(self, client, manager, person, form_url):
        client.post(form_url, FORM)
        Draft.objects.create(
            person=manager.person,
            flow="member",
            subject=f"{manager.quality.pk}:utilisateur",
            data={"person_pk": person.pk},
        )

        assert shows(client.get(form_url, follow=True), "figure déjà parmi les utilisateurs")

    def test_refuses_beside_the_field_and_keeps_what_was_typed(self, client, person, form_url):
        PersonFactory(username="MARCHALHELENE")

        response = client.post(form_url, FORM | {"local_email": "rue"})
        assert errors(response) == {"local_email": ["invalid"]}
        response = client.post(form_url, FORM)

        assert errors(response) == {"username": ["username_taken"]}
        assert 'value="helene@exemple.invalid"' in response.content.decode()
        assert not QualityMember.objects.filter(person=person).exists()

    def test_asks_for_the_address(self, client, person, form_url):
        assert errors(client.post(form_url, FORM | {"email": ""})) == {"email": ["required"]}

    def test_keeps_the_account_that_a_person_has(self, client, manager, form_url):
        person = PersonFactory(with_codes=True)
        identify(client, manager, person.niss)

        response = client.get(form_url)
        assert "username" not in response.context["form"].fields
        assert shows(response, person.username)
        client.post(form_url, FORM)

        assert Person.objects.get(pk=person.pk).username == person.username

    def test_without_a_niss_leads_to_the_list(self, client, manager, form_url):
        response = client.get(form_url, follow=True)

        assertRedirects(response, url(manager))
        assert shows(response, "Indiquez d'abord le NISS")

    @pytest.mark.parametrize("kind", ["gl", "autre"])
    def test_knows_no_other_kind(self, client, manager, kind):
        assert client.get(url(manager, "member_create", kind)).status_code == 404

    def test_shows_no_one_else_as_added(self, client, manager):
        elsewhere = QualityMemberFactory()

        for value in (elsewhere.pk, 10**30, "x"):
            assertNotContains(client.get(url(manager), {"ajout": value}), "inset-success")
