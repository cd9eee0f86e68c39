"""Copies: which reports carry whose text, sentence by sentence, and which text theirs goes back to."""
