"""OpenSearch: our search box in other people's browsers and portals, with suggestions."""

import json
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.conditional import conditional
from api.deps import PartsDep, base_url
from api.interop.xml import child, root, xml_response

router = APIRouter()

NAMESPACE = "http://a9.com/-/spec/opensearch/1.1/"
SUGGESTIONS = "application/x-suggestions+json"


@router.get("/opensearch.xml")
def description(request: Request) -> Response:
    """The description document (OpenSearch 1.1)."""
    base = base_url(request)
    document = root("OpenSearchDescription", {None: NAMESPACE})

    def add(tag: str, text: str = "", **attributes: str) -> None:
        child(document, f"{{{NAMESPACE}}}{tag}", text, **attributes)

    # ShortName may hold 16 characters, Description 1024.
    add("ShortName", "메타플랫폼")
    add("Description", "지방자치단체의 공공 플랫폼을 평소 쓰는 말로 찾습니다.")
    add("InputEncoding", "UTF-8")
    add("Language", "ko")
    add("Image", f"{base}/static/icon.svg", type_="image/svg+xml", width="16", height="16")
    add("Url", type_="text/html", template=f"{base}/search?q={{searchTerms}}")
    add("Url", type_=SUGGESTIONS, template=f"{base}/opensearch/suggest?q={{searchTerms}}")
    add("Url", type_="application/atom+xml", template=f"{base}/feeds/search.atom?q={{searchTerms}}")
    return xml_response(request, document, "application/opensearchdescription+xml")


@router.get("/opensearch/suggest")
def suggest(request: Request, parts: PartsDep, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    """[query, [completions], [owners]], as browsers ask for it."""
    found = parts.finder.suggest(q, None, 8) if q.strip() else []
    answer = [q, [one.text for one in found], [one.owner or one.note for one in found]]
    return conditional(request, json.dumps(answer, ensure_ascii=False).encode(), media_type=SUGGESTIONS)
