"""What calendars publish, and the file that they read: parsed again by a reader of calendars."""

from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from bhod.enums import GuardAct, GuardState
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
from bhod.services.calendar_files import write_calendar
from bhod_portal.core.periods import Period
from tests.access_mgmt.factories import RoleAssignmentFactory
from tests.bhod.factories import (
    AT,
    CalendarFeedFactory,
    GuardChangeFactory,
    GuardFactory,
    GuardUnitFactory,
    SwapOfferFactory,
    TariffFactory,
)
from tests.prosante_login.factories import CareProviderFactory

TODAY = date(2026, 3, 10)
WINDOW = window_on(TODAY)

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return GuardUnitFactory(name="Ouest", enterprise__name="CMG du Test ASBL")


@pytest.fixture
def guard(unit):
    """The night from Thursday 5 to Friday 6 March 2026."""
    return GuardFactory(unit=unit)


@pytest.fixture
def doctor_feed(guard):
    return CalendarFeedFactory(of_doctor=True, provider=guard.provider)


@pytest.fixture
def unit_feed(unit):
    return CalendarFeedFactory(of_unit=True, unit=unit)


@pytest.fixture
def circle_feed(unit):
    return CalendarFeedFactory(enterprise=unit.enterprise)


def events(feed, **options):
    options = {"name": "Agenda", **options}
    return Calendar.from_ical(write_calendar(published(feed, window=WINDOW), **options)).events


def move(guard, **values):
    """What `carry_out` leaves behind: the guard as it became, and a line of what it was."""
    change = GuardChangeFactory(
        guard=guard,
        number=guard.version + 1,
        act=GuardAct.CHANGED,
        done_at=AT + timedelta(hours=guard.version),
        done_by=guard.registered_by,
        before_unit=guard.unit,
        before_provider=guard.provider,
        before_starts_at=guard.starts_at,
        before_ends_at=guard.ends_at,
        before_state=guard.state,
    )
    Guard.objects.filter(pk=guard.pk).update(version=change.number, **values)
    guard.refresh_from_db()


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


