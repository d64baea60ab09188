import pytest
from django.urls import reverse

from bhod.models import Guard
from tests.bhod.factories import CircleDoctorFactory, GuardFactory
from tests.html_guard import assert_clean
from tests.pages import text_of

URL = reverse("bhod:guard_check")
PART = {"HX-Request": "true"}


@pytest.fixture
def doctor(unit):
    return CircleDoctorFactory(enterprise=unit.enterprise, provider__person__last_name="Benali")


@pytest.fixture
def typed(unit, doctor):
    return {
        "unit": unit.pk,
        "provider": doctor.provider.pk,
        "start_day": "05-03-2026",
        "start_time": "18:00",
        "end_day": "06-03-2026",
        "end_time": "08:00",
    }


def test_says_what_counts_and_who_is_told(client, manager, typed, max_reads):
    with max_reads(16):
        response = client.get(URL, typed, headers=PART)
    text = text_of(response)
    assert "<html" not in response.content.decode()
    assert "Rien ne s'y oppose. Elle compte : nuit de semaine 13 h. 1 h ne sont pas honorées." in text
    assert "1 médecin sera prévenu par e-mail" in text
    assert not Guard.objects.exists()


def test_is_a_page_without_the_script(client, manager, typed):
    response = client.get(URL, typed)
    assert_clean(response.content.decode())
    assert "Vérifier une garde" in text_of(response)
    assert "Rien ne s'y oppose" in text_of(response)


def test_says_nothing_while_something_is_missing(client, manager, typed):
    response = client.get(URL, typed | {"end_day": ""}, headers=PART)
    assert text_of(response) == ""
    assert "Indiquez l'unité" in text_of(client.get(URL))


def test_says_what_is_wrong_in_what_is_typed(client, manager, typed):
    response = client.get(URL, typed | {"start_time": "25:00"}, headers=PART)
    assert "Écrivez l'heure" in text_of(response)


def test_says_what_the_rules_refuse(client, manager, typed, unit, doctor):
    GuardFactory(unit=unit, provider=doctor.provider)
    text = text_of(client.get(URL, typed, headers=PART))
    assert "Ainsi, cette garde serait refusée" in text
    assert "déjà de garde du 05/03/2026 19:00" in text


@pytest.mark.parametrize("end", ["05-03-2026", "04-03-2026"])
def test_says_that_it_ends_before_it_starts(client, manager, typed, end):
    assert "La fin de la garde doit suivre son début" in text_of(
        client.get(URL, typed | {"end_day": end, "end_time": "18:00"}, headers=PART)
    )


def test_leaves_the_guard_that_changes_out(client, manager, typed, unit, doctor):
    guard = GuardFactory(unit=unit, provider=doctor.provider)
    text = text_of(client.get(URL, typed | {"garde": guard.pk}, headers=PART))
    assert "Rien ne s'y oppose" in text


def test_keeps_a_doctor_who_is_no_longer_offered(client, manager, typed, unit):
    guard = GuardFactory(unit=unit)
    asked = typed | {"garde": guard.pk, "provider": guard.provider_id}
    assert "n'est pas inscrit dans le cercle" in text_of(client.get(URL, asked, headers=PART))


def test_tells_nobody_of_a_draft(client, manager, typed):
    assert "Personne ne reçoit d'e-mail" in text_of(client.get(URL, typed | {"draft": "on"}, headers=PART))


def test_checks_what_is_typed_in_a_cell(client, manager, unit, doctor):
    asked = {"jour": "2026-03-05", "unit": unit.pk, "doctor": "bena", "shift": "0"}
    assert "Elle compte : nuit de semaine 13 h." in text_of(client.get(URL, asked, headers=PART))
    assert text_of(client.get(URL, asked | {"jour": "x"}, headers=PART)) == ""


@pytest.mark.parametrize("guard", ["0", "x", "-1", "²", pytest.param("9" * 5000, id="5000 figures")])
def test_knows_no_other_guard(client, manager, typed, guard):
    assert client.get(URL, typed | {"garde": guard}).status_code == 404
    assert client.get(URL, typed | {"garde": GuardFactory().pk}).status_code == 404
