from datetime import UTC, datetime

import pytest
from django.urls import reverse

from bhod.enums import BatchKind, GuardState
from bhod.models import Guard, GuardBatch
from tests.bhod.factories import CircleDoctorFactory, GuardFactory
from tests.bhod.views.bulk import confirm
from tests.html_guard import assert_clean
from tests.pages import errors, text_of

URL = reverse("bhod:guard_copy")
WEEK = {"quoi": "semaine", "de": "12-03-2026", "vers": "16-03-2026", "fois": "1"}
MONTH = {"quoi": "mois", "de": "12-03-2026", "vers": "01-04-2026", "fois": "1"}


@pytest.fixture
def guard(unit):
    """The night of Thursday 12 March 2026, the second one of the month."""
    return GuardFactory(
        unit=unit,
        provider=CircleDoctorFactory(enterprise=unit.enterprise).provider,
        starts_at=datetime(2026, 3, 12, 18, tzinfo=UTC),
        ends_at=datetime(2026, 3, 13, 7, tzinfo=UTC),
    )


def test_asks_first(client, manager, guard):
    response = client.get(URL)
    assert_clean(response.content.decode())
    assert response.context["preview"] is None


def test_comes_from_a_month_with_its_fields_filled(client, manager, unit):
    html = client.get(URL, {"mois": "2026-12"}).content.decode()
    assert 'value="01-12-2026"' in html
    assert 'value="01-01-2027"' in html


@pytest.mark.parametrize(
    ("asked", "start"),
    [
        pytest.param(WEEK, datetime(2026, 3, 19, 18, tzinfo=UTC), id="a week"),
        pytest.param(MONTH, datetime(2026, 4, 9, 17, tzinfo=UTC), id="a month, into summer time"),
    ],
)
def test_copies_onto_another(client, manager, guard, asked, start):
    shown = client.get(URL, asked)
    assert_clean(shown.content.decode())
    assert "Ajouter 1 garde" in text_of(shown)

    response = confirm(client, URL, asked)

    assert "1 garde ajoutée. 1 médecin prévenu par e-mail." in text_of(response)
    copy = Guard.objects.exclude(pk=guard.pk).get()
    assert (copy.starts_at, copy.provider, copy.unit) == (start, guard.provider, guard.unit)
    assert GuardBatch.objects.get().kind == BatchKind.COPY


def test_copies_as_drafts_into_several_weeks(client, manager, guard, unit):
    confirm(client, URL, WEEK | {"fois": "3", "brouillon": "on", "unite": unit.pk})
    assert Guard.objects.filter(state=GuardState.DRAFT).count() == 3


def test_copied_twice_it_copies_nothing_more(client, manager, guard):
    confirm(client, URL, WEEK)
    response = client.get(URL, WEEK)
    assert "1 garde laissée de côté" in text_of(response)
    assert "Il n'y a rien à copier" in text_of(response)


def test_says_what_it_leaves_out_and_leads_to_the_day(client, manager, guard, unit):
    response = client.get(URL, WEEK | {"vers": "14-05-2026"})
    assert "l'un est férié et l'autre non" in text_of(response)
    assert f"{reverse('bhod:guard_create')}?jour=2026-05-14&amp;unite={unit.pk}" in response.content.decode()


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"vers": "10-03-2026"}, {"vers": ["target_not_after"]}),
        ({"vers": "01-03-2026"}, {"vers": ["target_not_after"]}),
        ({"de": ""}, {"de": ["required"]}),
        ({"quoi": "an"}, {"quoi": ["invalid_choice"]}),
        ({"fois": "13"}, {"fois": ["invalid_choice"]}),
    ],
)
def test_says_what_is_not_understood(client, manager, unit, change, wrong):
    assert errors(client.get(URL, WEEK | change)) == wrong
