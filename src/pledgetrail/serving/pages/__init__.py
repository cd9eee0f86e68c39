"""The pages, a module for each."""

from __future__ import annotations

from fastapi import APIRouter

from pledgetrail.serving.pages import (
    actors,
    adding,
    audit,
    bulk,
    copies,
    figures,
    funnel,
    ledger,
    map,
    network,
    reports,
    review,
    row,
    timeline,
    trails,
    wording,
)
from pledgetrail.serving.site import Site


def routers(site: Site) -> list[APIRouter]:
    """The routes of all pages."""
    together = (trails, funnel, figures, timeline, map, network, wording)
    modules = (ledger, bulk, review, row, *together, reports, adding, copies, actors, audit)
    return [module.router(site) for module in modules]
