"""Copies of reports as outlets make them, with the answer known: who carries how much of whose text.

``copies`` makes, of each report given, pages that carry its text with a masthead, with chrome, cut, edited, joined with
text of their own, or issued by two offices; and pages on the same matter that only quote the same words. Seeded: the
same reports give the same pages.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pledgetrail.reading import read
from pledgetrail.records import Document, RawReport
from pledgetrail.sources import read_reports

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "reports"

#: Samples that are copies of other samples (samples/README.md); the first of each group is the one to make copies of.
RELATED = (
    ("karabakh/06-fuzuli-airport-a.txt", "karabakh/07-fuzuli-airport-b.txt"),
    ("pakistan-floods/07-geneva-wire.txt", "pakistan-floods/08-geneva-short.txt", "gulf-2023-01-09-0417"),
)

#: What is made of each report.
RECIPES = (
    "masthead", "chrome", "cut 60", "cut 30", "picked 30", "edited 10", "edited 25", "half wire, half own",
    "office", "other office", "quoting", "same matter",
)  # fmt: skip


@dataclass(frozen=True)
class Variant:
    """A report made of another. ``carried``: the sentences of the other that it has, by number, with their words."""

    report: RawReport
    base: str
    recipe: str
    carried: dict[int, int]
    own: int = 0  # words of its own, outside quotations
    quotes: bool = False  # it holds the two sentences of direct speech of this base

    @property
    def words(self) -> int:
        """Words outside quotations and chrome, as far as the recipe knows."""
        return sum(self.carried.values()) + self.own


@dataclass(frozen=True)
class Base:
    """A report to make copies of: its headline, its paragraphs as lists of sentences, its day."""

    id: str
    title: str
    paragraphs: tuple[tuple[str, ...], ...]
    day: dt.date

    @property
    def sentences(self) -> list[str]:
        """All sentences in order."""
        return [sentence for paragraph in self.paragraphs for sentence in paragraph]


def samples() -> dict[str, RawReport]:
    """The bundled reports by id."""
    return {r.id: r for r in read_reports([SAMPLES]) if isinstance(r, RawReport)}


def bases(reports: Iterable[RawReport]) -> list[Base]:
    """What the reports' bodies hold. Those that are copies of others are left out."""
    left_out = {id for group in RELATED for id in group[1:]}
    found = []
    for number, report in enumerate(reports):
        document = read(report)
        paragraphs = tuple(
            tuple(re.split(r'(?:(?<=[.!?]["”’])|(?<=\w{3}[.!?]))\s+(?=[A-Z"“])', " ".join(text.split())))
            for block in document.blocks
            if block.kind == "body" and len((text := document.text[block.start : block.end]).split()) > 7
        )
        if report.id not in left_out:
            day = dt.date(2021, 1, 4) + dt.timedelta(days=11 * number)
            found.append(Base(report.id, document.title or "News in brief", paragraphs, day))
    return found


def copies(bases: Sequence[Base], seed: int = 5, recipes: Sequence[str] = RECIPES) -> Iterator[Variant]:
    """All variants of all bases, each base's first one being its text as a plain page ("plain")."""
    for base in bases:
        rng = random.Random(f"{seed} {base.id}")
        speech = [sentence(rng, SPEECH) for _ in range(2)]
        yield make(base, "plain", rng, speech)
        for recipe in recipes:
            yield make(base, recipe, rng, speech)


