"""What may come out of an archive: how much in all, and how much for each byte that went in."""

from __future__ import annotations

from pledgetrail.sources.limits import Limits

__all__ = ["Budget", "Unreadable"]


class Unreadable(OSError):
    """Reading stops here. ``kind`` is the problem's slug, the message what is wrong, without the input's name."""

    def __init__(self, kind: str, message: str) -> None:
        """``kind`` as in Problem.kind."""
        super().__init__(message)
        self.kind = kind


class Budget:
    """Counts the bytes that all layers and members of one archive unpack to, and refuses those beyond the limits.

    One budget goes with everything inside one file, nested archives too: a bomb multiplies through its layers and
    its members, and is met in the sum.
    """

    def __init__(self, packed: int, limits: Limits) -> None:
        """``packed`` is the size in bytes of the outermost file."""
        by_ratio = max(limits.unpacked_floor, packed * limits.unpacked_ratio)
        self._limit = min(by_ratio, limits.unpacked_bytes)
        self._ratio = limits.unpacked_ratio if by_ratio < limits.unpacked_bytes else None
        self._taken = 0

    @property
    def spent(self) -> bool:
        """Whether it has been overdrawn. Nothing more may be unpacked then."""
        return self._taken > self._limit

    def take(self, count: int) -> None:
        """Note ``count`` bytes that were unpacked. Raises Unreadable (``bomb``) above the limit."""
        self._taken += count
        if self.spent:
            raise Unreadable("bomb", self.reason)

    @property
    def reason(self) -> str:
        """What is said when it is overdrawn."""
        if self._ratio is None:
            return f"it unpacks to more than {self._limit:,} bytes"
        return f"it unpacks to more than {self._limit:,} bytes, over {self._ratio} times its size: a bomb?"
