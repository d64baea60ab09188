from datetime import timedelta

from django.urls import reverse

from tests.bhod.factories import AT, GuardBatchFactory, GuardChangeFactory, GuardFactory
from tests.html_guard import assert_clean
from tests.pages import text_of

URL = reverse("bhod:batch_list")


def test_shows_the_acts_of_the_circle_the_latest_first(client, manager, unit):
    older = GuardBatchFactory(enterprise=unit.enterprise, label="ancienne", undone=True)
    newer = GuardBatchFactory(enterprise=unit.enterprise, done_at=AT + timedelta(hours=1))
    for _number in range(2):
        GuardChangeFactory(guard=GuardFactory(unit=unit), batch=newer)
    GuardBatchFactory()

    response = client.get(URL)

    html = response.content.decode()
    assert_clean(html)
    assert response.context["batches"] == [newer, older]
    assert [batch.guards for batch in response.context["batches"]] == [2, 0]
    text = text_of(response)
    assert "2 actes groupés" in text
    assert "Copie de gardes : Copie d'une semaine" in text
    assert f"le 10/03/2026 10:00 par {older.done_by}" in text
    assert reverse("bhod:batch_undo", args=[newer.pk]) in html
    assert reverse("bhod:batch_undo", args=[older.pk]) not in html


def test_says_that_there_are_none(client, manager, unit):
    assert "encore fait aucun acte groupé" in text_of(client.get(URL))


def test_shows_25_on_a_page_for_as_many_queries(client, manager, unit, django_assert_max_num_queries):
    for _number in range(26):
        GuardBatchFactory(enterprise=unit.enterprise)
    with django_assert_max_num_queries(18):
        response = client.get(URL)
    assert len(response.context["batches"]) == 25
    assert len(client.get(URL, {"page": "2"}).context["batches"]) == 1


def test_is_reached_from_the_guards(client, manager, unit):
    html = client.get(reverse("bhod:guard_month")).content.decode()
    for name in (
        "batch_list",
        "guard_series",
        "guard_copy",
        "guard_publish",
        "guard_confirm",
        "guards_cancel",
    ):
        assert reverse(f"bhod:{name}") in html
