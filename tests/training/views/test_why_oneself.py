"""« Pourquoi ? » about oneself: which organisation, and what a stranger is told."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertRedirects

from tests.access_mgmt.factories import (
    QualityFactory,
    QualityMemberFactory,
    RoleAssignmentFactory,
)
from tests.csam.factories import PersonFactory
from tests.csam.login import log_in
from tests.pages import errors, shows
from tests.training.chains import (
    Chain,
    blocked,
    gap_gone,
    member_gone,
    no_function,
    on_its_way,
    quality_off,
    unregistered,
    withdrawn,
    wrong_quality,
)

URL = reverse("training:why")


@pytest.fixture
def chain(db):
    return Chain()


class TestOneself:
    def test_without_an_organisation_says_what_one_can_do(self, client, chain):
        log_in(client, PersonFactory(world=chain.world))

        page = client.get(URL)

        assert page.context["answer"] is None
        assert "organisation" not in page.context["form"].fields
        assert shows(page, "Aucune organisation ne vous a inscrit jusqu'ici")

    def test_a_stranger_gets_functions_not_names(self, client, chain):
        log_in(client, PersonFactory(world=chain.world))

        page = client.get(URL, {"numero": chain.enterprise.bce_number})

        assert page.context["answer"].broken.key == "member"
        assert not shows(page, "Gaston")
        assert not shows(page, "Locale")
        assert shows(page, "Gestionnaire Local")

    @pytest.mark.parametrize("cause", [gap_gone, quality_off, member_gone, blocked, withdrawn])
    def test_a_stranger_gets_no_name_whatever_is_broken(self, client, chain, cause):
        cause(chain)
        log_in(client, PersonFactory(world=chain.world))

        page = client.get(URL, {"numero": chain.enterprise.bce_number})

        assert not any(shows(page, name) for name in ("Gaston", "Lola", "Ida"))

    @pytest.mark.parametrize("written", ["BE{0}", "{0}", "{1}"])
    def test_a_number_in_any_writing(self, client, chain, written):
        number = chain.enterprise.bce_number
        dotted = f"{number[:4]}.{number[4:7]}.{number[7:]}"
        log_in(client, chain.person)

        page = client.get(URL, {"numero": written.format(number, dotted)})

        assert page.context["answer"].enterprise == chain.enterprise

    def test_the_organisation_of_the_list(self, client, chain):
        log_in(client, chain.person)

        page = client.get(URL, {"organisation": chain.enterprise.bce_number, "numero": ""})

        assert page.context["answer"].enterprise == chain.enterprise

    def test_two_organisations_at_once(self, client, chain):
        log_in(client, chain.person)

        page = client.get(URL, {"organisation": chain.enterprise.bce_number, "numero": "0999.999.031"})

        assert errors(page)["numero"]
        assert page.context["answer"] is None

    def test_an_organisation_of_nobodys_list(self, client, chain):
        log_in(client, chain.person)

        page = client.get(URL, {"organisation": "0999999031"})

        assert errors(page)["organisation"]

    @pytest.mark.parametrize("typed", ["123", "0999.999.032", "abc"])
    def test_no_number_at_all(self, client, chain, typed):
        log_in(client, chain.person)

        page = client.get(URL, {"numero": typed})

        assert errors(page)["numero"]

    def test_nothing_at_all(self, client, chain):
        log_in(client, chain.person)

        page = client.get(URL, {"organisation": "", "numero": "", "pour": "bhod"})

        assert errors(page)["numero"] == ["required"]

    def test_a_number_that_the_bce_doesnt_know(self, client, chain):
        log_in(client, chain.person)

        answer = client.get(URL, {"numero": "0999.999.031"}).context["answer"]

        assert answer.broken.key == "known"
        assert answer.broken.screen.url == reverse("csam:bce_search")
        assert answer.step == "bce"

    def test_an_enterprise_of_another_world_is_unknown(self, client, chain):
        log_in(client, PersonFactory(stranger=True))

        answer = client.get(URL, {"numero": chain.enterprise.bce_number}).context["answer"]

        assert answer.enterprise is None

    def test_links_to_the_screen_for_who_may_open_it(self, client, chain):
        unregistered(chain)
        log_in(client, chain.representative.person)

        answer = client.get(URL, {"numero": chain.enterprise.bce_number}).context["answer"]

        assert answer.broken.screen.url == reverse("csam:enterprise_register")

    def test_asks_the_visitor_who_he_is(self, client, chain):
        assertRedirects(
            client.get(URL), f"{reverse('csam:identification')}?next={URL}", fetch_redirect_response=False
        )

    @pytest.mark.parametrize("cause", [None, wrong_quality, no_function, on_its_way])
    def test_reads_a_constant_number_of_times(self, client, chain, django_assert_max_num_queries, cause):
        if cause:
            cause(chain)
        for _number in range(3):
            RoleAssignmentFactory(
                member=QualityMemberFactory(
                    quality=QualityFactory(enterprise__world=chain.world), person=chain.person
                )
            )
        chain.ask_oneself(client)

        with django_assert_max_num_queries(22):
            client.get(URL, {"numero": chain.enterprise.bce_number})
