"""The pages, a module for each."""

from __future__ import annotations

from fastapi import APIRouter

from pledgetrail.serving.pages import actors, audit, ledger, reports, review, row
from pledgetrail.serving.site import Site


def routers(site: Site) -> list[APIRouter]:
    """The routes of all pages."""
    return [module.router(site) for module in (ledger, review, row, reports, actors, audit)]
