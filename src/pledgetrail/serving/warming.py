"""What the first visitors of a large ledger would wait for, made ready when the server starts."""

from __future__ import annotations

import contextlib
import threading
from typing import Final

from sqlalchemy import func, select

from pledgetrail.ledger.schema import documents
from pledgetrail.serving import disputing, trailing, wordings
from pledgetrail.serving.kept import NotYet, kept_of, state_of_reports
from pledgetrail.serving.pages import copies, funnel
from pledgetrail.serving.site import Site

#: Reports from which on counting takes longer than a visitor should wait.
_LARGE: Final = 1_000

#: Seconds after which what is being made is left to itself.
_LONG: Final = 600.0


def begin(site: Site) -> threading.Thread:
    """Start making ready, beside the requests."""
    thread = threading.Thread(target=warm, args=(site,), daemon=True)
    thread.start()
    return thread


def warm(site: Site) -> None:
    """Read the rows into memory; of a large ledger also make what pages over all of it show, one after the other.

    What goes wrong goes wrong again, and is told, when a page is asked for.
    """
    site.warm()
    with contextlib.suppress(Exception):
        with site.ledger.reading() as connection:
            if connection.execute(select(func.count()).select_from(documents)).scalar_one() < _LARGE:
                return
        with contextlib.suppress(NotYet):
            kept = kept_of(site)
            trailing.whole_of(site, None, _LONG)
            kept.get("disagreements", disputing.briefs, _LONG)
            kept.get("copies", copies.all_groups, _LONG, state_of_reports)
            for per in ("by", "to", "place", "sector"):
                funnel.lines_of(site, per, patience=_LONG)
            wordings.wording_of(site, _LONG)
