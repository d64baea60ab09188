from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from bhod.models import CircleDoctor
from bhod.selectors.doctors import stamp_of
from tests.bhod.factories import CircleDoctorFactory, GuardFactory
from tests.html_guard import assert_clean
from tests.pages import errors, text_of
from tests.prosante_login.factories import CareProviderFactory, inami_number

NIGHT = {"starts_at": datetime(2026, 4, 2, 17, tzinfo=UTC), "ends_at": datetime(2026, 4, 3, 6, tzinfo=UTC)}


@pytest.fixture
def doctor(circle):
    return CircleDoctorFactory(enterprise=circle, provider__person__last_name="Moreau")


@pytest.fixture
def candidate(circle):
    return CircleDoctorFactory(enterprise=circle, candidate=True)


@pytest.fixture
def supervisor(world):
    return CareProviderFactory(inami_number="19990512004", person__last_name="Noël")


def url(doctor):
    return reverse("bhod:doctor_change", args=[doctor.pk])


def send(client, doctor, act, follow=False, **typed):
    return client.post(url(doctor), {"acte": act, "seen": stamp_of(doctor)} | typed, follow=follow)


def test_offers_what_may_change(client, administrative, doctor, candidate, circle, max_reads):
    general = CircleDoctorFactory(
        enterprise=circle, provider=CareProviderFactory(inami_number=inami_number(170_900, "001"))
    )
    shown = {}
    for each in (doctor, candidate, general):
        with max_reads(8):
            response = client.get(url(each))
        assert_clean(response.content.decode())
        shown[each] = [bool(response.context[name]) for name in ("supervisor_form", "rights_form")]
    assert shown == {doctor: [False, False], candidate: [True, False], general: [False, True]}


class TestLastDay:
    @pytest.mark.parametrize(
        ("typed", "day", "told"),
        [
            ("30-6-2026", date(2026, 6, 30), "se termine le 30/06/2026, ce jour compris"),
            ("", None, "n'a plus de fin"),
        ],
    )
    def test_changes(self, client, manager, circle, typed, day, told):
        doctor = CircleDoctorFactory(enterprise=circle, ended=True)
        response = send(client, doctor, "last_day", last_day=typed, follow=True)
        doctor.refresh_from_db()
        assert doctor.valid_until == day
        assert response.redirect_chain == [(reverse("bhod:doctor_detail", args=[doctor.pk]), 302)]
        assert told in text_of(response)

    def test_shows_the_guards_in_the_way_and_the_way_out(self, client, manager, doctor, unit):
        guard = GuardFactory(unit=unit, provider=doctor.provider, **NIGHT)
        response = send(client, doctor, "last_day", last_day="31-03-2026")
        assert errors(response) == {"last_day": ["guards_after_end"]}
        assert [line.guard for line in response.context["guards"]] == [guard]
        content = response.content.decode()
        assert 'value="31-03-2026"' in content
        assert f"{reverse('bhod:doctor_end_guards', args=[doctor.pk])}?jour=2026-03-31" in content

    @pytest.mark.parametrize(
        ("typed", "code"), [("31-12-2024", "period_out_of_order"), ("31-02-2026", "invalid")]
    )
    def test_says_why_it_refuses(self, client, manager, doctor, typed, code):
        response = send(client, doctor, "last_day", last_day=typed)
        assert errors(response) == {"last_day": [code]}
        assert f'value="{typed}"' in response.content.decode()

    def test_says_that_somebody_was_faster_then_does_it(self, client, manager, doctor):
        seen = stamp_of(doctor)
        CircleDoctor.objects.update(valid_until=date(2026, 5, 31))
        response = send(client, doctor, "last_day", last_day="30-04-2026", seen=seen)
        assert errors(response) == {"__all__": ["changed_meanwhile"]}
        text = text_of(response)
        assert "au 31/05/2026" in text
        assert "30-04-2026" in response.content.decode()
        shown = response.context["form"].data["seen"]
        send(client, doctor, "last_day", last_day="30-04-2026", seen=shown)
        doctor.refresh_from_db()
        assert doctor.valid_until == date(2026, 4, 30)


