"""Where places lie, and the world they lie in, drawn flat. No position is taken on names or borders.

Coordinates are ``data/coordinates.csv``, the world is ``static/map/world.json``; scripts/build_map.py makes both.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

from pledgetrail.language import gazetteer
from pledgetrail.serving.site import STATIC

WIDTH: Final = 1000.0
_TALLEST: Final = 560.0

#: Degrees around the outermost places, and the least that a map shows of the world.
_MARGIN: Final = 3.0
_LEAST: Final = 12.0

#: Points of a line nearer than so many units of the picture to the last are left out.
_FINE: Final = 1.6

#: Radii of circles, and how much one row adds to an area at most.
_LARGEST: Final = 26.0
_SMALLEST: Final = 4.0
_STEP: Final = 4.5

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Place:
    """A place with its rows by class. ``spellings`` are what rows call it."""

    name: str
    kind: str
    latitude: float
    longitude: float
    rows: int
    classes: Mapping[str, int]
    spellings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Circle:
    """A place in the picture; ``label`` is False where there is no room for its name."""

    place: Place
    x: float
    y: float
    r: float
    label: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """A map: paths of land, borders and disputed lines, and the places over them."""

    height: float
    land: str
    borders: str
    disputed: tuple[tuple[str, str], ...]  # path, what it is
    circles: tuple[Circle, ...]


@cache
def coordinates() -> dict[str, tuple[str, float, float]]:
    """Kind, latitude and longitude of the gazetteer's places by name."""
    from importlib.resources import files

    text = files("pledgetrail.serving").joinpath("data", "coordinates.csv").read_text(encoding="utf-8")
    lines = csv.DictReader(text.splitlines())
    return {line["place"]: (line["kind"], float(line["latitude"]), float(line["longitude"])) for line in lines}


@cache
def _located(spelling: str) -> str | None:
    """The name under which a place's coordinates are known."""
    known = coordinates()
    entry = gazetteer.lookup(spelling)
    if entry is not None and entry.name in known:
        return entry.name
    return spelling if spelling in known else None


def located(counts: Mapping[str, Mapping[str, int]]) -> tuple[list[Place], list[tuple[str, int]]]:
    """The places that rows name, those of most rows first, and those that no coordinates are known of with their rows.

    Spellings of one place are put together; a row that names two of them counts twice.
    """
    found: dict[str, dict[str, int]] = {}
    spellings: dict[str, list[str]] = {}
    missing = []
    for spelling, classes in counts.items():
        name = _located(spelling)
        if name is None:
            missing.append((spelling, sum(classes.values())))
            continue
        its = found.setdefault(name, {})
        spellings.setdefault(name, []).append(spelling)
        for klass, count in classes.items():
            its[klass] = its.get(klass, 0) + count
    listed = [
        Place(name, *coordinates()[name], sum(its.values()), its, tuple(sorted(spellings[name])))
        for name, its in found.items()
    ]
    return (
        sorted(listed, key=lambda place: (-place.rows, place.name)),
        sorted(missing, key=lambda item: (-item[1], item[0])),
    )


@cache
def _world() -> list[tuple[str, str, list[list[Point]]]]:
    """The lines of the world: kind, name, lines of longitudes and latitudes."""
    content: dict[str, Any] = json.loads(STATIC.joinpath("map", "world.json").read_text(encoding="utf-8"))
    return [
        (its["properties"]["kind"], its["properties"].get("name", ""), its["geometry"]["coordinates"])
        for its in content["features"]
    ]


@dataclass(frozen=True, slots=True)
class _Frame:
    """A part of the world laid flat, with degrees of longitude as long as in its middle."""

    west: float
    south: float
    east: float
    north: float
    scale: float  # units of the picture a degree of latitude
    squeeze: float  # a degree of longitude in degrees of latitude

    @property
    def height(self) -> float:
        return (self.north - self.south) * self.scale

    def at(self, longitude: float, latitude: float) -> Point:
        x = (longitude - self.west) * self.squeeze * self.scale
        return round(x, 1), round((self.north - latitude) * self.scale, 1)


