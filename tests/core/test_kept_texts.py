"""Sentences that stay in the database and are read in each reader's language."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy

from bhod.enums import BatchKind
from bhod.models import GuardBatch
from bhod_portal.core.kept_texts import Month, keep, told
from tests.bhod.factories import AT
from tests.csam.factories import EnterpriseFactory, PersonFactory

DAY = date(2026, 3, 5)


@pytest.fixture
def dutch(monkeypatch):
    """A few words of Dutch, whatever stands in the catalogue."""
    texts = {"fin le %(day)s": "einde op %(day)s", "%(what)s : %(why)s": "%(what)s: %(why)s", "nuit": "nacht"}
    real = translation.gettext

    def gettext(text):
        return texts.get(text, text) if translation.get_language() == "nl" else real(text)

    monkeypatch.setattr("django.utils.translation.gettext", gettext)


def test_says_it_in_the_language_of_each_reader(dutch):
    kept = keep("%(what)s : %(why)s", what=keep("fin le %(day)s", day=DAY), why="100 % sûr")
    assert kept == "fin le 05/03/2026 : 100 % sûr"
    with translation.override("nl"):
        assert told(kept) == told(kept.source) == "einde op 05/03/2026: 100 % sûr"


@pytest.mark.parametrize(
    ("value", "french", "german"),
    [
        (3, "3", "3"),
        (DAY, "05/03/2026", "05.03.2026"),
        (datetime(2026, 3, 5, 18, tzinfo=UTC), "05/03/2026 19:00", "05.03.2026 19:00"),
        (Month(DAY), "mars 2026", "März 2026"),
        (gettext_lazy("lundi"), "lundi", "lundi"),
    ],
)
def test_what_fills_it_in(value, french, german):
    kept = keep("%(value)s", value=value)
    assert kept == french
    with translation.override("de"):
        assert told(kept.source) == german


@pytest.mark.parametrize(
    "text",
    [
        "",
        "malade",
        '["fin",{}]',
        "\u2063x",
        "\u2063[1]",
        '\u2063["%(a)s%(b)d",1]',
        '\u2063["%(a)s","\u2063"]',
    ],
)
def test_what_people_wrote_stays(text):
    assert told(text) == text.removeprefix("\u2063")


@pytest.mark.django_db
@pytest.mark.parametrize("text", ['\u2063["%(a)s%(a)999999999s",1]', "\u2063\u2063x"])
def test_nobody_writes_a_sentence_of_ours(text):
    batch = GuardBatch(
        enterprise=EnterpriseFactory(), kind=BatchKind.CANCEL, label=text, done_at=AT, done_by=PersonFactory()
    )
    batch.save()
    batch.refresh_from_db()
    assert batch.label == keep("%(value)s", value=text) == text.replace("\u2063", "")


def test_a_long_name_is_cut():
    kept = keep("%(file)s du %(day)s", file="x" * 300, day=DAY)
    assert len(kept.source) == 200
    assert kept.endswith("x… du 05/03/2026")


def test_what_cannot_be_cut_is_kept_as_it_reads_now():
    kept = keep("%(day)s" * 30, day=DAY)
    assert kept == kept.source == ("05/03/2026" * 30)[:200]
    again = keep("%(what)s !", what=kept)
    assert len(again.source) == 200
    assert again.startswith("05/03/2026")


@pytest.mark.django_db
def test_a_column_reads_in_the_language_of_who_loads_it(dutch):
    batch = GuardBatch.objects.create(
        enterprise=EnterpriseFactory(),
        kind=BatchKind.CANCEL,
        label=keep("fin le %(day)s", day=DAY),
        done_at=AT,
        done_by=PersonFactory(),
    )
    with translation.override("nl"):
        read = GuardBatch.objects.get(pk=batch.pk)
    assert read.label == "einde op 05/03/2026"
    read.save()
    assert GuardBatch.objects.get(pk=batch.pk).label == "fin le 05/03/2026"
