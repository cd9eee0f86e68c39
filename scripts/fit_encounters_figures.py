"""Examples for the decisions about encounters and figures, for scripts/fit.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fit import Example, locate, same_party
from pledgetrail.extraction.attendance import guests
from pledgetrail.extraction.claimants import Source, sources
from pledgetrail.extraction.encounters import Told, one_word_of, with_features
from pledgetrail.extraction.figure_features import figure_features
from pledgetrail.extraction.figures import counts
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


#: A candidate that only restates a told encounter by the same word teaches little about what is none.
RESTATED = 0.1


def kind_of(entry: Gold) -> str:
    """The contract's kind of a gold encounter."""
    return entry["kind"] if entry["kind"] in ENCOUNTERS else _KINDS.get(entry["kind"], "meeting")


def encounter_examples(parsed: Parsed, gold: Gold) -> Iterator[Example]:
    """Each candidate with its kind, or "none". Optional ones and further words of a told one are left out."""
    text = parsed.document.text
    spans = [(locate(text, e["evidence"], e.get("trigger")), e) for e in gold["encounters"]]
    found = list(with_features(views(parsed)))
    hits = []
    for view, candidate, _ in found:
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
        again = not hit and any(other.candidate.lemma == candidate.lemma for _, other, _ in heads)
        label = kind_of(firm[0]) if firm else "none"
        yield Example(gold["id"], features, label, RESTATED if again else 1.0, view.place(candidate.token))


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
    kind = kind_of(entry)
    found = list(guests(all_views, candidate, kind))
    at = all_views[candidate.passage].place(candidate.token)
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
            other = (guest.mention.start, guest.mention.end)
            yield Example(document, guest.features, label, 0.5 if entry.get("optional") else 1.0, at, other, kind)


def _presence(mention: Mention, where: str, names: list[str], spans: list[tuple[int, int]]) -> str:
    if same_party(names, mention):
        inside = any(mention.start < s[1] and s[0] < mention.end for s in spans)
        return "present" if inside or where != "same" or mention.kind == "pronoun" else "skip"
    return "absent"


#: Classes of measure by words of an annotator's unit, the first that fits.
_CLASSES = (
    (
        "killed",
        "kill dead death died die fatal starv drown perish martyr lives toll casualt murder execut shot beheaded",
    ),
    ("injured", "injur wound hurt harmed"),
    ("missing", "missing unaccounted trapped"),
    ("displaced", "displac refugee migrant fled flee driven homeless uproot asylum camp evacu arriv shelter"),
    (
        "damaged",
        "homes houses buildings structures vehicles villages settlements schools damaged destroyed flattened boats",
    ),
    ("need", "need requir appeal assistance aid"),
    ("loss", "loss lost lose damage cost deficit debt decline fall cut drop shrink"),
    ("troops", "troops soldiers fighters personnel forces militants insurgents police"),
    (
        "affected",
        "affected hit malnourish hunger hungry besieged stranded infected cases suffering threat livelihood poverty "
        "famine detained",
    ),
)


def measure_of(entry: Gold) -> str:
    """The class of a gold figure's measure, from its unit and the words of its measure."""
    said = f" {entry.get('unit') or ''} {entry.get('measure_text') or ''}".lower()
    money = entry.get("unit", "")[:3] in ("USD", "GBP", "EUR", "AUD")
    for klass, stems in _CLASSES:
        if money and klass not in ("loss", "need"):
            continue
        if any(" " + stem in said for stem in stems.split()):
            return klass
    return "other"


def figure_examples(parsed: Parsed, gold: Gold) -> Iterator[Example]:
    """Each quantity with the class of its measure, or "none". Optional ones are left out."""
    text = parsed.document.text
    spans = [(locate(text, e["evidence"], e.get("value_text")), e) for e in gold["figures"]]
    for view, count in counts(views(parsed)):
        hit = [e for span, e in spans if span and count.quantity.start < span[1] and span[0] < count.quantity.end]
        firm = [e for e in hit if not e.get("optional")]
        if hit and not firm:
            continue
        label = measure_of(firm[0]) if firm else "none"
        at = (count.quantity.start, count.quantity.end)
        yield Example(gold["id"], tuple(figure_features(view, count)), label, at=at)


def claimant_examples(parsed: Parsed, gold: Gold) -> Iterator[Example]:
    """Each possible source of a gold figure: "claims" or "none"."""
    text = parsed.document.text
    all_views = views(parsed)
    spans = [(locate(text, e["evidence"], e.get("value_text")), e) for e in gold["figures"]]
    carried: tuple[View, int, Source] | None = None
    for view, count in counts(all_views):
        entry = next(
            (e for span, e in spans if span and count.quantity.start < span[1] and span[0] < count.quantity.end), None
        )
        if entry is None:
            continue
        name = entry.get("claimed_by")
        said = locate(text, entry["evidence"], entry.get("claimed_by_text")) if name else None
        found = list(sources(all_views, view, count, carried))
        labels = []
        for source in found:
            overlaps = bool(said and source.start < said[1] and said[0] < source.end)
            mention = Mention(source.start, source.end, "", "name", source.parties)
            same = bool(name) and bool(source.parties) and same_party([name], mention)
            labels.append(
                "claims" if overlaps and (same or not source.parties) else "skip" if overlaps or same else "none"
            )
        if name and "claims" not in labels:
            for i, source in enumerate(found):
                if labels[i] == "skip" and source.where not in ("same", "back 2"):
                    labels[i] = "claims"
                    break
            else:
                for i in range(len(found)):
                    if labels[i] == "skip":
                        labels[i] = "claims"
                        break
        right = next((s for s, label in zip(found, labels, strict=True) if label == "claims"), None)
        carried = (view, count.head, right) if right is not None else None
        for source, label in zip(found, labels, strict=True):
            if label != "skip":
                at, other = (count.quantity.start, count.quantity.end), (source.start, source.end)
                yield Example(gold["id"], source.features, label, 0.5 if entry.get("optional") else 1.0, at, other)


FIGURE_MODELS = {"figures": "figure_examples", "claimants": "claimant_examples"}
