from __future__ import annotations

import re
from pathlib import Path

from pledgetrail.sources import FORMATS


def test_every_format_that_is_read_is_on_the_page(root: Path) -> None:
    page = (root / "docs" / "reference" / "inputs.md").read_text(encoding="utf-8").split("\n## ")[0]
    rows = [line.split("|")[1:3] for line in page.splitlines() if line.startswith("| ")][1:]
    listed = {name.strip(): set(re.findall(r"`([^`]+)`", suffixes)) for name, suffixes in rows}
    read = {form.name: set(form.suffixes) - {""} for form in FORMATS if form.reader or form.members}
    assert listed == read