def make(base: Base, recipe: str, rng: random.Random, speech: Sequence[str]) -> Variant:
    """One variant. ``speech``: two sentences that somebody says, for those that quote."""
    kept = {number: text.split() for number, text in enumerate(base.sentences)}
    total = sum(map(len, kept.values()))
    own: list[str] = []
    if recipe in ("cut 60", "cut 30", "half wire, half own"):
        kept = first_words(kept, total * {"cut 60": 0.6, "cut 30": 0.3}.get(recipe, 0.5))
    elif recipe == "picked 30":
        kept = picked(kept, total * 0.3, rng)
    elif recipe == "same matter":
        kept = {}
    if recipe in ("half wire, half own", "same matter"):
        target = sum(map(len, kept.values())) or 0.7 * total
        while sum(len(text.split()) for text in own) < target:
            own.append(sentence(rng, OWN).replace("LOCAL", rng.choice(names(base)) or "the region"))
    carried = {number: len(words) for number, words in kept.items()}
    share = {"edited 10": 0.1, "edited 25": 0.25}.get(recipe, 0.0)
    text = {number: " ".join(edited(words, share, rng) if share else words) for number, words in kept.items()}
    quotes = recipe in ("quoting", "same matter")
    paragraphs = laid_out(base, text)
    paragraphs[1:1] = [" ".join(own[i : i + 2]) for i in range(0, len(own), 2)] if recipe == "same matter" else []
    if recipe == "half wire, half own":
        paragraphs += [" ".join(own[i : i + 2]) for i in range(0, len(own), 2)]
    if quotes:
        said = f"“{speech[0]} {speech[1]}” {rng.choice(SPEAKERS)} {rng.choice(('said', 'told reporters'))}."
        paragraphs.insert(min(1, len(paragraphs)), said)
    return Variant(
        dressed(base, recipe, paragraphs, rng),
        base.id,
        recipe,
        carried,
        sum(len(text.split()) for text in own),
        quotes,
    )


def related(a: Variant, b: Variant) -> bool | None:
    """Whether one carries text of the other: from two fifths of the shorter on; None where it is too near to say."""
    if a.base != b.base:
        return False
    common = sum(a.carried[number] for number in a.carried.keys() & b.carried.keys())
    share = common / max(1, min(a.words, b.words))
    return True if share >= 0.4 else None if share >= 0.15 else False


def documents(variants: Iterable[Variant]) -> dict[str, Document]:
    """The variants as reading gives them, by id."""
    return {variant.report.id: read(variant.report) for variant in variants}


# --- parts ------------------------------------------------------------------------------------------


def first_words(kept: dict[int, list[str]], count: float) -> dict[int, list[str]]:
    """The first sentences, as an editor cuts a story from below."""
    left, found = count, {}
    for number, words in kept.items():
        if left < len(words) / 2 and found:
            break
        found[number] = words
        left -= len(words)
    return found


def picked(kept: dict[int, list[str]], count: float, rng: random.Random) -> dict[int, list[str]]:
    """Sentences from anywhere, in order."""
    left, numbers = count, []
    for number in rng.sample(sorted(kept), len(kept)):
        if left < len(kept[number]) / 2 and numbers:
            continue
        numbers.append(number)
        left -= len(kept[number])
    return {number: kept[number] for number in sorted(numbers)}


def edited(words: Sequence[str], share: float, rng: random.Random) -> list[str]:
    """So many of the words replaced or deleted. Names and numbers stay, as they do when an editor goes over a text."""
    plain = [i for i, word in enumerate(words) if word.islower() and word.isalpha()]
    chosen = set(rng.sample(plain, min(len(plain), round(share * len(words)))))
    found = []
    for i, word in enumerate(words):
        if i not in chosen:
            found.append(word)
        elif rng.random() < 0.6:
            found.append(rng.choice(WORDS))
    return found


def laid_out(base: Base, text: dict[int, str]) -> list[str]:
    """The sentences in the base's paragraphs."""
    paragraphs, number = [], 0
    for paragraph in base.paragraphs:
        here = [text[i] for i in range(number, number + len(paragraph)) if i in text]
        number += len(paragraph)
        if here:
            paragraphs.append(" ".join(here))
    return paragraphs


def names(base: Base) -> list[str]:
    """Words with a capital inside sentences: what a report on the same matter shares with it."""
    return sorted({w for text in base.sentences for w in re.findall(r"(?<=[a-z] )[A-Z][a-z]{3,}", text)}) or [""]


def sentence(rng: random.Random, parts: Sequence[Sequence[str]]) -> str:
    """One sentence out of the parts."""
    return " ".join(filter(None, (rng.choice(part) for part in parts))) + "."


