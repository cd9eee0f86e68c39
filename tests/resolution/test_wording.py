"""Contested words are found with whose words they are, and told by source; a lexicon's mistakes by their line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.reading import read
from pledgetrail.records import Document, RawReport
from pledgetrail.resolution.disputes.claims import Report
from pledgetrail.resolution.wordings.lexicon import KINDS, read_lexicon, shipped
from pledgetrail.resolution.wordings.wording import Naming, contested, find_wording, source_of, table

KARABAKH = (
    "The army of Azerbaijan liberated the city of Shusha, the ministry said.\n\n"
    "Armenian officials said that Shushi had been occupied and that 40 soldiers were killed."
)


def document(text: str, name: str = "d", **more: Any) -> Document:
    return read(RawReport(id=name, source="test", text=text, content_sha256="", **more))


def found(text: str, **more: Any) -> list[Naming]:
    return list(find_wording(document(text, **more)))


def terms(text: str) -> set[tuple[str, str]]:
    return {(n.topic, n.term) for n in found(text)}


def test_each_side_s_words_are_found() -> None:
    assert terms(KARABAKH) == {
        ("Karabakh: Shusha", "Shusha"),
        ("Karabakh: Shusha", "Shushi"),
        ("Karabakh: territory", "liberated"),
        ("Karabakh: territory", "occupied"),
        ("Karabakh: deaths", "killed"),
    }


@pytest.mark.parametrize(
    "text",
    [
        "The gallery in Baku liberated its budget from rules.",
        "The chef in Yerevan killed the lights.",
        "Fighter jets crossed Syria.",
        "The Tigray People's Liberation Front took part in talks in the region.",
        "Trade across the Gulf of Mexico grew.",
        "Two terrorists were named in a novel.",  # no case is spoken of
        "The People's Republic of China wrote to the league.",
    ],
)
def test_other_uses_of_the_words_are_left_out(text: str) -> None:
    assert not {t for t in terms(text) if t[1] not in ("Taiwan",)}


def test_the_longest_name_of_a_topic_counts_and_capitals_matter() -> None:
    assert terms("Nagorno-Karabakh was the subject. ISIS was another. It is so.") == {
        ("Karabakh: the region", "Nagorno-Karabakh"),
        ("The group that calls itself Islamic State", "ISIS"),
    }
    assert terms("The isis is a river.") == set()


def test_whose_words_they_are() -> None:
    text = (
        '"Our troops liberated the town of Kherson," said Oleksandr Hrytsenko. '
        'Ukraine rejects the term "special military operation". '
        "Ukraine speaks of an invasion of Ukraine. It has called them ‘terrorists’ in Ukraine."
    )
    voices = {n.term: (n.voice, n.speaker) for n in found(text)}
    assert voices["liberated"] == ("quoted", "Oleksandr Hrytsenko")
    assert voices["special military operation"] == ("marked", None)
    assert voices["invasion"] == ("own", None)
    assert voices["terrorists"] == ("marked", None)


def test_a_speaker_may_stand_before_and_a_pronoun_names_nobody() -> None:
    before = found('President Ilham Karimli said: "We liberated our lands in Karabakh and the people are glad."')
    assert {n.speaker for n in before if n.term == "liberated"} == {"President Ilham Karimli"}
    pronoun = found('"We liberated our lands in Karabakh and the people are glad," he said.')
    assert {n.speaker for n in pronoun if n.term == "liberated"} == {None}


def test_the_sentence_decides_the_case_before_the_report() -> None:
    first, second = "Syria and Syrians waited.", "In Ukraine the army recaptured the town of Lyman."
    text = f"{first}\n\n{second}\n\nThen it recaptured a village."
    topics = [n.topic for n in found(text) if n.term == "recaptured"]
    assert topics == ["Ukraine: territory", "Syria: territory"]


def test_other_languages_and_chrome_are_left_out() -> None:
    assert not list(find_wording(Document("d", "s", KARABAKH, "", "", (), language="de")))
    assert not list(find_wording(Document("d", "s", KARABAKH, "", "", ())))


words = st.sampled_from(
    [
        *KARABAKH.split(" "),
        "“",
        '"',
        "'",
        "\n\n",
        "Artsakh",
        "Da’esh",
        "é",
        "😀",
        "said",
        "ISIS",
        "KARABAKH",
        "the Gulf",
        ".",
    ]
)


@given(st.lists(words, max_size=60).map(" ".join))
def test_offsets_hold_in_any_text(text: str) -> None:
    report = document(text)
    namings = list(find_wording(report))
    for n in namings:
        for span in (n.span, n.sentence):
            assert report.text[span.start : span.end] == span.quote
        assert n.sentence.start <= n.span.start < n.span.end <= n.sentence.end
    order = [n.span.start for n in namings]
    assert namings == list(find_wording(report)) and len(set(namings)) == len(namings) >= len(set(order))


def test_the_table_counts_reports_origins_and_voices() -> None:
    texts = {
        "a": "Baku liberated the city of Shusha. It liberated the town.",
        "b": "Baku liberated the city of Shusha.",
    }
    namings = [n for name, text in texts.items() for n in find_wording(document(text, name))]
    reports = {"a": Report("a", "b", outlet="Caspian Post"), "b": Report("b", "b", outlet="Caspian Post")}
    lines = {(r.source, r.term): r for r in table(namings, reports)}
    row = lines["Caspian Post", "Shusha"]
    assert (row.documents, row.origins, row.own, row.quoted, row.marked) == (2, 1, 2, 0, 0)
    assert [n.document for n in row.evidence] == ["a", "b"]
    assert table(reversed(namings), reports) == table(namings, reports)
    assert contested(table(namings, reports)) == []


def test_only_topics_with_several_terms_are_contested() -> None:
    rows = table(find_wording(document(KARABAKH)))
    assert {(r.topic, r.term) for r in contested(rows) if r.kind == "place"} == {
        ("Karabakh: Shusha", "Shusha"),
        ("Karabakh: Shusha", "Shushi"),
    }


def test_a_source_is_its_outlet_or_host_or_report() -> None:
    assert source_of("d", None) == "d"
    assert source_of("d", Report("d", "d", outlet="Post", url="https://post.example/a")) == "Post"
    assert source_of("d", Report("d", "d", url="https://www.post.example/a")) == "post.example"
    assert source_of("d", Report("d", "d")) == "d"


def test_the_shipped_lexicon_is_whole_and_takes_no_side() -> None:
    lexicon = shipped()
    assert len([t for t in lexicon.topics if t.kind in KINDS]) == len(lexicon.topics) >= 70
    assert {"place", "event", "party"} == {t.kind for t in lexicon.topics}
    for topic in lexicon.topics:
        assert len(topic.terms) > 1, f"{topic.name} has one term: nothing is contested"
        assert all(term.note for term in topic.terms), f"{topic.name}: a term without a note"
        forms = [form for term in topic.terms for form in term.forms]
        assert len(forms) == len(set(forms)), f"{topic.name}: a form of two terms"
        judging = {"wrongly", "rightly", "correct", "incorrect", "propaganda", "biased", "falsely", "so-called"}
        assert not judging & {word for term in topic.terms for word in term.note.lower().split()}


LEXICON = """\
[[case]]
name = "Ruritania"
names = ["Ruritania"]
patterns = ["river"]

