"""The activation of a quality, page by page (seed 000, lines 187-191)."""

import pytest
from django.contrib.auth.hashers import check_password
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from access_mgmt.models import Quality, QualityMember
from bhod_portal.core.models import Draft, Message
from csam.models import Person
from tests.access_mgmt.factories import QualityFactory, QualityMemberFactory
from tests.csam.factories import (
    PASSWORD,
    AccessManagerFactory,
    EmploymentFactory,
    LegalFunctionFactory,
    PersonFactory,
)
from tests.csam.login import log_in
from tests.pages import errors, shows

KIND = "ehealth-soins-de-sante"
ME = {"contact_email": "contact@exemple.invalid", "manager": "moi", "niss": ""}
ACCOUNT = {"username": "lambertclaire", "password": PASSWORD, "email": "claire@exemple.invalid"}

pytestmark = pytest.mark.usefixtures("stopped_clock")


@pytest.fixture
def gap(client):
    """The GAP of a registered enterprise, logged in."""
    gap = AccessManagerFactory(person__first_name="Claire", person__last_name="Lambert")
    LegalFunctionFactory(person=gap.person, enterprise=gap.enterprise)
    log_in(client, gap.person)
    return gap


def url(gap, page="quality_activate", kind=KIND):
    return reverse(f"access_mgmt:{page}", args=[gap.enterprise.bce_number, kind])


def other(person):
    return ME | {"manager": "autre", "niss": person.niss}


def fill(client, gap, first=ME, account=ACCOUNT):
    assertRedirects(client.post(url(gap), first), url(gap, "quality_activate_account"))
    assertRedirects(
        client.post(url(gap, "quality_activate_account"), account), url(gap, "quality_activate_check")
    )


def test_the_whole_flow(client, gap):
    fill(client, gap)

    check = client.get(url(gap, "quality_activate_check"))
    assert shows(check, "Claire Lambert")
    assert shows(check, "lambertclaire")
    assert shows(check, "mot de passe déjà choisi")
    assertNotContains(check, PASSWORD)

    response = client.post(url(gap, "quality_activate_check"))
    assertRedirects(response, url(gap, "quality_activate_done"))

    quality = Quality.objects.get()
    done = client.get(url(gap, "quality_activate_done"))
    assert shows(done, "La qualité est active")
    assert reverse("access_mgmt:member_list", args=[quality.pk]) in done.content.decode()
    assert QualityMember.objects.get().person == gap.person
    assert Person.objects.get(pk=gap.person_id).check_password(PASSWORD)
    assert not Draft.objects.exists()


def test_a_second_click_does_it_once(client, gap):
    fill(client, gap)
    client.post(url(gap, "quality_activate_check"))

    assertRedirects(client.post(url(gap, "quality_activate_check")), url(gap, "quality_activate_done"))
    assert Quality.objects.count() == Message.objects.count() == 1


def test_a_click_that_comes_second_in_a_race_shows_what_was_done(client, gap, monkeypatch):
    fill(client, gap)
    # The other click is committed between this one's look and its act.
    monkeypatch.setattr("access_mgmt.views.activations.ActivationView.active_quality", lambda view: None)
    QualityFactory(enterprise=gap.enterprise)

    response = client.post(url(gap, "quality_activate_check"))

    assert response["Location"] == url(gap, "quality_activate_done")


def test_someone_else_becomes_local_manager(client, gap):
    worker = EmploymentFactory(enterprise=gap.enterprise, person__last_name="Peeters").person

    fill(client, gap, first=other(worker))
    client.post(url(gap, "quality_activate_check"))

    assert QualityMember.objects.get().person == worker
    assert worker.niss not in url(gap, "quality_activate_check")


@pytest.mark.parametrize(
    ("niss", "code"),
    [
        pytest.param("", "required", id="missing"),
        pytest.param("71.03.14-996.97", "check_digits", id="check digits"),
        pytest.param("123", "malformed", id="malformed"),
        pytest.param("71.03.14-996.96", "unknown_person", id="unknown"),
    ],
)
def test_refuses_a_niss_beside_its_field_and_keeps_what_was_typed(client, gap, niss, code):
    response = client.post(url(gap), ME | {"manager": "autre", "niss": niss})

    assert errors(response) == {"niss": [code]}
    assert 'value="contact@exemple.invalid"' in response.content.decode()
    assert not Draft.objects.exists()


def test_refuses_someone_without_a_tie_to_the_enterprise(client, gap):
    response = client.post(url(gap), other(PersonFactory()))

    assert errors(response) == {"niss": ["manager_not_linked"]}


