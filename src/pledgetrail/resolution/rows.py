"""Statements of one act, folded into what a row shows. Pure, and independent of the order they come in."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from pledgetrail.records import Amount, AnyStatement, Document, Party, Span, Statement

#: Fields that make up a cell: the first names the cell, the rest travel with it.
CELLS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "commitment": {
        "by": ("by",),
        "to": ("to",),
        "via": ("via",),
        "what": ("what",),
        "amount": ("amount",),
        "flow": ("flow",),
        "sector": ("sector",),
        "places": ("places",),
        "when": ("when", "when_basis"),
        "period": ("period",),
        "part_of": ("part_of",),
        "speaker": ("speaker",),
    },
    "encounter": {
        "participants": ("participants",),
        "places": ("places",),
        "when": ("when", "when_basis"),
    },
    "figure": {
        "value": ("value", "low", "high", "qualifier", "currency"),
        "unit": ("unit",),
        "of": ("of",),
        "places": ("places",),
        "when": ("when", "when_basis"),
        "claimed_by": ("claimed_by",),
        "part_of": ("part_of",),
    },
}

#: Cells in which another value contradicts the one shown. Other wordings of ``what`` or ``unit`` do not.
COMPETING: Final = frozenset({"by", "to", "via", "amount", "when", "period", "participants", "value", "claimed_by"})

#: Several origins make a row surer, but nothing read by rule is ever certain.
CONFIDENCE_CAP: Final = 0.99


@dataclass(frozen=True, slots=True)
class Source:
    """What merging must know of a statement's report: its publication date (EDTF), and the document that the words of
    the statement go back to.
    """

    published: str | None
    origin: str


@dataclass(frozen=True, slots=True)
class Folded:
    """The fold of a row's statements; ``statements`` are in the order of the fold, the lead first."""

    content: AnyStatement
    statements: tuple[AnyStatement, ...]
    origins: int
    alternatives: tuple[Mapping[str, object], ...]


def fold(
    statements: Iterable[AnyStatement],
    sources: Mapping[str, Source] | None = None,
    ranks: Mapping[str, int] | None = None,
) -> AnyStatement:
    """The one statement that a row shows; see ``merge``."""
    return merge(statements, sources, ranks).content


def merge(
    statements: Iterable[AnyStatement],
    sources: Mapping[str, Source] | None = None,
    ranks: Mapping[str, int] | None = None,
) -> Folded:
    """Fold the statements of one act, all of one kind, into the content of its row.

    The lead is the fullest statement; its gaps are filled from the others in order. ``ranks`` may give each
    statement's place within its document's act (0 is the fullest), ``sources`` where each statement comes from.
    Evidence and cell spans are the union without doubles, the lead's first. Other values of a competing cell are
    kept as ``alternatives`` (cell, value in the form of the export contract, evidence). The confidence is the
    chance that not all origins are misread: 1 - prod(1 - c) over the best statement of each origin, so that a
    copied report adds nothing. ``origins`` is their number. Raises ValueError without statements or with
    statements of several kinds.
    """
    known, places = sources or {}, ranks or {}
    ordered = sorted(set_of(statements), key=lambda s: _order(s, known, places))
    if not ordered:
        raise ValueError("a row needs a statement")
    if len({s.kind for s in ordered}) > 1:
        raise ValueError("a row's statements are of one kind")
    lead = ordered[0]
    changes: dict[str, Any] = {}
    cells: dict[str, tuple[Span, ...]] = {}
    alternatives: list[Mapping[str, object]] = []
    for cell, fields in CELLS[lead.kind].items():
        shown = _choose(cell, fields, ordered)
        changes.update({name: getattr(shown, name) for name in fields})
        value = cell_value(shown, cell)
        if not _empty(value):
            cells[cell] = _spans(s.cells.get(cell, ()) for s in ordered if _supports(cell, value, cell_value(s, cell)))
        if cell in COMPETING:
            alternatives.extend(_alternatives(cell, value, ordered))
    for statement in ordered:  # spans of words that belong to no cell of the table above
        for cell, spans in statement.cells.items():
            if cell not in CELLS[lead.kind]:
                cells[cell] = _spans((cells.get(cell, ()), spans))
    confidence, origins = _weigh(ordered, known)
    content: AnyStatement = replace(
        lead,
        **changes,
        evidence=_spans(s.evidence for s in ordered),
        cells={cell: spans for cell, spans in cells.items() if spans},
        confidence=confidence,
    )
    return Folded(content, tuple(ordered), origins, tuple(alternatives))


def set_of(statements: Iterable[AnyStatement]) -> list[AnyStatement]:
    """The statements without doubles by id."""
    return list({s.id: s for s in statements}.values())


