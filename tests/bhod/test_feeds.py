"""Addresses of calendars: made once, shown once, revoked for good."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from access_mgmt.enums import Function
from bhod.models import CalendarFeed
from bhod.selectors.calendars import digest, feed_under
from bhod.services import feeds
from bhod_portal.core.models import AuditEntry
from prosante_login.enums import MandateKind
from prosante_login.models import Mandate
from tests.access_mgmt.factories import RoleAssignmentFactory
from tests.bhod.factories import AT, CalendarFeedFactory, GuardUnitFactory, manager_of
from tests.csam.factories import PersonFactory
from tests.csam.test_designations import refusal_of
from tests.prosante_login.factories import CareProviderFactory, MandateFactory

SECRET = "a" * 43

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return GuardUnitFactory()


@pytest.fixture
def colleague(manager):
    """The administrative user of the same circle."""
    quality = manager.memberships.get().quality
    role = RoleAssignmentFactory(member__quality=quality, function=Function.GUARDPOST_CIRCLE, effective=True)
    return role.member.person


@pytest.fixture
def provider():
    return CareProviderFactory()


@pytest.fixture
def create(unit, manager):
    def act(**values):
        values = {"unit": None, "label": "Salle de garde", "secret": SECRET, "by": manager, "at": AT} | values
        return feeds.create_circle_feed(enterprise=unit.enterprise, **values)

    return act


@pytest.fixture
def create_own(provider):
    def act(**values):
        values = {"mandate": None, "label": "Téléphone", "secret": SECRET, "by": provider.person} | values
        return feeds.create_own_feed(provider=provider, at=AT, **values)

    return act


class TestOffer:
    def test_is_long_and_never_the_same(self):
        secrets = {feeds.secret_offered(feeds.offer_secret()) for _ in range(20)}
        assert len(secrets) == 20
        assert min(len(secret) for secret in secrets) >= 43

    @pytest.mark.parametrize("offer", ["", SECRET, f"{SECRET}:faux"])
    def test_no_other_secret_is_taken(self, offer):
        assert refusal_of(feeds.secret_offered, offer) == {"secret_not_offered"}


class TestOfCircle:
    def test_keeps_no_secret(self, create):
        feed = create()

        assert feed_under(SECRET) == feed
        assert feed.secret_hash == digest(SECRET)
        assert not any(SECRET in str(value) for value in CalendarFeed.objects.values().get().values())

    def test_is_of_the_circle_or_of_one_of_its_units(self, create, unit):
        of_circle, of_unit = create(), create(unit=unit, secret="b" * 43)

        assert (of_circle.enterprise, of_circle.unit) == (unit.enterprise, None)
        assert (of_unit.enterprise, of_unit.unit) == (None, unit)

    def test_says_in_the_trail_who_made_it(self, create, manager):
        create()

        entry = AuditEntry.objects.get(act="bhod.feed.created")
        assert entry.done_by_id == manager.pk
        assert SECRET not in str(entry.details)

    def test_a_second_click_makes_no_second_one(self, create):
        assert create() == create(label="Autre nom")
        assert CalendarFeed.objects.count() == 1

    def test_the_secret_of_a_revoked_one_is_no_secret_any_more(self, create, manager):
        feeds.revoke_circle_feed(feed=create(), by=manager, at=AT)
        assert refusal_of(create) == {"secret_taken"}

    def test_the_secret_of_another_is_refused(self, create, colleague):
        create()
        assert refusal_of(create, by=colleague) == {"secret_taken"}

    def test_the_unit_of_another_circle_is_refused(self, create):
        assert refusal_of(create, unit=GuardUnitFactory()) == {"unit_of_another_circle"}

    def test_there_are_not_too_many(self, create, unit, monkeypatch):
        monkeypatch.setattr(feeds, "MOST_OF_CIRCLE", 1)
        CalendarFeedFactory(enterprise=unit.enterprise, revoked=True)
        create(unit=unit)
        assert refusal_of(create, secret="b" * 43) == {"too_many_feeds"}

    def test_the_administrative_user_may(self, create, colleague):
        assert create(by=colleague).created_by == colleague

    def test_nobody_else_may(self, create, unit):
        feed = create()
        strangers = [PersonFactory(world=unit.enterprise.world), manager_of(GuardUnitFactory().enterprise)]
        for stranger in strangers:
            with pytest.raises(PermissionDenied):
                create(by=stranger)
            with pytest.raises(PermissionDenied):
                feeds.revoke_circle_feed(feed=feed, by=stranger, at=AT)
        assert feed_under(SECRET) == feed


class TestOwn:
    def test_is_made_in_the_file(self, create_own, provider):
        feed = create_own()

        assert (feed.provider, feed.created_by) == (provider, provider.person)
        entry = AuditEntry.objects.get(act="prosante.feed.created")
        assert entry.details["about"] == "Téléphone"
        assert SECRET not in str(entry.details)

    def test_a_second_click_makes_no_second_one(self, create_own):
        assert create_own() == create_own()
        assert AuditEntry.objects.filter(act="prosante.feed.created").count() == 1

    def test_there_are_not_too_many(self, create_own, monkeypatch):
        monkeypatch.setattr(feeds, "MOST_OF_DOCTOR", 1)
        create_own()
        assert refusal_of(create_own, secret="b" * 43) == {"too_many_feeds"}

    def test_nobody_else_may(self, create_own):
        with pytest.raises(PermissionDenied):
            create_own(by=PersonFactory())
        assert not CalendarFeed.objects.exists()

    def test_a_mandatary_of_the_administrative_file_may(self, create_own, provider):
        mandate: Mandate = MandateFactory(provider=provider)
        feed = create_own(by=mandate.holder_person, mandate=mandate)
        assert AuditEntry.objects.get(act="prosante.feed.created").details["mandate"] == mandate.pk
        assert feed.created_by == mandate.holder_person

    def test_a_mandatary_of_the_social_status_may_not(self, create_own, provider):
        mandate = MandateFactory(provider=provider, kind=MandateKind.SOCIAL_STATUS)
        with pytest.raises(PermissionDenied):
            create_own(by=mandate.holder_person, mandate=mandate)


class TestRevoking:
    def test_ends_the_address_at_once(self, create, manager):
        feed = create()

        assert feeds.revoke_circle_feed(feed=feed, by=manager, at=AT)

        assert feed_under(SECRET) is None
        feed.refresh_from_db()
        assert (feed.revoked_at, feed.revoked_by) == (AT, manager)

    def test_the_second_of_two_changes_nothing(self, create, colleague, manager):
        feed = create()
        feeds.revoke_circle_feed(feed=feed, by=manager, at=AT)

        assert not feeds.revoke_circle_feed(feed=feed, by=colleague, at=AT)

        assert AuditEntry.objects.filter(act="bhod.feed.revoked").count() == 1
        assert CalendarFeed.objects.get().revoked_by == manager

    def test_a_doctor_revokes_what_a_mandatary_made(self, create_own, provider):
        mandate = MandateFactory(provider=provider)
        feed = create_own(by=mandate.holder_person, mandate=mandate)
        values = {"feed": feed, "provider": provider, "mandate": None, "by": provider.person, "at": AT}

        assert feeds.revoke_own_feed(**values)
        assert not feeds.revoke_own_feed(**values)

        assert feed_under(SECRET) is None
        assert AuditEntry.objects.filter(act="prosante.feed.revoked").count() == 1

    def test_a_doctor_s_own_is_revoked_in_his_file_only(self, create_own, manager):
        with pytest.raises(ValueError, match="file"):
            feeds.revoke_circle_feed(feed=create_own(), by=manager, at=AT)


class TestReading:
    def test_is_noted_once_an_hour(self, create):
        feed = create()
        for minutes, noted in ((0, 0), (59, 0), (60, 60), (90, 60), (180, 180)):
            feeds.note_reading(feed, at=AT + timedelta(minutes=minutes))
            feed.refresh_from_db()
            assert feed.last_read_at == AT + timedelta(minutes=noted)

    def test_costs_nothing_in_between(self, create, django_assert_num_queries):
        feed = create()
        feed.last_read_at = AT
        with django_assert_num_queries(0):
            feeds.note_reading(feed, at=AT + timedelta(minutes=59))

    def test_the_slower_of_two_writes_nothing(self, create):
        feed, same = create(), CalendarFeed.objects.get()
        feeds.note_reading(feed, at=AT + timedelta(minutes=2))
        feeds.note_reading(same, at=AT + timedelta(minutes=1))
        feed.refresh_from_db()
        assert feed.last_read_at == AT + timedelta(minutes=2)
