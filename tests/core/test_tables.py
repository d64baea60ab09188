"""Tables that people send: read whatever program wrote them, refused before they can hurt."""

import csv
import io
import zipfile
from datetime import date, datetime, time
from time import process_time as time_of_cpu

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from bhod_portal.core import tables
from bhod_portal.core.refusals import refusal_codes
from bhod_portal.core.tables import Line, find_columns, read_table
from bhod_portal.core.uploads import MAX_FILE_BYTES

DAY = date(2026, 3, 1)


def read(content):
    return read_table(content=content, size=len(content))


def cells(content):
    return [line.cells for line in read(content).lines]


def codes(content, size=None):
    with pytest.raises(ValidationError) as refusal:
        read_table(content=content, size=len(content) if size is None else size)
    assert refusal.value.messages
    return refusal_codes(refusal.value)


def fate(content):
    """The code with which a file is refused, or « read »."""
    try:
        read(content)
    except ValidationError as refusal:
        return "".join(refusal_codes(refusal))
    return "read"


def workbook(*rows, **sheets):
    """A workbook with these rows on its first sheet, and further sheets by name."""
    book = Workbook()
    book.active.title = "Un"
    for row in rows:
        book.active.append(row)
    for name, others in sheets.items():
        sheet = book.create_sheet(name)
        for row in others:
            sheet.append(row)
    return saved(book)


