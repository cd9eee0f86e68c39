"""A body that was pasted twice is read once; what is only alike is read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pledgetrail.reading import read
from pledgetrail.records import Document, RawReport

PARAGRAPHS = [
    "Norway will send two mobile bridges to the flooded valley of Arden, its foreign ministry said on Tuesday.",
    "The bridges are worth 4 million crowns and should stand before the winter, according to the ministry in Oslo.",
    "Local engineers asked for help after three crossings were washed away in the first week of October.",
    "The county of Arden has paid for the repair of roads so far, and hopes that the capital will share the costs.",
    "Without the bridges, Mayor Kari Moe said, children from the upper villages cannot reach their school in snow.",
]
BODY = "\n\n".join(PARAGRAPHS)


def doc(text: str) -> Document:
    return read(RawReport(id="d", source="s", text=text, content_sha256="0"))


def of(document: Document, kind: str) -> list[str]:
    return [document.text[b.start : b.end] for b in document.blocks if b.kind == kind]


def edited(text: str) -> str:
    """A few words changed or cut, as an editor does between two versions; names and figures stay."""
    for old, new in (
        ("its foreign ministry said on Tuesday", "the foreign ministry said on Tuesday"),
        ("according to the ministry in Oslo", "the ministry in Oslo says"),
        ("asked for help", "had asked for help"),
        ("so far, and hopes", "so far. It hopes"),
        ("cannot reach their school", "can not reach the school"),
    ):
        assert old in text
        text = text.replace(old, new)
    return text


COPIES = {
    "exact": BODY,
    "single breaks": "\n".join(PARAGRAPHS),
    "one paragraph": " ".join(PARAGRAPHS),
    "double spaces": BODY.replace(" ", "  "),
    "no-break spaces": BODY.replace(" ", "\u00a0"),
    "quotes and dashes": BODY.replace("-", "–").replace("'", "’"),
    "capitals": BODY.upper(),
    "edited": edited(BODY),
    "edited in one paragraph": edited(" ".join(PARAGRAPHS)),
    "one paragraph less": "\n\n".join(PARAGRAPHS[:2] + PARAGRAPHS[3:]),
    "split in sentences": BODY.replace(", and hopes", ".\n\nIt hopes"),
}


@pytest.mark.parametrize("between", ["", "Norway sends mobile bridges to flooded Arden\n\n", "Advertisement\n\n"])
@pytest.mark.parametrize("name", COPIES)
def test_a_second_copy_is_read_once(name: str, between: str) -> None:
    found = doc(f"{BODY}\n\n{between}{COPIES[name]}")
    copied = len(COPIES[name].split()) - 6 * ("split" in name)
    repeated = sum(len(words.split()) for words in of(found, "repeat"))
    assert repeated >= 0.9 * copied
    assert of(found, "body")[: len(PARAGRAPHS)] == PARAGRAPHS


def test_the_first_copy_may_be_the_joined_one() -> None:
    found = doc(f"{' '.join(PARAGRAPHS)}\n\n{BODY}")
    assert of(found, "repeat") == PARAGRAPHS


PARALLEL = [
    # one sentence for each donor
    [f"{who} has pledged {n} million dollars for rebuilding schools in the flooded valley, its foreign"
     " ministry said in a statement on Tuesday after the meeting of donors." for who, n in
     (("Norway", 4), ("Sweden", 4), ("Denmark", 4), ("Finland", 6))],
    # the same donor and sentence, other sums
    [f"Norway has pledged {n} million dollars for rebuilding schools in the flooded valley, its foreign"
     f" ministry said on the {k} day of the meeting of donors." for n, k in ((4, "first"), (9, "second"))],
    # a refrain
    ["We ask for bridges.", *PARAGRAPHS[:2], "We ask for bridges.", *PARAGRAPHS[2:4], "We ask for bridges."],
    # a list under two headings
    ["Norway:", "10 tents and 20 blankets for each of the villages",
     "Sweden:", "12 tents and 20 blankets for each of the villages"],
    # sentences that differ in a noun
    [f"The fund will spend 4 million crowns on the repair of {what} in the valley of Arden before the winter."
     for what in ("schools", "roads", "clinics", "water pipes", "bridges")],
]  # fmt: skip


@pytest.mark.parametrize("paragraphs", PARALLEL, ids=["donors", "sums", "refrain", "lists", "nouns"])
def test_parallel_paragraphs_are_all_read(paragraphs: list[str]) -> None:
    found = doc("\n\n".join(paragraphs))
    lost = [words for words in of(found, "repeat") if len(words.split()) > 4]
    assert not lost


def test_the_lead_again_without_its_dateline() -> None:
    found = doc(f"OSLO, June 3 (Reuters) - {BODY}\n\nNorway sends bridges\n\n{PARAGRAPHS[0]}")
    assert of(found, "repeat") == [PARAGRAPHS[0]]
    assert of(found, "body") == PARAGRAPHS


def test_a_new_figure_in_a_copy_is_read() -> None:
    newer = PARAGRAPHS[1].replace("4 million", "6 million")
    found = doc("\n\n".join([BODY, PARAGRAPHS[0], newer, *PARAGRAPHS[2:]]))
    assert newer in of(found, "body")
    assert of(found, "repeat") == [PARAGRAPHS[0], *PARAGRAPHS[2:]]


def test_a_new_name_in_a_copy_is_read() -> None:
    newer = PARAGRAPHS[4].replace("Kari Moe", "Anna Lund")
    found = doc("\n\n".join([BODY, *PARAGRAPHS[:4], newer]))
    assert newer in of(found, "body")


@settings(max_examples=30)
@given(
    st.lists(st.sampled_from([*PARAGRAPHS, "a", "a a a a a a a a a", "Ad"]), max_size=30),
    st.sampled_from(["\n", " ", "\n\n"]),
)
def test_what_is_repeated_stands_above(lines: list[str], mark: str) -> None:
    found = doc(mark.join(lines))
    words = " ".join(of(found, "body") + of(found, "title") + of(found, "heading")).casefold()
    for repeated in of(found, "repeat"):
        assert set(repeated.casefold().split()) <= set(words.split()) | {"a", "ad"}