def drawn(places: Sequence[Place]) -> Picture:
    """The map of some places, or of the world without any."""
    frame = _frame(places)
    return Picture(round(frame.height, 1), *_ground(frame), tuple(_circles(places, frame)))


@lru_cache(maxsize=16)
def _ground(frame: _Frame) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """Land, borders and disputed lines within a frame, as paths."""
    land: list[str] = []
    borders: list[str] = []
    disputed: list[tuple[str, str]] = []
    for kind, name, lines in _world():
        shown = [path for line in lines if (path := _path(line, frame, close=kind == "land"))]
        if kind == "land":
            land += shown
        elif kind == "border":
            borders += shown
        elif shown:
            disputed.append(("".join(shown), name))
    return "".join(land), "".join(borders), tuple(disputed)


def _frame(places: Sequence[Place]) -> _Frame:
    west, east, south, north = -170.0, 180.0, -56.0, 76.0
    if places:
        east_west, south_north = [p.longitude for p in places], [p.latitude for p in places]
        west, east = max(-180.0, min(east_west) - _MARGIN), min(180.0, max(east_west) + _MARGIN)
        south, north = max(-85.0, min(south_north) - _MARGIN), min(84.0, max(south_north) + _MARGIN)
    squeeze = max(0.3, math.cos(math.radians((south + north) / 2)))
    west, east = _widened(west, east, _LEAST / squeeze)
    south, north = _widened(south, north, _LEAST / 2)
    # no picture is taller than a screen, or flatter than a third of its width
    if (tall := (north - south) * WIDTH / ((east - west) * squeeze)) > _TALLEST:
        west, east = _widened(west, east, (north - south) * WIDTH / (_TALLEST * squeeze))
    elif tall < WIDTH / 3:
        south, north = _widened(south, north, (east - west) * squeeze / 3)
    return _Frame(west, south, east, north, WIDTH / ((east - west) * squeeze), squeeze)


def _widened(low: float, high: float, least: float) -> tuple[float, float]:
    more = max(0.0, least - (high - low)) / 2
    return low - more, high + more


def _path(line: Sequence[Point], frame: _Frame, *, close: bool) -> str:
    """A line as an SVG path; empty if it lies outside the frame or is too small to be seen."""
    xs, ys = [point[0] for point in line], [point[1] for point in line]
    if max(xs) < frame.west or min(xs) > frame.east or max(ys) < frame.south or min(ys) > frame.north:
        return ""
    points: list[Point] = []
    for place, (longitude, latitude) in enumerate(line):
        # what lies far outside only has to keep its side of the frame
        longitude = min(max(longitude, frame.west - 20), frame.east + 20)
        latitude = min(max(latitude, frame.south - 20), frame.north + 20)
        point = frame.at(longitude, latitude)
        if not points or math.dist(point, points[-1]) >= _FINE or (place == len(line) - 1 and not close):
            points.append(point)
    if len(points) < (3 if close else 2):
        return ""
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) + ("Z" if close else "")


def _circles(places: Sequence[Place], frame: _Frame) -> list[Circle]:
    """The places as circles whose areas go by their rows, the larger below, each with its name where there is room."""
    most = max((place.rows for place in places), default=1)
    step = min(_STEP, _LARGEST / math.sqrt(most))
    found: list[Circle] = []
    taken: list[tuple[float, float, float, float]] = []
    for place in places:
        x, y = frame.at(place.longitude, place.latitude)
        r = round(max(_SMALLEST, step * math.sqrt(place.rows)), 1)
        box = (x + r, y - 8, x + r + 7.2 * len(place.name) + 4, y + 8)
        free = box[2] < WIDTH and all(_apart(box, other) for other in taken)
        if free:
            taken.append(box)
        taken.append((x - r, y - r, x + r, y + r))
        found.append(Circle(place, x, y, r, free))
    return found


def _apart(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]
