"""What can go wrong with a reader that is asked over a network. No message ever holds a key."""

from __future__ import annotations


class ReaderError(Exception):
    """The reader cannot be used at all: address, key, service, missing packages. The build ends."""


class NoAnswer(Exception):
    """One question got no usable answer; the document it is about is named as a problem and the build goes on."""
