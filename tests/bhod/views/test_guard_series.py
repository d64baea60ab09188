from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from bhod.enums import GuardState
from bhod.models import Guard, GuardBatch
from bhod_portal.core.models import Message
from tests.bhod.factories import CircleDoctorFactory, CircleOrganisationFactory, GuardFactory, ShiftFactory
from tests.bhod.views.bulk import confirm, page_of
from tests.html_guard import assert_clean
from tests.pages import errors, text_of

URL = reverse("bhod:guard_series")


@pytest.fixture
def doctors(unit):
    return [CircleDoctorFactory(enterprise=unit.enterprise).provider for _number in range(2)]


@pytest.fixture
def asked(unit, doctors):
    """The weeknights of two weeks in April 2026, two doctors in turn; Easter Monday is 6 April."""
    return {
        "unite": unit.pk,
        "du": "13-04-2026",
        "au": "26-04-2026",
        "plages": ["WEEKNIGHT 19:00"],
        "chaque": "1",
        "tour": "garde",
        "medecin1": doctors[0].pk,
        "medecin2": doctors[1].pk,
    }


def test_asks_first(client, manager, doctors):
    response = client.get(URL)
    assert_clean(response.content.decode())
    assert response.context["preview"] is None
    text = text_of(response)
    assert "nuit de semaine 19:00 – 08:00" in text
    assert "week-end 08:00 – 08:00" in text


def test_offers_the_shifts_of_the_circle(client, manager, unit, doctors):
    CircleOrganisationFactory(enterprise=unit.enterprise, organises_weeknights=False)
    ShiftFactory(enterprise=unit.enterprise)
    text = text_of(client.get(URL))
    assert "week-end 08:00 – 20:00 (Jour)" in text
    assert "nuit de semaine 19:00" not in text


def test_adds_what_it_showed_once(client, manager, asked, doctors):
    shown = client.get(URL, asked)
    assert_clean(shown.content.decode())
    assert "Ajouter 10 gardes" in text_of(shown)
    assert "2 médecins prévenus par e-mail" in text_of(shown)

    page, url = page_of(shown), f"{URL}?{shown.context['query']}"
    response = client.post(url, page, follow=True)
    client.post(url, page)

    assert "10 gardes ajoutées. 2 médecins prévenus par e-mail." in text_of(response)
    assert [guard.provider for guard in Guard.objects.order_by("starts_at")] == doctors * 5
    assert GuardBatch.objects.count() == 1
    assert Message.objects.count() == 2


def test_adds_drafts_that_nobody_is_told_of(client, manager, asked):
    response = confirm(client, URL, asked | {"brouillon": "on"})
    assert "Aucun médecin n'a été prévenu" in text_of(response)
    assert Guard.objects.filter(state=GuardState.DRAFT, is_published=False).count() == 10
    assert not Message.objects.exists()


def test_leaves_out_what_is_refused_and_links_to_what_stands_there(client, manager, asked, doctors, unit):
    there = GuardFactory(
        unit=unit,
        provider=doctors[0],
        starts_at=datetime(2026, 4, 13, 17, tzinfo=UTC),
        ends_at=datetime(2026, 4, 14, 6, tzinfo=UTC),
    )
    response = client.get(URL, asked)
    assert "Ajouter 9 gardes, sans celle qui est refusée" in text_of(response)
    assert reverse("bhod:guard_edit", args=[there.pk]) in response.content.decode()
    confirm(client, URL, asked)
    assert Guard.objects.count() == 10


def test_the_same_series_again_adds_nothing(client, manager, asked):
    confirm(client, URL, asked)
    response = client.get(URL, asked)
    assert "10 gardes laissées de côté" in text_of(response)
    assert "tout est laissé de côté" in text_of(response)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"unite": ""}, {"unite": ["required"]}),
        ({"medecin1": ""}, {"medecin1": ["required"]}),
        ({"medecin2": "0"}, {"medecin2": ["invalid_choice"]}),
        ({"plages": []}, {"plages": ["required"]}),
        ({"plages": ["WEEKNIGHT 20:00"]}, {"plages": ["invalid_choice"]}),
        ({"jours": ["7"]}, {"jours": ["invalid_choice"]}),
        ({"au": "14-04-2027"}, {"au": ["period_too_long"]}),
        ({"chaque": "99"}, {"chaque": ["invalid_choice"]}),
    ],
)
def test_says_what_is_not_understood(client, manager, unit, asked, change, wrong):
    GuardFactory(unit__enterprise=unit.enterprise)
    response = client.get(URL, asked | change)
    assert errors(response) == wrong
    assert response.context["preview"] is None


def test_says_that_a_circle_has_no_doctors(client, manager, unit):
    response = client.get(URL)
    assert "votre cercle n'en a pas encore" in text_of(response)


def test_keeps_to_some_days_every_other_week(client, manager, asked):
    shown = client.get(URL, asked | {"jours": ["0", "3"], "chaque": "2", "tour": "semaine"})
    days = [line.entry.starts_at.date() for line in shown.context["preview"].accepted]
    assert days == [date(2026, 4, 13), date(2026, 4, 16)]


def test_leads_from_a_closed_unit_to_the_organisation(client, manager, asked, unit):
    unit.closed_from = date(2026, 4, 20)
    unit.save()
    response = client.get(URL, asked)
    assert "Ajouter 5 gardes, sans les 5 refusées" in text_of(response)
    assert reverse("bhod:circle") in response.content.decode()


def test_names_what_is_missing_from_the_top_of_the_page(client, manager, doctors):
    page = client.get(URL, {"du": "", "chaque": "1"}).content.decode()
    summary = page[page.index("error-summary-list") : page.index("</ul>", page.index("error-summary-list"))]
    assert summary.index("#id_unite") < summary.index("#id_du") < summary.index("#id_plages")
