from datetime import timedelta

import pytest
from django.urls import reverse

from bhod.enums import GuardState
from bhod.models import Guard, GuardBatch
from tests.bhod.factories import CircleDoctorFactory, GuardFactory
from tests.bhod.views.bulk import confirm
from tests.html_guard import assert_clean
from tests.pages import errors, text_of

URL = reverse("bhod:guards_cancel")
ASKED = {"du": "01-03-2026", "au": "31-03-2026", "motif": "épidémie"}


@pytest.fixture
def guards(unit):
    """A night each for two doctors in March 2026."""
    first = GuardFactory(unit=unit, provider=CircleDoctorFactory(enterprise=unit.enterprise).provider)
    return [
        first,
        GuardFactory(
            unit=unit,
            provider=CircleDoctorFactory(enterprise=unit.enterprise).provider,
            starts_at=first.starts_at + timedelta(days=4),
            ends_at=first.ends_at + timedelta(days=4),
        ),
    ]


def test_asks_first(client, manager, guards):
    response = client.get(URL)
    assert_clean(response.content.decode())
    assert response.context["preview"] is None
    assert "Voir ce qui sera fait" in text_of(response)


def test_says_that_nothing_was_ticked_in_the_list(client, manager, guards):
    listed = client.get(reverse("bhod:guard_list"), {"mois": "2026-03"}).content.decode()
    assert 'name="choisies"' in listed
    text = text_of(client.get(URL, {"choisies": "1"}))
    assert "Vous n'aviez coché aucune garde" in text
    ticked = text_of(client.get(URL, {"choisies": "1", "garde": guards[0].pk}))
    assert "Vous n'aviez coché" not in ticked


def test_cancels_with_one_reason(client, manager, guards):
    shown = client.get(URL, ASKED)
    assert_clean(shown.content.decode())
    assert "Annuler 2 gardes" in text_of(shown)

    response = confirm(client, URL, ASKED)

    assert "2 gardes annulées. 2 médecins prévenus par e-mail." in text_of(response)
    found = Guard.objects.values_list("state", "cancel_reason")
    assert list(found) == [(GuardState.CANCELLED, "épidémie")] * 2
    assert GuardBatch.objects.get().label == "du 01/03/2026 au 31/03/2026 : épidémie"


def test_keeps_to_one_doctor_and_one_unit(client, manager, guards, unit):
    asked = ASKED | {"medecin": guards[0].provider_id, "unite": unit.pk}
    confirm(client, URL, asked)
    assert Guard.objects.get(state=GuardState.CANCELLED) == guards[0]


def test_needs_a_reason(client, manager, guards):
    assert errors(client.get(URL, ASKED | {"motif": " "})) == {"motif": ["required"]}


def test_says_when_nothing_answers(client, manager, unit):
    assert "Aucune garde ne répond" in text_of(client.get(URL, ASKED))


def test_warns_of_those_that_are_confirmed(client, manager, unit):
    GuardFactory(unit=unit, confirmed=True)
    assert "1 de ces gardes est déjà confirmée" in text_of(client.get(URL, ASKED))


class TestChosen:
    """From the list of guards."""

    def test_are_offered_in_the_list(self, client, manager, guards, unit):
        cancelled = GuardFactory(unit=unit, cancelled=True)
        html = client.get(reverse("bhod:guard_list"), {"mois": "2026-03", "annulees": "1"}).content.decode()
        assert_clean(html)
        for guard in guards:
            assert f'name="garde" value="{guard.pk}"' in html
        assert f'name="garde" value="{cancelled.pk}"' not in html

    def test_ask_for_a_reason_first(self, client, manager, guards):
        response = client.get(URL, {"garde": [each.pk for each in guards]})
        assert_clean(response.content.decode())
        assert response.context["preview"] is None
        assert not response.context["form"].errors
        assert "Les 2 gardes choisies sont annulées ensemble" in text_of(response)
        assert f'name="garde" value="{guards[1].pk}"' in response.content.decode()
        assert errors(client.get(URL, {"garde": [guards[0].pk], "motif": ""})) == {"motif": ["required"]}

    def test_are_cancelled_as_one_act(self, client, manager, guards, unit):
        elsewhere = GuardFactory()
        other = GuardFactory(unit=unit)
        keys = [*(each.pk for each in guards), elsewhere.pk, "x", "9" * 30]
        response = confirm(client, URL, {"garde": keys, "motif": "grève"})
        assert "2 gardes annulées" in text_of(response)
        assert GuardBatch.objects.get().label == "gardes choisies (2) : grève"
        assert set(Guard.objects.standing()) == {elsewhere, other}
