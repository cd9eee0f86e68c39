"""The same as the pages, for programs: REST with OpenAPI."""

from __future__ import annotations

from fastapi import APIRouter

from pledgetrail.serving.site import Site


def router(site: Site) -> APIRouter:
    """The routes."""
    return APIRouter(prefix="/api")
