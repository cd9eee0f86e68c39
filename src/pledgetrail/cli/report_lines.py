"""What ``explain`` says of reports: whose text, of which day and why, which of them tell one act."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from pledgetrail.cli.listing import Line, plural
from pledgetrail.ledger.joins import About, Join, about, of_story
from pledgetrail.ledger.origins import copy_records

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from pledgetrail.records import AnyStatement
    from pledgetrail.resolution.dates.dating import Dating, Step

#: The basis of a day that follows from other reports.
FROM_SIBLINGS: Final = "from sibling reports"

#: Reports of a story that are named.
_NAMED: Final = 20


def source_words(report: About | None) -> str:
    """Outlet and day of a report, and whose text it carries, in one line."""
    if report is None:
        return ""
    its = report.dating
    day = report.published or (f"{its.edtf}, {its.basis}" if its is not None and its.edtf else None)
    copied = f"goes back to {report.origin}" if report.origin not in (None, report.id) else None
    return "; ".join(part for part in (report.outlet, day and f"published {day}", copied) if part)


def joined_lines(joins: Sequence[Join]) -> Iterator[Line]:
    """Why the reports were taken to tell one act."""
    if not joins:
        return
    yield []
    yield [("Joined, because they have in common", "bold")]
    for join in joins:
        yield [("  ", ""), (", ".join(join.one), "cyan"), ("  and  ", "dim"), (", ".join(join.other), "cyan")]
        yield [(f"    {'; '.join(join.common)}", "")]


def dating_lines(connection: Connection, told: Iterable[AnyStatement]) -> Iterator[Line]:
    """The reasoning that dates the reports of a row."""
    for name in dict.fromkeys(statement.document for statement in told):
        report = about(connection, name)
        if report is not None and report.dating is not None:
            yield []
            yield [(f"Why {name} is of {_interval(report.dating)}", "bold")]
            yield from _reasoning(report.dating)


def document_lines(connection: Connection, report: About) -> Iterator[Line]:
    """All that is known of a report: its day, the text that it goes back to, the others of its event."""
    yield [(f"{report.id} ", "bold"), (report.title or "", "")]
    if report.outlet:
        yield [("  outlet       ", "dim"), (report.outlet, "")]
    yield []
    if report.published:
        yield [("Published ", "bold"), (f"{report.published}, from {report.published_basis}", "")]
    elif report.dating is None:
        yield [("Published ", "bold"), ("unknown: it bears no day, and nothing tells it", "")]
    else:
        yield [("Published ", "bold"), (f"{_interval(report.dating)}, {report.dating.basis}", "")]
        yield from _reasoning(report.dating)
    yield []
    yield from _origin(connection, report)
    if report.story:
        others = [name for name in of_story(connection, report.story) if name != report.id]
        if others:
            yield []
            yield [(f"Of the same event: {plural(len(others), 'report')}", "bold")]
            yield from ([(f"  {name}", "cyan")] for name in others[:_NAMED])
            if len(others) > _NAMED:
                yield [(f"  and {len(others) - _NAMED:,} more", "dim")]


def _origin(connection: Connection, report: About) -> Iterator[Line]:
    if report.origin in (None, report.id):
        yield [("Origin ", "bold"), ("itself", "")]
    else:
        yield [("Origin ", "bold"), (str(report.origin), "cyan")]
    for link in copy_records(connection, report.id):
        carries = link["document"] == report.id
        what = "words quoted as in" if link["kind"] == "quotation" else "of it is in" if carries else "of the copy"
        other = link["source"] if carries else link["document"]
        sentences = plural(len(link["alignment"]), "sentence")
        yield [(f"  {link['share']:>4.0%} {what} ", ""), (other, "cyan"), (f"  {link['kind']}, {sentences}", "dim")]


def _reasoning(dating: Dating) -> Iterator[Line]:
    for step in dating.chain:
        yield from _step(step)
    for steps in dating.contradictions:
        yield [("  against it, and not forced:", "yellow")]
        for step in steps:
            yield from _step(step)


def _step(step: Step) -> Iterator[Line]:
    yield [(f"  {step.words}", "")]
    yield [(f"      {step.document}:{step.start}-{step.end}  ", "dim"), (step.quote, "italic")]


def _interval(dating: Dating) -> str:
    """The day of its news and the days on which it may have been published."""
    if dating.earliest is None and dating.latest is None:
        return "no day that can be told"
    first, last = (day.isoformat() if day else ".." for day in (dating.earliest, dating.latest))
    published = first if first == last else f"{first}/{last}"
    return published if dating.edtf in (None, published) else f"{published} (its news is of {dating.edtf})"
