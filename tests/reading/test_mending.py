"""Wrongly decoded words are read as meant and quoted as they came in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.reading import mend, read
from pledgetrail.reading.mending import repair
from pledgetrail.records import RawReport

MEANT = "“Türkiye’s help for Şuşa, Ağdam and Bakı – €5 million – is naïve,” José Müller said. Île-de-France: 10°C."


def garbled(text: str, times: int = 1) -> str:
    """The text as it looks after its UTF-8 bytes were taken for Windows-1252."""
    import ftfy.bad_codecs  # noqa: F401

    for _ in range(times):
        text = text.encode("utf-8").decode("sloppy-windows-1252")
    return text


@pytest.mark.parametrize("times", [1, 2])
def test_garbled_text_is_read_as_meant(times: int) -> None:
    assert repair(garbled(MEANT, times)).text == MEANT


@pytest.mark.parametrize(
    "text",
    [MEANT, "“É”", "He said: “PERÚ’s”", "CAFÉ—now", "VOILÀ…", "“ÜBER“", "naïve café", "São Tomé’s", "À «Paris»", ""],
)
def test_clean_text_is_left_alone(text: str) -> None:
    assert repair(text) is not None and repair(text).text == text and not repair(text).pieces


def test_offsets_lead_back() -> None:
    text = garbled("The café’s owner")
    whole = repair(text)
    start = whole.text.index("café")
    assert text[slice(*whole.original(start, start + 4))] == garbled("café")
    at = whole.text.index("’")
    assert text[slice(*whole.original(at, at + 1))] == "â€™"
    assert text[slice(*whole.original(at + 1, at + 2))] == "s"
    assert whole.repaired(*whole.original(start, at)) == (start, at)


pieces = st.lists(st.sampled_from(["aid ", "’", "ü", "é”", "“", "5", " – ", "Ş", "â", "Ã", "€", "\n"]), max_size=12)


@given(pieces, st.data())
def test_spans_go_both_ways(parts: list[str], data: st.DataObject) -> None:
    text = "".join(garbled(p) if data.draw(st.booleans()) else p for p in parts)
    whole = repair(text)
    rest, at = "", 0
    for start, end, first, last in whole.pieces:
        assert whole.original(start, end) == (first, last) and whole.repaired(first, last) == (start, end)
        rest += text[at:first] + whole.text[start:end]
        at = last
    assert rest + text[at:] == whole.text
    start = data.draw(st.integers(0, len(whole.text)))
    end = data.draw(st.integers(start, len(whole.text)))
    first, last = whole.original(start, end)
    assert 0 <= first <= last <= len(text)
    if start < end:
        assert first < last
        again = whole.repaired(first, last)
        assert again[0] <= start and end <= again[1]
    if not any(a < end and start < b for a, b, _, _ in whole.pieces):
        assert text[first:last] == whole.text[start:end]


def test_a_garbled_report_is_parted_as_a_clean_one() -> None:
    lead = "BAKU, May 16 (AA) – Azerbaijan’s president thanked Türkiye for its help on Monday, officials said."
    text = f"{lead}\n\nIt’s a start."
    clean = read(RawReport(id="d", source="s", text=text, content_sha256=""))
    found = read(RawReport(id="d", source="s", text=garbled(text), content_sha256="", title=garbled("Bakı’s thanks")))
    assert (found.dateline, found.agency, found.title) == ("BAKU", "Anadolu Agency", "Bakı’s thanks")
    assert found.text == garbled(text)
    assert [garbled(text[b.start : b.end]) for b in clean.blocks] == [found.text[b.start : b.end] for b in found.blocks]
    meant = mend(found)
    assert meant.text == text and [(b.kind, b.start, b.end) for b in meant.blocks] == [
        (b.kind, b.start, b.end) for b in clean.blocks
    ]
    assert mend(clean) is clean
