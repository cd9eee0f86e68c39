from __future__ import annotations

import io
import re
import zlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdf_writer import pdf, placed, stream_of

from pledgetrail.records import Problem, RawReport
from pledgetrail.sources import Limits, Settings
from pledgetrail.sources.inputs import Input
from pledgetrail.sources.pdf import read as read_pdf
from pledgetrail.sources.pdf_layout import Line, lines_of, paragraphs
from pledgetrail.sources.pdf_text import content

RELEASE = """\
Norway to rebuild three harbours

The government of Norway will give 40 million kroner for the re-
construction of three harbours, its minister of fisheries said on
Thursday in Oslo. The work is a long-
term undertaking.

The first boats leave in May.\
"""
META = {"Title": "Norway to rebuild three harbours", "Author": "Jo Clerk", "CreationDate": "D:20050203080000Z"}


def read(data: bytes, limits: Limits | None = None) -> list[RawReport | Problem]:
    item = Input("in.pdf", "in.pdf", "in.pdf", lambda: io.BytesIO(data))
    return list(read_pdf(item, Settings(limits or Limits())))


def kinds(found: list[RawReport | Problem]) -> list[str]:
    return [item.kind for item in found if isinstance(item, Problem)]


def page(text: str) -> list[tuple[str, float, float]]:
    return placed(text.splitlines())


def test_lines_become_paragraphs_and_metadata_are_checked() -> None:
    (report,) = read(pdf([page(RELEASE)], META))
    assert isinstance(report, RawReport)
    assert report.text.split("\n\n") == [
        "Norway to rebuild three harbours",
        "The government of Norway will give 40 million kroner for the reconstruction of three harbours, its minister "
        "of fisheries said on Thursday in Oslo. The work is a long-term undertaking.",
        "The first boats leave in May.",
    ]
    assert (report.title, report.author) == ("Norway to rebuild three harbours", None)
    assert (report.published, report.guessed) == (None, "2005-02-03")


def test_title_of_a_form_is_not_believed() -> None:
    (report,) = read(pdf([page(RELEASE)], {"Title": "Microsoft Word - press release form.doc"}))
    assert isinstance(report, RawReport) and report.title is None


def test_pages_are_joined_without_heads_and_numbers() -> None:
    texts = [
        "Ministry of Fisheries\n\nThe first harbour was opened in May by the",
        "Ministry of Fisheries\n\nminister. The second follows.",
        "Ministry of Fisheries\n\nThe third is planned.",
    ]
    pages = [[*page(text), (f"Page {n} of 3", 280, 40)] for n, text in enumerate(texts, start=1)]
    (report,) = read(pdf(pages))
    assert isinstance(report, RawReport)
    assert report.text == (
        "The first harbour was opened in May by the minister. The second follows.\n\nThe third is planned."
    )


def test_columns_are_read_one_after_the_other() -> None:
    left = placed(["Norway gives boats and", "nets to the islands, and", "will build two"])
    right = placed(["harbours there. Japan", "gives rice and blankets,", "its minister said."], left=320)
    (report,) = read(pdf([[*left, *right]]))
    assert isinstance(report, RawReport)
    assert report.text == (
        "Norway gives boats and nets to the islands, and will build two harbours there. "
        "Japan gives rice and blankets, its minister said."
    )


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ("the recon-", "struction of", "the reconstruction of"),
        ("a long-", "term plan", "a long-term plan"),
        ("a Franco-", "German fund", "a Franco-German fund"),
        ("the UN-", "led talks", "the UN-led talks"),
        ("the cease-", "fire of the cease-fire", "the cease-fire of the cease-fire"),
        ("over 2020-", "2021 it", "over 2020- 2021 it"),
        ("it came -", "late", "it came - late"),
    ],
)
def test_words_broken_at_line_ends(first: str, second: str, joined: str) -> None:
    assert paragraphs([[Line(first, 72, 100, 11), Line(second, 72, 86, 11)]]) == joined


def test_scan_without_text_is_said_to_be_one() -> None:
    (problem,) = read(pdf([b"q 612 0 0 792 0 0 cm Q", page("1")]))
    assert isinstance(problem, Problem) and problem.kind == "no-text"
    assert "2 pages" in problem.message and "OCR" in problem.message


