"""What all rows say together, in the form of the export contract: trails, disagreements, copies, actors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import Connection

from pledgetrail.ledger.dossiers import PARTS, read_actors
from pledgetrail.ledger.queries import actor_evidence
from pledgetrail.ledger.trails import Trail, TrailFilter, key_names, read_trails
from pledgetrail.resolution.undertakings.funnel import FunnelLine

#: Columns of the tables for spreadsheets.
TRAILS: Final = ("id", "state", "first", "last", "silent_days", "givers", "receivers", "subject", "size", "rows")
ACTORS: Final = ("id", "name", "aliases", "type", "country", "identifiers", "roles", "note", "joined", *PARTS)
#: Of disagreements: a line for each report that tells a claim.
DISAGREEMENTS: Final = (
    *("disagreement", "kind", "subject", "about", "row", "cell", "value", "number", "low", "high", "currency"),
    *("claimant", "document", "outlet", "origin", "published", "published_until", "sentence", "start", "end", "quote"),
)


def trail_dict(trail: Trail, names: Mapping[str, str]) -> dict[str, Any]:
    """A trail as a line of trails.jsonl; ``names`` are those of ``key_names``."""
    return {
        "id": trail.id,
        "rows": list(trail.rows),
        "state": trail.state,
        "first": iso(trail.first),
        "last": iso(trail.last),
        "silent_days": trail.silent_days,
        "givers": [{"key": key, "name": names[key]} for key in trail.givers],
        "receivers": [{"key": key, "name": names[key]} for key in trail.receivers],
        "subject": list(trail.subject),
    }


def trail_dicts(connection: Connection) -> Iterator[dict[str, Any]]:
    """All trails in the order of their ids, as they stand on the day of the newest report."""
    found = read_trails(connection, TrailFilter(every=True))
    names = key_names(connection, found)
    return (trail_dict(trail, names) for trail in sorted(found, key=lambda its: its.id))


def trail_records(connection: Connection) -> Iterator[dict[str, Any]]:
    """The same in columns."""
    for trail in trail_dicts(connection):
        yield {**trail, "size": len(trail["rows"])}


def actor_dicts(connection: Connection) -> Iterator[dict[str, Any]]:
    """All actors in the order of their ids, each with the first spans in which it was read."""
    for actor in read_actors(connection):
        yield {**actor, "evidence": actor_evidence(connection, actor["id"])}


def actor_record(actor: Mapping[str, Any]) -> dict[str, Any]:
    """An actor in columns."""
    return {
        **actor,
        **actor["rows"],
        "roles": [role_words(role) for role in actor["roles"]],
        "joined": [f"{one['key']}: {one['why']}" for one in actor["joined"]],
    }


def role_words(role: Mapping[str, Any]) -> str:
    """A role with the time in which reports say so: "foreign minister of Türkiye, 2020-11-02 to 2021-01-13"."""
    title = f"{role['title']} of {role['of']}" if role["of"] else str(role["title"])
    former = "former " if role["former"] else ""
    first, last = role["from"], role["until"]
    time = f", {first}" if first and first == last else f", {first or ''} to {last or ''}" if first or last else ""
    return f"{former}{title}{time}"


def disagreement_records(found: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Disagreements as records of ``DISAGREEMENTS``."""
    for its in found:
        about = {"disagreement": its["id"], **{name: its[name] for name in ("kind", "subject", "about")}}
        for claim in its["claims"]:
            number = claim["number"] or {}
            said = {name: claim[name] for name in ("row", "cell", "value", "claimant")}
            said |= {"number": number.get("value"), **{name: number.get(name) for name in ("low", "high", "currency")}}
            for telling in claim["tellings"]:
                where = {name: telling[name] for name in ("document", "outlet", "origin", "sentence")}
                first, last = telling["days"] or (None, None)
                span = {name: telling["evidence"][name] for name in ("start", "end", "quote")}
                yield about | said | where | {"published": first, "published_until": last} | span


def funnel_dict(line: FunnelLine) -> dict[str, Any]:
    """A line of the funnel, with the number of silent trails beside their sums."""
    found = asdict(line)
    return found | {"silent": found["silent"] | {"trails": found.pop("silent_trails")}}


def iso(day: dt.date | None) -> str | None:
    """A day as the contract writes it."""
    return day.isoformat() if day else None