def saved(book):
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def repacked(content, **parts):
    """The same archive with other parts, `__` for a slash and `_dot_` for a point."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            new.writestr(
                part.filename, parts.get(part.filename.rpartition("/")[2].split(".")[0], old.read(part))
            )
    return target.getvalue()


class TestCsv:
    @pytest.mark.parametrize("delimiter", [";", ",", "\t"])
    def test_recognises_the_separator(self, delimiter):
        text = f'Nom{delimiter}Prénom\r\n"Du{delimiter}bois"{delimiter}Zoé\r\n'
        assert cells(text.encode()) == [("Nom", "Prénom"), (f"Du{delimiter}bois", "Zoé")]

    def test_takes_the_separator_that_excel_names(self):
        table = read(b"sep=,\r\na;b,c\r\n1,2\r\n")
        assert [(line.number, line.cells) for line in table.lines] == [(2, ("a;b", "c")), (3, ("1", "2"))]

    def test_ignores_an_odd_separator_that_excel_names(self):
        assert cells(b"sep=x\na;b\n") == [("a", "b")]

    @pytest.mark.parametrize(
        ("encoding", "name"),
        [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("windows-1252", "windows-1252"), ("utf-16", "utf-16")],
    )
    def test_reads_usual_encodings(self, encoding, name):
        table = read("Prénom;Né\nHélène;été\n".encode(encoding))
        assert [line.cells for line in table.lines] == [("Prénom", "Né"), ("Hélène", "été")]
        assert table.encoding == name

    def test_numbers_lines_as_the_file_does(self):
        table = read(b'a;b\n\n;;\n"deux\nlignes";x\ny;z\n')
        assert [line.number for line in table.lines] == [1, 4, 6]

    @pytest.mark.parametrize("cell", ["=1+1", "+1", "@SUM(A1)", "'=1+1"])
    def test_marks_what_calculates(self, cell):
        assert read(f"a;b\nx;{cell}\n".encode()).lines[1].formulas == {1}

    def test_leaves_a_sign_alone(self):
        assert read(b"a;b\n+;-1\n").lines[1].formulas == frozenset()

    @given(
        st.lists(
            st.lists(
                st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=9),
                min_size=2,
                max_size=5,
            ),
            min_size=1,
            max_size=5,
        )
    )
    def test_gives_back_what_was_written(self, rows):
        rows = [["premier", "second"], *rows]
        target = io.StringIO()
        csv.writer(target, delimiter=";").writerows(rows)
        assert cells(target.getvalue().encode("utf-8-sig")) == [tuple(row) for row in rows]

    @given(st.binary(min_size=1, max_size=300))
    def test_refuses_whatever_it_cannot_read(self, content):
        known = {"empty", "wrong_type", "unreadable", "old_excel"}
        assert fate(content) in {*known, "read"}


class TestRefusals:
    def test_a_file_that_is_too_big(self):
        assert codes(b"", size=MAX_FILE_BYTES + 1) == {"too_big"}

    @pytest.mark.parametrize("content", [b"", b" \r\n", b";;\n;\n", workbook()])
    def test_a_file_with_nothing(self, content):
        assert codes(content) == {"empty"}

    @pytest.mark.parametrize(
        "content", [b"%PDF-1.7\n%\xe2\xe3", b"a;b\0c", b"PK\x03\x04broken"], ids=["pdf", "binary", "broken"]
    )
    def test_a_file_of_another_kind_whatever_its_name(self, content):
        assert codes(content) == {"wrong_type"}

    def test_an_archive_that_is_no_workbook(self):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr("a.txt", "a")
        assert codes(target.getvalue()) == {"wrong_type"}

    def test_a_workbook_of_the_old_format(self):
        assert codes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600) == {"old_excel"}

    def test_a_sign_that_no_text_has(self):
        assert codes("a;b\nx\0;y".encode("utf-16")) == {"wrong_type"}

    def test_bytes_that_no_encoding_knows(self):
        assert codes(b"a;b\n\x81\x8d;x\n") == {"unreadable"}

    def test_a_quotation_mark_that_is_never_closed(self):
        assert codes(b'a;b\n"' + b"x;y\n" * 50_000) == {"unreadable"}

    def test_a_cell_that_is_too_long(self):
        assert codes(b"a;b\n" + b"x" * (tables.MAX_CELL + 1)) == {"too_long"}

    def test_too_many_columns(self):
        assert codes(b";".join([b"a"] * (tables.MAX_COLUMNS + 1))) == {"too_many_columns"}
        assert codes(workbook(["a"] * (tables.MAX_COLUMNS + 1))) == {"too_many_columns"}

    def test_a_line_too_many(self):
        content = b"a;b\n" + b"1;2\n" * tables.MAX_LINES
        assert len(read(content).lines) == tables.MAX_LINES + 1
        assert codes(content + b"1;2\n") == {"too_many_lines"}

    def test_far_too_many_empty_lines(self):
        assert codes(b"a;b\n" + b";\n" * 50_001) == {"too_many_lines"}


class TestXlsx:
    def test_reads_texts_numbers_and_real_dates(self):
        row = [71031499696, 12.0, 1.5, DAY, datetime.combine(DAY, time(10, 30)), None, True, " x "]
        assert cells(workbook(row)) == [
            ("71031499696", "12", "1.5", "01-03-2026", "01-03-2026 10:30", "", "True", "x")
        ]

    def test_marks_what_calculates(self):
        line = read(workbook(["a", "b"], ["x", "=1+1"])).lines[1]
        assert line.formulas == {1}

    def test_marks_merged_cells(self):
        book = Workbook()
        for row in (["a", "b", "c"], ["x", "y", "z"], [None, "y", "z"]):
            book.active.append(row)
        book.active.merge_cells("A2:A3")
        assert [line.merged for line in read(saved(book)).lines] == [frozenset(), {0}, {0}]

    def test_reads_the_first_sheet_in_which_something_stands(self):
        table = read(workbook(Vide=[], Deux=[["a"], ["x"]], Trois=[["b"]]))
        assert (table.sheet, list(table.other_sheets)) == ("Deux", ["Un", "Vide", "Trois"])

    def test_numbers_lines_as_the_sheet_does(self):
        table = read(workbook(["a"], [], [None], ["x"]))
        assert [line.number for line in table.lines] == [1, 4]

    def test_unpacks_no_bomb(self):
        bomb = repacked(workbook(["a"]), sheet1=b" " * (41 * 1024 * 1024))
        assert len(bomb) < 100_000
        assert codes(bomb) == {"unpacked_too_big"}

    @pytest.mark.parametrize("element", [b"<c/>", b"<row/>", b"<x:c/>"])
    def test_counts_cells_before_it_reads_them(self, element):
        """Millions of them, each of four letters, are twenty kilobytes in an archive and twenty seconds of work."""
        sheet = b"<worksheet><sheetData><row>" + element * 1_400_000 + b"</row></sheetData></worksheet>"
        assert codes(repacked(workbook(["a"]), sheet1=sheet)) == {"unpacked_too_big"}

    @pytest.mark.parametrize(
        "sheet",
        [
            # Lines that openpyxl makes up, sheet after sheet; ranges that cover all others; tags that never end.
            b'<worksheet xmlns="%s"><sheetData><row r="49999"/></sheetData></worksheet>',
            b'<worksheet xmlns="%s"><sheetData><row r="1"><c r="A1" t="str"><v>a</v></c></row></sheetData><mergeCells>'
            + b'<mergeCell ref="A1:XFD1048576"/>' * 1_000
            + b"</mergeCells></worksheet>",
            b'<worksheet xmlns="%s">' + b"<mergeCell " * 400_000,
        ],
        ids=["gaps", "merged", "endless"],
    )
    def test_spends_no_minutes_on_a_small_file(self, sheet):
        content = workbook(**{f"Feuille {number}": [] for number in range(150)})
        namespace = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        sheets = {f"sheet{number}": sheet.replace(b"%s", namespace) for number in range(1, 152)}
        heavy = len(sheet) > 1_000_000
        started = time_of_cpu()

        fate(repacked(content, **({"sheet1": sheets["sheet1"]} if heavy else sheets)))

        assert time_of_cpu() - started < 8

    def test_expands_no_entities(self):
        laughs = b'<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet><sheetData>&b;</sheetData></worksheet>'
        assert codes(repacked(workbook(["a"]), sheet1=laughs)) == {"wrong_type"}

    @pytest.mark.parametrize("part", ["workbook", "sheet1", "styles"])
    def test_refuses_what_is_broken_inside(self, part):
        assert codes(repacked(workbook(["a", "b"], ["c", 1]), **{part: b"<broken"})) == {"wrong_type"}

    def test_believes_no_size_that_a_sheet_gives_of_itself(self):
        content = workbook(["a", "b"], ["c", "d"])
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            sheet = archive.read("xl/worksheets/sheet1.xml").replace(b'ref="A1:B2"', b'ref="A1:A1"')
        assert cells(repacked(content, sheet1=sheet)) == [("a", "b"), ("c", "d")]


class TestHeading:
    columns = {"name": ["Nom"], "user": ["Nom d'utilisateur"], "first": ["Prénom", "First name"]}

    def found(self, *names, mandatory=("name",)):
        return find_columns(Line(1, names), self.columns, mandatory=mandatory)

    def test_knows_columns_by_their_words(self):
        heading = self.found(" PRENOM *", "nom d’utilisateur", "Nom")
        assert heading.places == {"first": 0, "user": 1, "name": 2}

    def test_knows_other_names_of_a_column(self):
        assert self.found("first-name", "nom").places == {"first": 0, "name": 1}

    def test_names_what_it_does_not_know_lacks_or_has_twice(self):
        heading = self.found("Prénom", "Couleur", "", "prenom", mandatory=("name", "first"))
        assert (heading.unknown, heading.missing, heading.doubled) == (["Couleur"], ["Nom"], ["prenom"])
