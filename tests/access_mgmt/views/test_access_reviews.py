"""The pages of the yearly review, from the button that begins it to the file of its record."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from access_mgmt.enums import Function, ReviewOutcome
from access_mgmt.models import AccessReview, ReviewDecision, RoleAssignment
from bhod_portal.core.models import AuditEntry
from tests.access_mgmt.factories import (
    AccessReviewFactory,
    QualityMemberFactory,
    ReviewDecisionFactory,
    RoleAssignmentFactory,
)
from tests.csam.factories import AT
from tests.pages import shows, text_of

pytestmark = pytest.mark.usefixtures("stopped_clock")


@pytest.fixture
def review(manager):
    return AccessReviewFactory(quality=manager.quality)


@pytest.fixture
def assignment(member):
    return RoleAssignmentFactory(member=member)


def url(name, quality, *more):
    return reverse(f"access_mgmt:{name}", args=[quality.pk, *more])


def detail(review):
    return url("review_detail", review.quality, review.pk)


def decide(client, review, **data):
    return client.post(url("review_decide", review.quality, review.pk), data, follow=True)


class TestTheHome:
    def home(self, client, manager):
        return client.get(url("quality_detail", manager.quality))

    def test_says_when_one_is_due(self, client, manager, assignment):
        assert not shows(self.home(client, manager), "depuis plus d'un an")

        manager.quality.activated_at = AT - timedelta(days=400)
        manager.quality.save()
        response = self.home(client, manager)

        assert shows(response, "n'ont pas été revues depuis plus d'un an")
        assert f'href="{url("review_list", manager.quality)}"' in response.content.decode()

    def test_leads_to_the_one_that_is_going_on(self, client, manager, review):
        assert f'href="{detail(review)}"' in self.home(client, manager).content.decode()


class TestTheList:
    def test_begins_one(self, client, manager, assignment):
        address = url("review_list", manager.quality)
        assert shows(client.get(address), "Aucune révision n'a encore eu lieu.")

        response = client.post(address)

        assert response["Location"] == detail(AccessReview.objects.get())
        assert shows(client.get(address), "Continuer la révision")

    def test_says_why_it_can_t(self, client, manager):
        response = client.post(url("review_list", manager.quality), follow=True)

        assert shows(response, "il n'y a rien à réviser")
        assert not AccessReview.objects.exists()

    def test_names_who_and_when_and_how_many(self, client, manager, assignment):
        review = AccessReviewFactory(quality=manager.quality, closed=True)
        ReviewDecisionFactory(review=review, assignment=assignment)
        manager.quality.activated_at = AT - timedelta(days=800)
        manager.quality.save()

        response = client.get(url("review_list", manager.quality))

        assert f"10/03/2026 10:00 {review.opened_by} 10/03/2026 10:00 {review.closed_by} 1 0" in text_of(
            response
        )

    def test_says_when_one_is_due(self, client, manager, assignment):
        manager.quality.activated_at = AT - timedelta(days=800)
        manager.quality.save()

        assert shows(client.get(url("review_list", manager.quality)), "depuis plus d'un an")

    def test_costs_the_same_however_many(self, client, manager, django_assert_max_num_queries):
        for _ in range(5):
            AccessReviewFactory(quality=manager.quality, closed=True)

        with django_assert_max_num_queries(14):
            client.get(url("review_list", manager.quality))


class TestDeciding:
    def test_one_by_its_own_button(self, client, review, assignment, manager):
        other = RoleAssignmentFactory(member=assignment.member, administrative=True)

        response = decide(client, review, confirmer=assignment.pk, fonction=[other.pk])

        assert shows(response, "1 fonction est confirmée.")
        assert shows(response, "1 sur 2 fonctions")
        assert list(response.context["rows"]) == [other]

    def test_the_ticked_ones(self, client, review, assignment):
        other = RoleAssignmentFactory(member=assignment.member, administrative=True)
        RoleAssignmentFactory(member=assignment.member, function=Function.OA_ADMIN)

        response = decide(client, review, fonction=[assignment.pk, other.pk])

        assert shows(response, "2 fonctions sont confirmées.")
        assert ReviewDecision.objects.count() == 2

    def test_all_of_the_page(self, client, review, assignment):
        other = RoleAssignmentFactory(member=assignment.member, administrative=True)

        decide(client, review, toutes="on", page=[assignment.pk, other.pk])

        assert ReviewDecision.objects.count() == 2

    def test_what_is_to_end_is_shown_first(self, client, review, assignment):
        response = decide(client, review, finir=assignment.pk)

        assert shows(response, "Mettre fin à ces fonctions ?")
        assert response.context["ending"] == [assignment]
        assert not ReviewDecision.objects.exists()

        response = decide(client, review, finir="", verifie="1", fonction=[assignment.pk])

        assert shows(response, "1 fonction prend fin dans un délai maximal de 20 minutes.")
        assert shows(response, "Tout est décidé : la révision peut être clôturée.")
        assert ReviewDecision.objects.get().outcome == ReviewOutcome.ENDED
        assert not RoleAssignment.objects.standing().exists()

    @pytest.mark.parametrize("data", [{}, {"fonction": "x"}, {"finir": "", "fonction": "-1"}])
    def test_nothing_asks_to_choose(self, client, review, assignment, data):
        assert shows(decide(client, review, **data), "Choisissez d'abord des fonctions")

    def test_what_is_no_longer_to_decide_has_no_check_page(self, client, review, assignment):
        ReviewDecisionFactory(review=review, assignment=assignment)

        response = decide(client, review, finir=assignment.pk)

        assert shows(response, "Choisissez d'abord des fonctions")

    def test_one_that_another_decided_says_who_and_what(self, client, review, assignment):
        decision = ReviewDecisionFactory(review=review, assignment=assignment)

        response = decide(client, review, finir="", verifie="1", fonction=[assignment.pk])

        assert shows(response, f"{decision.decided_by} a déjà décidé le 10/03/2026 10:00 : confirmée.")
        assert RoleAssignment.objects.standing().exists()

    def test_in_a_closed_one_says_so(self, client, manager, assignment):
        review = AccessReviewFactory(quality=manager.quality, closed=True)

        assert shows(decide(client, review, confirmer=assignment.pk), "Cette révision est clôturée")
        assert not ReviewDecision.objects.exists()

    def test_pages_of_25_cost_the_same(self, client, review, django_assert_max_num_queries):
        for _ in range(26):
            RoleAssignmentFactory(member__quality=review.quality)

        with django_assert_max_num_queries(14):
            response = client.get(detail(review))
        assert len(response.context["rows"]) == 25
        assert len(client.get(detail(review), {"page": 2}).context["rows"]) == 1


class TestClosing:
    def test_asks_first_and_says_what_is_left(self, client, review, assignment):
        address = url("review_close", review.quality, review.pk)
        assert shows(client.get(address), "Une fonction reste sans décision")

        assert shows(client.post(address, follow=True), "Il reste des fonctions à décider")
        response = client.post(address, {"sans-elles": "1"}, follow=True)

        assert shows(response, "La révision est clôturée")
        assert shows(response, "non décidée")
        assert shows(client.post(address, follow=True), "Cette révision était déjà clôturée.")
        assert client.get(address)["Location"] == detail(review)

    def test_when_all_is_decided_needs_no_more(self, client, review, assignment):
        ReviewDecisionFactory(review=review, assignment=assignment)
        address = url("review_close", review.quality, review.pk)
        assert not shows(client.get(address), "sans décision : elle continue")

        client.post(address)

        review.refresh_from_db()
        assert review.closed_at == AT


class TestTheRecord:
    @pytest.fixture
    def filled(self, review, assignment, manager):
        confirmed = ReviewDecisionFactory(review=review, assignment=assignment)
        ended = RoleAssignmentFactory(
            member=assignment.member,
            administrative=True,
            valid_until=date(2026, 12, 31),
            revoked=True,
        )
        ReviewDecisionFactory(review=review, assignment=ended, outcome=ReviewOutcome.ENDED)
        nasty = QualityMemberFactory(
            quality=manager.quality, person__last_name="=CMD()", person__sort_name="zz"
        )
        RoleAssignmentFactory(member=nasty)
        return confirmed

    def test_says_who_decided_what(self, client, review, filled):
        response = client.get(detail(review), {"liste": "releve"})

        assert [row.verdict for row in response.context["rows"]] == ["confirmée", "mettre fin", "non décidée"]
        assert shows(response, f"le 10/03/2026 10:00, par {filled.decided_by}")

    def test_what_ended_meanwhile_stands_in_it(self, client, manager, member):
        review = AccessReviewFactory(quality=manager.quality, opened_at=AT - timedelta(days=3), closed=True)
        RoleAssignmentFactory(
            member=member, valid_until=date(2026, 3, 9), requested_at=AT - timedelta(days=9)
        )

        [row] = client.get(detail(review)).context["rows"]

        assert row.verdict == "a pris fin ou changé entre-temps"

    def test_goes_into_a_file_that_calculates_nothing(self, client, review, filled, manager):
        response = client.get(url("review_export", review.quality, review.pk))

        lines = b"".join(response.streaming_content).decode().splitlines()
        assert lines[0].startswith("\ufeffNom;Prénom;Fonction")
        assert len(lines) == 4
        assert lines[1].endswith(f"confirmée;10/03/2026 10:00;{filled.decided_by}")
        assert ";31/12/2026;mettre fin;" in lines[2]
        assert lines[3].startswith("'=CMD()")
        assert AuditEntry.objects.get(act="access_mgmt.review.exported").done_by == manager.person
        assert "attachment" in response["Content-Disposition"]

    def test_of_another_quality_is_unknown(self, client, manager):
        other = AccessReviewFactory()

        assert client.get(url("review_detail", manager.quality, other.pk)).status_code == 404

    def test_costs_the_same_however_many(self, client, review, django_assert_max_num_queries):
        for _ in range(26):
            ReviewDecisionFactory(review=review)

        with django_assert_max_num_queries(15):
            response = client.get(detail(review), {"liste": "releve"})
        assert shows(response, "26 sur 26 fonctions")
