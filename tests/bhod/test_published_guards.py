"""What a feed publishes, whose it is, and when it says something else than before."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bhod.enums import GuardState
from bhod.models import Guard
from bhod.selectors.calendars import (
    circle_of,
    digest,
    feed_state,
    feed_under,
    published,
    published_guards,
    window_on,
    world_of_feed,
)
from bhod_portal.core.periods import Period
from tests.access_mgmt.factories import RoleAssignmentFactory
from tests.bhod.calendar_reading import TODAY, WINDOW, events, move
from tests.bhod.factories import AT, CalendarFeedFactory, GuardFactory, GuardUnitFactory, SwapOfferFactory
from tests.prosante_login.factories import CareProviderFactory

pytestmark = pytest.mark.django_db


class TestWindow:
    def test_is_three_months_back_and_fifteen_ahead(self):
        assert window_on(TODAY) == Period(date(2025, 12, 1), date(2027, 6, 30))

    def test_changes_with_the_month_only(self):
        assert window_on(date(2026, 3, 1)) == window_on(date(2026, 3, 31)) == WINDOW
        assert window_on(date(2026, 4, 1)) != WINDOW

    def test_leaves_out_what_begins_outside(self, unit, circle_feed):
        night = timedelta(hours=13)
        starts = [
            datetime(2025, 11, 30, 18, tzinfo=UTC),
            datetime(2025, 11, 30, 23, tzinfo=UTC),
            datetime(2027, 6, 30, 20, tzinfo=UTC),
            datetime(2027, 6, 30, 22, tzinfo=UTC),
        ]
        guards = [GuardFactory(unit=unit, starts_at=each, ends_at=each + night) for each in starts]

        shown = [each.reference for each in published(circle_feed, window=WINDOW)]

        # Midnight is that of Brussels.
        assert shown == [str(each.reference) for each in guards[1:3]]


class TestGuardThatLeft:
    @pytest.fixture
    def colleague(self, unit):
        return CareProviderFactory(person__world=unit.enterprise.world)

    def test_is_cancelled_for_the_doctor_who_had_it(self, guard, doctor_feed, colleague):
        owner = guard.provider
        later = guard.starts_at + timedelta(days=1)
        move(guard, provider=colleague)
        move(guard, starts_at=later, ends_at=later + timedelta(hours=13))

        [event] = events(doctor_feed)
        [his] = events(CalendarFeedFactory(of_doctor=True, provider=colleague))

        assert str(event["uid"]) == str(his["uid"]) == str(guard.reference)
        assert (str(event["status"]), str(his["status"])) == ("CANCELLED", "CONFIRMED")
        # Where he knew it last, and without the name of the other.
        assert (event.start, his.start) == (later - timedelta(days=1), later)
        assert str(event["summary"]) == f"Annulée : garde Ouest – Dr {owner.person}"
        assert event["sequence"] == 3

    def test_is_his_again_when_it_comes_back(self, guard, doctor_feed, colleague):
        owner = guard.provider
        move(guard, provider=colleague)
        move(guard, provider=owner)

        [event] = events(doctor_feed)

        assert str(event["status"]) == "CONFIRMED"

    def test_is_cancelled_once_though_it_left_twice(self, guard, doctor_feed, colleague):
        owner = guard.provider
        for provider in (colleague, owner, colleague):
            move(guard, provider=provider)

        assert [str(event["status"]) for event in events(doctor_feed)] == ["CANCELLED"]

    def test_is_cancelled_for_the_unit_that_had_it(self, guard, unit_feed, circle_feed):
        move(guard, unit=GuardUnitFactory(enterprise=guard.unit.enterprise, name="Est"))

        assert [str(event["status"]) for event in events(unit_feed)] == ["CANCELLED"]
        assert [str(event["status"]) for event in events(circle_feed)] == ["CONFIRMED"]

    def test_is_cancelled_for_all_when_it_is_a_draft_again(self, guard, doctor_feed, unit_feed, circle_feed):
        move(guard, state=GuardState.DRAFT, is_published=False)

        for feed in (doctor_feed, unit_feed, circle_feed):
            assert [str(event["status"]) for event in events(feed)] == ["CANCELLED"]

    def test_is_gone_when_it_was_outside_of_the_window(self, unit, colleague):
        old = GuardFactory(
            unit=unit,
            starts_at=datetime(2025, 3, 5, 18, tzinfo=UTC),
            ends_at=datetime(2025, 3, 6, 7, tzinfo=UTC),
        )
        feed = CalendarFeedFactory(of_doctor=True, provider=old.provider)
        move(old, provider=colleague)

        assert events(feed) == []


class TestWhose:
    def test_a_doctor_s_feed_is_of_every_circle(self, guard, doctor_feed):
        later = guard.starts_at + timedelta(days=7)
        elsewhere = GuardFactory(
            provider=guard.provider, starts_at=later, ends_at=later + timedelta(hours=13)
        )
        GuardFactory(unit=guard.unit)

        assert [each.circle for each in published(doctor_feed, window=WINDOW)] == [
            "CMG du Test ASBL",
            elsewhere.unit.enterprise.name,
        ]

    def test_a_circle_s_feed_is_of_all_its_units_and_no_other(self, guard, circle_feed, unit_feed):
        GuardFactory(unit=GuardUnitFactory(enterprise=guard.unit.enterprise, name="Est"))
        GuardFactory()

        assert {each.unit for each in published(circle_feed, window=WINDOW)} == {"Ouest", "Est"}
        assert {each.unit for each in published(unit_feed, window=WINDOW)} == {"Ouest"}

    def test_each_knows_its_circle_and_its_world(self, guard, doctor_feed, unit_feed, circle_feed):
        circle = guard.unit.enterprise
        assert [circle_of(feed) for feed in (doctor_feed, unit_feed, circle_feed)] == [None, circle, circle]
        assert {world_of_feed(feed) for feed in (doctor_feed, unit_feed, circle_feed)} == {circle.world}

    def test_a_file_of_some_guards_leaves_drafts_out(self, guard):
        GuardFactory(unit=guard.unit, draft=True)
        assert [each.reference for each in published_guards(Guard.objects.all())] == [str(guard.reference)]


class TestSecret:
    def test_finds_its_feed(self, unit):
        feed = CalendarFeedFactory(enterprise=unit.enterprise, secret_hash=digest("un secret"))
        assert feed_under("un secret") == feed

    @pytest.mark.parametrize("secret", ["un autre", "", digest("un secret")])
    def test_finds_nothing_by_another_word(self, unit, secret):
        CalendarFeedFactory(enterprise=unit.enterprise, secret_hash=digest("un secret"))
        assert feed_under(secret) is None

    def test_finds_nothing_once_it_is_revoked(self, unit):
        CalendarFeedFactory(enterprise=unit.enterprise, secret_hash=digest("un secret"), revoked=True)
        assert feed_under("un secret") is None


class TestState:
    def mark(self, feed, day=TODAY):
        return feed_state(feed, window=window_on(day), on=day).mark

    def test_stays_while_nothing_changes(self, guard, circle_feed):
        assert self.mark(circle_feed) == self.mark(circle_feed, date(2026, 3, 31))

    def test_is_another_in_another_month(self, guard, circle_feed):
        assert self.mark(circle_feed) != self.mark(circle_feed, date(2026, 4, 1))

    @pytest.mark.parametrize("kind", ["doctor", "unit", "circle"])
    def test_is_another_when_a_guard_changed(self, request, guard, kind):
        feed = request.getfixturevalue(f"{kind}_feed")
        before = self.mark(feed)
        move(guard, state=GuardState.CONFIRMED, confirmed_at=AT, confirmed_by=guard.registered_by)
        confirmed = self.mark(feed)
        move(guard, provider=CareProviderFactory(), unit=GuardUnitFactory(enterprise=guard.unit.enterprise))

        assert len({before, confirmed, self.mark(feed)}) == 3

    def test_is_another_when_a_name_changed(self, guard, doctor_feed):
        marks = {self.mark(doctor_feed)}
        guard.unit.name = "Ouest-Nord"
        guard.unit.save()
        marks.add(self.mark(doctor_feed))
        guard.provider.person.last_name = "Dupont"
        guard.provider.person.save()
        marks.add(self.mark(doctor_feed))
        SwapOfferFactory(
            guard=guard,
            state="ACCEPTED",
            taker=CareProviderFactory(),
            accepted_at=AT,
            accepted_by=guard.registered_by,
        )

        assert len(marks | {self.mark(doctor_feed)}) == 4

    def test_a_draft_changes_nothing(self, guard, circle_feed):
        before = self.mark(circle_feed)
        GuardFactory(unit=guard.unit, draft=True)
        assert self.mark(circle_feed) == before

    def test_costs_one_query(self, guard, doctor_feed, unit_feed, circle_feed, django_assert_num_queries):
        feeds = [doctor_feed, unit_feed, circle_feed]
        for feed in feeds:
            circle_of(feed)
        with django_assert_num_queries(3):
            for feed in feeds:
                self.mark(feed)

    def test_a_circle_s_feed_is_closed_while_nobody_could_revoke_it(self, unit, doctor_feed):
        feeds = [
            CalendarFeedFactory(enterprise=unit.enterprise),
            CalendarFeedFactory(of_unit=True, unit=unit),
        ]
        for feed in feeds:
            assert not feed_state(feed, window=WINDOW, on=TODAY).is_open

        RoleAssignmentFactory(member__quality__enterprise=unit.enterprise, effective=True)

        for feed in (*feeds, doctor_feed):
            assert feed_state(feed, window=WINDOW, on=TODAY).is_open

    def test_a_doctor_s_feed_is_open_whatever_the_circles_do(self, doctor_feed):
        assert feed_state(doctor_feed, window=WINDOW, on=TODAY).is_open

    def test_what_is_published_costs_two_queries(self, unit, circle_feed, django_assert_num_queries):
        for _ in range(5):
            move(GuardFactory(unit=unit), state=GuardState.DRAFT, is_published=False)
            GuardFactory(unit=unit)
        circle_of(circle_feed)
        with django_assert_num_queries(2):
            assert len(published(circle_feed, window=WINDOW)) == 10
