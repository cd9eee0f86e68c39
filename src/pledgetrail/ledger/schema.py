"""The tables of a ledger. Flat columns are for people with Datasette or pandas; JSON columns are what we read back."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text

from pledgetrail.ledger.triggers import ROWS_SQL

#: Raised with every change of the tables below. A ledger of a higher version is refused.
SCHEMA_VERSION: Final = 4

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
    Column(
        "origin", Text, index=True
    ),  # the document that the text goes back to, itself if it is no copy; null: unknown yet
    Column("story", Text, index=True),  # equal for the reports of one event
)

#: What resolution must know of a document, drawn from it when it is written.
digests = Table(
    "digests",
    metadata,
    Column("document", Text, ForeignKey("documents.id"), primary_key=True),
    Column("sketch", LargeBinary, nullable=False),  # sampled 5-grams, see resolution.copying.sketches
    Column("terms", LargeBinary, nullable=False),  # the weightiest terms, see resolution.storylines.digests
    Column("clues", Text, nullable=False),  # JSON, what dates the report, see resolution.dates.clues
)

#: What the last grouping into stories knows of the documents, so that the next one only looks at what has changed.
grouped = Table(
    "grouped",
    metadata,
    Column("document", Text, ForeignKey("documents.id"), primary_key=True),
    Column("keys", LargeBinary, nullable=False),  # of its digest, what finds its neighbours
    Column("digest", LargeBinary, nullable=False),  # a sum of its digest
    Column("block", Text, nullable=False),  # the first of the documents that hang together with it
)

#: Which texts were copied from which, with the sentences.
copies = Table(
    "copies",
    metadata,
    Column("document", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("share", Float, nullable=False),  # of the document's own words
    Column("alignment", Text, nullable=False),  # JSON, pairs of spans
    Index("copies_source", "source"),
)

#: Pairs of documents that were compared, whether or not they hang together; the lesser id first.
compared = Table(
    "compared",
    metadata,
    Column("one", Text, primary_key=True),
    Column("other", Text, primary_key=True, index=True),
    sqlite_with_rowid=False,
)

#: The days of reports that bear no date, with the reasoning.
datings = Table(
    "datings",
    metadata,
    Column("document", Text, ForeignKey("documents.id"), primary_key=True),
    Column("edtf", Text),
    Column("earliest", Text),
    Column("latest", Text),
    Column("basis", Text),
    Column("content", Text, nullable=False),  # JSON, the whole
)

#: How each report names the actors of its acts, and what it calls them.
namings = Table(
    "namings",
    metadata,
    Column("document", Text, ForeignKey("documents.id"), primary_key=True),
    Column("party", Text, primary_key=True),  # its id as read
    Column("key", Text, nullable=False, index=True),  # what is taken together over all reports
    Column("content", Text, nullable=False),  # JSON, the naming
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
    Column("base_row", Text, nullable=False, index=True),  # the row as extracted, before any are joined or split
    Column("content", Text, nullable=False),  # JSON, the whole statement
    Column("origin", Text),  # the document that its words go back to; null: its own
)

rows = Table(
    "rows",
    metadata,
    Column("issued", Integer, primary_key=True),  # order in which ids were issued
    Column("id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),  # commitment, encounter or figure
    Column("act_key", Text),  # equal key, equal act; null where too little is said to tell
    Column("merged_into", Text),  # the row that shows this one's statements: joined or merged by a reviewer
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
    Column("joined_to", Text, index=True),  # the row that tells the same act, found by resolution
    Column("reviewer", Text),  # who gave the verdict that the status is; null: nobody yet
    Column("second", Text),  # accepted or rejected: what another reviewer thinks, who has not decided the row
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
    Column("party", Text, nullable=False, server_default=""),  # its id as read
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

#: Rows as resolution compares them, before it joins any, and the keys under which their like is looked for.
signatures = Table(
    "signatures",
    metadata,
    Column("row_id", Text, ForeignKey("rows.id"), primary_key=True),
    Column("content", Text, nullable=False),  # JSON
    Column("settled", Integer, nullable=False, server_default="0"),  # 1: joined with all that it is to be joined with
)

row_keys = Table(
    "row_keys",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("row_id", Text, ForeignKey("rows.id"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)

#: Pairs of rows that tell the same act; the lesser id first.
row_links = Table(
    "row_links",
    metadata,
    Column("one", Text, primary_key=True),
    Column("other", Text, primary_key=True, index=True),
    sqlite_with_rowid=False,
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
    Column("identifiers", Text, nullable=False, server_default="[]"),  # JSON list, "wikidata:Q43"
    Column("roles", Text, nullable=False, server_default="[]"),  # JSON list: title, of, from, until, former, evidence
    Column("folded", Text, nullable=False, server_default=""),  # name and aliases as compared: " | pakistan | "
    Column("note", Text),
)

#: Which actor the namings of a key are of, and why it was joined to the others.
actor_keys = Table(
    "actor_keys",
    metadata,
    Column("key", Text, primary_key=True),
    Column("actor", Text, nullable=False, index=True),
    Column("why", Text),
)

#: Rows of one undertaking, in order of time.
trails = Table(
    "trails",
    metadata,
    Column("id", Text, primary_key=True),
    Column("state", Text),  # one of resolution.undertakings.states.STATES; null: nothing but denials and plans
    Column("first", Text),  # ISO days of its first and last sign of life
    Column("last", Text, index=True),
    Column("givers", Text, nullable=False),  # JSON lists of what parties and purposes are compared by
    Column("receivers", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("size", Integer, nullable=False, index=True),  # number of rows
)

trail_rows = Table(
    "trail_rows",
    metadata,
    Column("trail", Text, ForeignKey("trails.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("row_id", Text, ForeignKey("rows.id"), nullable=False, index=True),
    Column("home", Integer, nullable=False),  # 1: the one trail to name the row by
)

#: Claims about the same thing that cannot all be true.
disagreements = Table(
    "disagreements",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False, index=True),  # competing, update or compatible
    Column("subject", Text, nullable=False),  # figure, sum, or the cell in which reports differ
    Column("about", Text, nullable=False),
    Column("content", Text, nullable=False),  # JSON, the whole
)

disagreement_rows = Table(
    "disagreement_rows",
    metadata,
    Column("disagreement", Text, ForeignKey("disagreements.id"), primary_key=True),
    Column("row_id", Text, primary_key=True, index=True),
    Column("cell", Text, primary_key=True),
)

#: What the last survey (ledger/surveying.py) knows of the rows that it has taken in, so that the next one only looks at
#: rows that have changed, and at those that these have a bearing on.
surveyed = Table(
    "surveyed",
    metadata,
    Column("issued", Integer, primary_key=True),
    Column("row_id", Text, nullable=False),
    Column("marks", LargeBinary),  # of commitments, see resolution.undertakings.candidates
    Column("ties", LargeBinary, nullable=False),  # see resolution.disputes.blocks
    Column("step", Text),  # JSON, of commitments: what linking them compares
)

#: Which of these rows are linked as of one undertaking, by pairs of sides ("strands"); the lesser number first.
step_links = Table(
    "step_links",
    metadata,
    Column("one", Integer, primary_key=True),
    Column("strand", Integer, primary_key=True),
    Column("other", Integer, primary_key=True),
    Column("other_strand", Integer, primary_key=True),
    sqlite_with_rowid=False,
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
    Column("other", Text, index=True),  # the row merged in, or split off; the id of the decision undone; a statement
    Column("batch", Text, index=True),  # equal for decisions that were made as one
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

#: Which rows have changed, in order: each row once, under the number of its last change. Kept by triggers, so that
#: whoever holds rows in memory learns of the changes of every process.
row_changes = Table(
    "row_changes",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("issued", Integer, nullable=False, unique=True),  # of the row; gone from ``rows`` if it was withdrawn
    sqlite_autoincrement=True,
)

#: What SQLAlchemy's tables cannot say: the full-text indexes with their upkeep, and the lock on decisions.
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
    *ROWS_SQL,
)
