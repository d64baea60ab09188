"""The comparison with the peer asks both alike; how fast anything is, no test says."""

import pytest

from benchmarks import identification as bench
from benchmarks.serving import Tally
from tests.csam.factories import WorldFactory


@pytest.mark.parametrize("page", bench.PAGES)
def test_our_pages_are_there(client, page):
    WorldFactory()

    assert client.get(bench.PAGES[page][0]).status_code == 200


def test_sites_have_their_turns_in_alternation():
    turns = list(bench.turns({bench.OURS: 1, bench.PEER: 2}))

    assert [(site, port) for _, site, port, _ in turns] == [
        (bench.OURS, 1),
        (bench.PEER, 2),
        (bench.ANEW, 1),
    ] * 2
    for _, site, _, paths in turns:
        assert (next(paths) == next(paths)) == (site != bench.ANEW)


def test_reports_both_sites_side_by_side():
    tallies = {
        (page, site): Tally([0.001, 0.002, 0.003], asked_for=0.01 * rank)
        for page in bench.PAGES
        for rank, site in ((1, bench.OURS), (2, bench.PEER), (3, bench.ANEW))
    }

    report = bench.report(tallies, peer="0.24.0")

    assert "| identification page | ours | 300 | 2.00 × | 2.0 ms | 2.0 ms |" in report
    assert "| login form | peer | 150 | 1.00 × |" in report
    assert "django-digid-eherkenning 0.24.0" in report
