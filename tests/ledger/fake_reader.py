"""A reader for tests: it knows one shape of sentence and needs no model.

"PAK pledged AZE 5 for schools." is a pledge; "PAK pledged AZE 5 for schools and 7 for roads." two. "PAK met AZE in
Baku." is an encounter, "AZE counted 12 killed." a figure. A sentence with "somehow" gives an act without key.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import sqlite3
import sys
from pathlib import Path
from typing import Any

from pledgetrail.records import (
    Act,
    Amount,
    AnyStatement,
    Block,
    Commitment,
    Document,
    Encounter,
    Figure,
    Party,
    RawReport,
    Reading,
    Span,
)

NAMES = {"PAK": "Pakistan", "AZE": "Azerbaijan", "TUR": "Türkiye", "ARM": "Armenia"}
_PLEDGE = re.compile(r"(?P<by>[A-Z]{3}) (?P<verb>pledged|refused) (?P<to>[A-Z]{3}) (?P<items>[^.]+)\.")
_ITEM = re.compile(r"(?P<amount>\d+) (?:somehow )?for (?P<what>\w+)")
_MEET = re.compile(r"(?P<one>[A-Z]{3}) (?P<verb>met) (?P<two>[A-Z]{3}) in (?P<place>\w+)\.")
_COUNT = re.compile(r"(?P<who>[A-Z]{3}) (?P<verb>counted) (?P<value>\d+) (?P<measure>killed|injured)\.")


def party(code: str) -> Party:
    return Party(f"state:{code}", NAMES.get(code, code), "state", code, (code.title(),))


def document(report: RawReport) -> Document:
    return Document(
        id=report.id,
        source=report.source,
        text=report.text,
        text_sha256=hashlib.sha256(report.text.encode()).hexdigest(),
        content_sha256=report.content_sha256,
        blocks=(Block("body", 0, len(report.text), "fake"),),
        title=report.title,
        outlet=report.outlet,
        url=report.url,
        published=report.published,
        section=report.section,
        partial=report.partial,
        page_sha256=report.page_sha256,
    )


def raw(name: str, text: str, source: str = "input.jsonl", **more: Any) -> RawReport:
    return RawReport(name, source, text, hashlib.sha256(text.encode()).hexdigest(), **more)


def acts(doc: Document) -> list[Act]:
    def span(match: re.Match[str], group: str | int = 0, offset: int = 0) -> Span:
        start, end = match.start(group) + offset, match.end(group) + offset
        return Span(doc.id, start, end, doc.text[start:end])

    def base(match: re.Match[str], trigger: Span, **cells: Span) -> dict[str, Any]:
        seed = f"{doc.id} {doc.text_sha256} {trigger.start}"
        return {
            "id": "s-" + hashlib.sha256(seed.encode()).hexdigest()[:16],
            "document": doc.id,
            "text_sha256": doc.text_sha256,
            "trigger": trigger,
            "evidence": (span(match),),
            "cells": {cell: (its,) for cell, its in cells.items()},
            "confidence": 0.8,
            "reader": "fake:1",
            "trace": (f"trigger: {trigger.quote}",),
        }

    found: list[tuple[AnyStatement, str | None]] = []
    for match in _PLEDGE.finditer(doc.text):
        stage = "pledge" if match["verb"] == "pledged" else "refusal"
        for item in _ITEM.finditer(match["items"]):
            at = match.start("items")
            what, amount = span(item, "what", at), span(item, "amount", at)
            commitment = Commitment(
                **base(match, what, by=span(match, "by"), to=span(match, "to"), what=what, amount=amount),
                stage=stage,
                by=(party(match["by"]),),
                to=(party(match["to"]),),
                what=item["what"],
                amount=Amount(float(item["amount"]), "USD", item["amount"]),
                sector="110" if item["what"] == "schools" else None,
                when=doc.published,
                when_basis="from the report's date" if doc.published else None,
            )
            key = f"{stage} {match['by']} {match['to']} {item['what']}"
            found.append((commitment, None if "somehow" in item[0] else key))
    for match in _MEET.finditer(doc.text):
        encounter = Encounter(
            **base(match, span(match, "verb"), participants=span(match, "one"), places=span(match, "place")),
            encounter="meeting",
            participants=(party(match["one"]), party(match["two"])),
            places=(match["place"],),
        )
        found.append((encounter, f"{match['one']} {match['two']} {match['place']}"))
    for match in _COUNT.finditer(doc.text):
        figure = Figure(
            **base(match, span(match, "verb"), value=span(match, "value"), claimed_by=span(match, "who")),
            value=float(match["value"]),
            measure=match["measure"],
            unit="people",
            claimed_by=party(match["who"]),
        )
        found.append((figure, None))
    return [Act((statement,), key) for statement, key in found]


def interpret(reports: list[RawReport]) -> list[Reading]:
    read = []
    for report in reports:
        if "unreadable" in report.text:
            raise RuntimeError("this one cannot be read")
        if "deadly" in report.text:
            os.kill(os.getpid(), signal.SIGKILL)
        doc = document(report)
        read.append(Reading(doc, tuple(acts(doc))))
    return read


def dump(path: Path) -> dict[str, list[Any]]:
    """A ledger's contents without ids that depend on history, in an order that does not either."""
    database = sqlite3.connect(path)
    try:
        statements = dict(database.execute("SELECT id, document || start || kind FROM statements"))
        owned: dict[str, list[str]] = {}
        for row, statement in database.execute("SELECT row_id, statement_id FROM row_statements"):
            owned.setdefault(row, []).append(statements[statement])
        names = {row: "+".join(sorted(its)) for row, its in owned.items()}
        skip = {"issued", "id", "part_of", "build_id", "seq", "row_id", "base_row", "act_key", "story"}
        skip |= {"merged_into", "joined_to"}
        actors: dict[str, str] = {}
        for key, actor in database.execute("SELECT key, actor FROM actor_keys ORDER BY key"):
            actors[actor] = f"{actors.get(actor, '')} {key}"
        found: dict[str, list[Any]] = {}
        for table in ("documents", "blocks", "statements", "rows", "row_parties", "row_places", "evidence", "actors"):
            cursor = database.execute(f"SELECT * FROM {table}")
            columns = [item[0] for item in cursor.description]
            lines = []
            for values in cursor:
                row = dict(zip(columns, values, strict=True))
                if "actor_id" in row:
                    row["actor_id"] = actors[row["actor_id"]]
                name = names.get(row.get("row_id") or row.get("id") or "", "")
                part = names.get(row.get("part_of") or "", "")
                lines.append(json.dumps([name, part, {k: v for k, v in row.items() if k not in skip}], sort_keys=True))
            found[table] = sorted(lines)
        found |= together(database, names, actors)
        found["problems"] = sorted(
            database.execute(
                "SELECT source, kind, message FROM problems WHERE build_id = (SELECT max(id) FROM builds)"
            ).fetchall()
        )
        found["fts"] = sorted(database.execute("SELECT rowid FROM documents_fts WHERE documents_fts MATCH 'pledged'"))
        return found
    finally:
        database.close()


