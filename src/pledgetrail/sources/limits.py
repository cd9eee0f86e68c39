"""How much of one input is held in memory at once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, and counts, above which an input is named as a problem instead of being read."""

    text_bytes: int = 32 * 1024 * 1024  # a plain text file: far above a book
    line_bytes: int = 16 * 1024 * 1024  # one line of JSON Lines
    page_bytes: int = 16 * 1024 * 1024  # one HTML page: the largest news pages have two
    page_elements: int = 40_000  # elements of it: the longest live blogs have 20,000
    record_bytes: int = 32 * 1024 * 1024  # the payload of a WARC record as it was sent
    feed_bytes: int = 32 * 1024 * 1024  # a feed, which is read as a whole
    feed_entries: int = 100_000  # and the entries in it
    unpacked_bytes: int = 64 * 1024**3  # all that one archive unpacks to
    unpacked_ratio: int = 200  # and how much for each byte of its own; tables reach 15, one row repeated 340
    unpacked_floor: int = 64 * 1024 * 1024  # up to here the ratio does not matter
    spooled_bytes: int = 1024**3  # an archive within an archive, which is kept aside while it is read
    directory_bytes: int = 32 * 1024 * 1024  # the list of members of a zip: some 200,000 names
    seconds: int = 30  # of taking apart one message or PDF
    pdf_pages: int = 2000  # of one PDF: a press release has five, a year's report three hundred
    nesting: int = 3  # layers of packing: a zip of compressed tars has three
