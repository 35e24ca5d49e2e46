"""The composition root: one FastAPI application with the REST interface, the pages and the interoperable outputs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import GZipMiddleware

from api import problems
from api.deps import Parts
from api.interop import INTEROP
from api.limiting import RateLimits
from api.pages import MENU, PAGES
from api.remembered import Remembered
from api.rendering import STATIC
from api.routes import ROUTES
from api.security import SecurityHeaders
from api.startup import Installation, open_installation
from config.settings import Settings, get_settings

API = "/api/v1"
DESCRIPTION = """\
Every public platform that Korea's local governments run: who runs it, what it does, for whom, where, since when,
whether it answers, and who said so. 지방자치단체의 공공 플랫폼을 한곳에서 찾습니다.

* Lists are paged by `cursor`; `next` is the address of the following page.
* Every platform has an `ETag`; a change needs it in `If-Match`.
* Errors are `application/problem+json` with `code`, `cause` and `remedy` in Korean and English.
* Above the limit of requests a minute the answer is 429; `Retry-After` says in how many seconds to come again.
"""


def create_app(settings: Settings | None = None, installation: Installation | None = None) -> FastAPI:
    """The application. It starts no worker; without an `installation` it opens its own and closes it at the end."""
    chosen = installation.settings if installation else settings or get_settings()
    opened = installation or open_installation(chosen)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        if installation is None:
            opened.close()

    app = FastAPI(
        title="metaplatform",
        summary="The registry of Korea's local public platforms",
        description=DESCRIPTION,
        version="1",
        lifespan=lifespan,
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    parts = app.state.parts = Parts(opened, menu=MENU)
    problems.install(app)
    for router in ROUTES:
        app.include_router(router, prefix=API)
    for router in INTEROP:
        app.include_router(router, include_in_schema=False)
    for prefix in ("", "/en"):
        for router in PAGES:
            app.include_router(router, prefix=prefix, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=6)
    app.add_middleware(Remembered, parts=parts)
    app.add_middleware(RateLimits, settings=chosen)
    app.add_middleware(SecurityHeaders, https=chosen.public_url.startswith("https://"))
    return app
