"""Ledgers with something on every page of the web app, and with words that mean no good wherever words can be."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pledgetrail.ledger import review
from pledgetrail.ledger.decisions import Action
from pledgetrail.ledger.resolving import resolve_ledger
from pledgetrail.ledger.store import open_ledger

LONG = (
    "The envoys who came on Monday spoke for an hour about the rebuilding of the town of Shusha in Karabakh and of the"
    " roads that lead there. PAK pledged AZE 5 for schools. They said that the liberated territories of Karabakh"
    " need homes, water and light before people can return, and that the work of clearing the fields of mines would go"
    " on for years. PAK met AZE in Baku. Nobody named a day for the next talks, and no paper was signed when they left."
)
REPORTS = {
    "first.txt": (LONG, {"published": "2021-01-13", "outlet": "Alpha Post", "title": "Envoys on Monday"}),
    "again.txt": (LONG.replace("for an hour", "for two hours"), {"published": "2021-01-14", "outlet": "Beta Times"}),
    "other.txt": (
        "Residents of Shushi said the occupied territories of Karabakh were theirs. TUR pledged ARM 9 for roads."
        " TUR met ARM in Lisbon. TUR met ARM in Atlantis.",
        {"published": "2021-03", "outlet": "<i>Gamma</i> \u202e", "title": "<script>alert(1)</script>"},
    ),
    "late.txt": ("TUR refused ARM 9 for roads.", {"published": "2022-06-01", "outlet": "Alpha Post"}),
}
HOSTILE = "<b>toll</b> \u202e =1+1"


def span(text: str, words: str, document: str) -> dict[str, Any]:
    start = text.index(words)
    return {"document": document, "field": "text", "start": start, "end": start + len(words), "quote": words}


def dispute(database: sqlite3.Connection) -> None:
    """Two claims that compete, and how a report was dated: what the fake reader does not read."""
    ((row,),) = database.execute("SELECT id FROM rows WHERE what = 'schools' LIMIT 1")
    claims = [
        {
            "row": row,
            "cell": "value",
            "value": f"{number} killed",
            "number": {"value": number, "low": None, "high": None, "qualifier": None, "currency": None},
            "claimant": claimant,
            "when": [None, None],
            "origins": 1,
            "tellings": [
                {
                    "document": "first.txt",
                    "origin": "first.txt",
                    "outlet": "<i>Alpha</i>",
                    "days": ["2021-01-13", "2021-01-13"],
                    "evidence": span(LONG, "5", "first.txt"),
                }
            ],
        }
        for number, claimant in ((12.0, None), (900.0, HOSTILE))
    ]
    relations = [{"first": 0, "second": 1, "kind": "competing", "how": "“12” against “900”"}]
    content = {"subject": "figure", "about": HOSTILE, "kind": "competing", "claims": claims, "relations": relations}
    values = ("d-1", "competing", "figure", HOSTILE, json.dumps(content))
    database.execute("INSERT INTO disagreements VALUES (?, ?, ?, ?, ?)", values)
    step = {"words": HOSTILE, **{k: v for k, v in span(LONG, "Monday", "first.txt").items() if k != "field"}}
    dating = {
        **{"document": "late.txt", "edtf": None, "earliest": "2022-06-01", "latest": None, "basis": "siblings"},
        **{"chain": [step], "contradictions": []},
    }
    database.execute("DELETE FROM datings")
    database.execute(
        "INSERT INTO datings VALUES ('late.txt', NULL, '2022-06-01', NULL, 'siblings', ?)", (json.dumps(dating),)
    )


def make_resolved(add: Callable[..., None], path: Path) -> None:
    """A ledger with trails, copies, wording and a disagreement."""
    for name, (text, more) in REPORTS.items():
        add(path, {name: text}, **more)
    with open_ledger(path, write=True) as ledger:
        resolve_ledger(ledger)
    with sqlite3.connect(path) as database:
        dispute(database)
    database.close()


#: Markup that would run, a name that goes on for ever, letters that turn the reading round, a link that is a script.
SCRIPT = "<script>window.hacked = 1</script>"
IMAGE = "<img src=x onerror=window.hacked=2>"
LONG_WORD = "Rindfleischetikettierungsueberwachung" * 4
TURNED = "\u202egnp.exe\u2066"
LINK = "javascript:window.hacked=3"

#: Names of the parties that the reader for tests finds by these codes.
EVIL_NAMES = {"EVL": f"{IMAGE} {LONG_WORD} {TURNED}", "BAD": SCRIPT}


def make_hostile(add: Callable[..., None], path: Path) -> None:
    """The same with hostile words as titles, outlets, addresses, names, sentences; ``EVIL_NAMES`` must be known."""
    text = (
        f"{SCRIPT} {TURNED} EVL pledged TUR 9 for {LONG_WORD}. EVL refused AZE 7 for roads. EVL met BAD in Baku."
        f" BAD counted 12 killed. PAK pledged EVL 4 for clinics in Karabakh {IMAGE}. [a]({LINK}) &lt;b&gt; &amp;"
    )
    about = {"title": f"{SCRIPT} {TURNED}", "outlet": f"{IMAGE} {LONG_WORD}", "url": LINK}
    add(path, {f"evil {IMAGE}.txt": text}, published="2021-02-03", **about)
    _decide(path, "roads", "edit", SCRIPT, cell="what", new=f"{SCRIPT} roads", reason=IMAGE)
    _decide(path, "clinics", "accept", SCRIPT)
    _decide(path, "clinics", "second", IMAGE, new="rejected")
    _decide(path, "clinics", "comment", SCRIPT, reason=IMAGE)
    many = {f"many/{n:02}.txt": f"TUR pledged ARM {n + 10} for item{n:02}. A second sentence." for n in range(8)}
    add(path, many, published="2022-05", url="https://example.org/news")
    make_resolved(add, path)


def _decide(path: Path, what: str, action: Action, reviewer: str, **more: Any) -> None:
    """Let somebody decide about the row that is about something."""
    with open_ledger(path, write=True) as ledger:
        with ledger.reading() as connection:
            query = "SELECT id FROM rows WHERE what = ?"
            ((row,),) = connection.exec_driver_sql(query, (what,)).all()
        review.record(ledger, action, row, reviewer=reviewer, **more)