class TestSupervisor:
    def test_changes_from_a_day_on(self, client, manager, candidate, supervisor):
        typed = {"supervisor_number": "1-99905-12-004", "from_day": "1-4-2026"}
        for _click in range(2):
            response = send(client, candidate, "supervisor", follow=True, **typed)
            assert "Céline Noël est le maître de stage de" in text_of(response)
        later = CircleDoctor.objects.get(valid_from=date(2026, 4, 1))
        assert (later.provider, later.supervisor) == (candidate.provider, supervisor)
        assert response.redirect_chain == [(reverse("bhod:doctor_detail", args=[later.pk]), 302)]

    @pytest.mark.parametrize(
        ("changes", "wrong"),
        [
            ({"supervisor_number": ""}, {"supervisor_number": ["required"]}),
            ({"supervisor_number": "1-99906-11-003"}, {"supervisor_number": ["unknown_provider"]}),
            ({"supervisor_number": "1-99915-02-005"}, {"supervisor_number": ["supervisor_not_eligible"]}),
            ({"from_day": "31-12-2024"}, {"from_day": ["outside_enrolment"]}),
        ],
    )
    @pytest.mark.usefixtures("manager", "supervisor")
    def test_says_why_it_refuses_and_keeps_what_was_typed(self, client, candidate, changes, wrong):
        CareProviderFactory(inami_number="19991502005")
        typed = {"supervisor_number": "1-99905-12-004", "from_day": "1-4-2026"} | changes
        response = send(client, candidate, "supervisor", **typed)
        assert errors(response) == wrong
        assert f'value="{typed["from_day"]}"' in response.content.decode()
        assert CircleDoctor.objects.count() == 1

    def test_shows_the_guards_at_the_same_hours(self, client, manager, candidate, supervisor, unit):
        guard = GuardFactory(unit=unit, provider=candidate.provider, **NIGHT)
        GuardFactory(provider=supervisor, **NIGHT)
        typed = {"supervisor_number": "1-99905-12-004", "from_day": "1-4-2026"}
        response = send(client, candidate, "supervisor", **typed)
        assert errors(response) == {"supervisor_number": ["candidate_and_supervisor"]}
        assert [line.guard for line in response.context["guards"]] == [guard]

    def test_comes_back_from_the_search_with_what_was_typed(self, client, manager, candidate, supervisor):
        response = send(client, candidate, "supervisor", from_day="1-4-2026", chercher_maitre="")
        assert response.url == f"{reverse('bhod:doctor_search')}?inscription={candidate.pk}"
        content = client.get(url(candidate), {"maitre": supervisor.pk}).content.decode()
        assert 'value="1-4-2026"' in content
        assert 'value="1-99905-12-004"' in content
        assert 'value="1-4-2026"' not in client.get(url(candidate)).content.decode()


class TestAcquiredRights:
    def test_says_that_inami_recognised_them(self, client, manager, circle):
        provider = CareProviderFactory(inami_number=inami_number(170_900, "001"))
        doctor = CircleDoctorFactory(enterprise=circle, provider=provider)
        response = send(client, doctor, "rights", acquired_rights="on", follow=True)
        doctor.refresh_from_db()
        assert doctor.acquired_rights
        assert "sont mis à jour" in text_of(response)
        response = send(client, doctor, "rights")
        assert errors(response) == {"acquired_rights": ["acquired_rights_required"]}


@pytest.mark.parametrize("act", ["", "supervisor", "?"])
@pytest.mark.usefixtures("manager")
def test_asks_what_changes_when_it_is_not_said(client, doctor, act):
    response = send(client, doctor, act, follow=True)
    assert response.redirect_chain == [(url(doctor), 302)]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.usefixtures("manager")
def test_hides_the_doctors_of_another_circle(client, method):
    assert getattr(client, method)(url(CircleDoctorFactory())).status_code == 404
