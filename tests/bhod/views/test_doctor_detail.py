from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from bhod.services.doctors import end_enrolment, enrol_doctor
from bhod.services.enrolments import change_acquired_rights, change_last_day, change_supervisor
from bhod_portal.core import audit
from bhod_portal.core.periods import Period
from tests.bhod.factories import AT, CircleDoctorFactory, DoctorUnitFactory, GuardFactory
from tests.html_guard import assert_clean
from tests.pages import text_of
from tests.prosante_login.factories import CareProviderFactory, inami_number

NIGHT = {"starts_at": datetime(2026, 4, 2, 17, tzinfo=UTC), "ends_at": datetime(2026, 4, 3, 6, tzinfo=UTC)}


def url(doctor):
    return reverse("bhod:doctor_detail", args=[doctor.pk])


def test_shows_an_enrolment_with_what_hangs_on_it(client, administrative, circle, unit, max_reads):
    supervisor = CareProviderFactory(person__last_name="Noël", inami_number="19990512004")
    doctor = CircleDoctorFactory(
        enterprise=circle,
        provider=CareProviderFactory(person__last_name="Masson", inami_number="19991502005"),
        supervisor=supervisor,
        valid_until=date(2026, 12, 31),
    )
    DoctorUnitFactory(doctor=doctor, unit=unit)
    GuardFactory(unit=unit, provider=doctor.provider)
    GuardFactory(unit=unit, provider=doctor.provider, **NIGHT)
    GuardFactory(unit=unit, provider=doctor.provider, cancelled=True, **NIGHT)

    with max_reads(16):
        response = client.get(url(doctor))

    assert_clean(response.content.decode())
    text = text_of(response)
    assert "Candidat médecin généraliste (005)" in text
    assert "du 01/01/2025 au 31/12/2026" in text
    assert "Céline Noël, 1-99905-12-004" in text
    assert "Unités Ouest" in text
    assert "1 garde à venir ou en cours, le jeu 02/04/2026 19:00" in text
    assert "1 garde passée" in text
    assert "aussi inscrit" not in text
    assert "Inscription à partir du 01/01/2025." in text
    content = response.content.decode()
    assert f"{reverse('bhod:guard_list')}?mois=2026-04&amp;medecin={doctor.provider_id}" in content
    assert f"{reverse('bhod:guard_list')}?mois=2026-03&amp;medecin={doctor.provider_id}" in content
    assert reverse("bhod:doctor_change", args=[doctor.pk]) in content
    assert reverse("bhod:doctor_end", args=[doctor.pk]) in content


def test_names_the_candidates_whom_he_supervises_here(client, manager, circle):
    doctor = CircleDoctorFactory(enterprise=circle)
    ended = date(2026, 1, 31)
    candidate = CircleDoctorFactory(enterprise=circle, candidate=True)
    CircleDoctorFactory(enterprise=circle, candidate=True, valid_until=ended)
    type(candidate).objects.exclude(supervisor=None).update(supervisor=doctor.provider)
    CircleDoctorFactory(candidate=True, supervisor=doctor.provider)

    response = client.get(url(doctor))

    assert [each.state.value for each in response.context["supervised"]] == ["CURRENT", "ENDED"]
    assert "Candidats dont il est le maître de stage" in text_of(response)
    # And from the candidate to his supervisor.
    assert url(doctor) in client.get(url(candidate)).content.decode()


def test_says_only_that_there_is_another_circle(client, manager, circle):
    doctor = CircleDoctorFactory(enterprise=circle, acquired_rights=True)
    CircleDoctorFactory(enterprise__name="CMG Secret", provider=doctor.provider)
    text = text_of(client.get(url(doctor)))
    assert "aussi inscrit dans un autre cercle" in text
    assert "droits acquis" in text
    assert "CMG Secret" not in text


def test_forgets_a_circle_that_he_has_left(client, manager, circle):
    doctor = CircleDoctorFactory(enterprise=circle)
    CircleDoctorFactory(provider=doctor.provider, ended=True)
    assert "aussi inscrit" not in text_of(client.get(url(doctor)))


def test_tells_the_whole_history(client, manager, circle):
    act = {"by": manager, "at": AT}
    first, second = (CareProviderFactory(person__last_name=name) for name in ("Un", "Deux"))
    doctor = enrol_doctor(
        enterprise=circle,
        provider=CareProviderFactory(candidate=True),
        period=Period(date(2026, 1, 1), date(2026, 12, 31)),
        supervisor=first,
        **act,
    )
    later = change_supervisor(doctor=doctor, supervisor=second, from_day=date(2026, 4, 1), **act)
    end_enrolment(doctor=later, last_day=date(2026, 6, 30), by=manager, at=AT + timedelta(hours=1))
    change_last_day(doctor=later, last_day=None, by=manager, at=AT + timedelta(hours=2))
    details = {"units": []}
    audit.record("bhod.doctor.units_changed", later, world=circle.world, **act, **details)
    audit.record("bhod.doctor.something", later, world=circle.world, **act)

    response = client.get(url(later))

    told = [line.text for line in response.context["history"]]
    assert told[:2] == ["Dernier jour : 30/06/2026 → sans fin.", "Dernier jour : 31/12/2026 → 30/06/2026."]
    assert set(told[2:]) == {
        "Inscription du 01/01/2026 au 31/12/2026. Maître de stage : Céline Un.",
        "Inscription du 01/04/2026 au 31/12/2026. Maître de stage : Céline Deux.",
        "Maître de stage à partir du 01/04/2026 : Céline Un → Céline Deux.",
        "Unités où il est de garde : toutes.",
        "Inscription modifiée.",
    }
    text = text_of(response)
    assert "Toutes ses inscriptions dans votre cercle" in text
    assert url(doctor) in response.content.decode()


def test_tells_of_rights_and_units(client, manager, circle, unit):
    act = {"by": manager, "at": AT}
    provider = CareProviderFactory(inami_number=inami_number(170_900, "002"))
    doctor = enrol_doctor(
        enterprise=circle,
        provider=provider,
        period=Period(date(2026, 1, 1)),
        supervisor=None,
        acquired_rights=True,
        **act,
    )
    doctor.acquired_rights = False
    doctor.save()
    change_acquired_rights(doctor=doctor, acquired_rights=True, **act)
    audit.record("bhod.doctor.rights_changed", doctor, world=circle.world, acquired_rights=False, **act)
    audit.record("bhod.doctor.units_changed", doctor, world=circle.world, units=[unit.pk], **act)
    told = {line.text for line in client.get(url(doctor)).context["history"]}
    assert told == {
        "Inscription à partir du 01/01/2026. Avec droits acquis.",
        "Droits acquis reconnus.",
        "Droits acquis retirés.",
        "Unités où il est de garde : Ouest.",
    }


def test_an_enrolment_that_is_over_is_opened_again_not_ended(client, manager, circle):
    doctor = CircleDoctorFactory(
        enterprise=circle, ended=True, provider=CareProviderFactory(without_number=True)
    )
    content = client.get(url(doctor)).content.decode()
    assert reverse("bhod:doctor_change", args=[doctor.pk]) in content
    assert reverse("bhod:doctor_end", args=[doctor.pk]) not in content
    assert "non honorée" in content
    assert "Aucune garde à venir." in content
    assert "Aucune garde passée." in content


@pytest.mark.usefixtures("manager")
def test_hides_the_doctors_of_another_circle(client):
    assert client.get(url(CircleDoctorFactory())).status_code == 404