class TestEvents:
    def test_say_who_where_and_when(self, guard, circle_feed):
        move(guard)

        [event] = events(circle_feed)

        assert str(event["uid"]) == str(guard.reference)
        assert event["sequence"] == 2
        assert event.start == guard.starts_at
        assert event.end == guard.ends_at
        assert event["dtstart"].to_ical() == b"20260305T180000Z"
        assert str(event["summary"]) == f"Garde Ouest – Dr {guard.provider.person}"
        assert str(event["location"]) == "Ouest"
        assert str(event["status"]) == "CONFIRMED"
        assert event.categories == ["nuit de semaine"]
        assert event.stamp == event["last-modified"].dt == AT + timedelta(hours=1)
        assert "jeudi 5 mars 2026 19:00" in event["description"]
        assert "CMG du Test ASBL" in event["description"]

    def test_guards_that_have_no_history_changed_when_they_were_registered(self, guard, circle_feed):
        [event] = events(circle_feed)
        assert event.stamp == guard.registered_at

    def test_name_the_circle_where_they_are_of_several(self, guard, doctor_feed):
        [event] = events(doctor_feed, with_circle=True)
        assert str(event["location"]) == "Ouest, CMG du Test ASBL"

    def test_are_in_the_language_of_the_reader(self, guard, doctor_feed):
        [event] = events(doctor_feed, language="nl")
        assert "donderdag 5 maart 2026" in event["description"].lower()

    def test_a_cancelled_guard_is_published_as_cancelled(self, unit, circle_feed):
        GuardFactory(unit=unit, cancelled=True)

        [event] = events(circle_feed)

        assert (str(event["status"]), str(event["transp"])) == ("CANCELLED", "TRANSPARENT")
        assert str(event["summary"]).startswith("Annulée : garde Ouest")

    def test_a_draft_is_not_published(self, unit, doctor_feed, unit_feed, circle_feed):
        Guard.objects.all().delete()
        draft = GuardFactory(unit=unit, provider=doctor_feed.provider, draft=True)
        GuardFactory(unit=unit, cancelled=True, is_published=False, provider=doctor_feed.provider)
        # Of a draft that changed hands nobody knew.
        move(draft, provider=CareProviderFactory(person__world=unit.enterprise.world))

        assert [events(feed) for feed in (doctor_feed, unit_feed, circle_feed)] == [[], [], []]

    def test_a_guard_whose_swap_waits_for_the_circle_is_tentative(self, guard, doctor_feed):
        SwapOfferFactory(
            guard=guard,
            state="ACCEPTED",
            taker=CareProviderFactory(),
            accepted_at=AT,
            accepted_by=guard.registered_by,
        )

        [event] = events(doctor_feed)

        assert str(event["status"]) == "TENTATIVE"
        assert "Un échange est demandé" in event["description"]

    def test_an_hour_that_nobody_pays_has_no_category(self, unit, circle_feed):
        noon = datetime(2026, 3, 5, 11, tzinfo=UTC)
        GuardFactory(unit=unit, starts_at=noon, ends_at=noon + timedelta(hours=2))

        [event] = events(circle_feed)

        assert "categories" not in event

    @pytest.mark.parametrize(
        ("starts_at", "ends_at", "hours"),
        [
            # Saturday 28 March 20:00 to Sunday 08:00: the clock skips an hour.
            (datetime(2026, 3, 28, 19, tzinfo=UTC), datetime(2026, 3, 29, 6, tzinfo=UTC), 11),
            # Saturday 24 October 20:00 to Sunday 08:00: it has one twice.
            (datetime(2026, 10, 24, 18, tzinfo=UTC), datetime(2026, 10, 25, 7, tzinfo=UTC), 13),
        ],
    )
    def test_last_as_long_as_they_really_do_when_the_clock_changes(
        self, unit, circle_feed, starts_at, ends_at, hours
    ):
        GuardFactory(unit=unit, starts_at=starts_at, ends_at=ends_at)

        [event] = events(circle_feed)

        assert event.duration == timedelta(hours=hours)
        assert "20:00 au dimanche" in event["description"]
        assert "08:00, heure de Bruxelles" in event["description"]

    def test_never_say_an_amount(self, guard, doctor_feed, unit_feed, circle_feed):
        TariffFactory(world=guard.unit.enterprise.world)
        for feed in (doctor_feed, unit_feed, circle_feed):
            text = write_calendar(published(feed, window=WINDOW), name="Agenda").decode()
            assert "€" not in text
            assert "80,60" not in text
            assert guard.provider.person.niss not in text


class TestFile:
    def test_tells_programs_its_name_and_when_to_come_again(self, guard, circle_feed):
        calendar = Calendar.from_ical(
            write_calendar(published(circle_feed, window=WINDOW), name="Gardes, Ouest")
        )

        assert str(calendar["version"]) == "2.0"
        assert str(calendar["method"]) == "PUBLISH"
        assert calendar.calendar_name == str(calendar["x-wr-calname"]) == "Gardes, Ouest"
        assert str(calendar["x-wr-timezone"]) == "Europe/Brussels"
        assert calendar.refresh_interval == timedelta(hours=1)
        assert calendar["x-published-ttl"].to_ical() == b"PT1H"
        assert "SIMULATEUR" in str(calendar["x-wr-caldesc"]).upper()

    def test_is_the_same_for_the_same_guards(self, guard, circle_feed):
        assert write_calendar(published(circle_feed, window=WINDOW), name="A") == write_calendar(
            published(circle_feed, window=WINDOW), name="A"
        )

    def test_folds_long_lines_and_escapes_what_has_a_meaning(self, circle_feed, unit):
        name = "Éloïse; « Anne, Marie » \\ " + "Ünterschrïft" * 8
        GuardFactory(unit=unit, provider__person__last_name=name[:100], provider__person__first_name="A")

        content = write_calendar(published(circle_feed, window=WINDOW), name="A")

        assert all(len(line) <= 75 for line in content.split(b"\r\n"))
        assert name[:100] in str(Calendar.from_ical(content).events[0]["summary"])

    def test_no_text_makes_a_line_of_its_own(self, circle_feed, unit):
        unit.name = "Ouest\r\nATTACH:http://ailleurs.invalid/"
        unit.save()
        GuardFactory(unit=unit)

        [event] = events(circle_feed)

        assert "attach" not in event

    def test_holds_no_guard_where_there_is_none(self):
        assert Calendar.from_ical(write_calendar([], name="A")).events == []


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
