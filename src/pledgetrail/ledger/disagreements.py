"""Reading disagreements: claims about one thing with the sentences that make them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, select

from pledgetrail.ledger.schema import disagreements, documents, evidence

#: Disagreements read at a time.
_PAGE: Final = 200

#: Code points shown on either side of words that lie in no sentence of their row.
_AROUND: Final = 120


def read_disagreements(connection: Connection, kind: str | None = None) -> Iterator[dict[str, Any]]:
    """Disagreements with their ids, in the order of these, as ``surveying.disagreement_dict`` writes them; ``kind``
    "competing", "update" or "compatible" only, if given. Each telling of a claim also has ``sentence``.
    """
    last = ""
    while True:
        query = select(disagreements.c.id, disagreements.c.content).where(disagreements.c.id > last)
        if kind:
            query = query.where(disagreements.c.kind == kind)
        page = connection.execute(query.order_by(disagreements.c.id).limit(_PAGE)).all()
        if not page:
            return
        found = [{"id": name, **json.loads(content)} for name, content in page]
        _add_sentences(connection, found)
        yield from found
        last = page[-1].id


def disagreements_by_id(connection: Connection, names: Sequence[str]) -> list[dict[str, Any]]:
    """Some disagreements in the order asked for, in the same form; those that there are not are left out."""
    found: dict[str, dict[str, Any]] = {}
    for at in range(0, len(names), _PAGE):
        query = select(disagreements.c.id, disagreements.c.content).where(
            disagreements.c.id.in_(names[at : at + _PAGE])
        )
        found |= {name: {"id": name, **json.loads(content)} for name, content in connection.execute(query)}
    listed = [found[name] for name in names if name in found]
    _add_sentences(connection, listed)
    return listed


def rivals(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """For each row of figures, the values of other rows that compete with its own, each with who claims it, the reports
    that tell it and how the two stand to each other.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for its in read_disagreements(connection, "competing"):
        claims = its["claims"]
        for relation in its["relations"]:
            one, other = claims[relation["first"]], claims[relation["second"]]
            if relation["kind"] != "competing" or one["row"] == other["row"]:
                continue
            for mine, theirs in ((one, other), (other, one)):
                if mine["cell"] == "value":
                    found.setdefault(mine["row"], []).append(_rival(its["id"], theirs, relation["how"]))
    return found


def _rival(name: str, claim: Mapping[str, Any], how: str) -> dict[str, Any]:
    number = claim["number"] or {}
    value = number.get("value")
    if value is None and number.get("low") is not None:
        value = [number["low"], number["high"]]
    return {
        "disagreement": name,
        "row": claim["row"],
        "cell": claim["cell"],
        "value": value,
        "words": claim["value"],
        "claimed_by": claim["claimant"],
        "documents": [telling["document"] for telling in claim["tellings"]],
        "origins": claim["origins"],
        "how": how,
        "evidence": [telling["evidence"] for telling in claim["tellings"]],
    }


def _add_sentences(connection: Connection, found: Sequence[Mapping[str, Any]]) -> None:
    """Beside the words of each telling, the sentence of its row that holds them, or else the words around them."""
    names = sorted({claim["row"] for its in found for claim in its["claims"]})
    held: dict[tuple[str, str], list[Any]] = {}
    for at in range(0, len(names), 500):
        query = select(evidence).where(evidence.c.row_id.in_(names[at : at + 500]), evidence.c.cell == "")
        for span in connection.execute(query):
            held.setdefault((span.row_id, span.document), []).append(span)
    for its in found:
        for claim in its["claims"]:
            for telling in claim["tellings"]:
                telling["sentence"] = _sentence(connection, held, claim["row"], telling["evidence"])


def _sentence(
    connection: Connection, held: Mapping[tuple[str, str], Sequence[Any]], row: str, span: Mapping[str, Any]
) -> str:
    for sentence in held.get((row, span["document"]), ()):
        same = sentence.field == span["field"]
        if same and sentence.start <= span["start"] and span["end"] <= sentence.end:
            return str(sentence.quote)
    if span["field"] != "text":
        return str(span["quote"])
    text = connection.execute(select(documents.c.text).where(documents.c.id == span["document"])).scalar() or ""
    if text[span["start"] : span["end"]] != span["quote"]:
        return str(span["quote"])
    left, right = max(0, span["start"] - _AROUND), span["end"] + _AROUND
    return ("…" if left else "") + text[left:right] + ("…" if right < len(text) else "")
