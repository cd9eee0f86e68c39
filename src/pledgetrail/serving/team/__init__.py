"""People who share one ledger over a network: who they are, what they may do, and how they prove it."""

from pledgetrail.serving.team.errors import Forbidden, TeamError, Unknown
from pledgetrail.serving.team.people import ROLES, People, Person

__all__ = ["ROLES", "Forbidden", "People", "Person", "TeamError", "Unknown"]
