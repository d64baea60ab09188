"""Forgetting the sessions that are over, once a night."""

from datetime import timedelta

import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from csam import tasks
from csam.services import sessions
from tests.csam.factories import AT, PIN, PersonFactory


def known(person, key, *, until=None):
    if until:
        Session.objects.create(session_key=key, session_data="", expire_date=until)
    return UserSession.objects.create(user=person, ip="192.0.2.1", session_key=key, user_agent="")


def test_the_purge_keeps_what_is_still_open():
    person = PersonFactory()
    known(person, "over", until=AT - timedelta(seconds=1))
    known(person, "orphan")
    known(person, "open", until=AT + timedelta(seconds=1))

    assert sessions.purge(real_now=AT) == 2

    assert [each.session_key for each in UserSession.objects.all()] == ["open"]
    assert [each.session_key for each in Session.objects.all()] == ["open"]


def test_the_task_reads_the_real_clock():
    known(PersonFactory(), "over", until=AT)

    with time_machine.travel(AT + timedelta(hours=1), tick=False):
        tasks.purge_sessions()

    assert not UserSession.objects.exists()


def test_a_login_asks_nothing_of_the_other_sessions_of_its_person():
    person = PersonFactory(with_card=True)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            Client().post(reverse("csam:eid_login"), {"card": person.public_id, "pin": PIN})
        return len(captured)

    first = queries()

    assert queries() == first
    assert queries() == first
    assert UserSession.objects.filter(user=person).count() == 3
