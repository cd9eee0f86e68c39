from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledgetrail.readers.cache import Cache, cache_key, default_folder

KEY = cache_key("m", "v", "text")


def test_what_is_put_is_got_and_only_by_its_owner(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "answers")
    assert cache.get(KEY) is None
    cache.put(KEY, "m", "answer \u2028 \ud800 é")
    assert cache.get(KEY) == "answer \u2028 \ud800 é"
    (file,) = (tmp_path / "answers").rglob("*.json")
    assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0
    assert stat.S_IMODE(file.parent.stat().st_mode) & 0o077 == 0
    assert [p.name for p in file.parent.iterdir()] == [file.name], "nothing half-written stays"


@pytest.mark.parametrize("spoil", [b"", b"{", b"[]", b"\xff\xfe", b'{"form": 1}', b"[" * 100_000, None])
def test_a_spoilt_file_is_no_answer(tmp_path: Path, spoil: bytes | None) -> None:
    cache = Cache(tmp_path)
    cache.put(KEY, "m", "answer")
    (file,) = tmp_path.rglob("*.json")
    if spoil is None:
        kept = json.loads(file.read_text())
        file.write_text(json.dumps({**kept, "answer": "another"}))
    else:
        file.write_bytes(spoil)
    assert cache.get(KEY) is None
    cache.put(KEY, "m", "answer")
    assert cache.get(KEY) == "answer"


def test_an_answer_moved_to_another_name_is_not_taken(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put(KEY, "m", "answer")
    other = cache_key("m", "v", "other")
    (tmp_path / other[:2]).mkdir(exist_ok=True)
    next(tmp_path.rglob("*.json")).rename(tmp_path / other[:2] / f"{other}.json")
    assert cache.get(other) is None


@given(st.lists(st.tuples(st.text(), st.text(), st.text()), min_size=2, max_size=2, unique=True))
def test_different_questions_have_different_names(pair: list[tuple[str, str, str]]) -> None:
    assert cache_key(*pair[0]) != cache_key(*pair[1])


def test_the_folder_is_the_user_s_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "pledgetrail" / "answers"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert default_folder() == Path.home() / ".cache" / "pledgetrail" / "answers"
