from __future__ import annotations

import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.records import Problem, RawReport
from pledgetrail.sources import Settings
from pledgetrail.sources.addresses import addresses
from pledgetrail.sources.exports import export_reader
from pledgetrail.sources.inputs import Input
from pledgetrail.sources.text import read as read_text

FIELDED = """\
SE\tWorld
HD
Norway promises fishing boats to
islands hit by the wave

BY  By Ada Lund
WC
212 words
PD
3 February 2005
SN
Example Wire
SC
EXWIR
LA
English
CY
(c) 2005 Example Wire

LP
OSLO - Norway will give 40 boats to the islands, its minister said on Thursday.

TD
IN Colombo, officials thanked her.
Re-opening the harbour comes next.

IN it goes the ice plant, too.

CO
exbts : Example Boats ASA
IN
i0301 : Fishing
NS
gdis : Natural Disasters
RE
nord : Nordic Countries
PUB
Example Media AS
AN
Document EXWIR00020050203e1230001a
"""
SECOND = """
HD Boats have arrived
WC 30 words
PD 9 March 2005
SN Example Wire
LP
The first boats arrived on Wednesday.
AN Document EXWIR00020050309e1390002b

Search summary
Text\tboats
"""
COUNTED = """
                               1 of 2 DOCUMENTS


                             Example Daily (London)

                            January 13, 2021 Wednesday
                                 First Edition

Grain ships reach the port,
minister says

BYLINE: Jo Reed in Beirut

SECTION: WORLD; Pg. 4

LENGTH: 61 words

DATELINE: BEIRUT

BODY:
 The first ship came on Tuesday.

Subject to weather, two more follow.

LOAD-DATE: January 14, 2021

LANGUAGE: ENGLISH

PUBLICATION-TYPE: Newspaper

                         Copyright 2021 Example Papers
                              All Rights Reserved

                               2 of 2 DOCUMENTS

                              Example Sunday

                              January 17, 2021

Flour for bakers

LENGTH: 20 words

BODY:
Bakers got flour.

LOAD-DATE: January 18, 2021
"""
ENDED = """
Results for: grain
Documents (2)
1. Grain ships reach the port
2. Flour for bakers

Grain ships reach the port
Example Daily (London)
January 13, 2021 Wednesday

Copyright 2021 Example Papers All Rights Reserved

Section: WORLD; Pg. 4
Length: 61 words
Byline: Jo Reed
Body

The first ship came on Tuesday.

Two more follow.

Classification

Language: ENGLISH
Publication-Type: Newspaper
Load-Date: January 14, 2021

End of Document

Flour for bakers
Example Sunday
January 17, 2021
Length: 20 words
Body
Bakers got flour.
Load-Date: January 18, 2021
End of Document
"""


def item(data: str | bytes, name: str = "in.txt") -> Input:
    raw = data.encode() if isinstance(data, str) else data
    return Input(name, name, name, lambda: io.BytesIO(raw))


def read(data: str) -> list[RawReport | Problem]:
    return list(read_text(item(data), Settings()))


def report(found: RawReport | Problem) -> RawReport:
    assert isinstance(found, RawReport), found
    return found


def test_fielded_export_has_several_reports() -> None:
    first, second = map(report, read(FIELDED + SECOND))
    assert first.id == "EXWIR00020050203e1230001a" and second.id == "EXWIR00020050309e1390002b"
    assert first.title == "Norway promises fishing boats to islands hit by the wave"
    assert (first.author, first.outlet, first.published) == ("By Ada Lund", "Example Wire", "3 February 2005")
    assert (first.section, first.language) == ("World", "en")
    assert first.text.splitlines() == [
        "OSLO - Norway will give 40 boats to the islands, its minister said on Thursday.",
        "",
        "IN Colombo, officials thanked her.",
        "Re-opening the harbour comes next.",
        "",
        "IN it goes the ice plant, too.",
    ]
    assert (second.title, second.text) == ("Boats have arrived", "The first boats arrived on Wednesday.")


def test_windows_line_ends_change_nothing() -> None:
    for text in (FIELDED + SECOND, COUNTED, ENDED):
        plain, windows = read(text), read(text.replace("\n", "\r\n"))
        assert [report(a).text for a in plain] == [report(b).text for b in windows]
        assert [report(a).title for a in plain] == [report(b).title for b in windows]


