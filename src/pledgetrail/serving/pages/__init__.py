"""The pages, a module for each."""

from __future__ import annotations

from fastapi import APIRouter

from pledgetrail.serving.pages import (
    actors,
    audit,
    copies,
    figures,
    funnel,
    ledger,
    reports,
    review,
    row,
    trails,
    wording,
)
from pledgetrail.serving.site import Site


def routers(site: Site) -> list[APIRouter]:
    """The routes of all pages."""
    modules = (ledger, review, row, trails, funnel, figures, wording, reports, copies, actors, audit)
    return [module.router(site) for module in modules]
