"""What several schemas of the REST interface share: bounds, texts in both languages, problems, pages of a list."""

from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Item = TypeVar("Item")

BIGGEST = 2**53 - 1
"""The largest integer that JSON readers in browsers keep exactly; it also fits the database's 64 bits."""

Text200 = Annotated[str, Field(max_length=200)]

Address = Annotated[str, Field(max_length=2000)]

Names = Annotated[list[Text200], Field(max_length=50)]


class Both(BaseModel):
    """A sentence in both languages."""

    ko: str = ""
    en: str = ""


class Problem(BaseModel):
    """application/problem+json (RFC 9457), with our code, cause and remedy."""

    type: str
    title: str
    status: int
    detail: str = ""
    instance: str = ""
    code: str = ""
    cause: Both = Both()
    remedy: Both = Both()
    field: str | None = None
    value: str | None = None

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "example": {
                "type": "urn:metaplatform:problem:not_found",
                "title": "Not found",
                "status": 404,
                "detail": "No platform 'Pnone'. Check the id or the name.",
                "instance": "/api/v1/platforms/Pnone",
                "code": "not_found",
                "cause": {"ko": "플랫폼 'Pnone': 찾을 수 없습니다.", "en": "No platform 'Pnone'."},
                "remedy": {"ko": "번호나 이름을 확인하세요.", "en": "Check the id or the name."},
            }
        },
    )


class Paged(BaseModel, Generic[Item]):
    """One page of a list; `next` is the address of the following page, null at the end."""

    items: list[Item]
    next: str | None = None