def test_asks_for_everything(client, gap):
    assert set(errors(client.post(url(gap), {}))) == {"contact_email", "manager"}
    client.post(url(gap), ME)

    response = client.post(url(gap, "quality_activate_account"), {})

    assert errors(response) == {"username": ["required"], "password": ["required"], "email": ["required"]}


def test_proposes_a_user_name_and_the_known_address(client, gap):
    client.post(url(gap), ME)

    form = client.get(url(gap, "quality_activate_account")).context["form"]

    assert (form["username"].value(), form["email"].value()) == ("lambertclaire", gap.person.email)


@pytest.mark.parametrize(
    ("typed", "field", "code"),
    [
        ({"password": "Simulateur26"}, "password", "password_rules"),
        ({"password": "simulateur-2026!"}, "password", "password_rules"),
        ({"username": "é à"}, "username", "malformed"),
        ({"username": "ab"}, "username", "malformed"),
        ({"username": "PRIS"}, "username", "username_taken"),
        ({"email": "claire"}, "email", "invalid"),
    ],
)
def test_refuses_an_account_beside_its_field(client, gap, typed, field, code):
    PersonFactory(username="pris")
    client.post(url(gap), ME)

    response = client.post(url(gap, "quality_activate_account"), ACCOUNT | typed)

    assert errors(response) == {field: [code]}


def test_going_back_keeps_what_was_typed_and_the_password_hashed(client, gap):
    fill(client, gap)

    first = client.get(url(gap)).context["form"]
    assert (first["contact_email"].value(), first["manager"].value()) == ("contact@exemple.invalid", "moi")
    assert shows(client.get(url(gap, "quality_activate_account")), "Mot de passe déjà choisi")
    client.post(url(gap), ME)
    client.post(url(gap, "quality_activate_account"), ACCOUNT | {"password": "", "username": "claire2"})

    draft = Draft.objects.get().data
    assert draft["username"] == "claire2"
    assert check_password(PASSWORD, draft["password_hash"])
    assert PASSWORD not in str(draft)


def test_going_back_shows_whom_one_chose(client, gap):
    worker = EmploymentFactory(enterprise=gap.enterprise).person
    client.post(url(gap), other(worker))

    form = client.get(url(gap)).context["form"]

    assert form["manager"].value() == "autre"
    assert form["niss"].value().replace(".", "").replace("-", "") == worker.niss


def test_an_account_typed_for_one_is_not_kept_for_another(client, gap):
    fill(client, gap)

    client.post(url(gap), other(EmploymentFactory(enterprise=gap.enterprise).person))

    assertRedirects(client.get(url(gap, "quality_activate_check")), url(gap, "quality_activate_account"))
    assert Draft.objects.get().data["password_hash"] == ""


def test_a_person_with_an_account_keeps_it(client, gap):
    worker = EmploymentFactory(enterprise=gap.enterprise, person__with_codes=True).person
    client.post(url(gap), other(worker))

    page = client.get(url(gap, "quality_activate_account"))
    assert set(page.context["form"].fields) == {"email"}
    assert shows(page, worker.username)
    client.post(url(gap, "quality_activate_account"), {"email": "w@exemple.invalid"})
    assert shows(client.get(url(gap, "quality_activate_check")), "compte existant, conservé")
    client.post(url(gap, "quality_activate_check"))

    assert Person.objects.get(pk=worker.pk).password == worker.password


def test_of_an_account_that_opens_more_its_person_chooses_the_password(client, gap):
    worker = EmploymentFactory(enterprise=gap.enterprise, person__email="elle@dossier.invalid").person
    QualityMemberFactory(person=worker)
    account = {"username": "marchalhelene", "email": "helene@exemple.invalid", "password": PASSWORD}

    client.post(url(gap), other(worker))
    form = client.get(url(gap, "quality_activate_account"))
    assert "password" not in form.context["form"].fields
    assert shows(form, "Cette personne choisit elle-même son mot de passe")
    client.post(url(gap, "quality_activate_account"), account)
    assert shows(client.get(url(gap, "quality_activate_check")), "à choisir par cette personne elle-même")
    client.post(url(gap, "quality_activate_check"))

    assert not Person.objects.get(pk=worker.pk).has_usable_password()
    assert Message.objects.get().recipient == "elle@dossier.invalid"


