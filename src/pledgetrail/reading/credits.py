"""Lines that say who wrote, sent or published a report: bylines, agencies, outlets, offices, captions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pledgetrail.reading import lexicon
from pledgetrail.reading.lines import Stretch, cut, ends_sentence, fold, is_prose
from pledgetrail.records import BlockKind

_NAME_WORD: Final = re.compile(
    r"(?:[^\W\d_a-zß-öø-ÿ][\w’'.-]*|de|da|di|du|van|von|der|den|al|el|bin|ibn|bint|la|le|y|O['’][A-Z]\w+)\Z"
)
_REPORTING: Final = re.compile(
    r"(?:additional |further |with )?(?:reporting|writing|edited|editing|compiled|written|reported|translated)"
    r"(?: and (?:writing|editing|reporting))? by\b",
    re.IGNORECASE,
)
_REPORTERS: Final = re.compile(
    r"\b(?:reporting|writing|written|reported)(?: and \w+)? by (.+?)(?=[;()]|$)", re.IGNORECASE
)
_INPUTS: Final = re.compile(
    r"[(\[]?(?:(?:with|from|via)\s+)?(?:(?:additional|further|some|agency|agencies)\s+)?"
    r"(?:inputs?|reporting|reports|files|material|information|contributions?)\s+(?:from|by)\s+([^()\[\]]{2,120}?)[)\]]?[.\s]*\Z"
    r"|[(\[]?(?:with|from|source|sources|via)\s*:?\s+([^()\[\]]{2,80}?)(?:\s+(?:inputs?|reports?))?[)\]]?[.\s]*\Z",
    re.IGNORECASE,
)
_SIGNED: Final = re.compile(r"(?<=[.!?”\"’'])\s*(?:[—–]\s?|--?\s|[(\[])([A-Z][\w .-]{1,30}?)[)\]]?\.?\Z")
_AND: Final = re.compile(r"\s*(?:,|/|;|&|\band\b)\s*")
_IN_PLACE: Final = re.compile(r" in (?:[A-Z][\w’'.-]+ ?)+")
_BRACKETS: Final = re.compile(r"[\[(]([^\[\]()]{2,80})[\])][.\s]*\Z")
_ROLE: Final = re.compile(r"\s*(?:,|\||–|—| - |\bfor\b|\bin\b|\bat\b).*", re.DOTALL)
_JOINED: Final = re.compile(r"[\s/|,•·-]+")
_HEAD: Final = 30  # words


@dataclass(slots=True)
class Credit:
    """What the lines of a report say about its making. The first line that says a thing wins."""

    agency: str | None = None
    author: str | None = None
    outlet: str | None = None


def label_anywhere(stretches: Sequence[Stretch], credit: Credit) -> None:
    """Mark credits that are plain wherever they stand: "By ...", "(Reporting by ...)", photo credits."""
    expects_name = False
    for stretch in stretches:
        if not stretch.free:
            continue
        text = stretch.text
        if expects_name and names(text):
            stretch.mark("byline", "below: by")
            credit.author = credit.author or names(text)
        elif len(text) <= 900 and (rule := _plain_rule(stretch, credit)):
            stretch.mark("caption" if rule.startswith("photo") else _kind(rule), rule)
        expects_name = stretch.kind == "byline" and stretch.rule == "by alone"


def _kind(rule: str) -> BlockKind:
    return "byline" if rule.startswith("by") else "agency"


def _plain_rule(stretch: Stretch, credit: Credit) -> str | None:
    text, lexis = stretch.text, lexicon.credits()
    if _REPORTING.match(text.lstrip("([ ")) and (text[0] in "([" or stretch.words <= _HEAD):
        credit.author = credit.author or _reporters(text)
        return "reporting credit"
    if stretch.words > _HEAD + 10:
        return None
    if (sources := _sources(text)) is not None:
        credit.agency = credit.agency or next(iter(sources), None)
        return "with inputs from"
    if stretch.words <= 5 and text[0] in "—–(-" and (sender := lexis.agencies.get(text.strip(" —–-()[]."))):
        credit.agency = credit.agency or sender
        return "signed by an agency"
    if opens := lexis.byline_opens.match(text):
        rest = text[opens.end() :].strip(" :")
        if not rest:
            return "by alone"
        if author := names(rest):
            credit.author = credit.author or author
            return "by and a name"
        if rest in lexis.agencies:
            credit.agency = credit.agency or lexis.agencies[rest]
            return "by an agency"
    if stretch.words <= 8 and not ends_sentence(text) and f"{stretch.key} ".startswith(lexis.nameless):
        return "by staff"
    if stretch.key.removesuffix(" published") in lexis.unnamed:
        return "agency, unnamed"
    if lexis.photo_opens.match(text):
        return "photo credit"
    if (brackets := _BRACKETS.search(text)) and text.find("(") + text.find("[") > 2:
        inside = fold(brackets.group(1))
        named = brackets.group(1).strip() in lexis.agencies and not ends_sentence(text[: brackets.start()].rstrip())
        long = stretch.words > 25 and not re.search(r"\b(?:photos?|getty|images?)\b", inside)
        if named or (not long and inside.count(" ") < 8 and lexis.photo.search(inside)):
            return "photo credit in brackets"
    return None


def _reporters(text: str) -> str | None:
    match = _REPORTERS.search(text)
    return names(_IN_PLACE.sub("", match.group(1)).strip(" .,")) if match else None


def part_reporting(stretches: Sequence[Stretch], text: str) -> list[Stretch]:
    """Cut "(Reporting by ...; Editing by ...)", "(With inputs from AFP)" and "—APP" off the end of a paragraph."""
    parted: list[Stretch] = []
    for stretch in stretches:
        at = _closing(stretch.text) if stretch.free else 0
        parted.extend(cut(stretch, text, stretch.start + at) if at else [stretch])
    return parted


def _closing(text: str) -> int:
    """Where a credit begins that closes a paragraph, or 0."""
    bare = text.rstrip(". ")
    if bare.endswith((")", "]")):
        at = max(bare.rfind("("), bare.rfind("["))
        if 0 < at and len(text) - at < 900 and (_REPORTING.match(bare, at + 1) or _sources(bare[at:]) is not None):
            return at
    signed = _SIGNED.search(text, max(0, len(text) - 40))
    return signed.start() if signed and signed.group(1).strip() in lexicon.credits().agencies else 0


def _sources(text: str) -> list[str] | None:
    """The agencies that a line of thanks names ("With inputs from AFP and agencies"); None if it is no such line."""
    match = _INPUTS.fullmatch(text.strip())
    if not match:
        return None
    lexis = lexicon.credits()
    names = [
        name.removeprefix("the ").strip(" .")
        for name in _AND.split(match.group(1) or match.group(2))
        if name.strip(" .")
    ]
    if not names or not all(name in lexis.agencies or fold(name) in lexis.unnamed for name in names):
        return None
    return [lexis.agencies[name] for name in names if name in lexis.agencies]


def label_foot(stretches: Sequence[Stretch], credit: Credit) -> None:
    """Mark agencies that stand alone below the report ("Source: AFP", "— Reuters")."""
    lexis = lexicon.credits()
    for stretch in stretches:
        name = stretch.text.strip(" ()[]-–—.:|")
        if stretch.free and name in lexis.agencies:
            stretch.mark("agency", "named agency")
            credit.agency = credit.agency or lexis.agencies[name]


def settle(given: str | None, outlet: str | None, credit: Credit) -> tuple[str | None, str | None]:
    """Agency and author of a report: the metadata's author wins unless it is an agency or names nobody.

    ``given`` and ``outlet`` are those of the metadata. An author that both name is one.
    """
    lexis = lexicon.credits()
    words = (given or "").strip()
    if agency := lexis.agencies.get(words):
        return credit.agency or agency, credit.author
    key = fold(words.removeprefix("By ").removeprefix("by "))
    worthless = not key or key in lexis.nobody or key in lexis.unnamed or key == fold(outlet or "") or "@" in words
    return credit.agency, credit.author if worthless and credit.author else None if worthless else words


def label_head(stretches: Sequence[Stretch], credit: Credit, *, release: bool) -> None:
    """Mark agencies, outlets, offices and names that are plain only in the lines around the title.

    ``release``: the report is a media release, whose head names the office that issues it.
    """
    lexis = lexicon.credits()
    for stretch in stretches:
        if not stretch.free or stretch.words > 2 * _HEAD or ends_sentence(stretch.text) and stretch.words > 8:
            continue
        if agency := named_agency(stretch.text):
            stretch.mark("agency", "named agency")
            credit.agency = credit.agency or agency
        elif outlet := lexis.outlets.get(stretch.key):
            stretch.mark("chrome", "outlet")
            credit.outlet = credit.outlet or outlet
        elif wire := _named_by_word(stretch, lexis.wires):
            stretch.mark("agency", "a wire's name")
            credit.agency = credit.agency or wire
        elif outlet := _named_by_word(stretch, lexis.outlet_words):
            stretch.mark("chrome", "outlet")
            credit.outlet = credit.outlet or outlet
        elif _is_office(stretch, release):
            stretch.mark("byline", "office")
            credit.author = credit.author or stretch.text


def _named_by_word(stretch: Stretch, last_words: frozenset[str]) -> str | None:
    """The line, if it is a capitalised name whose last word is one of those that such names end with."""
    words = stretch.text.split()
    if not 2 <= len(words) <= 5 or words[-1].casefold() not in last_words:
        return None
    return stretch.text if all(w[:1].isupper() or w in {"of", "the", "and"} for w in words) else None


def label_name(stretch: Stretch, credit: Credit) -> bool:
    """Mark a line that is nothing but a person's name as a byline; say whether it was one."""
    if stretch.free and 2 <= stretch.words <= 4 and not stretch.text.isupper() and names(stretch.text) == stretch.text:
        stretch.mark("byline", "a name alone")
        credit.author = credit.author or stretch.text
        return True
    return False


