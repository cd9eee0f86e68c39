"""The same as the pages, for programs: REST with OpenAPI."""

from pledgetrail.serving.api.routes import router

__all__ = ["router"]
