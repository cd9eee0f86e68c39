"""Wordings: how each source names what is contested."""
