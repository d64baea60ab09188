"""Who acts with the mandates of an enterprise: named and removed on screen."""

from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from bhod_portal.core.identifiers import format_niss
from prosante_login.models import MandateDelegate
from tests.csam.factories import EmploymentFactory, PersonFactory
from tests.csam.login import log_in
from tests.pages import errors, shows
from tests.prosante_login.factories import MandateDelegateFactory
from tests.prosante_login.mandate_acts import LATER, TODAY, representative_of

pytestmark = pytest.mark.usefixtures("stopped_clock")


@pytest.fixture
def at_work(client, company):
    """The legal representative."""
    log_in(client, representative_of(company))
    return client


@pytest.fixture
def worker(company):
    return EmploymentFactory(enterprise=company, person__first_name="Tom", person__last_name="Peeters").person


def page(name, company, *arguments):
    return reverse(f"prosante_login:{name}", args=[company.bce_number, *arguments])


class TestList:
    def test_names_heads_and_delegates(self, at_work, company):
        delegate = MandateDelegateFactory(enterprise=company)
        ended = MandateDelegateFactory(
            enterprise=company, ended_at=LATER, ended_by=representative_of(company)
        )

        answer = at_work.get(page("delegate_list", company))

        assert shows(answer, str(representative_of(company)))
        assertContains(answer, page("delegate_remove", company, delegate.pk))
        assertNotContains(answer, page("delegate_remove", company, ended.pk))
        assert shows(answer, str(ended.person))

    def test_marks_a_delegate_who_left(self, at_work, company):
        delegate = MandateDelegateFactory(enterprise=company)
        assertNotContains(at_work.get(page("delegate_list", company)), "Ne travaille plus ici")

        delegate.person.employments.update(valid_until=TODAY - timedelta(days=1))

        answer = at_work.get(page("delegate_list", company))
        assertContains(answer, "Ne travaille plus ici")
        assertContains(answer, page("delegate_remove", company, delegate.pk))

    def test_is_empty_at_first(self, at_work, company):
        assert shows(at_work.get(page("delegate_list", company)), "Personne n'est désigné")

    @pytest.mark.parametrize("name", ["delegate_list", "delegate_add", "delegate_add_check"])
    def test_a_delegate_is_told_that_he_names_nobody(self, client, company, name):
        log_in(client, MandateDelegateFactory(enterprise=company).person)

        answer = client.get(page(name, company))

        assert answer.status_code == 403
        assert shows(answer, str(representative_of(company)))

    def test_is_not_there_for_others(self, client, company):
        log_in(client, PersonFactory(world=company.world))
        assert client.get(page("delegate_list", company)).status_code == 404


class TestAdd:
    def test_by_niss(self, at_work, company, worker):
        asked = at_work.post(page("delegate_add", company), {"niss": format_niss(worker.niss)})
        assertRedirects(asked, page("delegate_add_check", company))
        assert shows(at_work.get(page("delegate_add_check", company)), "Tom Peeters")

        added = at_work.post(page("delegate_add_check", company), follow=True)

        assertRedirects(added, page("delegate_list", company))
        assert shows(added, "Tom Peeters agit désormais avec les mandats")
        assert MandateDelegate.objects.get().person == worker
        # A second click.
        assertRedirects(at_work.post(page("delegate_add_check", company)), page("delegate_list", company))
        assert MandateDelegate.objects.count() == 1

    def test_names_only_who_was_shown(self, at_work, company, worker):
        other = EmploymentFactory(enterprise=company).person
        at_work.post(page("delegate_add", company), {"niss": worker.niss})
        shown = at_work.get(page("delegate_add_check", company)).context["draft_mark"]
        at_work.post(page("delegate_add", company), {"niss": other.niss})

        at_work.post(page("delegate_add_check", company), {"draft_mark": shown})

        assert not MandateDelegate.objects.exists()

    def test_refuses_beside_the_field(self, at_work, company, monkeypatch):
        stranger = PersonFactory(world=company.world)
        form = {"niss": stranger.niss}
        assert errors(at_work.post(page("delegate_add", company), form)) == {"niss": ["delegate_not_linked"]}

        monkeypatch.setattr("csam.http.consume", lambda *_arguments, **_named: None)
        assert errors(at_work.post(page("delegate_add", company), form)) == {"niss": ["too_many_look_ups"]}

    def test_somebody_else_did_it_meanwhile(self, at_work, company, worker):
        at_work.post(page("delegate_add", company), {"niss": worker.niss})
        MandateDelegateFactory(enterprise=company, person=worker)

        added = at_work.post(page("delegate_add_check", company), follow=True)

        assert shows(added, "agit déjà avec les mandats")

    def test_he_left_meanwhile(self, at_work, company, worker):
        at_work.post(page("delegate_add", company), {"niss": worker.niss})
        worker.employments.all().delete()

        answer = at_work.post(page("delegate_add_check", company))

        assert errors(answer) == {"__all__": ["delegate_not_linked"]}


class TestRemove:
    def test_asks_and_ends(self, at_work, company):
        delegate = MandateDelegateFactory(enterprise=company)
        address = page("delegate_remove", company, delegate.pk)
        assert shows(at_work.get(address), "les dossiers des mandants se ferment pour elle")

        assertRedirects(at_work.post(address), page("delegate_list", company))

        delegate.refresh_from_db()
        assert delegate.ended_by == representative_of(company)
        assertRedirects(at_work.get(address), page("delegate_list", company))
        assert shows(at_work.post(address, follow=True), "Cette délégation a déjà pris fin.")

    def test_of_another_enterprise_is_not_there(self, at_work, company):
        other = MandateDelegateFactory()
        assert at_work.get(page("delegate_remove", company, other.pk)).status_code == 404