def named_agency(text: str) -> str | None:
    """The agency that a line names with no more than a section beside it ("Anadolu Agency WORLD")."""
    lexis = lexicon.credits()
    line = text.strip(" ()[]-–—.:|")
    if found := lexis.agencies.get(line):
        return found
    words = [w for w in _JOINED.split(line) if w]
    for count in range(min(4, len(words) - 1), 0, -1):
        name = " ".join(words[:count])
        if name in lexis.agencies and " ".join(map(fold, words[count:])) in lexis.sections:
            return lexis.agencies[name]
    return None


def names(text: str) -> str | None:
    """The persons' names that a byline consists of, without role and place, or None if it holds other words."""
    lexis = lexicon.credits()
    line = text.strip(" .,:|-–—")
    if len(line) > 160 or any(map(str.isdigit, line)):
        return None
    people = []
    for part in re.split(r"\s*(?:,| and | & |;)\s*", line):
        words = _ROLE.sub("", part).split()
        if not 2 <= len(words) <= 5 or not words[0][:1].isupper():
            break
        if not all(_NAME_WORD.match(word) for word in words) or not lexis.not_names.isdisjoint(map(fold, words)):
            break
        people.append(" ".join(words))
    if not people:
        return None
    rest = line[line.find(people[-1]) + len(people[-1]) :]
    return ", ".join(people) if len(rest.split()) <= 10 else None


def _is_office(stretch: Stretch, release: bool) -> bool:
    lexis = lexicon.credits()
    words = stretch.key.split()
    if not words or is_prose(stretch) or not lexis.verbs.isdisjoint(words):
        return False
    capitals = sum(w[:1].isupper() for w in stretch.text.split() if w[:1].isalpha() and len(w) > 3)
    longer = sum(1 for w in stretch.text.split() if w[:1].isalpha() and len(w) > 3)
    if capitals < longer:
        return False
    honoured = words[-1] in lexis.honours or " ".join(words[-2:]) in lexis.honours or words[0] in lexis.honours
    honoured = honoured or " ".join(words[:2]) in lexis.honours or "hon" in words
    office = any(word in lexis.offices for word in words[:3]) and ("for" in words[:5] or "of" in words[:5])
    seated = words[-1] in lexis.offices or words[-2:] == ["prime", "minister"]
    return len(words) <= 2 * _HEAD and (honoured or (release and (office or seated)))
