#!/usr/bin/env python3
"""Time the web app over a large ledger against the same page of an empty one, and load it.

usage: serving.py [LEDGER] [--rows N] [--requests N]
       serving.py [LEDGER] [--rows N] --pages [--requests N]
       serving.py [LEDGER] [--rows N] --load SECONDS [--readers N] [--reviewers N]

LEDGER (default out/demo.sqlite, from `make demo`) is copied and its rows are repeated with other ids, days, amounts
and statuses until there are N (100,000). Two servers answer in processes of their own; requests alternate between the
large and the empty ledger, so that a machine that slows down slows both. Every request is for a view that was not
asked for before.

--pages: every page of the app, also as JSON and CSV: the first request of each after the server's start, in the order
of the table, and then N more (10) of the same address by turns with the ledger page of the empty ledger.

--load: readers page and narrow, reviewers accept rows, all at once. At the end the decisions in the ledger are
counted: as many as were answered with 201.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import random
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from large import repeat
from pledgetrail.ledger.store import create_or_open

ROOT = Path(__file__).resolve().parent.parent

#: Every page that shows more than one thing, in the order of the app's menu; all are asked for as JSON and CSV too.
LISTS = (
    *("/ledger", "/ledger?q=million", "/ledger?q=million&scope=reports", "/facet/by", "/facet/place", "/review"),
    *("/trails", "/trails?state=promised", "/trails?by=Pakistan", "/trails?sector=110", "/trails?as_of=2020"),
    *("/trails?all=yes&sort=steps", "/funnel?per=by", "/funnel?per=to", "/funnel?per=place", "/funnel?per=sector"),
    *("/figures", "/figures?q=killed", "/figures?kind=update", "/timeline", "/timeline?kind=figure&unit=year", "/map"),
    *(
        "/map?kind=figure",
        "/network",
        "/network?kind=encounter",
        "/wording",
        "/reports",
        "/reports?q=million",
        "/copies",
    ),
    *("/actors", "/actors?q=an", "/audit"),
)


@contextlib.contextmanager
def serving(path: Path) -> Iterator[str]:
    """A server of a ledger; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "pledgetrail", "serve", str(path), "--no-open", "--port", str(port)]
    with subprocess.Popen([*command, "--reviewer", "bench"], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def views(address: str, seed: int) -> Iterator[str]:
    """Addresses of the ledger page, each with another choice of facets."""
    dice = random.Random(seed)
    facets = httpx.get(f"{address}/ledger.json", timeout=300).json()["facets"]
    words = ["Pakistan", "schools", "reconstruction", "loan", "airport", "million", "flood", "agreement"]
    while True:
        query: list[tuple[str, str]] = []
        for facet in dice.sample(sorted(facets), dice.choice((0, 1, 1, 2, 3))):
            values = [value["value"] for value in facets[facet]]
            query += [(facet, value) for value in dice.sample(values, min(len(values), dice.choice((1, 1, 2))))]
        if dice.random() < 0.25:
            query.append(("q", dice.choice(words)))
        query.append(("sort", dice.choice(("newest", "amount", "confidence", "origins", "review"))))
        yield str(httpx.URL("/ledger", params=httpx.QueryParams(query)))


def compare(large: str, empty: str, requests: int) -> None:
    """Print medians of the two."""
    times: dict[str, list[float]] = {"large": [], "empty": [], "next": []}
    with httpx.Client(timeout=60) as client:
        begun = time.perf_counter()
        client.get(f"{large}/ledger")
        print(f"first page (rows are read into memory): {time.perf_counter() - begun:.1f} s")
        client.get(f"{empty}/ledger")
        for view in list(itertools.islice(views(large, 7), requests)):
            for side, address in (("large", large), ("empty", empty)):
                begun = time.perf_counter()
                answer = client.get(address + view)
                times[side].append(time.perf_counter() - begun)
                assert answer.status_code == 200, answer.text
                if side == "large" and 'rel="next"' in answer.text:
                    link = answer.text.split('" rel="next"')[0].rsplit('href="', 1)[1].replace("&amp;", "&")
                    begun = time.perf_counter()
                    client.get(address + link)
                    times["next"].append(time.perf_counter() - begun)
    for side, its in times.items():
        its.sort()
        print(f"{side:6} {len(its):4} requests: median {statistics.median(its) * 1000:6.1f} ms,"
              f" 95th percentile {its[int(len(its) * 0.95)] * 1000:6.1f} ms")  # fmt: skip
    print(f"large / empty: {statistics.median(times['large']) / statistics.median(times['empty']):.1f}")


def addresses(client: httpx.Client, large: str) -> Iterator[str]:
    """The pages of ``LISTS``, each in all its forms too; pages about one thing; the lists of the API."""
    yield from LISTS
    with_tables = (
        "/ledger",
        "/facet/by",
        "/review",
        "/trails",
        "/funnel?per=by",
        "/figures",
        "/timeline",
        "/map",
        "/network",
    )
    for page in (*with_tables, "/wording", "/reports", "/copies", "/actors", "/audit"):
        path, mark, query = page.partition("?")
        yield from (f"{path}{form}{mark}{query}" for form in (".json", ".csv"))

    def ids(page: str, name: str) -> list[str]:
        found = [str(item["id"]) for item in client.get(large + page).json()[name]]
        return found[:1]

    for row in ids("/ledger.json?sort=origins", "rows"):
        yield from (f"/rows/{row}", f"/rows/{row}.json", f"/rows/{row}/sentence/1", f"/review/{row}")
    for trail in ids("/trails.json?sort=steps", "trails"):
        yield from (f"/trails/{trail}", f"/trails/{trail}.json")
    for actor in client.get(f"{large}/facet/by.json").json()["values"][:1]:
        name = str(httpx.QueryParams(id=actor["value"]))
        yield from (
            f"/actor?{name}",
            f"/actor.json?{name}",
            f"/actor.csv?{name}",
            f"/trails?by={actor['name']}&sort=newest",
        )
    for report in ids("/reports.json?q=million", "reports"):
        yield from (f"/{page}?{httpx.QueryParams(id=report)}" for page in ("report", "report.json", "copies"))
    for path, ways in client.get(f"{large}/api/openapi.json").json()["paths"].items():
        if "get" in ways and not any(its.get("required") for its in ways["get"].get("parameters", ())):
            yield path


def wait_for(client: httpx.Client, address: str) -> tuple[float, int]:
    """Seconds until an address is answered, asked again as long as it is being counted; and the bytes of the answer."""
    begun = time.perf_counter()
    while (answer := client.get(address)).status_code == 503:
        time.sleep(0.2)
    if answer.status_code not in (200, 404):
        raise SystemExit(f"{address}: {answer.status_code} {answer.text[:300]}")
    return time.perf_counter() - begun, len(answer.content)


def each_page(large: str, empty: str, requests: int) -> None:
    """Print the table of all pages: seconds of the first request, the median of later ones, and that over the median of
    the empty ledger's page, asked by turns.
    """
    slow = []
    with httpx.Client(timeout=600) as client:
        wait_for(client, f"{empty}/ledger")
        for address in addresses(client, large):
            first, size = wait_for(client, large + address)
            times: list[tuple[float, float]] = []
            while len(times) < requests and sum(its for its, _ in times) < 20:
                times.append((wait_for(client, large + address)[0], wait_for(client, f"{empty}/ledger")[0]))
            later, bare = (statistics.median(side) for side in zip(*times, strict=True))
            line = (
                f"{address[:60]:60} {first:7.2f} s {later * 1000:7.0f} ms {later / bare:6.1f} x {size / 1024:8,.0f} KiB"
            )
            print(line, flush=True)
            if first > 1 or later > 0.15:
                slow.append(line)
    print("\nfirst over 1 s, or later over 150 ms:", *slow, sep="\n")


async def load(address: str, path: Path, seconds: float, readers: int, reviewers: int) -> None:
    """Readers and reviewers at once; print what was answered and whether every decision is there."""
    until = time.monotonic() + seconds
    reading: list[float] = []
    deciding: list[float] = []
    refused: dict[int, int] = {}
    async with httpx.AsyncClient(
        base_url=address, timeout=120, limits=httpx.Limits(max_connections=200, keepalive_expiry=2)
    ) as client:

        async def read(seed: int) -> None:
            asked = await asyncio.to_thread(lambda: list(itertools.islice(views(address, seed), 500)))
            for view in asked:
                if time.monotonic() > until:
                    return
                begun = time.perf_counter()
                (await client.get(view)).raise_for_status()
                reading.append(time.perf_counter() - begun)
                await asyncio.sleep(random.random())

        async def decide(seed: int) -> None:
            kind = ("commitment", "encounter", "figure")[seed % 3]
            while time.monotonic() < until:
                queue = (await client.get("/review.json", params={"kind": kind})).json()["queue"]
                for row in random.sample(queue, min(len(queue), 8)):
                    wish = {"action": "accept", "row": row["id"], "expected": row["stamp"]}
                    begun = time.perf_counter()
                    answer = await client.post("/api/decisions", json=wish)
                    if answer.status_code == 201:
                        deciding.append(time.perf_counter() - begun)
                    else:
                        refused[answer.status_code] = refused.get(answer.status_code, 0) + 1

        await asyncio.gather(*(read(n) for n in range(readers)), *(decide(n) for n in range(reviewers)))
    database = sqlite3.connect(path)
    (kept,) = database.execute("SELECT count(*) FROM decisions WHERE reviewer = 'bench'").fetchone()
    database.close()
    for what, its in (("pages read", reading), ("decisions", deciding)):
        print(f"{len(its):,} {what}: median {statistics.median(its) * 1000:.0f} ms, longest {max(its) * 1000:.0f} ms")
    print(f"refused: {refused or 'none'}; decisions answered {len(deciding):,}, kept {kept:,}")
    assert kept == len(deciding)


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ledger", nargs="?", type=Path, default=ROOT / "out" / "demo.sqlite")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--requests", type=int)
    parser.add_argument("--pages", action="store_true")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="keep the large ledger, or use the one that is there")
    parser.add_argument("--load", type=float, metavar="SECONDS")
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--reviewers", type=int, default=5)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path, bare = wanted.keep or Path(folder) / "large.sqlite", Path(folder) / "empty.sqlite"
        create_or_open(bare).close()
        if not path.exists():
            shutil.copy(wanted.ledger, path)
            create_or_open(path).close()  # brought up to date
            print(f"{repeat(path, wanted.rows):,} rows")
        print(f"{path.stat().st_size / 2**20:,.0f} MiB")
        with serving(path) as large:
            if wanted.load:
                asyncio.run(load(large, path, wanted.load, wanted.readers, wanted.reviewers))
                return
            with serving(bare) as empty:
                if wanted.pages:
                    each_page(large, empty, wanted.requests or 10)
                else:
                    compare(large, empty, wanted.requests or 100)


if __name__ == "__main__":
    main()