def test_letters_without_meaning_are_no_text() -> None:
    assert kinds(read(pdf([page("\n".join(["#$%&()*+,-./0123456789:;<=>?@[]^_`{|}~ abc"] * 20))]))) == ["no-text"]


def test_encrypted_file_is_named() -> None:
    keys = f"/Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <{'ab' * 32}> /U <{'cd' * 32}>"
    data = pdf([page(RELEASE)], more=f" /Encrypt << {keys} >> /ID [<{'ef' * 16}> <{'ef' * 16}>]")
    (problem,) = read(data)
    assert isinstance(problem, Problem) and problem.kind == "encrypted" and "password" in problem.message


def test_page_that_cannot_be_read_does_not_take_the_others_along() -> None:
    data = pdf([page(RELEASE), page("The second page is lost and gone.")])
    start = data.rindex(b"stream\n", 0, data.rindex(b"endstream")) + 7
    broken = data[:start] + bytes(8) + data[start + 8 :]
    found = content(io.BytesIO(broken), 10, 10_000)
    assert "problem" not in found
    assert any("Norway" in piece[0] for piece in found["pages"][0])
    assert not any("second" in piece[0] for piece in found["pages"][1])


BROKEN = pdf([page(RELEASE)])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-1.7",
        b"%PDF-1.7\n" + b"\x00" * 2000,
        b"%PDF-1.7\n" + b"[" * 20_000,
        BROKEN[:200],
        re.sub(rb"/Kids \[.*?\]", b"/Kids [2 0 R]", BROKEN),  # the tree of pages is its own branch
        BROKEN.replace(b"/Root 1 0 R", b"/Root 9 0 R"),
        BROKEN.replace(b"/Contents 4 0 R", b"/Contents 5 0 R"),
        BROKEN.replace(b"/Count 1", b"/Count 99999999"),
    ],
    ids=["empty", "mark", "zeros", "brackets", "cut", "loop", "no root", "page as content", "count"],
)
def test_broken_file_is_a_problem(data: bytes) -> None:
    found = content(io.BytesIO(data), 10, 10_000)
    assert found.get("problem", [""])[0] in {"corrupt", "too-long"} or not any(found["pages"]) or "Norway" in str(found)


@pytest.mark.parametrize(
    ("data", "limits", "kind"),
    [
        (b"no PDF at all", Limits(), "corrupt"),
        (BROKEN, Limits(record_bytes=100), "too-long"),
        (pdf([page(RELEASE)] * 4), Limits(pdf_pages=3), "too-long"),
        (BROKEN, Limits(text_bytes=100), "too-long"),
        (pdf([stream_of(page(RELEASE)) + b" q Q" * 3_000_000]), Limits(seconds=1), "too-slow"),
    ],
    ids=["no PDF", "bytes", "pages", "characters", "seconds"],
)
def test_what_is_too_much_is_not_read(data: bytes, limits: Limits, kind: str) -> None:
    assert kinds(read(data, limits)) == [kind]


def test_content_that_unpacks_without_end_is_refused() -> None:
    bomb = zlib.compress(zlib.compress(b"0 " * 60_000_000, 9), 9)
    plain = pdf([page(RELEASE)])
    body = b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%s\nendstream" % (len(bomb), bomb)
    data = re.sub(rb"<< /Length.*?endstream", lambda _: body, plain, count=1, flags=re.DOTALL)
    assert kinds(read(data)) in (["no-text"], ["corrupt"], ["damaged", "no-text"], ["too-slow"])


NUMBERS = st.floats(-500, 1000)
PIECES = st.lists(st.tuples(st.text(max_size=12), NUMBERS, NUMBERS, st.floats(0, 40)), max_size=12)


@given(st.lists(PIECES, max_size=4))
def test_layout_loses_no_words(pages: list[list[tuple[str, float, float, float]]]) -> None:
    """Hyphens at line ends, numbers and heads of pages aside, what is drawn is in the text."""
    lines = [lines_of(pieces) for pieces in pages]
    text = paragraphs(lines)
    letters = Counter(c for page in lines for line in page for c in line.text if c.isalpha())
    kept = Counter(c for c in text if c.isalpha())
    assert not kept - letters
    if all(len(page) == 0 for page in lines):
        assert text == ""
