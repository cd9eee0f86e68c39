"""The web app: read the ledger, open the sentence, decide."""

from pledgetrail.serving.app import create_app
from pledgetrail.serving.settings import Settings

__all__ = ["Settings", "create_app"]
