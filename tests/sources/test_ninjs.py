from __future__ import annotations

import io
import json
from typing import Any

import pytest

from pledgetrail.records import Problem, RawReport
from pledgetrail.sources import Settings
from pledgetrail.sources.inputs import Input
from pledgetrail.sources.json_files import read as read_json
from pledgetrail.sources.jsonl import read as read_lines
from pledgetrail.sources.ninjs import is_item

ONE = {
    "uri": "http://agency.example/2005/boats",
    "type": "text",
    "language": "en",
    "versioncreated": "2005-02-04T08:00:00Z",
    "firstcreated": "2005-02-03T08:00:00Z",
    "pubstatus": "usable",
    "headline": "Boats for the islands",
    "byline": "Jo Reed",
    "located": "Oslo",
    "copyrightholder": "Example Agency",
    "subject": [{"name": "fisheries", "code": "x:1"}, {"name": "aid"}],
    "body_text": "Norway gives boats.\n\nThe work begins in May.",
    "body_xhtml": "<p>Norway gives boats.</p>",
}
TWO = {
    "uri": "urn:newsml:agency.example:20050203:boats",
    "standard": {"name": "ninjs", "version": "2.1"},
    "contentcreated": "2005-02-03T08:00:00Z",
    "headlines": [{"role": "alternate", "value": "Boats"}, {"role": "main", "value": "Boats for the islands"}],
    "bodies": [
        {"role": "summary", "contenttype": "text/html", "value": "<p>Boats.</p>"},
        {"role": "main", "contenttype": "text/html", "value": "<p>Norway gives <b>boats</b>.</p><p>More follows.</p>"},
    ],
    "infosources": [{"name": "Example Agency", "role": "source"}],
    "by": "Jo Reed",
    "subjects": [{"name": "aid"}],
}
THREE = {
    "uri": "urn:3",
    "versionCreated": "2005-02-03T08:00:00Z",
    "headlines": [{"role": "main", "value": "Boats &amp; nets<br/>for the islands"}],
    "bodies": [{"role": "main", "contentType": "text/plain", "value": "Norway gives boats."}],
    "copyrightHolder": "Example Agency",
    "representationType": "incomplete",
}


def read(*values: Any, lines: bool = False) -> list[RawReport | Problem]:
    data = "\n".join(map(json.dumps, values)) if lines else json.dumps(values[0] if len(values) == 1 else values)
    item = Input("in.json", "in.json", "in.json", lambda: io.BytesIO(data.encode()))
    return list((read_lines if lines else read_json)(item, Settings()))


def report(value: Any) -> RawReport:
    (found,) = read(value)
    assert isinstance(found, RawReport), found
    return found


def test_first_generation() -> None:
    found = report(ONE)
    assert (found.id, found.url) == (ONE["uri"], ONE["uri"])
    assert found.text == ONE["body_text"]
    assert (found.title, found.author, found.outlet) == ("Boats for the islands", "Jo Reed", "Example Agency")
    assert (found.published, found.language, found.section) == ("2005-02-03T08:00:00Z", "en", "fisheries; aid")


def test_second_generation() -> None:
    found = report(TWO)
    assert found.text == "Norway gives boats.\n\nMore follows."
    assert (found.title, found.author, found.outlet) == ("Boats for the islands", "Jo Reed", "Example Agency")
    assert (found.id, found.url, found.published) == (TWO["uri"], None, "2005-02-03T08:00:00Z")


def test_third_generation() -> None:
    found = report(THREE)
    assert found.text == "Norway gives boats."
    assert (found.title, found.outlet) == ("Boats & nets\nfor the islands", "Example Agency")
    assert found.partial and found.published == "2005-02-03T08:00:00Z"


def test_arrays_and_lines_of_items() -> None:
    assert len(read(ONE, TWO, THREE)) == 3
    found = read(ONE, TWO, {"text": "Another record."}, lines=True)
    assert [item.text[:6] for item in found if isinstance(item, RawReport)] == ["Norway", "Norway", "Anothe"]


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"pubstatus": "canceled"}, "withdrawn"),
        ({"pubstatus": "withheld"}, "withdrawn"),
        ({"body_text": "", "body_xhtml": "<p> </p>"}, "no-text"),
        ({"body_text": 5, "body_xhtml": ["x"]}, "no-text"),
        ({"uri": "a\u0007b"}, "bad-id"),
    ],
)
def test_item_that_is_no_report(changes: dict[str, Any], kind: str) -> None:
    (problem,) = read({**ONE, **changes})
    assert isinstance(problem, Problem) and problem.kind == kind


def test_fields_of_the_wrong_type_are_left_out() -> None:
    odd = {"headline": 5, "subject": "aid", "language": ["en"], "byline": {}, "copyrightholder": 1, "renditions": 3}
    found = report({**ONE, **odd, "headlines": [{"value": 3}], "bodies": {"a": 1}, "provider": [None, 3]})
    assert (found.title, found.section, found.language, found.outlet) == (None, None, None, None)


def test_other_objects_are_no_items() -> None:
    assert not is_item({"uri": "x", "text": "Aid came.", "headline": "Aid"})
    assert not is_item({"uri": "x", "body_text": "Aid came."})
    assert not is_item({"body_text": "Aid came.", "pubstatus": "usable"})
    assert is_item({"uri": "x", "body_html": "<p>Aid</p>", "pubstatus": "usable"})