def test_shows_a_refusal_that_comes_at_the_end(client, gap):
    fill(client, gap)
    PersonFactory(username="lambertclaire")

    response = client.post(url(gap, "quality_activate_check"))

    assert shows(response, "Ce nom d'utilisateur est déjà pris.")
    assert not Quality.objects.exists()


@pytest.mark.parametrize(
    "page", ["quality_activate_account", "quality_activate_check", "quality_activate_done"]
)
def test_a_later_page_leads_to_the_first_one_that_is_missing(client, gap, page):
    assertRedirects(client.get(url(gap, page)), url(gap))


@pytest.mark.parametrize("page", ["quality_activate", "quality_activate_account", "quality_activate_check"])
def test_an_active_quality_is_not_activated_again(client, gap, page):
    QualityFactory(enterprise=gap.enterprise)

    response = client.get(url(gap, page), follow=True)

    assert response.redirect_chain[0][0] == reverse(
        "access_mgmt:quality_list", args=[gap.enterprise.bce_number]
    )
    assert shows(response, "est déjà active")


def test_flags_the_quality_that_does_not_open_bhod(client, gap):
    warning = "« Soins de Santé » n'est pas « eHealth Soins de Santé »"

    assert shows(client.get(url(gap, kind="soins-de-sante")), warning)
    assert not shows(client.get(url(gap)), warning)

    QualityMemberFactory(quality__enterprise=gap.enterprise, quality__health_care=True, local_manager=True)
    assert shows(client.get(url(gap, "quality_activate_done", "soins-de-sante")), warning)


def test_two_persons_type_apart(client, gap):
    client.post(url(gap), ME)
    log_in(client, AccessManagerFactory(enterprise=gap.enterprise, co_main=True).person)

    assert client.get(url(gap)).context["form"]["contact_email"].value() == ""


class TestTheQualityThatBhodNeeds:
    """« Attention: à ne pas confondre avec la qualité "Soins de Santé" » (seed 000, line 164)."""

    OTHER = "soins-de-sante"

    def test_who_activates_the_other_one_is_led_to_it(self, client, gap):
        assertContains(client.get(url(gap, kind=self.OTHER)), f'href="{url(gap)}"')

        client.post(url(gap, kind=self.OTHER), ME)
        client.post(url(gap, "quality_activate_account", kind=self.OTHER), ACCOUNT)
        check = client.get(url(gap, "quality_activate_check", kind=self.OTHER))
        assert shows(check, "c'est « eHealth Soins de Santé » qu'il faut activer")
        assertContains(check, f'href="{url(gap)}"')

        client.post(url(gap, "quality_activate_check", kind=self.OTHER))
        done = client.get(url(gap, "quality_activate_done", kind=self.OTHER))
        assertContains(done, f'href="{url(gap)}"')
        assert not shows(done, "continuez")

    def test_who_has_it_already_is_led_to_its_users(self, client, gap):
        quality = QualityFactory(enterprise=gap.enterprise)

        page = client.get(url(gap, kind=self.OTHER))

        assertContains(page, reverse("access_mgmt:member_list", args=[quality.pk]))
        assertNotContains(page, f'href="{url(gap)}"')

    def test_who_activates_the_right_one_is_told_so(self, client, gap):
        page = client.get(url(gap))

        assert shows(page, "À ne pas confondre avec « Soins de Santé »")
        fill(client, gap)
        assert shows(
            client.get(url(gap, "quality_activate_check")), "À ne pas confondre avec « Soins de Santé »"
        )


def test_a_password_that_somebody_else_chose_is_replaced_at_the_first_login(client, gap):
    worker = EmploymentFactory(enterprise=gap.enterprise).person
    fill(client, gap, other(worker), ACCOUNT | {"username": "helenemarchal"})
    client.post(url(gap, "quality_activate_check"))
    assert "temporaire" in Message.objects.get().body
    client.cookies.clear()

    typed = {"username": "helenemarchal", "password": PASSWORD}
    client.post(reverse("csam:password_login"), typed)
    home = reverse("access_mgmt:home")
    change = reverse("account_change_password")
    assert client.get(home)["Location"].startswith(change)
    new = "Choisi-Moi-2026!"
    client.post(
        f"{change}?next={reverse('csam:whoami')}",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )

    assert client.get(reverse("csam:whoami")).status_code == 200
    assert Person.objects.get(pk=worker.pk).temporary_password_until is None


def test_a_password_of_ones_own_is_not_temporary(client, gap):
    fill(client, gap)
    client.post(url(gap, "quality_activate_check"))

    assert Person.objects.get(pk=gap.person_id).temporary_password_until is None
