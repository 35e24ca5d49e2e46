"""The REST interface /api/v1: one router a subject; a further one is a module and a name in ROUTES."""

from fastapi import APIRouter

from api.routes import comparing, gaps, governments, groups, harvest, judging, platforms, precheck, retirement, search

ROUTES: tuple[APIRouter, ...] = (
    search.router,
    platforms.router,
    governments.router,
    gaps.router,
    harvest.router,
    groups.router,
    comparing.router,
    judging.router,
    precheck.router,
    retirement.router,
)
