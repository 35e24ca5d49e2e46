"""The same registry in other people's formats; a further one is a module and its router in INTEROP."""

from fastapi import APIRouter

from api.interop import ckan, data_go_kr, data_json, dcat, exports, feeds, opensearch, sitemap

INTEROP: tuple[APIRouter, ...] = (
    opensearch.router,
    sitemap.router,
    feeds.router,
    exports.router,
    ckan.router,
    dcat.router,
    data_json.router,
    data_go_kr.router,
)
