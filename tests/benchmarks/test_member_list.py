"""The users list is measured on a real session, in worlds that it fills itself; how fast it is, no test says."""

import pytest

from access_mgmt.models import QualityMember
from benchmarks import member_list as bench
from benchmarks import users
from benchmarks.serving import Tally
from csam.models import Person
from tests.csam.login import log_in


@pytest.fixture
def people(monkeypatch):
    monkeypatch.setattr(users, "MANY", 60)
    monkeypatch.setattr(users, "FEW", 30)
    monkeypatch.setattr(users, "STRANGERS", 100)
    return users.make()


def test_its_lists_are_there(client, people):
    log_in(client, Person.objects.get(public_id=people.card))

    for quality, total in ((people.many, 60), (people.few, 30)):
        assert QualityMember.objects.filter(quality=quality).count() == total
        page = client.get(bench.list_path(quality, "")).content
        assert page.count(b'name="membre"') == bench.ROWS


def test_its_manager_can_identify_himself(client, people):
    page = client.get(bench.LOGIN).text

    assert people.card in page
    assert client.post(bench.LOGIN, {"card": people.card, "pin": users.PIN}).status_code == 302
    assert "sessionid" in client.cookies


def test_reports_both_lists_side_by_side():
    tallies = {
        (page, name): Tally([0.001, 0.002, 0.003], asked_for=0.01 * rank)
        for page in bench.PAGES
        for rank, name in ((2, bench.LARGE), (1, bench.SMALL))
    }

    report = bench.report(tallies)

    assert "| first page | 10,000 members | 150 | 2.00 × | 2.0 ms | 2.0 ms |" in report
    assert "| first page | 100 members | 300 | 1.00 × |" in report
