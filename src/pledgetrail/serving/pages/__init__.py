"""The pages, a module for each."""

from __future__ import annotations

from fastapi import APIRouter

from pledgetrail.serving.pages import actors, audit, funnel, ledger, reports, review, row, trails
from pledgetrail.serving.site import Site


def routers(site: Site) -> list[APIRouter]:
    """The routes of all pages."""
    modules = (ledger, review, row, trails, funnel, reports, actors, audit)
    return [module.router(site) for module in modules]
