"""Quotations: where they begin and end, and who says them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.language.lexicon import load
from pledgetrail.language.speech import find_quotes, speech_verb
from pledgetrail.records import Parsed

if TYPE_CHECKING:
    from spacy.language import Language

Parse = Callable[..., Parsed]


def spoken(parsed: Parsed) -> list[tuple[str, str | None]]:
    """Each quotation's words, and its speaker's."""
    text = parsed.document.text
    return [(text[q.start : q.end], q.speaker.text if q.speaker else None) for q in parsed.quotations]


def test_speech_data_is_well_formed() -> None:
    data = load("speech.toml")
    assert set(data) == {"verbs"}
    verbs = data["verbs"]
    assert len(verbs) == len(set(verbs)) > 20
    assert all(verb == verb.lower() and verb.isalpha() for verb in verbs)


def test_verbs_of_saying(nlp: Language) -> None:
    doc = nlp("He said that they Told us and walked.")
    assert [token.text for token in doc if speech_verb(token)] == ["said", "Told"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('He said "yes" and "no".', [(8, 13), (18, 22)]),
        ('"All of it', [(0, 10)]),
        ('A 6" pipe burst.', []),
        ("No marks.", []),
        ("", []),
        ('"' + "x" * 5000 + '"', []),
    ],
)
def test_where_quotations_are(text: str, found: list[tuple[int, int]]) -> None:
    assert find_quotes([(0, text)]) == found
    assert find_quotes([(100, text)]) == [(start + 100, end + 100) for start, end in found]


@given(st.lists(st.text(alphabet='ab "\n', max_size=30), max_size=5))
def test_quotations_open_with_a_mark_and_do_not_overlap(texts: list[str]) -> None:
    passages, at = [], 0
    for text in texts:
        passages.append((at, text))
        at += len(text) + 1
    whole = "\n".join(texts)
    end = 0
    for start, stop in find_quotes(passages):
        assert end <= start < stop <= len(whole)
        assert whole[start] == '"'
        assert whole[start + 1 : stop - 1].count('"') == 0
        end = stop


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        ('"We shall come," Elena Popescu said on Monday.', ["Elena Popescu"]),
        ('"We shall come," said Elena Popescu on Monday.', ["Elena Popescu"]),
        ('Elena Popescu said: "We shall come."', ["Elena Popescu"]),
        ('Elena Popescu told reporters, "We shall come."', ["Elena Popescu"]),
        ("“We shall come,” Elena Popescu said on Monday.", ["Elena Popescu"]),
        (
            'According to Carla Vieri, the Italian ambassador, "the road will be opened in May".',
            ["Carla Vieri, the Italian ambassador"],
        ),
        (
            '"We will pay," the World Bank said. "It is time," Elena Popescu added.',
            ["World Bank", "Elena Popescu"],
        ),
        (
            '"We shall come," Elena Popescu told reporters. "My country needs new roads and schools this year."',
            ["Elena Popescu", "Elena Popescu"],
        ),
    ],
)
def test_who_says_it(parse_text: Parse, text: str, speakers: list[str]) -> None:
    assert [speaker for _, speaker in spoken(parse_text(text))] == speakers


def test_the_span_holds_the_marks_as_the_text_has_them(parse_text: Parse) -> None:
    parsed = parse_text("Elena Popescu said: “We shall come.” Then she left.")
    assert [words for words, _ in spoken(parsed)] == ["“We shall come.”"]


def test_a_speech_of_several_paragraphs_keeps_its_speaker(parse_text: Parse) -> None:
    parsed = parse_text(
        '"We shall come to the hills in the spring," Elena Popescu told reporters in Rome.\n\n'
        '"We shall rebuild the old bridge over the river before winter.\n\n'
        '"And then we shall open the school for the children of the town."'
    )
    assert [speaker for _, speaker in spoken(parsed)] == ["Elena Popescu"] * 3
    ours = [m for m in parsed.mentions if m.text.lower() == "we"]
    assert [[p.name for p in m.parties] for m in ours] == [["Elena Popescu"]] * 3


@pytest.mark.xfail(strict=True, reason="a mark opened inside a passage and closed in a later one is not read")
def test_a_speech_that_opens_in_mid_paragraph_and_goes_on(parse_text: Parse) -> None:
    parsed = parse_text(
        'Elena Popescu told reporters in Rome: "We shall come to the hills in the spring.\n\n'
        '"We shall rebuild the old bridge over the river before winter."'
    )
    assert [speaker for _, speaker in spoken(parsed)] == ["Elena Popescu"] * 2


def test_an_unclosed_mark_does_not_swallow_the_next_paragraph(parse_text: Parse) -> None:
    text = '"We shall come to the hills in the spring.\n\nElena Popescu arrived in Rome on Monday.'
    parsed = parse_text(text)
    assert all(q.end <= text.index("\n") for q in parsed.quotations)


def test_the_narrators_words_are_nobodys(parse_text: Parse) -> None:
    assert parse_text("The bridge was closed. Elena Popescu said it was old.").quotations == ()
