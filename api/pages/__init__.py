"""The pages: Korean at /, English at /en. A further one is a module, its router in PAGES, its place in MENU."""

from fastapi import APIRouter

from api.pages import (
    about,
    account,
    accounts,
    audit,
    comparing,
    coverage,
    edit,
    gaps,
    groups,
    harvest,
    issues,
    judging,
    merging,
    places,
    platforms,
    precheck,
    register,
    retirement,
    search,
    signing,
    survey,
)

PAGES: tuple[APIRouter, ...] = (
    search.router,
    register.router,
    register.forms,
    edit.router,
    edit.forms,
    platforms.router,
    places.router,
    coverage.router,
    groups.router,
    comparing.router,
    judging.router,
    retirement.router,
    gaps.router,
    survey.router,
    merging.router,
    precheck.router,
    harvest.router,
    issues.router,
    signing.router,
    signing.forms,
    account.router,
    account.forms,
    accounts.router,
    accounts.forms,
    audit.router,
    about.router,
)

# Address, Korean and English name of each entry of the main menu, and the beginnings of the other pages that it marks.
MENU: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("/search", "플랫폼 찾기", "Find", ("/platforms", "/area")),
    ("/zones", "생활권", "Living zones", ()),
    ("/governments", "지방자치단체", "Governments", ()),
    (
        "/groups",
        "유사·중복",
        "Overlap",
        ("/compare", "/similar", "/judging", "/merging", "/retirement", "/gaps", "/survey"),
    ),
    ("/precheck", "사전검토", "Pre-build check", ()),
    ("/coverage", "등록 현황", "Coverage", ()),
    ("/sources", "수집", "Sources", ("/runs",)),
    ("/issues", "확인할 일", "Matters", ("/missing", "/reports")),
)
