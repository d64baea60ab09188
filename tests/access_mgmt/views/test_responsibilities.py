"""The tree of who answers for whom, its forms and its history, and what it says to whom."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from access_mgmt.models import Responsibility
from access_mgmt.selectors.hierarchy import LINES_PER_PAGE, OPENED_BELOW
from bhod_portal.core.models import Draft
from tests.access_mgmt.factories import (
    QualityMemberFactory,
    ResponsibilityFactory,
    SubdivisionFactory,
)
from tests.csam.login import log_in
from tests.pages import shows

pytestmark = pytest.mark.usefixtures("stopped_clock")


def address(name, *args):
    return reverse(f"access_mgmt:responsibility_{name}", args=args)


@pytest.fixture
def quality(manager):
    return manager.quality


@pytest.fixture
def doctor(quality):
    return QualityMemberFactory(
        quality=quality, person__first_name="Anne", person__last_name="Dupont", person__username="dupontanne"
    )


@pytest.fixture
def secretary(quality):
    return QualityMemberFactory(
        quality=quality, person__first_name="Zoé", person__last_name="Lambert", person__username="lambertzoe"
    )


def tree(client, quality, query=""):
    """What stands in the tree: each person with his depth, « again » or the number of those not shown."""
    lines = client.get(address("list", quality.pk) + query).context["lines"]
    found, depth = [], 0
    for line in lines:
        found.append((line.member, depth, "again" if line.is_again else line.below))
        depth += 1 if line.opens else -len(line.closes)
    assert depth == 0
    return found


class TestTheTree:
    def test_shows_each_below_who_answers_for_him(self, client, quality, doctor, secretary):
        intern = QualityMemberFactory(quality=quality)
        ResponsibilityFactory(responsible=doctor, member=secretary)
        ResponsibilityFactory(responsible=secretary, member=intern)
        ResponsibilityFactory(responsible=doctor, member=QualityMemberFactory(quality=quality), ended=True)

        assert tree(client, quality) == [(doctor, 0, 0), (secretary, 1, 0), (intern, 2, 0)]

    def test_opens_who_appears_twice_only_once(self, client, quality, doctor, secretary):
        other = QualityMemberFactory(quality=quality, person__last_name="Zébulon")
        intern = QualityMemberFactory(quality=quality)
        ResponsibilityFactory(responsible=doctor, member=secretary)
        ResponsibilityFactory(responsible=other, member=secretary)
        ResponsibilityFactory(responsible=secretary, member=intern)

        assert tree(client, quality) == [
            (doctor, 0, 0),
            (secretary, 1, 0),
            (intern, 2, 0),
            (other, 0, 0),
            (secretary, 1, "again"),
        ]
        page = client.get(address("list", quality.pk))
        assertContains(page, f'href="#membre-{secretary.pk}"', count=1)
        assertContains(page, f'id="membre-{secretary.pk}"', count=1)

    def test_many_below_one_have_a_page_of_their_own(self, client, quality, doctor):
        for member in QualityMemberFactory.create_batch(OPENED_BELOW + 1, quality=quality):
            ResponsibilityFactory(responsible=doctor, member=member)

        assert tree(client, quality) == [(doctor, 0, OPENED_BELOW + 1)]
        assert len(tree(client, quality, f"?de={doctor.pk}")) == OPENED_BELOW
        assert len(tree(client, quality, f"?de={doctor.pk}&arbre=2")) == 1
        assertContains(client.get(address("list", quality.pk)), f'href="?de={doctor.pk}"')

    @pytest.mark.parametrize("asked", ["x", "0", "9" * 18, "9" * 30])
    def test_opens_at_nobody_unknown(self, client, quality, doctor, secretary, asked):
        ResponsibilityFactory(responsible=doctor, member=secretary)

        assert len(tree(client, quality, f"?de={asked}")) == 2

    def test_a_page_never_grows_beyond_reason(self, client, quality, monkeypatch):
        monkeypatch.setattr("access_mgmt.selectors.hierarchy.LINES_PER_PAGE", 3)
        assert LINES_PER_PAGE > OPENED_BELOW
        for number in range(3):
            top = QualityMemberFactory(quality=quality, person__last_name=f"Chef {number}")
            ResponsibilityFactory(responsible=top, member=QualityMemberFactory(quality=quality))

        assert [below for _member, _depth, below in tree(client, quality)] == [0, 0, 0, 0, 1]

    def test_costs_no_more_with_more_members(
        self, client, quality, doctor, secretary, django_assert_max_num_queries
    ):
        for member in [secretary, *QualityMemberFactory.create_batch(10, quality=quality)]:
            ResponsibilityFactory(responsible=doctor, member=member)
        QualityMemberFactory.create_batch(10, quality=quality)

        with django_assert_max_num_queries(14):
            page = client.get(address("list", quality.pk))

        assert len(page.context["lines"]) == 12
        assert page.context["page_obj"].paginator.count == 11

    def test_says_what_it_is_for_when_it_is_empty(self, client, quality):
        page = client.get(address("list", quality.pk))

        assert shows(page, "Docteur Exemple")
        assertContains(page, address("create", quality.pk))

    def test_a_subdivision_manager_sees_his_branch(self, client, quality, doctor):
        led = QualityMemberFactory(quality=quality, subdivision_manager=True)
        below = SubdivisionFactory(below=led.subdivision)
        member, nurse, other = QualityMemberFactory.create_batch(3, quality=quality, subdivision=below)
        ResponsibilityFactory(responsible=doctor, member=member)
        ResponsibilityFactory(responsible=member, member=nurse)
        ResponsibilityFactory(responsible=other, member=doctor)
        log_in(client, led.person)

        assert tree(client, quality) == [(member, 0, 0), (nurse, 1, 0)]
        page = client.get(address("list", quality.pk))
        assert page.context["lines"][0].answered_elsewhere
        assert not shows(page, str(doctor.person))
        assert led in page.context["page_obj"].object_list


def propose(client, quality, responsible, member, **kwargs):
    return client.post(
        address("create", quality.pk), {"responsible": responsible, "member": member}, **kwargs
    )


class TestDesignating:
    @pytest.mark.parametrize("typed", ["dupontanne", "DUPONT anne", "upon", "niss"])
    def test_finds_by_name_user_name_or_niss_and_asks_before_it_acts(
        self, client, quality, doctor, secretary, typed
    ):
        page = propose(
            client,
            quality,
            doctor.person.niss if typed == "niss" else typed,
            "lambertzoe",
            follow=True,
        )

        assertRedirects(page, address("create_check", quality.pk))
        assert not Responsibility.objects.exists()
        assertContains(page, "checked", count=2)

        done = client.post(
            address("create_check", quality.pk), {"responsible": doctor.pk, "member": secretary.pk}
        )

        assertRedirects(done, address("list", quality.pk))
        made = Responsibility.objects.get()
        assert (made.responsible, made.member) == (doctor, secretary)
        assert not Draft.objects.exists()

    def test_a_second_click_does_nothing_more(self, client, quality, doctor, secretary):
        propose(client, quality, "dupontanne", "lambertzoe")
        data = {"responsible": doctor.pk, "member": secretary.pk}
        for _click in range(2):
            assertRedirects(
                client.post(address("create_check", quality.pk), data), address("list", quality.pk)
            )

        assert Responsibility.objects.count() == 1

    def test_another_manager_was_faster(self, client, quality, doctor, secretary):
        propose(client, quality, "dupontanne", "lambertzoe")
        ResponsibilityFactory(responsible=doctor, member=secretary)

        page = client.post(
            address("create_check", quality.pk),
            {"responsible": doctor.pk, "member": secretary.pk},
            follow=True,
        )

        assert shows(page, "répond déjà de")
        assert Responsibility.objects.count() == 1

    def test_lets_choose_among_several(self, client, quality, doctor, secretary):
        namesake = QualityMemberFactory(
            quality=quality, person__last_name="Dupont", person__first_name="Jean"
        )

        page = propose(client, quality, "Dupont", "lambertzoe", follow=True)

        assertContains(page, f'value="{namesake.pk}"')
        assertContains(page, f'value="{doctor.pk}"')
        missing = client.post(address("create_check", quality.pk), {"member": secretary.pk})
        assert "responsible" in missing.context["form"].errors

    def test_explains_a_circle(self, client, quality, doctor, secretary):
        ResponsibilityFactory(responsible=secretary, member=doctor)
        propose(client, quality, "dupontanne", "lambertzoe")

        page = client.post(
            address("create_check", quality.pk), {"responsible": doctor.pk, "member": secretary.pk}
        )

        assert page.context["form"].has_error("__all__", "cycle")

    def test_finds_nobody_who_is_not_there_or_blocked(self, client, quality, doctor):
        QualityMemberFactory(quality=quality, blocked=True, person__last_name="Bloquet")
        QualityMemberFactory(person__last_name="Ailleurs")

        for typed in ("Bloquet", "Ailleurs", "Personne"):
            page = propose(client, quality, "dupontanne", typed)
            assert page.context["form"].has_error("member", "not_found")

    def test_asks_for_more_of_a_name_that_many_have(self, client, quality, doctor):
        QualityMemberFactory.create_batch(21, quality=quality, person__last_name="Maes")

        page = propose(client, quality, "Maes", "dupontanne")

        assert page.context["form"].has_error("responsible", "too_many")

    @pytest.mark.parametrize(("key", "field"), [("membre", "member"), ("responsable", "responsible")])
    def test_begins_with_who_one_came_for(self, client, quality, doctor, key, field):
        page = client.get(address("create", quality.pk), {key: doctor.pk})

        assert page.context["form"][field].value() == "dupontanne"

    @pytest.mark.parametrize("asked", ["x", "0", "9" * 40])
    def test_begins_empty_for_who_is_nobody(self, client, quality, asked):
        page = client.get(address("create", quality.pk), {"membre": asked})

        assert not page.context["form"]["member"].value()

    def test_has_nothing_to_check_before_one_typed(self, client, quality):
        assertRedirects(client.get(address("create_check", quality.pk)), address("list", quality.pk))


class TestEnding:
    @pytest.fixture
    def given(self, doctor, secretary):
        return ResponsibilityFactory(responsible=doctor, member=secretary)

    def test_asks_first_and_keeps_it_in_the_history(self, client, quality, given):
        end = address("end", given.pk)
        assert shows(client.get(end), "Personne d'autre ne répond alors de ce membre.")

        assertRedirects(client.post(end), address("list", quality.pk))

        given.refresh_from_db()
        assert given.ended_at
        assert list(client.get(address("history", quality.pk)).context["page_obj"]) == [given]

    def test_the_day_is_the_one_in_brussels(self, client, given):
        given.given_at = datetime(2022, 9, 15, 22, 30, tzinfo=UTC)
        given.save()

        assert shows(client.get(address("end", given.pk)), "16/09/2022")

    def test_says_who_else_is_left(self, client, quality, given):
        ResponsibilityFactory(responsible=QualityMemberFactory(quality=quality), member=given.member)

        assert shows(client.get(address("end", given.pk)), "Une autre personne répond encore")

    def test_a_second_click_reads_that_it_is_over(self, client, given):
        client.post(address("end", given.pk))

        for ask in (client.get, client.post):
            assert shows(ask(address("end", given.pk), follow=True), "a déjà pris fin")

    def test_two_at_once_end_it_once(self, client, given, monkeypatch):
        # Ended between the look at it and the act.
        monkeypatch.setattr(
            "access_mgmt.views.responsibilities.ResponsibilityEndView.elsewhere", lambda _self: None
        )
        client.post(address("end", given.pk))

        assert shows(client.post(address("end", given.pk), follow=True), "a déjà pris fin")

    def test_across_the_border_of_a_branch_is_unknown(self, client, quality, given):
        led = QualityMemberFactory(quality=quality, subdivision_manager=True)
        given.member.subdivision = led.subdivision
        given.member.save()
        log_in(client, led.person)

        assert client.get(address("end", given.pk)).status_code == 404

    def test_a_branch_has_its_own_history(self, client, quality, doctor, secretary):
        led = QualityMemberFactory(quality=quality, subdivision_manager=True)
        within = ResponsibilityFactory(
            responsible=led,
            member=QualityMemberFactory(quality=quality, subdivision=led.subdivision),
            ended=True,
        )
        ResponsibilityFactory(responsible=doctor, member=secretary, ended=True)
        log_in(client, led.person)

        assert list(client.get(address("history", quality.pk)).context["page_obj"]) == [within]


def test_the_tabs_lead_to_each_other(client, quality):
    pages = [
        reverse("access_mgmt:role_overview", args=[quality.pk]),
        address("list", quality.pk),
        address("about", quality.pk),
    ]

    for page in pages:
        content = client.get(page)
        for other in pages:
            assertContains(content, f'href="{other}"')
        assertContains(content, f'href="{page}" aria-current="true"', count=1)


def test_the_functions_of_a_member_say_who_answers_for_whom(client, quality, doctor, secretary):
    ResponsibilityFactory(responsible=doctor, member=secretary)

    of_doctor = client.get(reverse("access_mgmt:role_list", args=[doctor.pk]))
    of_secretary = client.get(reverse("access_mgmt:role_list", args=[secretary.pk]))

    assertContains(of_doctor, reverse("access_mgmt:role_list", args=[secretary.pk]))
    assert shows(of_doctor, "Répond de")
    assertContains(of_secretary, reverse("access_mgmt:role_list", args=[doctor.pk]))
    assert shows(of_secretary, "Sous la responsabilité de")


def test_the_functions_of_a_member_name_nobody_of_another_branch(client, quality, doctor):
    led = QualityMemberFactory(quality=quality, subdivision_manager=True)
    member = QualityMemberFactory(quality=quality, subdivision=led.subdivision)
    ResponsibilityFactory(responsible=doctor, member=member)
    log_in(client, led.person)

    page = client.get(reverse("access_mgmt:role_list", args=[member.pk]))

    assert not shows(page, str(doctor.person))
    assert shows(page, "une personne d'une autre subdivision")
