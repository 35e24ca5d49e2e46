"""What the REST interface takes to register or change a platform, and what it answers."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.common import Address, Names, Text200
from api.schemas.platforms import ChannelIO


class PlatformIn(BaseModel):
    """A platform to register: name and owner are needed, the rest is inferred or asked where it is missing."""

    name: Annotated[str, Field(min_length=1, max_length=200, examples=["우리시 공유주차"])]
    owner: Annotated[str, Field(min_length=1, max_length=200, examples=["수원시"])]
    url: Address = ""
    description: Annotated[str, Field(max_length=5000)] = ""
    type: Annotated[str, Field(max_length=20)] = ""
    form: Annotated[str, Field(max_length=60)] = ""
    functions: Names = []
    beneficiaries: Names = []
    channels: Annotated[list[ChannelIO], Field(max_length=30)] = []
    aliases: Names = []
    former_names: Names = []
    area: Names = []
    department: Text200 = ""
    operator: Text200 = ""
    partners: Names = []
    operating_mode: Annotated[str, Field(max_length=30)] = ""
    legal_basis: Annotated[str, Field(max_length=500)] = ""
    status: Annotated[str, Field(max_length=20)] = ""
    status_since: Annotated[str, Field(max_length=10)] = ""
    launched: Annotated[str, Field(max_length=10)] = ""
    closed: Annotated[str, Field(max_length=10)] = ""
    successor: Annotated[str, Field(max_length=200)] = ""
    engine: Annotated[str, Field(max_length=100)] = ""
    shared_operation: Text200 = ""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "name": "우리시 공유주차",
                "owner": "수원시",
                "url": "https://parking.suwon.go.kr",
                "description": "빈 주차면을 이웃과 나눠 쓰는 서비스",
            }
        },
    )


class PlatformPatch(BaseModel):
    """Fields to say anew; an empty value takes one's own earlier word back."""

    changes: Annotated[dict[Annotated[str, Field(max_length=40)], Any], Field(min_length=1, max_length=30)]
    note: Annotated[str, Field(max_length=500)] = ""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"changes": {"status": "closed", "closed": "2026-03-31"}}}
    )


class RegistrationOut(BaseModel):
    """What registering did."""

    id: str
    action: str = Field(description="added, changed or unchanged")
    matched_by: str = ""
    conflicts: list[str] = []
    questions: list[dict[str, Any]] = []


class VersionOut(BaseModel):
    """The platform's new version, its next ETag."""

    id: str
    version: int
