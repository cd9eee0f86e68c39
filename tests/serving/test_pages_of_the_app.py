from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pledgetrail.ledger import review
from pledgetrail.ledger.store import open_ledger


def addresses(client: Any) -> list[str]:
    row = client.row("schools")
    return [
        *("/ledger", "/ledger?kind=encounter", "/ledger?kind=figure&status=extracted", "/facet/by", f"/rows/{row}"),
        *(
            f"/rows/{row}/revisions/0",
            f"/rows/{row}/sentence/2",
            "/reports",
            "/reports?q=schools",
            "/report?id=one.txt",
        ),
        *(f"/report?id=two.txt&row={row}", "/report?id=evil.txt", "/actors", "/actor?id=state:AZE", "/review"),
        *(f"/review/{row}", "/review?kind=figure&sort=doubt", "/audit", "/rows/r-none"),
    ]


def test_every_page_is_there_and_links_lead_somewhere(reader: Any) -> None:
    seen: set[str] = set()
    for address in addresses(reader):
        answer = reader.get(address)
        assert answer.status_code == (404 if address == "/rows/r-none" else 200), address
        assert "Pledgetrail" in answer.text
        seen |= {link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"#]*)', answer.text)}
    for link in sorted(seen):
        assert reader.get(link).status_code in (200, 307), link


@pytest.mark.parametrize("page", ["/ledger", "/reports", "/actors", "/audit", "/review", "/report", "/actor", "/rows/"])
def test_pages_are_json_and_csv_too(client: Any, page: str) -> None:
    row = client.row("schools")
    client.send_form("/decisions", action="comment", row=row, reason="=1+1")
    path = page + row if page == "/rows/" else page
    query = {"/report": "?id=one.txt", "/actor": "?id=state:AZE"}.get(page, "")
    assert client.get(f"{path}.json{query}").json()
    answer = client.get(f"{path}.csv{query}")
    assert answer.headers["content-type"].startswith("text/csv")
    heading, *lines = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert lines and all(len(line) == len(heading) for line in lines)
    assert not any(cell.startswith("=") for line in lines for cell in line)


def test_a_facet_is_json_and_csv_too(reader: Any) -> None:
    values = reader.get("/facet/stage.json?year=2021").json()["values"]
    assert [(value["value"], value["count"]) for value in values] == [("pledge", 2), ("refusal", 1)]
    lines = reader.get("/facet/stage.csv?year=2021").content.decode("utf-8-sig").splitlines()
    assert lines == ["value,name,count", "pledge,pledge,2", "refusal,refusal,1"]


def test_facets_words_and_times_narrow_the_list(reader: Any) -> None:
    def whats(query: str) -> set[str]:
        return {row["what"] for row in reader.rows(query)}

    assert len(reader.rows("?stage=pledge&by=state:PAK")) == 2
    assert whats("?stage=refusal") == {"bridges"}
    assert whats("?sector=110") == {"schools"} and whats("?q=schools") == {"schools", "roads"}  # one sentence
    assert whats('?q="7 for roads" intro') == set() == whats("?q=Intro") and whats("?q=item07") == {"item07"}
    assert whats("?q=Intro&scope=reports") == {"schools", "roads"}
    assert whats("?origins=2") == {"schools"}
    assert whats("?until=2021") == {"schools", "roads", "bridges"} and whats("?year=none") == {"mines"}
    assert len(reader.rows("?since=2022&by=state:TUR")) == 30
    assert whats("?q=%22") == set() == whats("?by=nobody")
    content = reader.get("/ledger.json?year=2021").json()
    assert content["count"] == 3 and content["kinds"] == {"commitment": 3, "encounter": 0, "figure": 0}
    stages = {value["value"]: value["count"] for value in content["facets"]["stage"]}
    assert stages == {"pledge": 2, "refusal": 1}
    years = {value["value"]: value["count"] for value in content["facets"]["year"]}
    assert years == {"2022": 30, "2021": 3, "none": 1}  # as if no year had been chosen
    for wrong in ("?kind=x", "?sort=x", "?since=soon", "?after=x", "?origins=7", "?after=f_gAAAAAAAAAAAAAAAAAAA"):
        assert reader.get(f"/ledger.json{wrong}").status_code == 422, wrong


def test_totals_are_by_stage_and_leave_out_what_is_rejected(client: Any) -> None:
    def pledged() -> dict[str, Any]:
        totals = client.get("/ledger.json?year=2021").json()["totals"]
        return next(total for total in totals if total["stage"] == "pledge")

    assert pledged() == {
        "stage": "pledge",
        "rows": 2,
        "sums": [{"currency": "USD", "sum": 12.0, "rows": 2}],
        "left_out": {},
    }
    roads = client.row("roads")
    client.send_form("/decisions", action="reject", row=roads)
    assert pledged()["sums"] == [{"currency": "USD", "sum": 5.0, "rows": 1}]
    assert pledged()["left_out"] == {"rejected": 1}


@pytest.mark.parametrize("sort", ["newest", "oldest", "amount", "origins", "confidence", "doubt", "added", "review"])
def test_pages_of_a_list_go_through_all_rows_once(reader: Any, sort: str) -> None:
    seen: list[str] = []
    after = ""
    while True:
        answer = reader.get("/api/rows", params={"sort": sort, "limit": 7, "after": after}).json()
        seen += [row["id"] for row in answer["rows"]]
        after = answer["after"]
        if not after:
            break
    assert len(seen) == len(set(seen)) == answer["count"] == 34


def test_next_rows_are_a_link(client: Any, add: Callable[..., None], ledger: Path) -> None:
    add(ledger, {f"x{n}": f"PAK pledged ARM {n} for thing{n}." for n in range(40)})
    page = client.get("/ledger").text
    (link,) = re.findall(r'href="([^"]+)" rel="next"', page)
    rest = client.get(link.replace("&amp;", "&")).text
    first, second = (set(re.findall(r'href="/rows/(r-\w+)"', text)) for text in (page, rest))
    assert len(first) == 50 and len(second) == 24 and not first & second
    part = client.get(link.replace("&amp;", "&"), headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith("<tr") and "</html>" not in part


def test_what_a_build_adds_is_seen_at_once(client: Any, ledger: Path, add: Callable[..., None]) -> None:
    before = client.get("/ledger.json").json()["count"]
    add(ledger, {"new.txt": "ARM pledged PAK 8 for trams."})
    content = client.get("/ledger.json?q=trams").json()
    assert content["count"] == 1 and client.get("/ledger.json").json()["count"] == before + 1
    with open_ledger(ledger, write=True) as opened:
        review.record(opened, "edit", content["rows"][0]["id"], reviewer="bob", cell="what", new="ferries")
    assert client.rows("?q=ferries")[0]["status"] == "edited"
    add(ledger, {"new.txt": "Nothing any more."})
    assert client.get("/ledger.json").json()["count"] == before


def test_words_of_reports_are_shown_and_never_obeyed(client: Any) -> None:
    row = client.row("mines")
    client.send_form("/decisions", action="comment", row=row, reason="<script>alert(5)</script>\u202e")
    for address in (
        "/report?id=evil.txt",
        "/reports",
        f"/rows/{row}",
        f"/review/{row}",
        "/audit",
        "/ledger?q=%3Cb%3E%E2%80%AE",
    ):
        page = client.get(address).text
        scripts = re.findall(r"<script[^>]*>", page)
        assert all(re.fullmatch(r'<script src="/static/[^"]+" defer>', script) for script in scripts), address
        assert not re.search(r"<img|<i>|<b>|=\"javascript:", page), address
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", page), address
        assert "onerror=" not in re.sub(r"&lt;.*?&gt;", "", page) and not re.search(r" on\w+=\"", page), address
        assert " style=" not in page and "<style" not in page
    page = client.get("/report?id=evil.txt").text
    assert "⟦U+202E⟧" in page and "<span>javascript:alert(3)</span>" in page
    assert '<a href="https://example.org/news"' in client.get("/report?id=more/00.txt").text


def test_one_row_shows_its_words_origins_and_reasons(client: Any) -> None:
    row = client.row("schools")
    page = client.get(f"/rows/{row}").text
    assert page.count('class="origin"') == 2 and "trigger: schools" in page
    assert re.search(r'<mark class="cell"[^>]*>schools</mark>', page)
    assert client.get(f"/rows/{row}/sentence/1").text.count('id="sentence"') == 1
    assert client.get(f"/rows/{row}/sentence/3").status_code == 404
    edited = client.send_form(
        "/decisions", action="edit", row=row, cell="what", value="nine schools", back=f"/rows/{row}"
    )
    assert edited.status_code == 303 and edited.headers["location"] == f"/rows/{row}"
    (made,) = client.get(f"/rows/{row}.json").json()["decisions"]
    assert "nine schools" in client.get(f"/rows/{row}").text and "as extracted" in client.get(f"/rows/{row}").text
    then = client.get(f"/rows/{row}/revisions/0").text
    assert "Differs from today" in then and "what" in then
    assert "Nothing differs" in client.get(f"/rows/{row}/revisions/{made['id']}").text
    assert client.get(f"/rows/{row}/revisions/{made['id'] + 1}").status_code == 404


def test_a_merged_row_leads_to_the_one_it_is_part_of(client: Any) -> None:
    schools, roads = (client.row(what) for what in ("schools", "roads"))
    client.send_form("/decisions", action="merge", row=schools, candidate=roads)
    moved = client.get(f"/rows/{roads}")
    assert moved.status_code == 307 and moved.headers["location"].startswith(f"/rows/{schools}")


def test_etags_spare_what_is_known(client: Any) -> None:
    for address in ("/ledger.json", "/api/rows", "/api/ledger", "/api/reports"):
        first = client.get(address)
        again = client.get(address, headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304 and not again.content
    client.send_form("/decisions", action="accept", row=client.rows()[0]["id"])
    assert client.get("/ledger.json", headers={"If-None-Match": first.headers["etag"]}).status_code == 200
