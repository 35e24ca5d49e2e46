"""The answer to a search and the completions of a word."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.governments import GovernmentRef


class HitOut(BaseModel):
    """One platform found."""

    id: str
    name: str
    owner: str
    url: str
    type: str
    form: str
    functions: list[str]
    status: str
    score: float
    liveness: str
    relation: str = ""
    description: str = ""
    successor: dict[str, str] | None = None
    highlights: dict[str, list[list[int]]] = {}
    why: list[dict[str, Any]] = []


class FacetOut(BaseModel):
    """One value of a facet."""

    value: str
    label: str
    count: int


class ReadingOut(BaseModel):
    """One automatic reading of the query; `literal=true` undoes all of them."""

    model_config = ConfigDict(populate_by_name=True)

    kind: str
    from_: str = Field(alias="from")
    to: str


class SearchOut(BaseModel):
    """The answer to a search."""

    query: str
    total: int
    interpretation: list[ReadingOut]
    did_you_mean: str = ""
    place_choices: list[GovernmentRef] = []
    hits: list[HitOut]
    facets: dict[str, list[FacetOut]]
    took_ms: float


class SuggestionOut(BaseModel):
    """One completion."""

    text: str
    kind: str
    id: str
    owner: str = ""
    note: str = ""


class SuggestOut(BaseModel):
    """Completions of what is being typed."""

    query: str
    suggestions: list[SuggestionOut]
