"""Examples for the decisions about encounters and figures, for scripts/fit.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fit import Example, locate, same_party
from pledgetrail.extraction.encounter_features import guests
from pledgetrail.extraction.encounters import Told, one_word_of, with_features
from pledgetrail.extraction.views import View, views
from pledgetrail.records import Mention, Parsed
from pledgetrail.vocabulary import ENCOUNTERS

Gold = dict[str, Any]

#: Kinds that annotators used beside those of the contract.
_KINDS = {
    "negotiations": "meeting",
    "talks": "meeting",
    "dinner": "meeting",
    "summons": "meeting",
    "consultation": "meeting",
    "briefing": "meeting",
    "hearing": "meeting",
    "peace talks": "conference",
    "summit": "conference",
    "event": "conference",
    "ceremony": "conference",
    "presentation": "conference",
    "address": "conference",
    "exercise": "conference",
}


def kind_of(entry: Gold) -> str:
    """The contract's kind of a gold encounter."""
    return entry["kind"] if entry["kind"] in ENCOUNTERS else _KINDS[entry["kind"]]


def encounter_examples(parsed: Parsed, gold: Gold) -> Iterator[Example]:
    """Each candidate with its kind, or "none". Optional ones and further words of a told one are left out."""
    text = parsed.document.text
    spans = [(locate(text, e["evidence"], e.get("trigger")), e) for e in gold["encounters"]]
    found = list(with_features(views(parsed)))
    hits = []
    for view, candidate, features in found:
        at = view.offset + view.doc[candidate.token].idx
        hit = [e for span, e in spans if span and span[0] <= at < span[1]]
        hits.append(hit)
    heads = [(view, Told(c, kind_of(h[0]), 1, ()), h[0]) for (view, c, _), h in zip(found, hits, strict=True) if h]
    for (view, candidate, features), hit in zip(found, hits, strict=True):
        firm = [e for e in hit if not e.get("optional")]
        if hit and not firm:
            continue
        if not hit:
            mine = Told(candidate, candidate.classes[0], 1, ())
            if any(v is view and one_word_of(view, mine, other) for v, other, _ in heads):
                continue
        yield Example(gold["id"], features, kind_of(firm[0]) if firm else "none")


def participant_examples(parsed: Parsed, gold: Gold) -> Iterator[Example]:
    """Each mention in reach of a gold encounter: "present" or "absent"."""
    text = parsed.document.text
    all_views = views(parsed)
    spans = [(locate(text, e["evidence"], e.get("trigger")), e) for e in gold["encounters"]]
    used: set[int] = set()
    for view, candidate, _ in with_features(all_views):
        at = view.offset + view.doc[candidate.token].idx
        for span, entry in spans:
            if span and span[0] <= at < span[1] and id(entry) not in used:
                used.add(id(entry))
                yield from _participants_of(text, all_views, candidate, entry, gold["id"])


def _participants_of(text: str, all_views: list[View], candidate: Any, entry: Gold, document: str) -> Iterator[Example]:
    names = entry["participants"]
    spans = [locate(text, entry["evidence"], words) for words in entry.get("participants_text") or []]
    found = list(guests(all_views, candidate, kind_of(entry)))
    labels = [_presence(g.mention, g.where, names, [s for s in spans if s]) for g in found]
    named = [g.mention for g, label in zip(found, labels, strict=True) if label == "present" and g.where == "same"]
    missing = [n for n in names if not any(same_party([n], m) for m in named)]
    for guest, label in zip(found, labels, strict=True):
        if guest.where != "same":
            right = same_party(missing, guest.mention)
            if not right and same_party(names, guest.mention):
                continue
            label = "present" if right else "absent"
        if label != "skip":
            yield Example(document, guest.features, label, 0.5 if entry.get("optional") else 1.0)


def _presence(mention: Mention, where: str, names: list[str], spans: list[tuple[int, int]]) -> str:
    if same_party(names, mention):
        inside = any(mention.start < s[1] and s[0] < mention.end for s in spans)
        return "present" if inside or where != "same" or mention.kind == "pronoun" else "skip"
    return "absent"


def figure_examples(parsed: Parsed, gold: Gold) -> Iterator[Example]:
    """Each quantity with the class of its measure, or "none"."""
    yield from ()
