"""Parameters and answers that every route shares."""

from typing import Annotated, Any

from fastapi import Path, Query

from api.schemas.common import BIGGEST, Problem

Cursor = Annotated[str, Query(max_length=200, description="Where to go on: taken from `next`.")]
Limit = Annotated[int, Query(ge=1, le=200, description="How many rows.")]
PlatformId = Annotated[str, Path(max_length=20, pattern=r"^\w{1,20}$", description="A platform's id.")]
GovernmentCode = Annotated[str, Path(pattern=r"^\d{2,10}$", description="A government's code: 2, 5 or 10 digits.")]
Number = Annotated[int, Path(ge=1, le=BIGGEST)]


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors a route may answer with, for the OpenAPI document."""
    return {
        status: {
            "model": Problem,
            "description": DESCRIPTIONS[status],
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in (*statuses, 422, 429)
    }


def cached(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors of a route that reads, and 304."""
    return {304: {"description": "Not modified since the ETag in If-None-Match"}, **problems(*statuses)}


DESCRIPTIONS = {
    401: "No known token",
    403: "The token's account may not do that",
    404: "Nothing has this id",
    409: "The state forbids it",
    412: "Changed since the ETag in If-Match",
    422: "A value cannot be taken",
    428: "If-Match is missing",
    429: "Too many requests from this address; Retry-After says in how many seconds to come again",
    503: "The search engine cannot be reached",
}
