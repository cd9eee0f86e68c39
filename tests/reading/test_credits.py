"""Who sent and wrote a report, and what its editors noted, is told apart from what it says."""

from __future__ import annotations

import pytest

from pledgetrail.reading import read
from pledgetrail.records import Document, RawReport

LEAD = "Norway will send two mobile bridges to the flooded valley of Arden, its foreign ministry said on Tuesday."
SECOND = "The bridges are worth 4 million crowns and should stand before the winter, according to the ministry."


def doc(text: str, **fields: str) -> Document:
    return read(RawReport(id="d", source="s", text=text, content_sha256="0", **fields))


def of(document: Document, *kinds: str) -> list[str]:
    return [document.text[b.start : b.end] for b in document.blocks if b.kind in kinds]


@pytest.mark.parametrize(
    ("opening", "place", "agency", "published"),
    [
        ("BAKU, May 16 (AA) – ", "BAKU", "Anadolu Agency", None),
        ("ISLAMABAD: ", "ISLAMABAD", None, None),
        ("(Reuters) - ", None, "Reuters", None),
        ("GENEVA/NEW YORK, 3 June 2024 – ", "GENEVA/NEW YORK", None, "2024-06-03"),
        ("KYIV, Ukraine (AP) — ", "KYIV, Ukraine", "Associated Press", None),
        ("PESHAWAR, Oct 12 (APP): ", "PESHAWAR", "Associated Press of Pakistan", None),
        ("Beirut, 4 August 2021 (dpa) -- ", "Beirut", "Deutsche Presse-Agentur", "2021-08-04"),
    ],
)
def test_datelines(opening: str, place: str | None, agency: str | None, published: str | None) -> None:
    found = doc(f"{opening}{LEAD}\n\n{SECOND}")
    assert (found.dateline, found.agency, found.published) == (place, agency, published)
    assert of(found, "body") == [LEAD, SECOND]


@pytest.mark.parametrize(
    ("credit", "agency"),
    [
        ("(With inputs from AFP)", "Agence France-Presse"),
        ("With inputs from agencies", None),
        ("With input from Reuters and agencies.", "Reuters"),
        ("Additional reporting from AFP", "Agence France-Presse"),
        ("[with agency inputs]", None),
        ("Source: Xinhua", "Xinhua"),
        ("—APP", "Associated Press of Pakistan"),
        ("(AP)", "Associated Press"),
        ("– Reuters", "Reuters"),
    ],
)
def test_sources_below_or_at_the_end(credit: str, agency: str | None) -> None:
    for gap in ("\n\n", " ") if credit[0] in "([—–" else ("\n\n",):
        found = doc(f"{LEAD}\n\n{SECOND}{gap}{credit}")
        assert of(found, "agency") == [credit]
        assert found.agency == agency
        assert of(found, "body") == [LEAD, SECOND]


@pytest.mark.parametrize(
    "credit",
    [
        "Reporting by Kari Moe in Oslo; editing by Anna Lund",
        "(Reporting by Kari Moe; Additional reporting by Tor Berg; Editing by Anna Lund)",
        "By Kari Moe",
    ],
)
def test_reporters(credit: str) -> None:
    found = doc(f"{LEAD}\n\n{SECOND}\n\n{credit}")
    assert found.author == "Kari Moe"
    assert of(found, "body") == [LEAD, SECOND]


def test_prose_is_no_credit() -> None:
    lines = [
        "The ministry said the bridges came with help from engineers in Oslo (with inputs from users).",
        "“We have paid for all of it,” the mayor said (and he meant the roads).",
        "Norway bought the reports from Reuters, and sold them to the county for 4 million crowns on Tuesday.",
    ]
    assert of(doc("\n\n".join(lines)), "body") == lines


@pytest.mark.parametrize(
    ("note", "rule"),
    [
        ("(Corrects paragraph 3 to say two bridges, not three)", "correction"),
        ("CORRECTION: An earlier version of this story gave the wrong number of bridges.", "correction"),
        ("Clarification: The bridges belong to the army.", "correction"),
        ("This article was amended on 5 June 2024 to give the price in crowns.", "correction"),
        ("This story has been updated at 14:05 on 6 June 2024 with words of the mayor.", "update"),
        ("(Adds mayor's words, background)", "update"),
    ],
)
@pytest.mark.parametrize("where", ["above", "below"])
def test_notes_of_the_editors(note: str, rule: str, where: str) -> None:
    text = f"{note}\n\n{LEAD}\n\n{SECOND}" if where == "above" else f"{LEAD}\n\n{SECOND}\n\n{note}"
    found = doc(text)
    assert of(found, "note") == [note]
    assert of(found, "body") == [LEAD, SECOND]
    assert [span.quote for span in found.corrections] == ([note] if rule == "correction" else [])
    assert found.updated == ("2024-06-06" if "6 June" in note else None)


def test_a_note_before_the_dateline() -> None:
    found = doc(f"(Adds ministry's words) OSLO, June 5 (Reuters) - {LEAD}\n\n{SECOND}")
    assert (found.dateline, found.agency) == ("OSLO", "Reuters")
    assert of(found, "note") == ["(Adds ministry's words)"]
    assert of(found, "body") == [LEAD, SECOND]


def test_corrections_in_a_sentence_are_read() -> None:
    line = "Norway corrected its pledge on Tuesday: it will pay 5 million crowns for the bridges, not 4 million."
    assert of(doc(f"{LEAD}\n\n{line}"), "body") == [LEAD, line]


@pytest.mark.parametrize(
    ("given", "outlet", "author", "agency"),
    [
        ("Kari Moe", None, "Kari Moe", None),
        ("Tor Berg", None, "Tor Berg", None),
        ("admin", None, "Kari Moe", None),
        ("Web Desk", None, "Kari Moe", None),
        ("The Arden Herald", "The Arden Herald", "Kari Moe", None),
        ("AFP", None, "Kari Moe", "Agence France-Presse"),
        (None, None, "Kari Moe", None),
    ],
)
def test_the_author_of_the_metadata(given: str | None, outlet: str | None, author: str, agency: str | None) -> None:
    fields = {name: value for name, value in (("author", given), ("outlet", outlet)) if value}
    found = doc(f"Bridges for the valley of Arden\n\nBy Kari Moe\n\n{LEAD}\n\n{SECOND}", **fields)
    assert (found.author, found.agency) == (author, agency)


def test_an_author_who_is_nobody_is_none() -> None:
    assert doc(LEAD, author="Staff Reporter").author is None