[[pattern]]
name = "river"
kind = "place"
title = "the river"
terms = [
  { term = "Old River", forms = ["Old River"] },
  { term = "New River", nouns = ["new river"] },
]

[[topic]]
name = "The crossing"
kind = "event"
case = "Ruritania"
terms = [{ term = "crossing", verbs = ["cross"], needs_case = true }, { term = "landing", forms = ["landing"] }]
"""


def test_a_lexicon_of_one_s_own() -> None:
    lexicon, problems = read_lexicon(LEXICON)
    assert problems == []
    assert [t.name for t in lexicon.topics] == ["Ruritania: river", "The crossing"]
    report = document("Ruritania saw the Old River. Troops crossed it and were landing in the new rivers.")
    assert [n.term for n in find_wording(report, lexicon)] == ["Old River", "crossing", "landing", "New River"]
    windows, none = read_lexicon(LEXICON.replace("\n", "\r\n"))
    assert not none and len(windows.topics) == 2


def test_the_lexicon_shown_in_the_documentation_is_right(root: Path) -> None:
    page = (root / "docs" / "reference" / "wording.md").read_text(encoding="utf-8")
    lexicon, problems = read_lexicon(page.split("```toml\n")[1].split("```")[0])
    assert problems == [] and [t.name for t in lexicon.topics] == ["Ruritania: river", "Ruritania: the crossing"]


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ('kind = "event"', 'kind = "thing"', 17, "must be one of place, event, party"),
        ('kind = "event"', "", 15, "kind of “The crossing”"),
        ('name = "The crossing"', "", 15, "needs a name"),
        ('case = "Ruritania"', 'case = "Utopia"', 18, "no case “Utopia”"),
        ('patterns = ["river"]', 'patterns = ["lake"]', 4, "no pattern “lake”"),
        ('forms = ["Old River"]', 'forms = [""]', 11, "which is no text"),
        ('forms = ["Old River"]', "forms = 3", 11, "must be a list"),
        ('forms = ["Old River"]', 'note = "x"', 11, "needs forms, verbs or nouns"),
        ('verbs = ["cross"]', 'verbs = ["cross"], near = "water"', 19, "no list of near words “water”"),
        ('term = "landing"', 'term = "crossing"', 19, "there twice"),
        ('term = "landing"', 'word = "landing"', 15, "needs a “term”"),
        ("needs_case = true", "need_case = true", 19, "no “need_case”"),
        ("[[topic]]", "[[topics]]", 15, "no table of a lexicon"),
        ("[[case]]", "[case", 1, "no TOML"),
        ('name = "river"', "name = river", 7, "no TOML"),
    ],
)
def test_mistakes_are_told_with_their_line(old: str, new: str, line: int, says: str) -> None:
    _, problems = read_lexicon(LEXICON.replace(old, new, 1))
    assert any(says in p.message and p.line == line for p in problems), problems


@given(st.text(max_size=200) | st.lists(st.sampled_from(LEXICON.splitlines()), max_size=25).map("\n".join))
def test_no_text_breaks_the_reader(text: str) -> None:
    lexicon, problems = read_lexicon(text)
    assert all(1 <= p.line <= max(len(text.splitlines()), 1) for p in problems)
    assert list(find_wording(document("Ruritania"), lexicon)) is not None
