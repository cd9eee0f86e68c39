from __future__ import annotations

import csv
import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.records import Problem, RawReport
from pledgetrail.sources import Limits, Settings
from pledgetrail.sources.inputs import file_input
from pledgetrail.sources.tables import read as read_table

HEADER = ["id", "Title", "Date", "Body"]
ROWS = [
    ["a", "Grain for Lebanon", "2021-01-13", 'The minister said: "Grain is on its way", and left.'],
    ["b", "Schools", "2021-01-14", "Japan gave 3,000 desks.\nNorway gave chairs;\r\nno cups."],
]


def read(path: Path, limits: Limits | None = None, **columns: str) -> list[RawReport | Problem]:
    return list(read_table(file_input(path, str(path), path.name), Settings(limits or Limits(), columns)))


def write(folder: Path, data: str | bytes, name: str = "in.csv") -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def written(rows: list[list[str]], **manner: object) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, **manner).writerows(rows)  # type: ignore[arg-type]
    return stream.getvalue()


def reports(found: list[RawReport | Problem]) -> list[RawReport]:
    return [item for item in found if isinstance(item, RawReport)]


def problems(found: list[RawReport | Problem]) -> list[Problem]:
    return [item for item in found if isinstance(item, Problem)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_delimiter_and_encoding_are_told(tmp_path: Path, delimiter: str, encoding: str) -> None:
    path = write(tmp_path, written([HEADER, *ROWS], delimiter=delimiter).encode(encoding))
    found = reports(read(path))
    assert [(r.id, r.title, r.published, r.text) for r in found] == [tuple(row) for row in ROWS]


@pytest.mark.parametrize(
    ("encoding", "title"),
    [("cp1252", "Café in Málaga – “aid”"), ("cp1254", "Çağrı: İstanbul"), ("cp1251", "помощь району")],
)
def test_one_byte_encodings(tmp_path: Path, encoding: str, title: str) -> None:
    body = "правительство обещало помощь пострадавшим районам. " * 9 if encoding == "cp1251" else "Aid came."
    path = write(tmp_path, written([HEADER, ["a", title, "2021", body]]).encode(encoding))
    assert [r.title for r in read(path)] == [title]


def test_row_in_another_encoding_than_the_file(tmp_path: Path) -> None:
    start = written([HEADER, *ROWS * 3000]).encode()
    path = write(tmp_path, start + written([["c", "Málaga", "2021", "Aid for Málaga."]]).encode("cp1252"))
    assert reports(read(path))[-1].title == "Málaga"


def test_quotes_inside_unquoted_fields_stay(tmp_path: Path) -> None:
    lines = ["id\ttitle\ttext", 'a\t"Grain" on its way\t"Never," he said.', 'b\t6" pipes\tThe "desks" came.']
    found = read(write(tmp_path, "\n".join(lines), "in.tsv"))
    assert [(r.title, r.text) for r in reports(found)] == [
        ('"Grain" on its way', '"Never," he said.'),
        ('6" pipes', 'The "desks" came.'),
    ]


def test_quotes_escaped_by_backslash(tmp_path: Path) -> None:
    data = 'id,title,text\n"a","On \\"aid\\", again","He said: \\"We will, soon.\\""\n"b","Two","Three, four."\n'
    found = read(write(tmp_path, data))
    assert [(r.title, r.text) for r in reports(found)] == [
        ('On "aid", again', 'He said: "We will, soon."'),
        ("Two", "Three, four."),
    ]


def test_declared_delimiter_and_lines_above_the_header(tmp_path: Path) -> None:
    (first,) = read(write(tmp_path, "sep=;\r\nTitle;Body\r\nGrain, again;Aid, and more.\r\n"))
    assert isinstance(first, RawReport) and first.text == "Aid, and more."
    (second,) = read(write(tmp_path, "Search: aid\n\nExported 2021-01-13\n\nTitle,Body,Date\nGrain,Aid came.,2021\n"))
    assert isinstance(second, RawReport) and (second.id, second.text) == ("in.csv#1", "Aid came.")


def test_one_column_may_hold_commas(tmp_path: Path) -> None:
    found = read(write(tmp_path, "text\nAid came, and went.\n\nNo more, they said.\n"))
    assert [(r.id, r.text) for r in reports(found)] == [
        ("in.csv#1", "Aid came, and went."),
        ("in.csv#2", "No more, they said."),
    ]


def test_columns_are_named_by_the_user(tmp_path: Path) -> None:
    path = write(tmp_path, written([["Body", "Note", "Date"], ["Notes.", "Aid came.", "2021"]]))
    (report,) = read(path, text="note", title="Body", published="")
    assert isinstance(report, RawReport)
    assert (report.text, report.title, report.published) == ("Aid came.", "Notes.", None)
    assert report.content_sha256 != reports(read(path, text="Note"))[0].content_sha256


def test_missing_column_is_said_with_those_that_are_there(tmp_path: Path) -> None:
    path = write(tmp_path, written([HEADER, *ROWS]))
    (problem,) = read(path, text="Volltext")
    assert isinstance(problem, Problem) and problem.kind == "no-column"
    assert "'Volltext'" in problem.message and "id, Title, Date, Body" in problem.message
    (problem,) = read(write(tmp_path, "colour,size\nred,3\n"))
    assert isinstance(problem, Problem) and problem.kind == "no-text"
    assert "colour, size" in problem.message and "--map text=" in problem.message


def test_summaries_stand_in_and_are_marked(tmp_path: Path) -> None:
    only = reports(read(write(tmp_path, "title,summary\nGrain,Aid came.\n")))
    assert [(r.text, r.partial) for r in only] == [("Aid came.", True)]
    both = reports(read(write(tmp_path, "title,summary,text\nGrain,Aid came.,\nMilk,Short.,Long.\n")))
    assert [(r.text, r.partial) for r in both] == [("Aid came.", True), ("Long.", False)]


def test_cells_of_markup_become_their_words(tmp_path: Path) -> None:
    cell = "<p>Aid &amp; grain<br/>came.</p>\n<script>no()</script><ul><li>One</li><li>Two</li></ul>"
    (report,) = reports(read(write(tmp_path, written([["text"], [cell]]))))
    assert (
        report.text == "Aid & grain\ncame.\n\nOne\n\nTwo" or report.text.split() == "Aid & grain came. One Two".split()
    )
    assert "no()" not in report.text


def test_lists_of_pages_are_one_problem(tmp_path: Path) -> None:
    header = "stories_id,publish_date,title,url,language,media_name"
    pages = "1,2021-01-13,Grain,https://a.example/1,en,A\n2,2021-01-14,Milk,https://a.example/2,en,A\n"
    path = write(tmp_path, f"{header}\n{pages}")
    (problem,) = read(path)
    assert isinstance(problem, Problem) and problem.kind == "addresses-only"
    assert "2 pages" in problem.message and f"pledgetrail fetch {path}" in problem.message


def test_lists_of_events_without_a_header(tmp_path: Path) -> None:
    row = "\t".join(["7", "20210113", "AZE", '"', "0.5", "", "https://a.example/1"])
    (problem,) = read(write(tmp_path, f"{row}\n{row}\n", "20210113.export.CSV"))
    assert isinstance(problem, Problem) and problem.kind == "addresses-only" and "2 pages" in problem.message


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        ("b,Nul,2021,Aid\x00came.\n", "binary"),
        ("b,Aid, grain and milk,2021,Aid came.\n", "ragged"),
        ("b,Empty,2021,  \n", "empty"),
        ("b,Short,2021\n", "no-text"),
        ('"b\x07",Bell,2021,Aid came.\n', "bad-id"),
    ],
)
def test_bad_row_is_named_and_the_rest_goes_on(tmp_path: Path, rows: str, kind: str) -> None:
    path = write(tmp_path, "id,Title,Date,Body\na,One,2021,Aid came.\n" + rows + "c,Three,2021,Aid came.\n")
    found = read(path)
    assert [r.id for r in reports(found)] == ["a", "c"]
    (problem,) = problems(found)
    assert (problem.kind, problem.source) == (kind, f"{path}#2") and problem.source in problem.message


