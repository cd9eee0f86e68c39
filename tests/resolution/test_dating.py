"""Reports without a date, dated by their text and by their siblings."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pledgetrail.reading import read
from pledgetrail.records import Document, RawReport
from pledgetrail.resolution.dates.clues import Clues, clues, pack, unpack
from pledgetrail.resolution.dates.dating import Dating, Step, date_reports

DAY = dt.date.fromisoformat

#: Reports of an invented aid conference of three invented ministers. The second names the day without its year.
HERALD = (
    "Turkey, Georgia and Azerbaijan want to rebuild the Vardoz bridge\n\n"
    "On Wednesday, after a trilateral meeting in Trabzon, Turkey, Georgia and Azerbaijan agreed to rebuild the Vardoz "
    "bridge, Minister Nodar Kelivadze said.\n\n"
    "Kelivadze, Orhan Tasdemirli and Rauf Qasimzal visited the Vardoz bridge, Trabzon and the port of Hopali.\n"
)
COURIER = (
    "Three states and a bridge\n\n"
    "Nodar Kelivadze, Orhan Tasdemirli and Rauf Qasimzal of Georgia, Turkey and Azerbaijan signed papers for the "
    "Vardoz bridge when they came to Trabzon for their third trilateral meeting on May 12.\n\n"
    "Observers in Trabzon, Hopali and Kelivadze's own party call the plan by Tasdemirli and Qasimzal a good one.\n"
)
AGENCY = (
    "Ministers arrive in Trabzon\n\n"
    "Nodar Kelivadze of Georgia arrived in Trabzon on Tuesday.\n\n"
    "Kelivadze, Orhan Tasdemirli and Rauf Qasimzal will take part in the third trilateral meeting of Georgia, Turkey "
    "and Azerbaijan in Trabzon, on the plan to rebuild the Vardoz bridge.\n\n"
    "Observers in Hopali said that Qasimzal and Tasdemirli are on good terms.\n"
)
UNRELATED = (
    "Seed for farmers\n\nA wheat programme for farmers in Kenya was launched in Nakuru on Wednesday, organisers said.\n"
)


def document(name: str, text: str, published: str | None = None, outlet: str | None = None) -> Document:
    return read(RawReport(name, "here", text, "", published=published, outlet=outlet))


def told(*documents: Document) -> dict[str, Dating]:
    return date_reports(clues(d) for d in documents)


FAMILY = (
    document("herald", HERALD),
    document("courier", COURIER),
    document("agency", AGENCY, "2021-05-11"),
    document("seed", UNRELATED),
)


def test_siblings_date_each_other() -> None:
    found = told(*FAMILY)
    assert found["herald"].edtf == "2021-05-12"
    assert (found["herald"].earliest, found["herald"].latest) == (DAY("2021-05-12"), DAY("2021-05-13"))
    assert found["herald"].basis == "from sibling reports"
    assert found["courier"].earliest == DAY("2021-05-12")
    assert found["courier"].latest == DAY("2021-05-12") + dt.timedelta(days=244)


def test_the_chain_names_both_sides_and_stands_in_the_texts() -> None:
    texts = {d.id: d.text for d in FAMILY}
    for dating in told(*FAMILY).values():
        steps: list[Step] = [*dating.chain, *(s for c in dating.contradictions for s in c)]
        assert all(texts[s.document][s.start : s.end] == s.quote for s in steps)
    chain = told(*FAMILY)["herald"].chain
    assert {"herald", "agency"} <= {s.document for s in chain}
    assert any("Wednesday" in s.quote for s in chain)


def test_nothing_follows_without_siblings() -> None:
    assert told(FAMILY[0], FAMILY[3]) == {}


def test_a_weekday_that_the_siblings_date_is_not_dates_nothing() -> None:
    other = document("herald", HERALD.replace("Wednesday", "Friday"))
    dating = told(other, *FAMILY[1:]).get("herald")
    assert dating is None or dating.edtf != "2021-05-12"


def test_siblings_of_different_years_are_a_contradiction() -> None:
    """12 May is a Wednesday in 2021 and in 2010; one cannot tell which of two such meetings is meant."""
    later = document("agency 2", AGENCY, "2021-05-11")
    earlier = document("agency 1", AGENCY, "2010-05-11")
    dating = told(FAMILY[0], document("a", COURIER, "2021-05-13"), document("b", COURIER, "2010-05-13"), later, earlier)
    assert dating["herald"].edtf is None
    assert dating["herald"].contradictions
    assert {"a", "b"} <= {s.document for c in dating["herald"].contradictions for s in c}


def test_a_day_told_as_past_bounds_the_report() -> None:
    text = "The envoys met in Baku to speak of repairs. The truce was signed by both armies on November 10, 2020.\n"
    dating = told(document("x", text))["x"]
    assert (dating.edtf, dating.basis, dating.latest) == ("2020-11-10/..", "stated", None)
    assert dating.chain[0].quote.endswith("November 10, 2020")


@pytest.mark.parametrize(
    "text",
    [
        "The bridge will be opened on November 10, 2020, the mayor said.",
        "Applications close on November 10, 2020.",
        "The mayor announced that tolls expire on November 10, 2020.",
        "The mayor spoke of the November 10, 2020 deadline.",
        "The bridge was opened on 10/11/2020.",
    ],
)
def test_a_day_that_may_be_ahead_bounds_nothing(text: str) -> None:
    assert told(document("x", f"A new bridge in Hopali.\n\n{text}\n")) == {}


def test_dated_reports_are_not_in_the_result() -> None:
    assert set(told(*FAMILY)) <= {d.id for d in FAMILY if d.published is None}


def test_the_lead_of_an_office_keeps_the_whole_week() -> None:
    office = document("herald", HERALD, outlet="Ministry of Transport")
    dating = told(office, *FAMILY[1:])["herald"]
    assert (dating.earliest, dating.latest) == (DAY("2021-05-12"), DAY("2021-05-18"))
    assert dating.edtf == "2021-05-12/2021-05-18"


def test_clues_survive_storage() -> None:
    for found in map(clues, FAMILY):
        assert unpack(json.loads(json.dumps(pack(found)))) == found


def test_clues_of_an_empty_document() -> None:
    found = clues(document("empty", ""))
    assert not found.tellings and not found.names and not found.dated


POOL = [
    clues(d)
    for d in (
        *FAMILY,
        document("herald 2", HERALD),
        document("agency 2", AGENCY, "2021-05-11"),
        document("agency 3", AGENCY, "2010-05-11"),
        document("month", AGENCY, "2021-05"),
        document("courier 2", COURIER, "2021-05-13"),
        document("friday", HERALD.replace("Wednesday", "Friday")),
    )
]


@settings(max_examples=40, deadline=None)
@given(st.permutations(POOL), st.integers(0, len(POOL)))
def test_order_makes_no_difference(pool: Sequence[Clues], count: int) -> None:
    some = pool[:count]
    assert date_reports(some) == date_reports(sorted(some, key=lambda c: c.document))


@settings(max_examples=40, deadline=None)
@given(st.sets(st.integers(0, len(POOL) - 1)))
def test_what_is_known_only_narrows(chosen: set[int]) -> None:
    """A report is never dated before a day that it tells as past, and never at an end without the other's order."""
    some = [replace(POOL[i], past=None) for i in chosen]
    for dating in date_reports(some).values():
        assert not (dating.earliest and dating.latest) or dating.earliest <= dating.latest
    bounded = [replace(c, past=next((t for t in c.tellings if t.when and t.when.full), None)) for c in some]
    for document_id, dating in date_reports(bounded).items():
        past = next(c.past for c in bounded if c.document == document_id)
        if past and past.when and past.when.full and dating.earliest:
            assert dating.earliest >= past.when.full


