"""The same as the pages, for programs: REST with OpenAPI, a module for each kind of thing."""

from __future__ import annotations

from fastapi import APIRouter

from pledgetrail.serving.api import (
    actors,
    adding,
    agreement,
    batches,
    decisions,
    disagreements,
    ledger,
    reports,
    rows,
    trails,
)
from pledgetrail.serving.site import Site


def router(site: Site) -> APIRouter:
    """The routes of the API."""
    routes = APIRouter(prefix="/api")
    for module in (ledger, rows, adding, trails, disagreements, actors, reports, decisions, batches, agreement):
        routes.include_router(module.router(site))
    return routes


__all__ = ["router"]
