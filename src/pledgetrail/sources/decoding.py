"""Bytes to text. UTF-8 first, byte-order marks and UTF-16 next, then the one-byte encodings."""

from __future__ import annotations

import codecs
import contextlib
import re
from typing import Final

#: Longest marks first: UTF-32-LE starts with the mark of UTF-16-LE.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: Where Windows-1254 (Turkish) has Ğ İ Ş ğ ı ş and Windows-1252 the Icelandic Ð Ý Þ ð ý þ: nothing else differs.
_TURKISH: Final = frozenset(b"\xd0\xdd\xde\xf0\xfd\xfe")
_CANDIDATES: Final = [
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "koi8_r", "koi8_u", "cp866",
    "iso8859_2", "iso8859_5", "mac_roman", "mac_cyrillic", "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr",
]  # fmt: skip
_CONTROL_BYTES: Final = bytes(b for b in range(32) if b not in b"\t\n\r\x0b\x0c\x1a\x1b") + b"\x7f"
_CONTROL_CHARS: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_PROBE: Final = 65536  # bytes looked at to judge a file
_FEW: Final = 0.12  # share of non-ASCII bytes up to which a text is Latin script with some accents


class NotText(ValueError):
    """The bytes are no text that we can read. ``kind`` is the problem's slug."""

    def __init__(self, kind: str, message: str) -> None:
        """``kind`` as in Problem.kind, ``message`` for the user."""
        super().__init__(message)
        self.kind = kind


def decode(data: bytes) -> str:
    """Text of ``data``, byte-order mark removed and newlines untouched.

    Raises NotText with kind ``empty``, ``binary`` or ``undecodable``.
    """
    text = _decoded(data)
    if not text.strip("\ufeff \t\r\n\x0b\x0c\xa0"):
        raise NotText("empty", "nothing but white space")
    head = text[:_PROBE]
    if "\x00" in head or len(_CONTROL_CHARS.findall(head)) > len(head) * 0.02:
        raise NotText("binary", "control characters throughout: this is no text")
    return text


def encoding_of(head: bytes) -> str:
    """The encoding of a long input by its first bytes, for reading it piece by piece; a mark is part of the encoding.

    Raises NotText as ``decode`` does. What is valid so far is UTF-8, even if the last character is cut.
    """
    if not head:
        raise NotText("empty", "the input is empty")
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return "utf-8-sig" if encoding == "utf-8" else encoding.rpartition("-")[0]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) >= len(head) * 0.1 and min(even, odd) <= max(even, odd) * 0.02:
        return "utf-16-le" if odd > even else "utf-16-be"
    if len(head.translate(None, _CONTROL_BYTES)) < len(head) * 0.9:
        raise NotText("binary", "control bytes throughout: this is no text")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
        return "utf-8"
    except UnicodeDecodeError:
        return _one_byte_encoding(head)


def _decoded(data: bytes) -> str:
    if not data:
        raise NotText("empty", "the input is empty")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding)
    head = data[:_PROBE]
    if b"\x00" in head:
        return _unmarked_wide(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if len(head.translate(None, _CONTROL_BYTES)) < len(head) * 0.98:
        raise NotText("binary", "control bytes throughout: this is no text")
    return _one_byte(data)


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        what = f"marked as {encoding}, but not valid at byte {error.start}"
        raise NotText("undecodable", what) from None


def _unmarked_wide(data: bytes) -> str:
    """UTF-16 without a mark: the NULs of its spaces and Latin letters stand all on one side of the pairs."""
    head = data[:_PROBE]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    few, many = min(even, odd), max(even, odd)
    if many >= len(head) * 0.02 and few <= many * 0.02 and len(data) % 2 == 0:
        try:
            text = data.decode("utf-16-le" if odd > even else "utf-16-be")
        except UnicodeDecodeError:
            text = ""
        if text and sum(c.isprintable() or c.isspace() for c in text[:2000]) >= 0.95 * len(text[:2000]):
            return text
    raise NotText("binary", "it holds NUL bytes: this is no text")


def _one_byte(data: bytes) -> str:
    encoding = _one_byte_encoding(data)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise NotText("undecodable", f"looks like {encoding}, but is not valid in it") from None


def _one_byte_encoding(data: bytes) -> str:
    """Not UTF-8. Mostly ASCII is Western or Turkish Windows text; for the rest statistics decide."""
    ascii_only = data.translate(None, bytes(range(128, 256)))
    if len(data) - len(ascii_only) <= max(3, len(data) * _FEW):
        western = "cp1254" if _TURKISH.intersection(data) else "cp1252"
        with contextlib.suppress(UnicodeDecodeError):
            data.decode(western)
            return western
    import charset_normalizer  # only needed here, and slow to import

    best = charset_normalizer.from_bytes(data, cp_isolation=_CANDIDATES).best()
    if best is None:
        raise NotText("undecodable", "not UTF-8, and no other encoding fits")
    return best.encoding
