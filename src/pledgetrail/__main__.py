"""``python -m pledgetrail``."""

from __future__ import annotations

from pledgetrail.cli import main

if __name__ == "__main__":  # worker processes import this module under another name
    main()
