"""Parsed documents -> statements: candidates are proposed, then decided, then their cells are filled."""
