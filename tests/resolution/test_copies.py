"""Copies are found, whatever outlets do to them; shared quotations and forms filled in twice are none."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from variants import Variant, bases, copies, documents, related, samples

from pledgetrail.language.lexicon import load
from pledgetrail.reading import read
from pledgetrail.records import Document, RawReport
from pledgetrail.resolution.copying.copies import CopyLink, compare, links
from pledgetrail.resolution.copying.origins import origins
from pledgetrail.resolution.copying.sketches import candidates, sketch


@dataclass(frozen=True)
class Found:
    """A set of copies with known answers, and what was found in it."""

    variants: tuple[Variant, ...]
    documents: dict[str, Document]
    links: dict[frozenset[str], CopyLink]

    def linked(self, a: Variant, b: Variant) -> bool:
        link = self.links.get(frozenset((a.report.id, b.report.id)))
        return link is not None and link.kind != "quotation"


@pytest.fixture(scope="module")
def found() -> Found:
    """Variants of every fourth sample, compared as a build would."""
    variants = tuple(copies(bases(samples().values())[::4]))
    known = documents(variants)
    made = links(candidates(map(sketch, known.values())), known.__getitem__)
    return Found(variants, known, {frozenset((link.document, link.source)): link for link in made})


def document(text: str, id: str = "a", **fields: str) -> Document:
    return read(RawReport(id=id, source="s", text=text, content_sha256="", **fields))


LEAD = (
    "The river authority said on Monday that it would lend 40 million crowns to the towns below the dam, where the "
    "spring flood carried away four bridges and a school."
)
WIRE = "\n\n".join(
    (
        LEAD,
        "The money is to be paid out in three parts, the first of them before the harvest, and no town will have to "
        "pay interest until the bridges carry traffic again.",
        "Engineers who went over the piers in June found that two could be mended and two must be built anew, a little "
        "upstream of where they stood.",
        "Lorries now go round by the pass, which adds two hours to the way and closes with the first snow of the year.",
    )
)


# --- the set with known answers ---------------------------------------------------------------------


def test_pairs_are_found_and_no_others(found: Found) -> None:
    pairs = [(a, b, related(a, b)) for a, b in itertools.combinations(found.variants, 2)]
    scored = [(truth, found.linked(a, b)) for a, b, truth in pairs if truth is not None]
    right = sum(truth and link for truth, link in scored)
    precision = right / sum(link for _, link in scored)
    recall = right / sum(bool(truth) for truth, _ in scored)
    assert 2 * precision * recall / (precision + recall) >= 0.97, (precision, recall)
    assert precision >= 0.99


@pytest.mark.parametrize(
    "recipe", ["masthead", "chrome", "cut 60", "cut 30", "picked 30", "edited 10", "edited 25", "half wire, half own"]
)
def test_each_kind_of_copy_is_found(recipe: str, found: Found) -> None:
    plain = {v.base: v for v in found.variants if v.recipe == "plain"}
    made = [v for v in found.variants if v.recipe == recipe]
    assert sum(found.linked(plain[v.base], v) for v in made) >= 0.9 * len(made)


def test_reports_that_quote_the_same_words_are_no_copies(found: Found) -> None:
    quoting = {v.base: v for v in found.variants if v.recipe == "quoting"}
    on_it = [v for v in found.variants if v.recipe == "same matter"]
    assert not any(found.linked(quoting[v.base], v) for v in on_it)
    between = [found.links.get(frozenset((quoting[v.base].report.id, v.report.id))) for v in on_it]
    kept = [link for link in between if link]
    assert len(kept) >= 0.8 * len(between) and {link.kind for link in kept} == {"quotation"}
    origin = origins(found.documents, found.links.values())
    assert all(origin[v.report.id] == v.report.id for v in on_it)


def test_two_offices_with_one_release_are_one_origin(found: Found) -> None:
    origin = origins(found.documents, found.links.values())
    issued = [v for v in found.variants if v.recipe in ("office", "other office")]
    for first, second in zip(issued[::2], issued[1::2], strict=True):
        assert found.links[frozenset((first.report.id, second.report.id))].kind == "release"
        assert origin[first.report.id] == origin[second.report.id]


def test_links_quote_what_they_align(found: Found) -> None:
    for link in found.links.values():
        assert link.alignment and 0 < link.share <= 1
        for here, there in link.alignment:
            assert here.document == link.document and there.document == link.source
            for span in (here, there):
                assert found.documents[span.document].text[span.start : span.end] == span.quote
        starts = [here.start for here, _ in link.alignment]
        assert starts == sorted(starts)


def test_the_samples_hold_the_copies_that_they_say() -> None:
    known = {id: read(report) for id, report in samples().items()}
    made = list(links(candidates(map(sketch, known.values())), known.__getitem__))
    assert made == [link for a, b in candidates(map(sketch, known.values())) if (link := compare(known[a], known[b]))]
    pairs = {frozenset((link.document, link.source)) for link in made if link.kind != "quotation"}
    fuzuli = frozenset(("karabakh/06-fuzuli-airport-a.txt", "karabakh/07-fuzuli-airport-b.txt"))
    geneva = {"pakistan-floods/07-geneva-wire.txt", "pakistan-floods/08-geneva-short.txt", "gulf-2023-01-09-0417"}
    assert pairs == {fuzuli, *map(frozenset, itertools.combinations(sorted(geneva), 2))}


# --- single pairs -----------------------------------------------------------------------------------


def linked(a: Document, b: Document) -> CopyLink:
    link = compare(a, b)
    assert link is not None and link == compare(b, a)
    return link


def test_the_later_one_copies() -> None:
    link = linked(document(WIRE, "a", published="2021-05-04"), document(WIRE, "b", published="2021-05-03"))
    assert (link.document, link.source, link.share) == ("a", "b", 1.0)
    assert len(link.alignment) == 4


def test_without_days_the_one_that_is_contained_more_copies() -> None:
    link = linked(document(WIRE, "b"), document(WIRE.rsplit("\n\n", 2)[0], "a"))
    assert (link.document, link.source, link.share) == ("a", "b", 1.0)


def test_the_one_that_credits_the_other_copies_even_with_an_earlier_day() -> None:
    copy = document(f"{WIRE}\n\nSource: Harbour Times", "a", published="2021-05-03", outlet="Valley Portal")
    link = linked(copy, document(WIRE, "b", published="2021-05-04", outlet="Harbour Times"))
    assert (link.document, link.kind) == ("a", "aggregator")


@pytest.mark.parametrize(
    ("fields", "others", "kind"),
    [
        ({"outlet": "Harbour Times"}, {"outlet": "Reuters"}, "wire"),
        ({"outlet": "Harbour Times"}, {"outlet": "Caspian Newswire"}, "wire"),
        ({"outlet": "Harbour Times"}, {"outlet": "Ministry of Water"}, "release"),
        ({"outlet": "Reuters"}, {"outlet": "Ministry of Water"}, "release"),
        ({"outlet": "Embassy of Ruritania"}, {"outlet": "Ministry of Water"}, "release"),
        ({"outlet": "ReliefWeb"}, {"outlet": "Harbour Times"}, "aggregator"),
        ({"url": "https://b.example/1"}, {"url": "https://a.example/1"}, "aggregator"),
        ({"outlet": "Harbour Times"}, {"outlet": "Harbour Times"}, "text"),
        ({}, {}, "text"),
    ],
)
def test_kinds(fields: dict[str, str], others: dict[str, str], kind: str) -> None:
    link = linked(document(WIRE, "a", **fields), document(WIRE, "b", **others))
    assert link.kind == kind
    if kind in ("wire", "release") and "Embassy" not in fields["outlet"]:
        assert link.source == "b"


def test_a_brief_of_one_sentence_is_a_copy() -> None:
    a, b = document(LEAD, "brief"), document(f"Valley to get flood loans\n\n{WIRE}", "story")
    assert list(candidates([sketch(a), sketch(b)])) == [("brief", "story")]
    assert linked(a, b).document == "brief"


def test_one_sentence_in_common_is_no_copy_of_a_long_report() -> None:
    other = "\n\n".join(f"{n} {' '.join(f'w{n}x{i}' for i in range(30))} and ended there." for n in range(6))
    assert compare(document(WIRE, "a"), document(f"{other}\n\n{LEAD}", "b")) is None


def test_a_form_filled_in_twice_is_no_copy() -> None:
    form = (
        "The President today declared that a major disaster exists in the province of {place} and ordered aid to help "
        "the communities hit by the storm from {day} on.\n\nThe action makes money available to people in the "
        "districts of {a}, {b} and {c}. Help can include grants for lodging and repairs, and cheap loans to cover "
        "losses without insurance.\n\nMoney is also available to the towns in the district of {a} to clear the roads."
    )
    first = form.format(place="Norland", day="4 May", a="Umber", b="Tarn", c="Colne")
    second = form.format(place="Suthsex", day="9 June", a="Windle", b="Esk", c="Brue")
    assert compare(document(first, "a"), document(second, "b")) is None
    assert compare(document(first, "a"), document(first, "b")) is not None


def test_a_text_in_other_quotation_marks_and_letters_is_the_same() -> None:
    text = f"{WIRE}\n\n“Nobody here will go another winter without a bridge,” the mayor’s deputy said."
    garbled = text.encode().decode("cp1252", "replace").replace("\ufffd", "")
    link = linked(document(text, "a"), document(garbled, "b"))
    assert link.share == 1.0 and link.kind == "text"


def test_a_document_is_no_copy_of_itself_and_empty_ones_of_nothing() -> None:
    assert compare(document(WIRE), document(WIRE)) is None
    assert compare(document("", "a"), document("", "b")) is None
    assert compare(document("", "a"), document(WIRE, "b")) is None


WORDS = st.sampled_from([*WIRE.split(), "“Nobody", "said.”", "\n\n", "Mr.", "U.S.", "‘We", "\u00ad", "Ã©", "\r\n", "…"])


@settings(max_examples=60)
@given(st.lists(WORDS, max_size=120), st.lists(WORDS, max_size=40))
def test_any_two_texts(first: list[str], second: list[str]) -> None:
    a, b = document(" ".join(first), "a"), document(" ".join([*first[:60], *second]), "b")
    link = compare(a, b)
    assert link == compare(b, a)
    if link:
        texts = {"a": a.text, "b": b.text}
        assert all(texts[s.document][s.start : s.end] == s.quote for pair in link.alignment for s in pair)


def test_the_words_of_channels_are_well_formed() -> None:
    table = load("copies.toml", "pledgetrail.resolution")
    assert {name: set(group) for name, group in table.items()} == {
        "office": {"words", "names"},
        "release": {"phrases"},
        "aggregator": {"names", "opens"},
    }
    for group in table.values():
        for words in group.values():
            assert words == list(dict.fromkeys(words)) and all(word == word.lower().strip() for word in words)
