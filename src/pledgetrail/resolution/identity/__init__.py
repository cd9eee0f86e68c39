"""Who is who over all reports: one actor for all spellings, titles and roles, one place for all its names."""

from pledgetrail.resolution.identity.actors import ActorGroup, Role, actors
from pledgetrail.resolution.identity.evidence import Held, Name
from pledgetrail.resolution.identity.known import Known, Listed, read_actors, write_actors
from pledgetrail.resolution.identity.namings import Naming, namings, pooled
from pledgetrail.resolution.identity.people import Verdict
from pledgetrail.resolution.identity.places import Place, place
from pledgetrail.resolution.identity.verdicts import same_name

__all__ = [
    "ActorGroup",
    "Held",
    "Known",
    "Listed",
    "Name",
    "Naming",
    "Place",
    "Role",
    "Verdict",
    "actors",
    "namings",
    "place",
    "pooled",
    "read_actors",
    "same_name",
    "write_actors",
]