def test_counted_export_has_several_reports() -> None:
    first, second = map(report, read(COUNTED))
    assert (first.id, second.id) == ("in.txt#1", "in.txt#2")
    assert first.title == "Grain ships reach the port, minister says"
    assert (first.outlet, first.published) == ("Example Daily (London)", "January 13, 2021 Wednesday")
    assert (first.author, first.section, first.language) == ("Jo Reed in Beirut", "WORLD; Pg. 4", "en")
    assert first.text == "The first ship came on Tuesday.\n\nSubject to weather, two more follow."
    assert (second.title, second.outlet, second.text) == ("Flour for bakers", "Example Sunday", "Bakers got flour.")


def test_ended_export_has_several_reports() -> None:
    first, second = map(report, read(ENDED))
    assert (first.outlet, first.published) == ("Example Daily (London)", "January 13, 2021 Wednesday")
    assert first.title == "Grain ships reach the port"
    assert (first.author, first.section, first.language) == ("Jo Reed", "WORLD; Pg. 4", "en")
    assert first.text == "The first ship came on Tuesday.\n\nTwo more follow."
    assert (second.title, second.outlet, second.text) == ("Flour for bakers", "Example Sunday", "Bakers got flour.")


def test_record_without_a_text_is_named() -> None:
    broken = SECOND.replace("The first boats arrived on Wednesday.\n", "")
    first, problem = read(FIELDED + broken)
    assert isinstance(first, RawReport)
    assert isinstance(problem, Problem) and (problem.kind, problem.source) == ("no-text", "in.txt#2")


@pytest.mark.parametrize(
    "text",
    [
        "HD stands for headline. Document 12 was signed on 3 of 25 pages.",
        "LENGTH: 200 words\n\nBody\n\nNo end.",
        "A text.\n\nEnd of Document\n",
        "BODY:\nLoad-Date: none",
    ],
)
def test_other_texts_are_one_report(text: str) -> None:
    assert export_reader(text) is None
    assert report(*read(text)).text == text


@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    for export in (FIELDED, COUNTED, ENDED):
        at = len(text) * 7 % len(export)
        mixed = export[:at] + text + export[at:]
        reader = export_reader(mixed)
        for found in reader(mixed, "in.txt", "in.txt") if reader else ():
            assert isinstance(found, Problem) or found.text.strip()


LIST = "# pages\nhttps://a.example/1\n\nhttp://b.example/2?q=1,2\n"
CSV = "id,url,title\n1,https://a.example/1,Grain\n2,,None\n3,http://b.example/2?q=1,Milk\n"
EVENTS = "\t".join(["1", "20210113", "", "0.5", "https://a.example/1"]) + "\n"
PAGES = [{"title": "Grain", "url": "https://a.example/1"}, {"title": "None"}, {"url": "http://b.example/2"}]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (LIST, ["https://a.example/1", "http://b.example/2?q=1,2"]),
        (CSV, ["https://a.example/1", "http://b.example/2?q=1"]),
        (EVENTS * 2, ["https://a.example/1"] * 2),
        (json.dumps(PAGES), ["https://a.example/1", "http://b.example/2"]),
        (json.dumps({"articles": PAGES}), ["https://a.example/1", "http://b.example/2"]),
        ("\n".join(map(json.dumps, PAGES)), ["https://a.example/1", "http://b.example/2"]),
        ("", []),
        ("A report without any.", []),
        (b"\x00\x01\x02" * 99, []),
    ],
)
def test_addresses_of_any_list(data: str | bytes, expected: list[str]) -> None:
    assert list(addresses(item(data), Settings())) == expected


def test_addresses_in_parquet(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    pq.write_table(pa.table({"url": ["https://a.example/1", None, "n/a"]}), path)
    assert list(addresses(item(path.read_bytes()), Settings())) == ["https://a.example/1"]
    assert list(addresses(item(path.read_bytes()[:90]), Settings())) == []


def test_list_of_addresses_is_no_report() -> None:
    (problem,) = read(LIST)
    assert isinstance(problem, Problem) and problem.kind == "addresses-only" and "2 pages" in problem.message
