"""What this is, how to use it, what is kept, and the reference of the programs' interface."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.deps import find_viewer
from api.language import language_of
from api.rendering import STATIC, render

router = APIRouter(dependencies=[Depends(find_viewer)])

SWAGGER = STATIC / "vendor" / "swagger" / "swagger-ui-bundle.js"


@router.get("/about")
def about(request: Request) -> Response:
    """What counts as a platform, where the facts come from, and what the registry does not know."""
    return render(request, "about.html", title=language_of(request)("이 서비스에 대하여", "About"))


@router.get("/help")
def help_page(request: Request) -> Response:
    """How to search."""
    return render(request, "help.html", title=language_of(request)("도움말", "Help"))


@router.get("/accessibility")
def accessibility(request: Request) -> Response:
    """What is held to, what was tried, what is still owed."""
    return render(request, "accessibility.html", title=language_of(request)("접근성", "Accessibility"))


@router.get("/privacy")
def privacy(request: Request) -> Response:
    """What is kept of a visitor: close to nothing."""
    return render(request, "privacy.html", title=language_of(request)("개인정보", "Privacy"))


@router.get("/docs")
def docs(request: Request) -> Response:
    """The REST interface, made from its own OpenAPI document; readable without JavaScript."""
    schema = request.app.openapi()
    return render(
        request,
        "docs.html",
        title=language_of(request)("개발자 API", "API for developers"),
        schema=schema,
        groups=_groups(schema),
        has_swagger=SWAGGER.is_file(),
    )


@router.get("/docs/swagger")
def swagger(request: Request) -> Response:
    """Swagger UI from our own files, for trying requests out."""
    return render(request, "swagger.html", title="Swagger UI", has_swagger=SWAGGER.is_file())


def _groups(schema: dict[str, Any]) -> dict[str, list[tuple[str, str, dict[str, Any]]]]:
    groups: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            groups.setdefault((operation.get("tags") or ["api"])[0], []).append((method.upper(), path, operation))
    return groups
