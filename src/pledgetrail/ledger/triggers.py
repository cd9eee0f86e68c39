"""The full-text index of rows, and the triggers that keep it and the list of changed rows."""

from __future__ import annotations

from typing import Final

#: Columns of ``rows`` whose words are searched.
WORDS: Final = (
    *("by_names", "to_names", "via_names", "participant_names", "claimed_by", "speaker"),
    *("what", "amount_text", "unit", "of", "place_names", "sentence"),
)


def _columns(side: str = "") -> str:
    return ", ".join(f'{side}"{name}"' for name in WORDS)


_FORGET: Final = (
    f"INSERT INTO rows_fts(rows_fts, rowid, {_columns()}) VALUES ('delete', old.issued, {_columns('old.')});"
)
_ADD: Final = f"INSERT INTO rows_fts(rowid, {_columns()}) VALUES (new.issued, {_columns('new.')});"
_NOTE: Final = "INSERT OR REPLACE INTO row_changes(issued) VALUES ({}.issued);"

#: A row is folded far more often than its words change, and taking words out of the index costs as much as adding them.
_DIFFER: Final = " OR ".join(f'old."{name}" IS NOT new."{name}"' for name in WORDS)

ROWS_SQL: Final = (
    f"CREATE VIRTUAL TABLE rows_fts USING fts5({_columns()}, content='rows', content_rowid='issued',"
    ' tokenize="unicode61 remove_diacritics 2")',
    f"CREATE TRIGGER rows_ai AFTER INSERT ON rows BEGIN {_ADD} {_NOTE.format('new')} END",
    f"CREATE TRIGGER rows_ad AFTER DELETE ON rows BEGIN {_FORGET} {_NOTE.format('old')} END",
    f"CREATE TRIGGER rows_au AFTER UPDATE ON rows BEGIN {_NOTE.format('new')} END",
    "CREATE TRIGGER row_parties_au AFTER UPDATE OF actor_id ON row_parties WHEN old.actor_id IS NOT new.actor_id BEGIN"
    " INSERT OR REPLACE INTO row_changes(issued) SELECT issued FROM rows WHERE id = new.row_id; END",
    f"CREATE TRIGGER rows_words_au AFTER UPDATE ON rows WHEN {_DIFFER} BEGIN {_FORGET} {_ADD} END",
)
