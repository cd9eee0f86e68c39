"""Two names of organisations, ministries, companies, states or places: are they of one?"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from pledgetrail.language import gazetteer
from pledgetrail.language.actors import initials
from pledgetrail.resolution.identity.evidence import Name, lexicon
from pledgetrail.resolution.identity.people import Verdict
from pledgetrail.resolution.identity.spelling import words_of

_BRACKETED: Final = re.compile(r"\s*\(([^()]{2,30})\)\s*$")
_POSSESSIVE: Final = re.compile(r"['’]s?\b")
_STATE_ITSELF: Final = frozenset({"Government", "Administration", "Authorities", "Cabinet"})
_SURE_INITIALS: Final = 4  # letters of an abbreviation that is its long form's without more evidence

_ORDERED: Final = 2  # words that stand in their order: "Media Centre" is no "Centre for Media"

#: What a name is reduced to: what kind of key it is, and the key. Equal keys are one body.
Key = tuple[str, str]


@lru_cache(maxsize=65_536)
def body_key(text: str, country: str | None = None) -> Key:
    """The key of a body's name: a known one's canonical name, a state's body, or its words, from three on in any order.

    ``country`` is the state of a body whose name does not say whose it is. "Ministry of Foreign Affairs of X",
    "X Foreign Ministry" and "Foreign Ministry" with X's code have one key; a state and its government, too.
    """
    text = _BRACKETED.sub("", text).strip()
    entry = gazetteer.lookup(text)
    if entry is not None and entry.kind in ("state", "capital", "nationality"):
        return "state", entry.country or entry.name
    if entry is not None and entry.type is not None and not (entry.kind == "body" and entry.country is None):
        return "known", entry.name
    states, rest = _without_states(text)
    generic = entry if entry is not None else gazetteer.lookup(rest)
    code = states[0] if len(states) == 1 else country if not states else None
    if generic is not None and generic.kind == "body" and generic.country is None:
        if code is None:
            return "words", " ".join(_words(text))
        return ("state", code) if generic.name in _STATE_ITSELF else ("body", f"{code} {generic.name}")
    words = _words(rest if states else text)
    return "words", " ".join([*(sorted(set(words)) if len(words) > _ORDERED else words), *states])


def _without_states(text: str) -> tuple[list[str], str]:
    """The states named in a body's name, and the name without them: "Azerbaijani Red Crescent" -> AZE, Red Crescent."""
    states: list[str] = []
    rest, at = [], 0
    for match in gazetteer.find(text):
        whole = match.entry.country and gazetteer.state(match.entry.country).name == match.entry.name
        if whole and match.entry.country and match.entry.kind in ("state", "nationality"):
            states.append(match.entry.country)
            rest.append(text[at : match.start])
            at = match.end
    rest.append(text[at:])
    words = _POSSESSIVE.sub(" ", " ".join(rest)).split()
    while words and words[-1].lower() in ("of", "for", "the", "in", "de", ","):
        words.pop()
    while words and words[0].lower() in ("of", "the", ","):
        words.pop(0)
    return sorted(set(states)), " ".join(words)


@cache
def _forms() -> tuple[frozenset[str], frozenset[str], dict[str, str]]:
    table = lexicon()["organisations"]
    return frozenset(table["left_out"]), frozenset(table["legal_forms"]), dict(table["words"])


def _words(text: str) -> list[str]:
    """The words that a name of an organisation turns on: one spelling, no articles, no legal form, no plural."""
    left_out, legal, one = _forms()
    every = list(words_of(text.replace("&", " ")))
    while len(every) > 1 and (every[0] in ("the", "a", "an") or every[-1] in legal):
        every.pop(0 if every[0] in ("the", "a", "an") else -1)
    found = [w for w in every if w not in left_out]
    if len(found) < 2:
        return every  # "Times" is not "Time", "Labour" not "Labor", nor "Game On" "Games"
    single = (w[:-1] if len(w) > 4 and w.endswith("s") and not w.endswith("ss") else w for w in found)
    return [one.get(w, w) for w in single]


def bracketed(text: str) -> str | None:
    """The abbreviation that a name gives itself: "Asian Development Bank (ADB)" -> "ADB"."""
    match = _BRACKETED.search(text)
    return match.group(1) if match and initials(match.group(1), text) else None


def same_body(a: Name, b: Name) -> Verdict:
    """The verdict on two names of organisations, bodies, companies, groups or states. Symmetric."""
    if b.text < a.text:
        a, b = b, a
    ours, theirs = body_key(a.text, _code(a)), body_key(b.text, _code(b))
    if ours == theirs:
        if a.country and b.country and a.country != b.country and ours[0] == "words":
            return Verdict("unsure", f"same words, but of different states ({a.country}, {b.country})")
        return Verdict("same", _why(a, b, ours), 1)
    if "state" in (ours[0], theirs[0]) or ours[0] == theirs[0] and ours[0] in ("known", "body"):
        return Verdict("different", f"known as two: {a.text}, {b.text}")
    for short, long in ((a, b), (b, a)):
        if initials(short.text, long.text):
            if "known" in (ours[0], theirs[0]):
                return Verdict("unsure", "the initials agree, and the abbreviation is known as somebody else's")
            if len(short.text.replace(".", "")) >= _SURE_INITIALS:
                return Verdict("same", f"{short.text} is the initials of {long.text}", 5)
            return Verdict("unsure", f"{short.text} may be the initials of {long.text}")
    return Verdict("different", f"different words: {a.text}, {b.text}")


def _code(name: Name) -> str | None:
    return name.country if name.type == "government body" else None


def _why(a: Name, b: Name, key: Key) -> str:
    if a.text.casefold() == b.text.casefold():
        return "same name"
    if key[0] == "known":
        return f"both known as {key[1]}"
    if key[0] == "state":
        return f"both known as {gazetteer.state(key[1]).name}" if len(key[1]) == 3 else "same state"
    if key[0] == "body":
        return f"both the {key[1][4:]} of {gazetteer.state(key[1][:3]).name}"
    return "same words but for articles, order, number or spelling"