def together(database: sqlite3.Connection, names: dict[str, str], actors: dict[str, str]) -> dict[str, list[Any]]:
    """What resolution found, without ids that depend on history."""
    groups: dict[str, list[str]] = {}
    for story, document in database.execute("SELECT story, id FROM documents ORDER BY id"):
        groups.setdefault(story or document, []).append(document)
    rows_of: dict[str, list[str]] = {}
    for trail, row, home in database.execute("SELECT trail, row_id, home FROM trail_rows ORDER BY trail, position"):
        rows_of.setdefault(trail, []).append(f"{names[row]} {home}")
    cells: dict[str, list[str]] = {}
    for name, row, cell in database.execute("SELECT disagreement, row_id, cell FROM disagreement_rows"):
        cells.setdefault(name, []).append(f"{names[row]} {cell}")
    trails = [
        (name, *values, *(sorted(actors.get(key, key) for key in json.loads(side)) for side in (givers, receivers)))
        for name, givers, receivers, *values in database.execute(
            "SELECT id, givers, receivers, state, first, last, subject FROM trails"
        )
    ]
    disputed = database.execute("SELECT id, kind, subject, about FROM disagreements")
    return {
        "stories": sorted(groups.values()),
        "copies": sorted(database.execute("SELECT * FROM copies")),
        "datings": sorted(database.execute("SELECT * FROM datings")),
        "trails": sorted([*map(str, values), *rows_of[name]] for name, *values in trails),
        "disagreements": sorted([*values, *sorted(cells[name])] for name, *values in disputed),
        "namings": sorted(database.execute("SELECT document, party, key FROM namings")),
    }


if __name__ == "__main__":  # a build in a process of its own, to be killed
    from pledgetrail.pipeline import build

    build([Path(sys.argv[1])], Path(sys.argv[2]), batch_size=3, interpret=interpret, reader="fake")