def dressed(base: Base, recipe: str, paragraphs: Sequence[str], rng: random.Random) -> RawReport:
    """The page that carries the paragraphs, with what stands around them."""
    lines, outlet = [base.title, *paragraphs], rng.choice(OUTLETS)
    if recipe == "masthead":
        lines = [outlet.upper(), "Independent since 1921", base.title, base.title, *paragraphs, f"© {outlet} 2024"]
    elif recipe == "chrome":
        middle = 1 + len(paragraphs) // 2
        lines = ["Home | World | Business | Sport", *lines[:middle], "Share this article", "Advertisement"]
        lines += ["Sign up for our newsletter", *([base.title, *paragraphs][middle:]), "Related stories"]
        lines += ["Markets calm ahead of vote", "Rain expected on coast", "We use cookies. Accept all | Settings"]
    elif recipe in ("office", "other office"):
        outlet = rng.choice(OFFICES if recipe == "office" else OTHER_OFFICES)
        lines = ["MEDIA RELEASE" if recipe == "office" else "Press release", *lines, "Media contact: 5550 1234"]
    elif recipe == "same matter":
        lines[0] = sentence(rng, OWN)[:60].rsplit(" ", 1)[0]
    day = base.day + dt.timedelta(days=rng.choice((0, 0, 1, 2)))
    return RawReport(
        f"{base.id}~{recipe}",
        "variants",
        "\n\n".join(lines),
        "",
        outlet=outlet,
        published=None if rng.random() < 0.15 else day.isoformat(),
    )


OUTLETS = ("Morning Courier", "Harbour Times", "The Valley Gazette", "Lakeside Post", "Eastern Observer")
OFFICES = ("Ministry of Reconstruction", "Department of International Aid")
OTHER_OFFICES = ("Embassy in the Capital", "Office of the Coordinator, Government of the Republic")
SPEAKERS = ("a municipal engineer", "one of the returning farmers", "a spokesman for the contractors", "an aid worker")
WORDS = (
    "further", "recent", "large", "said", "near", "also", "during", "soon", "however", "several", "main", "early",
    "new", "local", "about", "made", "later", "still", "whole", "part", "given", "along", "toward", "known",
)  # fmt: skip
#: Direct speech that nobody is known to have said.
SPEECH = (
    ("We", "My colleagues", "The families here", "Those who came back", "People in our street"),
    ("have waited", "have asked", "were promised help", "went from desk to desk", "kept writing letters"),
    ("for eleven winters", "since the bridge went down", "all through the spring", "without a single answer"),
    ("and nobody", "while no office", "but not one engineer", "and still no lorry"),
    ("came to look at the walls", "told us who would pay", "brought the pipes they spoke of", "opened the school"),
    ("", "this year", "before the snow", "as had been agreed"),
)
OWN = (
    ("Traders in LOCAL", "A teacher from the valley", "Two drivers at the depot", "The owner of a bakery",
     "Surveyors from LOCAL", "A retired judge", "Students at the technical college", "Shepherds above the lake",
     "An electrician from LOCAL", "The keeper of the archive", "Volunteers with a soup kitchen",
     "A nurse on night duty"),
    ("described", "remembered", "complained about", "pointed to", "made light of", "asked about", "drew a map of",
     "kept a list of", "photographed", "worried over"),
    ("cracked culverts", "the price of cement", "empty shop fronts", "a queue outside the registry", "unpaid wages",
     "the ferry that no longer runs", "poplar trees cut for fuel", "missing street signs", "a half-built clinic",
     "stray dogs by the market", "the smell of diesel"),
    ("behind the station", "on the road to LOCAL", "below the old fortress", "across the river", "near the bus yard",
     "at the edge of LOCAL", "between the two mosques", "along the canal", "next to the mill"),
    ("on a grey afternoon", "before breakfast", "while rain fell", "over tea", "after the shift ended", "at dusk",
     "as children played", "with evident patience", "for the second time that week"),
    ("", "and shrugged", "and would not give a name", "and laughed about it", "before the talk turned to football",
     "as the power failed again", "though few people listened", "and hurried on"),
)  # fmt: skip
