"""The timeline: rows of a view by month or year and stage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from pledgetrail.serving.asked import one_of
from pledgetrail.serving.scales import Tick
from pledgetrail.serving.site import Site, answer_csv, answer_json
from pledgetrail.serving.view import View
from pledgetrail.serving.viewing import Period, Timeline, chips, looking, narrowed, timeline

KINDS: Final = (("commitment", "Commitments"), ("encounter", "Encounters"), ("figure", "Figures"))

WIDTH: Final = 1000
_LEFT: Final = 128.0
_LANE: Final = 34.0

#: Lines of the page's table; the CSV has all.
_LINES: Final = 120


@dataclass(frozen=True, slots=True)
class Bar:
    """Rows of one class that began in one period."""

    x: float
    y: float
    width: float
    height: float
    rows: int
    klass: str
    period: Period
    address: str


def router(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(include_in_schema=False)

    def look(request: Request) -> tuple[View, Timeline, Any]:
        unit = one_of(request, "unit", ("month", "year"))
        with looking(site, request) as its:
            return its.view, timeline(its, unit), its.kinds

    @routes.get("/timeline")
    def show(request: Request) -> Response:
        view, found, kinds = look(request)
        lines = [
            (period, [(klass, counts[n], _address(view, klass, period)) for klass, counts in found.lanes])
            for n, period in enumerate(found.periods)
            if any(counts[n] for _, counts in found.lanes)
        ][::-1]
        other = "year" if found.unit == "month" else "month"
        return site.html(
            request, "timeline.html", view=view, found=found, kinds=kinds, chips=chips(view, "/timeline"), names=KINDS,
            bars=_bars(view, found), ticks=_ticks(found), width=WIDTH, left=_LEFT, lane=_LANE, lines=lines[:_LINES],
            more=max(0, len(lines) - _LINES), other=other, other_address=view.address("/timeline", unit=other),
            query=request.url.query,
        )  # fmt: skip

    @routes.get("/timeline.json")
    def as_json(request: Request) -> Response:
        _, found, _ = look(request)
        content = {
            "unit": found.unit,
            "periods": [period.name for period in found.periods],
            "rows": {klass: list(counts) for klass, counts in found.lanes},
            "undated": found.undated,
            "wide": found.wide,
        }
        return answer_json(request, content)

    @routes.get("/timeline.csv")
    def as_csv(request: Request) -> Response:
        _, found, _ = look(request)
        return answer_csv("timeline", (found.unit, *(klass for klass, _ in found.lanes)), _records(found))

    return routes


def _records(found: Timeline) -> Iterator[dict[str, Any]]:
    for n, period in enumerate(found.periods):
        yield {found.unit: period.name, **{klass: counts[n] for klass, counts in found.lanes}}
    if found.undated:
        yield {found.unit: f"undated: {found.undated}"}


def _address(view: View, klass: str, period: Period) -> str:
    """The rows behind a count, in the ledger; also those whose time only reaches into the period."""
    since, until = period.first.isoformat(), period.last.isoformat()
    return narrowed(view, stage=(klass,)).with_(since=since, until=until).address("/ledger")


def _bars(view: View, found: Timeline) -> list[Bar]:
    """The bars, each class in a lane of its own, all on one scale."""
    most = max((n for _, counts in found.lanes for n in counts), default=0)
    step = (WIDTH - _LEFT) / max(1, len(found.periods))
    bars = []
    for lane, (klass, counts) in enumerate(found.lanes):
        base = (lane + 1) * _LANE
        for n, count in enumerate(counts):
            if count:
                height = max(2.5, (_LANE - 6) * count / most)
                x, width = _LEFT + n * step, max(1.5, step * 0.86)
                address = _address(view, klass, found.periods[n])
                bars.append(
                    Bar(round(x, 1), round(base - height, 1), round(width, 1), round(height, 1), count, klass,
                        found.periods[n], address)
                )  # fmt: skip
    return bars


def _ticks(found: Timeline) -> list[Tick]:
    step = (WIDTH - _LEFT) / max(1, len(found.periods))
    years = [(n, period.first.year) for n, period in enumerate(found.periods) if period.first.month == 1]
    every = max(1, -(-len(years) // 14))
    ticks = [Tick(round(_LEFT + n * step, 1), str(year)) for n, year in years[::every]]
    if len(ticks) < 3 and found.unit == "month":
        some = max(1, len(found.periods) // 12)
        ticks = [Tick(round(_LEFT + n * step, 1), p.name) for n, p in enumerate(found.periods) if n % some == 0]
    return ticks
