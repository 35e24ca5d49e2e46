"""Made-up platforms in any number, the same for the same seed: for measuring speed, never for measuring quality.

Names and descriptions are put together from the governments and functions of the catalogue, so that the words and how
often they occur are like those of real platforms; repeated copies, brands and spacing noise make the long tail.
"""

import csv
import random
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import yaml

from config.settings import CONFIG
from search.document import PlatformDocument

BRANDS = [
    "가온",
    "나래",
    "누리",
    "다온",
    "두레",
    "마루",
    "미르",
    "바로",
    "보람",
    "새로",
    "소담",
    "아라",
    "온",
    "우리",
    "이음",
    "정다운",
    "참",
    "톡톡",
    "한빛",
    "해오름",
    "희망",
    "e",
    "스마트",
    "통합",
    "온라인",
]
ENDINGS = ["", "플랫폼", "포털", "앱", "시스템", "센터", "서비스", " 누리집", "통합예약", "24", "ON"]
SENTENCES = (
    "{owner} 주민이 {words}을(를) 한 곳에서 찾고 신청하는 서비스입니다.",
    "{words} 정보를 지도와 목록으로 안내하고 알림을 보냅니다.",
    "{owner}에서 운영하며 회원 가입 뒤 이용할 수 있습니다.",
    "{group}을(를) 위한 {ko} 창구로 {words} 등을 제공합니다.",
)
CHANNELS = (("web",), ("web", "android", "ios"), ("android", "ios"), ("web", "phone"))
STATUSES = ("running",) * 8 + ("closed", "unknown")


@lru_cache
def functions() -> list[dict[str, Any]]:
    """The functions of the vocabulary."""
    loaded = yaml.safe_load((CONFIG / "vocab/functions.yml").read_text(encoding="utf-8"))
    return list(loaded["functions"] if isinstance(loaded, dict) else loaded)


@lru_cache
def governments() -> list[dict[str, str]]:
    """The governments of today, each with its place in the list as id."""
    with (CONFIG / "catalogue/governments.csv").open(encoding="utf-8") as file:
        return [{**row, "id": str(number)} for number, row in enumerate(csv.DictReader(file), 1)]


def made_platforms(
    count: int, seed: int = 7, government_ids: Mapping[str, int] | None = None
) -> Iterator[PlatformDocument]:
    """So many platforms, one after the other; `government_ids` are a registry's ids by code, where there is one."""
    known = government_ids or {place["code"]: int(place["id"]) for place in governments()}
    choose = random.Random(seed)
    places = governments()
    by_code = {place["code"]: place for place in places}
    groups = yaml.safe_load((CONFIG / "vocab/beneficiaries.yml").read_text(encoding="utf-8"))
    for number in range(count):
        place, function, group = choose.choice(places), choose.choice(functions()), choose.choice(groups)
        above = by_code.get(place["parent_code"])
        path = [place, above] if above else [place]
        owner = " ".join(step["name_ko"] for step in reversed(path))
        words = [*function["synonyms"], *function["words"]]
        picked = choose.sample(words, min(3, len(words)))
        facts = {"owner": owner, "words": ", ".join(picked), "group": group["ko"], "ko": function["ko"]}
        description = " ".join(choose.sample(SENTENCES, 3)).format(**facts)
        kind, _, form = function["forms"][0].partition("/")
        yield PlatformDocument(
            id=f"made-{number:07d}",
            version=1,
            name=_name(choose, place["name_ko"], choose.choice(function["synonyms"])),
            owner=owner,
            owner_id=known[place["code"]],
            owner_code=place["code"],
            owner_level=place["level"],
            owner_path=tuple(known[step["code"]] for step in path),
            owner_names=tuple(step["name_ko"] for step in path),
            description=description,
            type=kind,
            form=form,
            functions=(function["id"],),
            beneficiaries=(group["id"],),
            url=f"https://p{number}.example.go.kr/",
            channels=choose.choice(CHANNELS),
            area_codes=tuple(sorted(step["code"] for step in path)),
            served=(known[place["code"]],),
            status=choose.choice(STATUSES),
            users=float(int(choose.paretovariate(0.6) * 10)),
            updated=f"20{choose.randrange(18, 26)}-{choose.randrange(1, 13):02d}-{choose.randrange(1, 29):02d}",
        )


def _name(choose: random.Random, place: str, what: str) -> str:
    brand = choose.choice(BRANDS) if choose.random() < 0.4 else ""
    parts = [place if choose.random() < 0.6 else place[:-1], brand, what]
    joined = (" " if choose.random() < 0.5 else "").join(part for part in parts if part)
    return joined + choose.choice(ENDINGS)
