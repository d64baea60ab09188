import csv

import pytest

from bhod_portal.core.csv_files import csv_lines


def read(rows):
    text = "".join(csv_lines(rows)).encode().decode("utf-8-sig")
    return list(csv.reader(text.splitlines(keepends=True), delimiter=";"))


def test_starts_with_the_mark_of_utf_8():
    assert "".join(csv_lines([["Prénom"]])).encode() == b"\xef\xbb\xbfPr\xc3\xa9nom\r\n"


@pytest.mark.parametrize(
    "cell", ["a;b", 'dit "le Roux"', "deux\nlignes", "'s Gravenzande", "", "1-2", "a=1", "-80,60", "-1"]
)
def test_gives_back_what_was_put_in(cell):
    assert read([["Nom", "Suite"], [cell, "x"]]) == [["Nom", "Suite"], [cell, "x"]]


@pytest.mark.parametrize("cell", ["=1+1", "+32", "-1+1", "-1,", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1"])
def test_lets_nothing_calculate(cell):
    [[found, _]] = read([[cell, ""]])

    assert found[0] == "'"
    assert found[1:].replace("\r", "\n") == cell.replace("\r", "\n")
