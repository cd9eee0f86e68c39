from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from pledgetrail.ledger import review
from pledgetrail.ledger.queries import Filter, entries
from pledgetrail.ledger.store import create_or_open
from pledgetrail.ledger.writing import add_batch, start_build


def found(connection: Connection, words: str) -> list[int]:
    query = text("SELECT rowid FROM rows_fts WHERE rows_fts MATCH :words ORDER BY rowid")
    return list(connection.execute(query, {"words": words}).scalars())


def noted(connection: Connection, after: int) -> tuple[int, set[int]]:
    changes = connection.execute(text("SELECT seq, issued FROM row_changes WHERE seq > :after"), {"after": after}).all()
    return max((seq for seq, _ in changes), default=after), {issued for _, issued in changes}


def test_words_of_rows_are_found_and_changes_are_noted(tmp_path: Path, fake: Any) -> None:
    with create_or_open(tmp_path / "l.sqlite") as ledger:

        def read(words: str) -> None:
            add_batch(ledger, start_build(ledger, "fake"), fake.interpret([fake.raw("a", words)]))

        read("PAK pledged AZE 5 for schools and 7 for roads.")
        with ledger.reading() as connection:
            rows = {e.columns["what"]: (e.row.id, e.columns["issued"]) for e in entries(connection, Filter())}
            schools, roads = rows["schools"], rows["roads"]
            assert found(connection, "what : schools") == [schools[1]]
            last, _ = noted(connection, 0)
        review.record(ledger, "edit", schools[0], reviewer="ada", cell="what", new="hospitals")
        with ledger.reading() as connection:
            assert found(connection, "what : hospitals") == [schools[1]] and not found(connection, "what : schools")
            last, changed = noted(connection, last)
            assert changed == {schools[1]}
        read("PAK pledged AZE 5 for schools.")  # roads are gone
        with ledger.reading() as connection:
            assert not found(connection, "what : roads")
            _, changed = noted(connection, last)
            assert roads[1] in changed
            connection.execute(text("INSERT INTO rows_fts(rows_fts, rank) VALUES ('integrity-check', 1)"))


def test_a_party_found_to_be_another_actor_is_a_change(tmp_path: Path, fake: Any) -> None:
    with create_or_open(tmp_path / "l.sqlite") as ledger:
        add_batch(ledger, start_build(ledger, "fake"), fake.interpret([fake.raw("a", "PAK met AZE in Baku.")]))
        with ledger.writing() as connection:
            last, (issued,) = noted(connection, 0)
            connection.execute(text("UPDATE row_parties SET actor_id = 'other', name = name WHERE position = 0"))
            last, changed = noted(connection, last)
            assert changed == {issued}
            connection.execute(text("UPDATE row_parties SET actor_id = 'other' WHERE position = 0"))
            assert noted(connection, last)[1] == set()
