"""Candidates -> decided acts: which of them is an act, of which stage, and which are one act said in two words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pledgetrail.extraction.candidates import Candidate, entries, propose
from pledgetrail.extraction.clear import clear
from pledgetrail.extraction.decisions import Decider, Place
from pledgetrail.extraction.features import act_features, object_of, path_between
from pledgetrail.extraction.views import View

#: An act is one from this probability on: the sum over stages (of .32, .33, .4
#: and .46 the best F1, two-fold over the annotated reports, with the encoder).
ACT_THRESHOLD = 0.33
#: A negated act must be this much surer than a plain one to be told at all.
_MARGIN = 0.15
#: Stages that say no by themselves: a negation does not undo them.
_SAYING_NO = frozenset({"refusal", "suspension", "cancellation", "call"})
#: What is announced or signed, by the classes of verb and noun: "announced the suspension of its aid".
_NAMED = {
    "announce": {"suspend": "suspension", "cancel": "cancellation", "complete": "completion", "contract": "contract"},
    "agree": {"contract": "contract"},
}
#: A second word of one act hangs on the first by these steps only.
_LINKS = frozenset(
    {
        "xcomp",
        "ccomp",
        "dobj",
        "acl",
        "pcomp",
        "prep",
        "attr",
        "acomp",
        "nsubjpass",
        "pobj",
        "nsubj",
        "dep",
        "compound",
        "amod",
        "agent",
        "dative",
        "nmod",
        "appos",
    }
)


@dataclass(frozen=True, slots=True)
class Decided:
    """A candidate taken for an act."""

    candidate: Candidate
    stage: str
    probability: float
    negated: bool
    features: tuple[str, ...]
    rule: str | None = None  # the rule of clear.toml that decided it, if not the fitted weights


def decide(view: View, model: Decider, threshold: float = ACT_THRESHOLD) -> list[Decided]:
    """The acts of a passage, one for each act however many of its words are candidates.

    A negated candidate that is no refusal is judged as if it were not negated, and the act is marked as negated.
    """
    candidates = list(propose(view))
    features = [tuple(act_features(view, c)) for c in candidates]
    places = [Place(view.place(c.token)) for c in candidates]
    found = []
    for candidate, named, stages in zip(candidates, features, model.batch(features, places), strict=True):
        nothing = stages.pop("none")
        rule = clear(view, candidate)
        if rule is not None and max(stages.values()) < rule.share:
            found.append(Decided(candidate, rule.stage, rule.share, False, named, rule.name))
        elif 1 - nothing >= threshold:
            stage = _named(view, candidate) or max(stages, key=lambda s: stages[s])
            negated = candidate.grammar.negated and stage not in _SAYING_NO
            found.append(Decided(candidate, stage, 1 - nothing, negated, named))
        elif candidate.grammar.negated:
            positive = replace(candidate, grammar=replace(candidate.grammar, negated=False))
            named = tuple(act_features(view, positive))
            (stages,) = model.batch([named], [Place(view.place(candidate.token))])
            nothing = stages.pop("none")
            if 1 - nothing >= threshold + _MARGIN:
                found.append(Decided(candidate, max(stages, key=lambda s: stages[s]), 1 - nothing, True, named))
    return _one_each(view, found)


def _named(view: View, candidate: Candidate) -> str | None:
    """The stage of what is announced or signed, where the noun names it."""
    named = _NAMED.get(candidate.classes[0])
    if named is None or candidate.pos != "verb":
        return None
    thing = object_of(view.doc[candidate.token])
    entry = entries().get(thing.lower_, {}).get("noun") if thing is not None else None
    return next((named[c] for c in entry[1] if c in named), None) if entry else None


def _one_each(view: View, found: Iterable[Decided]) -> list[Decided]:
    """Of words that hang on each other ("agreed to provide", "signed an agreement") keep the surest."""
    kept: list[Decided] = []
    for item in sorted(found, key=lambda d: -d.probability):
        if not any(_same_act(view, item.candidate, other.candidate) for other in kept):
            kept.append(item)
    return sorted(kept, key=lambda d: d.candidate.token)


def _owned(view: View, candidate: Candidate) -> bool:
    """A noun with a possessor of its own ("on Iran's call for help") tells an act of its own beside its verb's."""
    token = view.doc[candidate.token]
    return (
        candidate.pos == "noun"
        and token.dep_ == "pobj"
        and any(c.dep_ == "poss" and c.i in view.by_token for c in token.children)
    )


def _same_act(view: View, a: Candidate, b: Candidate) -> bool:
    if a.token == b.token:
        return True
    if view.sentence_of[a.token] != view.sentence_of[b.token] or "sum" in (a.pos, b.pos):
        return False
    if any(_owned(view, c) for c in (a, b)):
        return False
    path = path_between(view.doc[a.token], view.doc[b.token], 4)
    if path == "far" or "conj" in path:
        return False
    if "<" in path and ">" in path:
        return False
    steps = [s.split("(")[0] for s in path.replace("<", ">").split(">") if s]
    lower, upper = (a.token, b.token) if path.startswith("<") else (b.token, a.token)
    token, purpose = view.doc[lower], True
    while token.i != upper:
        if token.dep_ == "advcl":
            purpose = purpose and any(c.dep_ == "aux" and c.lower_ == "to" for c in token.children)
        token = token.head
    return len(steps) <= 3 and all(s in _LINKS or (s == "advcl" and purpose) for s in steps)
