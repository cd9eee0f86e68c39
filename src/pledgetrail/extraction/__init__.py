"""Parsed documents -> statements: candidates are proposed, then decided, then their cells are filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pledgetrail.records import AnyStatement, Parsed

if TYPE_CHECKING:
    from pledgetrail.extraction.deciders import Deciders

__all__ = ["extract"]


def extract(parsed: Parsed, deciders: Deciders | None = None) -> list[AnyStatement]:
    """The statements of a document, in the order of their triggers; for every span ``text[start:end] == quote``.

    ``deciders`` take the decisions; unless named, the fitted weights do, and rules for those not installed.
    """
    from pledgetrail.extraction.calibration import calibrated
    from pledgetrail.extraction.commitments import extract_commitments
    from pledgetrail.extraction.deciders import shipped
    from pledgetrail.extraction.encounters import extract_encounters
    from pledgetrail.extraction.figures import extract_figures
    from pledgetrail.extraction.views import views

    seen = views(parsed)
    deciders = (deciders if deciders is not None else shipped()).reading(parsed)
    found: list[AnyStatement] = [
        *extract_commitments(parsed, seen, deciders),
        *extract_encounters(parsed, seen, deciders),
        *extract_figures(parsed, seen, deciders),
    ]
    found = calibrated(_one_reading(found), deciders.calibration)
    return sorted(found, key=lambda s: (s.trigger.start, s.trigger.end, s.kind))


def _one_reading(statements: list[AnyStatement]) -> list[AnyStatement]:
    """A sum is promised or counted, not both: of a commitment and a figure of one sum the surer stays."""
    cells = {"commitment": "amount", "figure": "value"}
    best: dict[tuple[int, int], AnyStatement] = {}
    for statement in statements:
        for span in statement.cells.get(cells.get(statement.kind, ""), ()):
            other = best.get((span.start, span.end))
            if other is None or other.confidence < statement.confidence:
                best[span.start, span.end] = statement

    def stays(statement: AnyStatement) -> bool:
        spans = statement.cells.get(cells.get(statement.kind, ""), ())
        return all(best[s.start, s.end].kind == statement.kind for s in spans)

    return [s for s in statements if stays(s)]
