"""The pictures on the pages: each is there, small, described, and made by the script."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

#: Pictures in Markdown, and in HTML where one is shown in the dark.
SHOWN = re.compile(
    r"!\[(?P<alt>[^]]*)\]\((?P<source>[^)\s]+)\)|<img\s(?P<attributes>[^>]*)>|<source\s[^>]*srcset=\"(?P<set>[^\"]+)\""
)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_screenshots", ROOT / "scripts" / "make_screenshots.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look for it
    spec.loader.exec_module(module)
    return module


def shown(page: Path) -> list[tuple[Path, str | None]]:
    """The pictures of a page with what is said in their place; None for one that stands for another in the dark."""
    found: list[tuple[Path, str | None]] = []
    for match in SHOWN.finditer(page.read_text(encoding="utf-8")):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', match["attributes"] or ""))
        source = match["source"] or match["set"] or attributes["src"]
        alt = None if match["set"] else (match["alt"] or attributes.get("alt", ""))
        found.append(((page.parent / source).resolve(), alt))
    return found


def test_every_picture_that_is_shown_is_there_and_described() -> None:
    every = [(page, picture, alt) for page in PAGES for picture, alt in shown(page)]
    assert len(every) > 6
    assert [(page.name, picture.name) for page, picture, _ in every if not picture.is_file()] == []
    assert [(page.name, picture.name) for page, picture, alt in every if alt is not None and len(alt) < 20] == []


def test_the_pictures_are_those_of_the_script_and_each_is_shown(script: ModuleType) -> None:
    made = {file for picture in script.PICTURES for file in picture.files()}
    assert {file.name for file in IMAGES.iterdir()} == made
    assert {picture.name for page in PAGES for picture, _ in shown(page) if picture.parent == IMAGES} == made


def test_pictures_are_small(script: ModuleType) -> None:
    for file in IMAGES.iterdir():
        content = file.read_bytes()
        assert content[:4] + content[8:12] == b"RIFFWEBP" and len(content) < 200_000, file.name


def test_a_picture_of_a_page_is_as_large_as_the_script_says(script: ModuleType) -> None:
    for picture in script.PICTURES:
        for file in picture.files():
            header = (IMAGES / file).read_bytes()[:30]
            width = int.from_bytes(header[24:27], "little") + 1
            height = int.from_bytes(header[27:30], "little") + 1
            assert (width, height) == (round(script.WIDTH * script.SCALE), round(picture.height * script.SCALE)), file