def fullness(statement: AnyStatement) -> int:
    """How many cells of its kind a statement fills."""
    return sum(not _empty(cell_value(statement, cell)) for cell in CELLS[statement.kind])


def cell_value(statement: Statement, cell: str) -> Any:
    """A cell's value: a field, or for a figure's ``value`` the number or the (low, high) pair; None if unfilled."""
    if cell == "value":
        value, low, high = (getattr(statement, name, None) for name in ("value", "low", "high"))
        if value is not None:
            return value
        return None if low is None and high is None else (low, high)
    return getattr(statement, cell, None)


def plain(value: Any) -> Any:
    """A cell's value in the form of the export contract: dicts, lists, strings, numbers."""
    if isinstance(value, Party):
        return {
            "id": value.id,
            "name": value.name,
            "aliases": list(value.aliases),
            "type": value.type,
            "country": value.country,
        }
    if isinstance(value, Amount):
        return {
            "value": value.value,
            "currency": value.currency,
            "text": value.text,
            "qualifier": value.qualifier,
        }
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value


def origin_key(document: Document) -> str:
    """A hash equal for documents whose words are the same, whatever their chrome, case, spacing and marks."""
    body = " ".join(document.text[b.start : b.end] for b in document.blocks if b.kind == "body") or document.text
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", body).casefold())
    return hashlib.sha256(" ".join(words).encode("utf-8", "surrogatepass")).hexdigest()


def _order(statement: AnyStatement, sources: Mapping[str, Source], ranks: Mapping[str, int]) -> tuple[Any, ...]:
    source = sources.get(statement.id)
    published = (source.published if source else None) or "9999"
    rank = ranks.get(statement.id, 0)
    return (rank, -fullness(statement), published, statement.document, statement.trigger.start, statement.id)


def _empty(value: Any) -> bool:
    return value is None or value == () or value == ""


def _choose(cell: str, fields: tuple[str, ...], ordered: list[AnyStatement]) -> AnyStatement:
    """The statement whose value of the cell is shown: the first that has one, or a finer date within its date."""
    filled = [s for s in ordered if not _empty(cell_value(s, cell))]
    if not filled:
        return ordered[0]
    first = filled[0]
    if cell != "when":
        return first
    return max(
        (s for s in filled if (s.when or "").startswith(first.when or "")),
        key=lambda s: (len(s.when or ""), -ordered.index(s)),
    )


def _ids(value: Any) -> frozenset[str] | None:
    """The party ids of a cell of parties, None for any other cell."""
    if isinstance(value, Party):
        return frozenset({value.id})
    if isinstance(value, tuple) and value and isinstance(value[0], Party):
        return frozenset(party.id for party in value)
    return None


def _supports(cell: str, shown: Any, other: Any) -> bool:
    """Whether another statement's value bears out the one shown: the same, a part of it, or another wording."""
    if _empty(other):
        return False
    if cell not in COMPETING:
        return True
    ids, others = _ids(shown), _ids(other)
    if ids is not None and others is not None:
        return others <= ids
    if cell == "when":
        return str(shown).startswith(str(other))
    if isinstance(shown, Amount) and isinstance(other, Amount):
        return (shown.value, shown.currency) == (other.value, other.currency)
    return bool(shown == other)


def _alternatives(cell: str, shown: Any, ordered: list[AnyStatement]) -> list[Mapping[str, object]]:
    """The competing values of a cell, each once, with the spans they were read from."""
    found: dict[str, tuple[Any, list[tuple[Span, ...]]]] = {}
    for statement in ordered:
        value = cell_value(statement, cell)
        if _empty(value) or _supports(cell, shown, value):
            continue
        ids = _ids(value)
        name = repr(sorted(ids)) if ids is not None else repr(value)
        spans = tuple(statement.cells.get(cell, ())) or statement.evidence
        found.setdefault(name, (value, []))[1].append(spans)
    return [{"cell": cell, "value": plain(value), "evidence": _spans(spans)} for value, spans in found.values()]


def _spans(groups: Iterable[tuple[Span, ...]]) -> tuple[Span, ...]:
    return tuple({(s.document, s.field, s.start, s.end): s for group in groups for s in group}.values())


def _weigh(ordered: list[AnyStatement], sources: Mapping[str, Source]) -> tuple[float, int]:
    """The row's confidence and its number of origins."""
    best: dict[str, float] = {}
    for statement in ordered:
        source = sources.get(statement.id)
        origin = source.origin if source else statement.document
        best[origin] = max(best.get(origin, 0.0), statement.confidence)
    if len(best) == 1:
        return next(iter(best.values())), 1
    doubt = 1.0
    for value in sorted(best.values()):
        doubt *= 1.0 - value
    return max(max(best.values()), min(CONFIDENCE_CAP, round(1.0 - doubt, 6))), len(best)
