"""The ledger: documents, statements, rows and decisions in one SQLite file."""
