"""What the schemas of groups, comparisons and checks share."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Id = Annotated[str, Field(pattern=r"^\w{1,20}$")]

Share = Annotated[float, Field(ge=0, le=1)]


def example_of(example: dict[str, Any], extra: Literal["forbid", "ignore"] = "ignore") -> ConfigDict:
    """A schema's example for the document; what is sent besides its fields is refused or passed over."""
    return ConfigDict(json_schema_extra={"example": example}, extra=extra)


class PlatformName(BaseModel):
    """A platform, named."""

    id: str
    name: str
    owner: str


class DatedFigureOut(BaseModel):
    """A figure with the day it is of; `kind` tells what is counted."""

    kind: str = ""
    value: float
    as_of: str
