"""Headers every answer carries: a strict content policy, no sniffing, no framing, and caching that is meant."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"

# Swagger UI sets styles from its script and draws icons from data: addresses; nothing else of ours needs that.
SWAGGER_POLICY = POLICY + "; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
SWAGGER_PATHS = ("/docs/swagger", "/en/docs/swagger")

YEAR = "public, max-age=31536000, immutable"


class SecurityHeaders:
    """ASGI middleware that adds the headers to whatever answers, errors included."""

    def __init__(self, app: ASGIApp, https: bool) -> None:
        self.app, self.https = app, https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add headers to the start of the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_headers(MutableHeaders(scope=message), scope["path"], scope.get("query_string", b""), self.https)
            await send(message)

        await self.app(scope, receive, with_headers)


def add_headers(headers: MutableHeaders, path: str, query: bytes, https: bool = False) -> None:
    """Add to an answer's headers what is not said there already."""
    headers.setdefault("Content-Security-Policy", SWAGGER_POLICY if path in SWAGGER_PATHS else POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    headers.setdefault("Permissions-Policy", "geolocation=(self), camera=(), microphone=()")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if https:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if path.startswith("/static/"):
        headers["Cache-Control"] = YEAR if b"v=" in query else "public, max-age=3600"
    else:
        # Pages depend on cookies (the chosen area, who is signed in): shared caches must not keep them.
        headers.setdefault("Cache-Control", "private, no-cache")
