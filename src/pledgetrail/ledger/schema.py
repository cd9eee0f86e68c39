"""The tables of a ledger. Flat columns are for people with Datasette or pandas; JSON columns are what we read back."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text

#: Raised with every change of the tables below. A ledger of a higher version is refused.
SCHEMA_VERSION: Final = 2

#: SQLite's application_id of a ledger: "PLTR" in ASCII.
APPLICATION_ID: Final = 0x504C5452

metadata = MetaData()

meta = Table("meta", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

builds = Table(
    "builds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("started", Text, nullable=False),  # UTC, ISO 8601
    Column("finished", Text),
    Column("version", Text, nullable=False),
    Column("reader", Text, nullable=False),
    Column("documents", Integer),
    Column("skipped", Integer),
    Column("problems", Integer),
)

problems = Table(
    "problems",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("build_id", Integer, ForeignKey("builds.id"), nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("message", Text, nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("seq", Integer, primary_key=True),  # order of arrival; also the row id of the full-text index
    Column("id", Text, nullable=False, unique=True),
    Column("source", Text, nullable=False),
    Column("source_path", Text, nullable=False),  # the source, absolute, as it was when read
    Column("url", Text),
    Column("title", Text),
    Column("outlet", Text),
    Column("agency", Text),
    Column("author", Text),
    Column("dateline", Text),
    Column("published", Text),  # EDTF
    Column("published_basis", Text),
    Column("language", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("text_sha256", Text, nullable=False),
    Column("content_sha256", Text, nullable=False),
    Column("origin_key", Text, nullable=False, index=True),  # equal for documents with the same words
    Column("reader", Text, nullable=False),
    Column("spans", Text, nullable=False),  # JSON: title_span, published_span
    Column("build_id", Integer, ForeignKey("builds.id"), nullable=False),
    Column("section", Text),
    Column("partial", Integer, nullable=False, server_default="0"),  # 1: a summary stands for the whole report
    Column("page_sha256", Text, index=True),  # of the page in table pages that the text was taken from
)

#: Pages that texts were taken from, as they came, each once.
pages = Table(
    "pages",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("size", Integer, nullable=False),  # bytes, before compression
    Column("content", LargeBinary, nullable=False),  # compressed with zlib
)

blocks = Table(
    "blocks",
    metadata,
    Column("document", Text, ForeignKey("documents.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("rule", Text, nullable=False),
)

statements = Table(
    "statements",
    metadata,
    Column("id", Text, primary_key=True),
    Column("document", Text, ForeignKey("documents.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("start", Integer, nullable=False),  # of the trigger
    Column("end", Integer, nullable=False),
    Column("quote", Text, nullable=False),
    Column("reader", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("act", Integer, nullable=False),  # number of the act within the document
    Column("rank", Integer, nullable=False),  # place within the act, 0 is the fullest
    Column("base_row", Text, nullable=False, index=True),  # the row as extracted, before reviewers merge and split
    Column("content", Text, nullable=False),  # JSON, the whole statement
)

rows = Table(
    "rows",
    metadata,
    Column("issued", Integer, primary_key=True),  # order in which ids were issued
    Column("id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),  # commitment, encounter or figure
    Column("act_key", Text),  # equal key, equal act; null where too little is said to tell
    Column("merged_into", Text),  # set while a reviewer has merged the row into another
    Column("split_from", Text),  # the row that a reviewer split this one off
    Column("status", Text, nullable=False, server_default="extracted"),
    Column("stage", Text),
    Column("encounter", Text),
    Column("by_names", Text),
    Column("to_names", Text),
    Column("via_names", Text),
    Column("participant_names", Text),
    Column("what", Text),
    Column("amount_value", Float),
    Column("amount_currency", Text),
    Column("amount_text", Text),
    Column("amount_qualifier", Text),
    Column("value", Float),
    Column("low", Float),
    Column("high", Float),
    Column("qualifier", Text),
    Column("measure", Text),
    Column("unit", Text),
    Column("of", Text),
    Column("claimed_by", Text),
    Column("flow", Text),
    Column("sector", Text),
    Column("place_names", Text),
    Column("when_edtf", Text),
    Column("when_basis", Text),
    Column("earliest", Text),  # first and last day that when_edtf allows, ISO 8601
    Column("latest", Text),
    Column("period", Text),
    Column("conditional", Integer),
    Column("negated", Integer),
    Column("planned", Integer),
    Column("cumulative", Integer),
    Column("part_of", Text),  # row id of the total
    Column("speaker", Text),
    Column("confidence", Float),
    Column("origins", Integer),
    Column("sentence", Text),  # the fullest sentence of the evidence
    Column("document", Text),  # and its document
    Column("content", Text),  # JSON, the fold as shown
    Column("extracted", Text),  # JSON, the fold before decisions
    Column("alternatives", Text),  # JSON, competing values with their evidence
    Index("rows_kind_key", "kind", "act_key"),
    Index("rows_kind_stage", "kind", "stage"),
    Index("rows_part_of", "part_of"),
    Index("rows_split_from", "split_from"),
    Index("rows_merged_into", "merged_into"),
)

row_statements = Table(
    "row_statements",
    metadata,
    Column("row_id", Text, ForeignKey("rows.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("statement_id", Text, ForeignKey("statements.id"), nullable=False, index=True),
)

row_parties = Table(
    "row_parties",
    metadata,
    Column("row_id", Text, ForeignKey("rows.id"), primary_key=True),
    Column("role", Text, primary_key=True),  # by, to, via, speaker, participant, claimed_by
    Column("position", Integer, primary_key=True),
    Column("actor_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("country", Text, index=True),
    Column("folded", Text, nullable=False),  # name and aliases as compared by filters: " | pakistan | "
    Column("content", Text, nullable=False),  # JSON, the party
    Index("row_parties_actor", "actor_id", "row_id", "role"),
)

row_places = Table(
    "row_places",
    metadata,
    Column("row_id", Text, ForeignKey("rows.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("place", Text, nullable=False),
    Column("folded", Text, nullable=False),
)

evidence = Table(
    "evidence",
    metadata,
    Column("row_id", Text, ForeignKey("rows.id"), primary_key=True),
    Column("cell", Text, primary_key=True),  # "" for the sentences of the act
    Column("position", Integer, primary_key=True),
    Column("document", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("start", Integer, nullable=False),  # code points into documents.text (or title)
    Column("end", Integer, nullable=False),
    Column("quote", Text, nullable=False),
)

row_aliases = Table(
    "row_aliases",
    metadata,
    Column("alias", Text, primary_key=True),
    Column("row_id", Text, nullable=False, index=True),
    Column("build_id", Integer),
)

withdrawn_rows = Table(
    "withdrawn_rows",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("document", Text, nullable=False),  # whose revision left the row without a sentence
    Column("build_id", Integer, nullable=False),
    Column("content", Text),  # JSON, what it showed last
)

actors = Table(
    "actors",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("country", Text),
    Column("aliases", Text, nullable=False),  # JSON list
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reviewer", Text, nullable=False),
    Column("time", Text, nullable=False),  # UTC, ISO 8601
    Column("action", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("row_id", Text, nullable=False, index=True),  # as it was called when the decision was made
    Column("kind", Text, nullable=False),
    Column("cell", Text),
    Column("old", Text),  # JSON
    Column("new", Text),  # JSON
    Column("other", Text, index=True),  # the row merged in, or split off; the id of the decision undone
)

decision_spans = Table(
    "decision_spans",
    metadata,
    Column("decision_id", Integer, ForeignKey("decisions.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("document", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("quote", Text, nullable=False),
)

#: Where each decision applies now, kept by rebuilds. Decisions themselves are never touched.
attachments = Table(
    "attachments",
    metadata,
    Column("decision_id", Integer, ForeignKey("decisions.id"), primary_key=True),
    Column("row_id", Text, index=True),  # null: unattached
    Column("note", Text),  # why it is unattached
    Column("spans", Text, nullable=False),  # JSON, the decision's spans as they lie in the documents now
)

#: What SQLAlchemy's tables cannot say: the full-text index with its upkeep, and the lock on decisions.
EXTRA_SQL: Final = (
    "CREATE VIRTUAL TABLE documents_fts USING fts5(title, text, content='documents', content_rowid='seq',"
    ' tokenize="unicode61 remove_diacritics 2")',
    "CREATE TRIGGER documents_ai AFTER INSERT ON documents BEGIN"
    " INSERT INTO documents_fts(rowid, title, text) VALUES (new.seq, new.title, new.text); END",
    "CREATE TRIGGER documents_ad AFTER DELETE ON documents BEGIN"
    " INSERT INTO documents_fts(documents_fts, rowid, title, text)"
    " VALUES ('delete', old.seq, old.title, old.text); END",
    "CREATE TRIGGER documents_au AFTER UPDATE OF title, text ON documents BEGIN"
    " INSERT INTO documents_fts(documents_fts, rowid, title, text)"
    " VALUES ('delete', old.seq, old.title, old.text);"
    " INSERT INTO documents_fts(rowid, title, text) VALUES (new.seq, new.title, new.text); END",
    *(
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN"
        f" SELECT RAISE(ABORT, '{table} are append-only'); END"
        for table in ("decisions", "decision_spans")
        for verb in ("UPDATE", "DELETE")
    ),
)

#: What brings a ledger of an older version up to the one after it, by the version it has.
UPGRADES: Final[dict[int, tuple[str, ...]]] = {
    1: (
        "ALTER TABLE documents ADD COLUMN section TEXT",
        "ALTER TABLE documents ADD COLUMN partial INTEGER DEFAULT '0' NOT NULL",
        "ALTER TABLE documents ADD COLUMN page_sha256 TEXT",
        "CREATE INDEX ix_documents_page_sha256 ON documents (page_sha256)",
        "CREATE TABLE pages (sha256 TEXT NOT NULL, size INTEGER NOT NULL, content BLOB NOT NULL, PRIMARY KEY (sha256))",
    ),
}

#: What makes an older ledger look like the newest to one who only reads it: views that stand before its tables.
VIEWS: Final[dict[int, tuple[str, ...]]] = {
    1: (
        "CREATE TEMP VIEW documents AS"
        " SELECT *, NULL AS section, 0 AS partial, NULL AS page_sha256 FROM main.documents",
        "CREATE TEMP TABLE pages (sha256 TEXT, size INTEGER, content BLOB)",
    ),
}
