"""Sayings that leave no doubt ("pledged to", "examined the possibility of"): rules beside the fitted decisions.

The rules are data (``data/clear.toml``). They raise the probability of what they find to the share of their matches
that annotators took for acts; they never lower one, and never speak of a negated candidate.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pledgetrail.extraction.candidates import Candidate
from pledgetrail.extraction.features import object_of, subject_of, word_class
from pledgetrail.extraction.views import View
from pledgetrail.language.lexicon import load

if TYPE_CHECKING:
    from spacy.tokens import Token


@dataclass(frozen=True, slots=True)
class Saying:
    """One rule of ``clear.toml``."""

    stage: str
    pos: str
    words: frozenset[str]
    needs: tuple[str, ...]
    share: float

    @property
    def name(self) -> str:
        """How the rule is called in a trace."""
        return f"{'/'.join(sorted(self.words)[:3])} with {', '.join(self.needs)}"


@cache
def sayings() -> dict[tuple[str, str], list[Saying]]:
    """(part of speech, lemma) -> the rules for it, the surest first."""
    table: dict[tuple[str, str], list[Saying]] = {}
    for row in load("clear.toml", "pledgetrail.extraction")["saying"]:
        saying = Saying(row["stage"], row["pos"], frozenset(row["words"]), tuple(row["needs"]), row["share"])
        for word in row["words"]:
            table.setdefault((saying.pos, word), []).append(saying)
    return {key: sorted(rules, key=lambda s: -s.share) for key, rules in table.items()}


def clear(view: View, candidate: Candidate) -> Saying | None:
    """The surest rule that a candidate fulfils, or None."""
    if candidate.grammar.negated:
        return None
    for saying in sayings().get((candidate.pos, candidate.lemma), ()):
        if all(_holds(view, candidate, need) for need in saying.needs):
            return saying
    return None


def _holds(view: View, candidate: Candidate, need: str) -> bool:
    token = view.doc[candidate.token]
    kind, _, value = need.partition(":")
    if kind == "actor":
        return _is_actor(view, subject_of(token)[0])
    if kind == "owner":
        return any(c.dep_ == "poss" and _is_actor(view, c) for c in token.children)
    if kind == "person":
        return any(_is_somebody(view, c) for c in token.children) or any(
            _is_somebody(view, g) for c in token.children if c.dep_ in ("ccomp", "xcomp") for g in c.children
        )
    if kind == "no passive":
        return not candidate.grammar.passive
    if kind == "future":
        return candidate.grammar.tense == "future"
    if kind == "if":
        return candidate.grammar.conditional
    if kind == "complement":
        return any(c.dep_ == "xcomp" for c in token.children)
    if kind == "prep":
        return any(c.dep_ in ("prep", "dative") and c.lower_ == value for c in token.children)
    if kind == "modifier":
        return any(c.dep_ in ("amod", "compound") and c.lower_.endswith(value) for c in token.children)
    if kind == "quoted we":
        subject = subject_of(token)[0]
        return (
            view.quoted(token) is not None
            and subject is not None
            and subject.lower_ in ("we", "i")
            and _is_actor(view, subject)
        )
    thing = object_of(token)
    if kind == "noun":
        return thing is not None and thing.lower_ in value.split()
    if kind == "object":
        return thing is not None and (not value or word_class(thing) == value)
    raise ValueError(f"clear.toml: unknown condition {need!r}")


def _is_actor(view: View, token: Token | None) -> bool:
    index = view.by_token.get(token.i) if token is not None else None
    return index is not None and bool(view.mentions[index].parties)


def _is_somebody(view: View, token: Token) -> bool:
    """An object that is an actor, or a noun with an actor's name before it ("Belarusian companies")."""
    if token.dep_ not in ("dobj", "nsubj"):
        return False
    return token.i in view.by_token or any(i in view.by_token for i in range(token.left_edge.i, token.i))
