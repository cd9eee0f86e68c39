"""Parsed documents -> statements: candidates are proposed, then decided, then their cells are filled."""

from __future__ import annotations

from pledgetrail.records import AnyStatement, Parsed

__all__ = ["extract"]


def extract(parsed: Parsed) -> list[AnyStatement]:
    """The statements of a document, in the order of their triggers; for every span ``text[start:end] == quote``.

    Raises FileNotFoundError when the tables of weights are missing from the installation.
    """
    from pledgetrail.extraction.commitments import extract_commitments
    from pledgetrail.extraction.encounters import extract_encounters
    from pledgetrail.extraction.figures import extract_figures
    from pledgetrail.extraction.views import views

    seen = views(parsed)
    found: list[AnyStatement] = [
        *extract_commitments(parsed, seen),
        *extract_encounters(parsed, seen),
        *extract_figures(parsed, seen),
    ]
    return sorted(found, key=lambda s: (s.trigger.start, s.trigger.end, s.kind))