def test_blank_rows_and_spare_commas(tmp_path: Path) -> None:
    found = read(write(tmp_path, "id,text,,\na,Aid came.,,\n,,,\n\nb,Aid went.\n"))
    assert [r.id for r in reports(found)] == ["a", "b"] and not problems(found)


def test_open_quote_costs_its_own_row_only(tmp_path: Path) -> None:
    good = [["a", "One, two", "2021", "Aid came."]] * 30
    bad = 'x,"Two,2021,Aid\n'
    path = write(tmp_path, written([HEADER, *good]) + bad + written([["c", "Three", "2021", "Aid\ncame."]] * 30))
    found = read(path)
    assert len(reports(found)) == 60
    assert [p.kind for p in problems(found)] == ["broken-quotes"]
    many = read(write(tmp_path, written([HEADER, *good]) + bad * 99), Limits(line_bytes=500))
    assert len(reports(many)) == 30 and problems(many)


@pytest.mark.parametrize("line", [b"x" * 2000, b'"' + b"x" * 2000 + b"\n"], ids=["a line", "cells"])
def test_huge_fields_are_never_held(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "big.csv"
    with path.open("wb") as stream:
        stream.write(b"id,text\na,One.\n")
        for _ in range(50):
            stream.write(line * 100)
        stream.write(b"\nb,Two.\n")
    tracemalloc.start()
    settings = Settings(Limits(line_bytes=1 << 18))
    kept = [i for i in read_table(file_input(path, "big.csv", "big.csv"), settings) if isinstance(i, RawReport)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [report.id for report in kept][:2] == ["a", "b"] or line.startswith(b'"')
    assert kept[0].id == "a"
    assert peak < 5 << 20


def test_long_cells_within_the_limit_are_read(tmp_path: Path) -> None:
    (report,) = read(write(tmp_path, written([["text"], ["Aid came. " * 60_000]])))
    assert isinstance(report, RawReport) and len(report.text) == 600_000


@pytest.mark.parametrize(
    ("data", "kind"),
    [(b"", "empty"), (b"id,text\n", "empty"), (b"\n\n", "empty"), (bytes(range(1, 32)) * 99, "binary")],
)
def test_file_without_rows(tmp_path: Path, data: bytes, kind: str) -> None:
    assert [p.kind for p in problems(read(write(tmp_path, data)))] == [kind]


def test_same_name_twice_means_the_first(tmp_path: Path) -> None:
    (report,) = read(write(tmp_path, "text,date,date\nAid came.,2021,2022\n"))
    assert isinstance(report, RawReport) and report.published == "2021"


def test_numbers_for_dates(tmp_path: Path) -> None:
    given = ["20210113", "20210113083000", "1610524800", "1610524800000", "13 January 2021"]
    found = reports(read(write(tmp_path, written([["text", "date"], *[["Aid.", day] for day in given]]))))
    read_ = ["2021-01-13", "2021-01-13T08:30:00", "2021-01-13T08:00:00+00:00", "2021-01-13T08:00:00+00:00", given[-1]]
    assert [r.published for r in found] == read_


@given(st.binary(max_size=400))
def test_no_bytes_raise(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(b"id,text\n" + data)
    for item in read(path, Limits(line_bytes=64)):
        item.source.encode()
        if isinstance(item, RawReport):
            item.text.encode()


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8), st.sampled_from(",;\t|"))
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str]], delimiter: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "round.csv"
    cells = [[title, "." + text] for title, text in pairs]
    data = written([["title", "text"], *cells], delimiter=delimiter, quoting=csv.QUOTE_ALL)
    path.write_bytes(data.encode())
    found = read(path)
    assert [r.text for r in reports(found) if "</" not in r.text] == [t for _, t in cells if "</" not in t]