def test_an_unrelated_report_changes_nothing() -> None:
    alone = told(*FAMILY[:3])
    assert told(*FAMILY) == alone


def test_the_five_founding_reports() -> None:
    folder = Path(os.environ.get("SHARED", "../shared")) / "seeds"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there: it is no part of the repository")
    files = sorted(folder.iterdir())
    texts = [(f.name[:3], f.read_text(encoding="utf-8").removeprefix("\ufeff")) for f in files]
    found = told(*(document(name, text) for name, text in texts))
    assert found["000"].edtf == "2021-01-13"
    assert found["003"].edtf == "2020-11-10/.."
    assert set(found) == {"000", "001", "003"}
    assert found["001"].earliest == DAY("2021-01-13")


def test_copies_of_one_text_are_one_sibling() -> None:
    """The flood appeal has its prime minister visit on a Monday; three reports of one wire have donors meet on one."""
    folder = Path(__file__).parents[2] / "samples" / "reports" / "pakistan-floods"
    names = ("01-flash-appeal.txt", "07-geneva-wire.txt")
    appeal, wire = (clues(read(RawReport(n, n, (folder / n).read_text(encoding="utf-8"), ""))) for n in names)
    copies = [replace(wire, document=f"copy {number}") for number in range(4)]
    found = [appeal, wire, *copies]
    alone = date_reports(found)
    assert appeal.document in alone, "five reports add up"
    origins = {copy.document: wire.document for copy in copies}
    assert appeal.document not in date_reports(found, origins)
