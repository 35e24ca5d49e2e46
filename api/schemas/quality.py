"""A quality indicator of a platform, measured or not."""

from typing import Literal

from pydantic import BaseModel

from api.schemas.common import Both
from api.schemas.overlap import example_of


class IndicatorOut(BaseModel):
    """A quality indicator: what was measured, when and how; null and '' where nobody measured it."""

    key: str
    dimension: Literal["system", "information", "service"]
    name: Both
    value: Both | None
    good: bool | None
    measured: str
    how: Both

    model_config = example_of(
        {
            "key": "response_time",
            "dimension": "system",
            "name": {"ko": "응답 시간", "en": "Response time"},
            "value": {"ko": "0.50초", "en": "0.50 s"},
            "good": True,
            "measured": "2026-11-03",
            "how": {"ko": "최근 3번 점검의 가운데 값", "en": "median of the newest 3 probes"},
        }
    )
