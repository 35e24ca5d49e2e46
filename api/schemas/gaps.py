"""The regional gap in what governments run, and in its quality."""

from typing import Literal

from pydantic import BaseModel

from api.schemas.common import Both
from api.schemas.governments import GovernmentRef
from api.schemas.overlap import example_of


class GapOut(BaseModel):
    """A function or form among the governments of one level: who runs it, who is served by others, who has neither."""

    key: str
    name: Both
    platforms: int
    per_100k_electors: float | None
    run: list[GovernmentRef]
    served: list[GovernmentRef]
    lacking: list[GovernmentRef]


class ReachOut(BaseModel):
    """A quality indicator over some platforms; where a fact is neither good nor bad `judged` is 0."""

    key: str
    dimension: Literal["system", "information", "service"]
    name: Both
    measured: int
    judged: int
    good: int


class QualityGapOut(BaseModel):
    """The indicators over the platforms of a government, or of a province's governments; null is everybody together."""

    government: GovernmentRef | None
    platforms: int
    indicators: list[ReachOut]

    model_config = example_of(
        {
            "government": {"code": "4100000000", "name": "경기도", "level": "metropolitan"},
            "platforms": 128,
            "indicators": [
                {
                    "key": "https",
                    "dimension": "system",
                    "name": {"ko": "암호화 접속과 인증서", "en": "HTTPS and certificate"},
                    "measured": 96,
                    "judged": 96,
                    "good": 91,
                }
            ],
        }
    )
