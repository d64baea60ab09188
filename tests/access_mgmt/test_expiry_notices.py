"""Mails about functions and certificates that come near to their end: once each, by the days of each world."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError

from access_mgmt.enums import Function
from access_mgmt.models import Certificate, ExpiryNotice
from access_mgmt.services import expiry_notices
from access_mgmt.services.expiry_notices import tell_of_ending_certificates, tell_of_ending_functions
from bhod_portal.core import clock
from bhod_portal.core.enums import PropagationMode
from bhod_portal.core.models import Message
from csam.enums import Language
from tests.access_mgmt.factories import (
    AT,
    CertificateFactory,
    QualityFactory,
    QualityMemberFactory,
    RoleAssignmentFactory,
    RoleChangeFactory,
    SubdivisionFactory,
)
from tests.csam.factories import AccessManagerFactory, WorldFactory
from tests.threads import at_once

TODAY = date(2026, 3, 10)
LONG_AGO = AT - timedelta(days=90)


def function(member, days_left, **fields):
    """A function asked long ago whose last day comes in so many days from AT."""
    return RoleAssignmentFactory(
        member=member, valid_until=TODAY + timedelta(days=days_left), requested_at=LONG_AGO, **fields
    )


def run(after=timedelta(0)):
    return tell_of_ending_functions(real_now=AT + after)


def notices(assignment):
    return set(ExpiryNotice.objects.filter(assignment=assignment).values_list("days", flat=True))


def told():
    return list(Message.objects.order_by("pk").values_list("recipient", flat=True))


class TestWhen:
    @pytest.mark.parametrize(
        ("days_left", "marked"),
        [
            pytest.param(31, set(), id="not yet"),
            pytest.param(30, {30}, id="thirty days"),
            pytest.param(8, {30}, id="between"),
            pytest.param(7, {30, 7}, id="seven days, and 30 passed by"),
            pytest.param(2, {30, 7}, id="two days"),
            pytest.param(1, {30, 7, 1}, id="its last day is tomorrow"),
            pytest.param(0, {30, 7, 1}, id="its last day is today"),
            pytest.param(-1, set(), id="over"),
        ],
    )
    def test_a_function_is_told_at_the_nearest_threshold_only(self, manager, member, days_left, marked):
        assignment = function(member, days_left)

        assert run() == (1 if marked else 0)

        assert notices(assignment) == marked
        assert len(told()) == (1 if marked else 0)

    def test_once_however_often_the_task_runs_within_a_day(self, manager, member):
        function(member, 30)

        assert [run(timedelta(hours=hour)) for hour in range(6)] == [1, 0, 0, 0, 0, 0]

    def test_a_leap_of_the_clock_from_40_to_3_days_left_is_told_once_at_7(self, manager, member):
        assignment = function(member, 40)
        assert run() == 0

        clock.advance(manager.person.world, by=timedelta(days=37))

        assert [run(), run()] == [1, 0]
        assert notices(assignment) == {30, 7}
        assert "Dans les 7 jours" in Message.objects.get().body
        assert Message.objects.get().sent_at == AT + timedelta(days=37)
        clock.advance(manager.person.world, by=timedelta(days=2))
        assert run() == 1
        assert notices(assignment) == {30, 7, 1}

    def test_a_leap_past_the_end_is_not_told(self, manager, member):
        function(member, 40)

        clock.advance(manager.person.world, by=timedelta(days=41))

        assert run() == 0

    def test_who_asked_for_a_short_one_is_not_told_what_he_just_typed(self, manager, member):
        assignment = RoleAssignmentFactory(member=member, valid_until=TODAY + timedelta(days=5))
        assert run() == 0

        clock.advance(manager.person.world, by=timedelta(days=4))

        assert run() == 1
        assert notices(assignment) == {1}

    def test_one_still_to_come_is_told_when_it_is_at_work(self, manager, member):
        function(member, 5, valid_from=TODAY + timedelta(days=1))

        assert run() == 0
        assert run(timedelta(days=1)) == 1

    def test_the_day_is_that_of_brussels(self, manager, member):
        """The night of summer time: 23:30 UTC is 00:30 in winter on one side, 01:30 in summer on the other."""
        world = manager.person.world
        RoleAssignmentFactory(member=member, valid_until=date(2026, 4, 28), requested_at=LONG_AGO)
        for instant, sent in [
            (datetime(2026, 3, 28, 22, 59, tzinfo=UTC), 0),  # 23:59 on the 28th
            (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), 1),  # midnight of the 29th: thirty days
            (datetime(2026, 3, 29, 21, 59, tzinfo=UTC), 0),
        ]:
            world.frozen_at = instant
            world.save()
            assert run() == sent
        RoleAssignmentFactory(member=member, administrative=True, valid_until=date(2026, 4, 29))
        # In summer midnight comes an hour earlier.
        world.frozen_at = datetime(2026, 4, 27, 21, 59, tzinfo=UTC)
        world.save()
        run()
        before = ExpiryNotice.objects.filter(days=1).count()
        world.frozen_at += timedelta(minutes=1)
        world.save()
        run()
        assert (before, ExpiryNotice.objects.filter(days=1).count()) == (1, 2)


class TestWorlds:
    def test_one_whose_clock_stands_still_is_told_when_it_is_moved(self, manager, member):
        world = manager.person.world
        world.frozen_at = AT
        world.save()
        function(member, 31)

        assert run(timedelta(days=10)) == 0
        clock.advance(world, by=timedelta(days=1))
        assert run(timedelta(days=10)) == 1

    def test_each_counts_its_own_days(self, manager, member):
        elsewhere = QualityMemberFactory(
            quality__enterprise__world=WorldFactory(code="ailleurs", clock_offset=timedelta(days=10)),
            local_manager=True,
        )
        here, there = function(member, 35), function(elsewhere, 35)

        assert run() == 1

        assert (notices(here), notices(there)) == (set(), {30})
        assert Message.objects.get().world == elsewhere.person.world

    def test_one_where_propagation_is_stuck_is_told_all_the_same(self, manager, member):
        world = manager.person.world
        world.mode = PropagationMode.STUCK
        world.save()
        RoleChangeFactory(grants=function(member, 30))

        assert run() == 1

    def test_one_that_fails_holds_no_other_up_and_comes_again(self, manager, member, monkeypatch, caplog):
        other = QualityMemberFactory(local_manager=True)
        bad, good = function(member, 30), function(other, 30)
        send = expiry_notices.send_emails

        def fails(emails, *, world, at):
            if any(manager.person == email.person for email in emails):
                raise DatabaseError("secret")
            return send(emails, world=world, at=at)

        monkeypatch.setattr(expiry_notices, "send_emails", fails)
        assert run() == 1
        assert (notices(bad), notices(good)) == (set(), {30})
        assert caplog.messages == [
            f"no mail about the end of functions of quality {manager.quality_id}: DatabaseError"
        ]
        monkeypatch.undo()
        assert run() == 1
        assert notices(bad) == {30}


class TestWhom:
    def test_managers_who_may_act_each_in_one_mail_in_his_language(self, manager, member):
        german = QualityMemberFactory(
            quality=manager.quality, co_local_manager=True, language=Language.GERMAN
        )
        QualityMemberFactory(quality=manager.quality, co_local_manager=True, blocked=True)
        function(member, 30)
        function(member, 1, administrative=True)

        assert run() == 2

        assert told() == [manager.email, german.email]
        message = Message.objects.get(recipient=manager.email)
        assert message.person == manager.person
        assert "2 fonctions" in message.subject
        assert message.body.index("Aujourd'hui ou demain") < message.body.index("Dans les 30 jours")
        assert f"/qualites/{manager.quality_id}/echeances/" in message.body
        assert member.person.niss not in message.body

    def test_managers_of_a_branch_hear_of_theirs(self, manager):
        leader = QualityMemberFactory(quality=manager.quality, subdivision_manager=True)
        below = SubdivisionFactory(below=leader.subdivision)
        function(QualityMemberFactory(quality=manager.quality, subdivision=below), 30)
        function(QualityMemberFactory(quality=manager.quality), 30, function=Function.OA_ADMIN)
        QualityMemberFactory(quality=manager.quality, subdivision_manager=True)

        assert run() == 2

        bodies = dict(Message.objects.values_list("recipient", "body"))
        assert set(bodies) == {manager.email, leader.email}
        assert bodies[manager.email].count("\n- ") == 2
        assert bodies[leader.email].count("\n- ") == 1

    def test_the_gap_where_nobody_manages(self):
        quality = QualityFactory()
        function(QualityMemberFactory(quality=quality), 30)
        gap = AccessManagerFactory(enterprise=quality.enterprise)

        assert run() == 1
        assert told() == [gap.email]

    def test_not_the_gap_who_left_the_enterprise(self):
        quality = QualityFactory()
        function(QualityMemberFactory(quality=quality), 30)
        AccessManagerFactory(
            enterprise=quality.enterprise, employed=False, designated_at=datetime(2025, 1, 1, tzinfo=UTC)
        )
        colleague = AccessManagerFactory(enterprise=quality.enterprise, co_main=True)

        assert run() == 1
        assert told() == [colleague.email]

    def test_nobody_where_nobody_is_and_it_is_not_asked_again(self):
        assignment = function(QualityMemberFactory(), 30)

        assert run() == 0
        assert notices(assignment) == {30}

    def test_not_of_what_was_taken_away_nor_of_who_left(self, manager, member):
        function(member, 30, revoked=True)
        function(QualityMemberFactory(quality=manager.quality, ended=True), 30)
        function(QualityMemberFactory(quality=QualityFactory(over=True), local_manager=True), 30)

        assert run() == 0
        assert not ExpiryNotice.objects.exists()

    def test_of_many_the_first_ones_are_named(self, manager, monkeypatch, django_assert_max_num_queries):
        monkeypatch.setattr(expiry_notices, "NAMED_AT_MOST", 2)
        for _ in range(4):
            function(QualityMemberFactory(quality=manager.quality), 30)

        with django_assert_max_num_queries(12):
            assert run() == 1

        body = Message.objects.get().body
        assert body.count("\n- ") == 2
        assert "Et 2 autres fonctions" in body


def test_a_run_with_nothing_to_tell_is_one_query(manager, member, django_assert_num_queries):
    function(member, 31)
    WorldFactory(code="ailleurs")

    with django_assert_num_queries(1):
        run()
    with django_assert_num_queries(1):
        tell_of_ending_certificates(real_now=AT)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_once(manager, member):
    function(member, 30)
    CertificateFactory(person=member.person, valid_until=AT + timedelta(days=29))
    sent = []

    at_once(lambda _: sent.append((run(), tell_of_ending_certificates(real_now=AT))), times=2)

    assert sorted(map(sum, zip(*sent, strict=True))) == [1, 1]
    assert sorted(told()) == sorted([manager.email, member.person.email])


class TestCertificates:
    def tell(self, after=timedelta(0)):
        return tell_of_ending_certificates(real_now=AT + after)

    @pytest.mark.parametrize(
        ("left", "sent"),
        [
            pytest.param(timedelta(days=30), 0, id="not yet"),
            pytest.param(timedelta(days=30, seconds=-1), 1, id="less than thirty days"),
            pytest.param(timedelta(0), 0, id="over"),
        ],
    )
    def test_its_person_is_told_thirty_days_before(self, left, sent):
        certificate = CertificateFactory(valid_until=AT + left)

        assert [self.tell(), self.tell()] == [sent, 0]

        assert told() == [certificate.person.email] * sent
        certificate.refresh_from_db()
        assert certificate.warned_at == (AT if sent else None)

    def test_the_managers_are_told_of_the_quality_s(self, manager):
        QualityMemberFactory(quality=manager.quality)
        CertificateFactory(of_quality=True, quality=manager.quality, valid_until=AT + timedelta(days=20))

        assert self.tell() == 1
        assert told() == [manager.email]
        assert "canaux REST" in Message.objects.get().body

    def test_revoked_ones_and_those_of_a_quality_that_is_over_are_not(self):
        CertificateFactory(revoked=True, valid_until=AT + timedelta(days=20))
        CertificateFactory(
            of_quality=True, quality=QualityFactory(over=True), valid_until=AT + timedelta(days=20)
        )

        assert self.tell() == 0
        assert not Certificate.objects.exclude(warned_at=None).exists()

    def test_by_the_time_of_its_world(self):
        certificate = CertificateFactory()
        world = certificate.world

        clock.advance(world, by=timedelta(days=31))
        assert self.tell() == 1
        assert Message.objects.get().sent_at == AT + timedelta(days=31)

        world.frozen_at = AT
        world.save()
        CertificateFactory(valid_until=AT + timedelta(days=40))
        assert self.tell(timedelta(days=20)) == 0

    def test_one_revoked_meanwhile_is_not(self, monkeypatch):
        certificate = CertificateFactory(revoked=True, valid_until=AT + timedelta(days=20))

        assert expiry_notices._tell_holder(certificate.pk, real_now=AT) == 0
        assert told() == []
