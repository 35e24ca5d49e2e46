"""Generated platforms, reproducible by seed: real governments and functions, invented names, descriptions and figures.

Text that templates make has sound times and flattering quality: no quality figure may be drawn from it alone.

    python -m tests.benchmarks.generate 30000 --seed 7 > platforms.csv
"""

import argparse
import csv
import random
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from registry.columns import CATALOGUE_COLUMNS
from search.document import PlatformDocument

CONFIG = Path(__file__).resolve().parents[2] / "config"
COLUMNS = list(CATALOGUE_COLUMNS)

SUFFIXES = (
    "",
    "",
    "",
    " 플랫폼",
    " 통합플랫폼",
    " 시스템",
    " 포털",
    " 앱",
    " 서비스",
    " 센터",
    " 누리집",
    "톡",
    "온",
    "나루",
    "마루",
    "이음",
)
PREFIXES = ("", "", "", "스마트 ", "온라인 ", "통합 ", "모바일 ", "e-", "우리동네 ", "바로", "AI ", "열린 ")
BRAND_HEADS = [
    "다온",
    "가온",
    "누리",
    "나래",
    "도담",
    "라온",
    "미르",
    "보람",
    "새빛",
    "소담",
    "아라",
    "여울",
    "온새",
    "이룸",
    "자람",
    "초롱",
    "큰솔",
    "타래",
    "푸름",
    "하늘",
    "한빛",
    "해온",
    "윤슬",
    "별솔",
    "달빛",
    "참솔",
    "두루",
    "모아",
    "함께",
    "고루",
]
BRAND_TAILS = [
    "이",
    "로",
    "페이",
    "톡",
    "몰",
    "팜",
    "온",
    "나루",
    "마당",
    "장터",
    "카드",
    "패스",
    "콜",
    "링",
    "고",
    "드림",
    "샘",
    "뜰",
    "길",
    "숲",
]
DEPARTMENTS = [
    "정보통신과",
    "스마트도시과",
    "소통담당관",
    "교통정책과",
    "일자리경제과",
    "복지정책과",
    "평생학습과",
    "문화관광과",
    "농업정책과",
    "자치행정과",
    "기후환경과",
    "예산담당관",
]
OPERATORS = ("", "", "", "시설관리공단", "도시공사", "문화재단", "(주)지역정보", "사회서비스원", "일자리재단")
SENTENCES = (
    "{place} 주민이 {words} 때 쓰는 서비스.",
    "{place}에서 {words}을(를) 한곳에서 이용할 수 있다.",
    "{words}을(를) 온라인으로 신청하고 결과를 확인한다.",
    "{words}에 관한 정보를 모아 알린다.",
    "{fn} 업무를 {place}이(가) 직접 운영한다.",
)
STATUSES = ("running",) * 17 + ("closed",) * 2 + ("suspended", "planned", "unknown")


def rows(count: int, seed: int = 1) -> Iterator[dict[str, str]]:
    """`count` platforms in the columns of config/catalogue/platforms.csv."""
    chance = random.Random(seed)
    governments, functions = _governments(), _functions()
    for number in range(count):
        yield _row(number, chance, governments, functions)


def documents(count: int, seed: int = 1) -> Iterator[PlatformDocument]:
    """The same platforms as search documents, for measuring an engine without a registry."""
    places = {row["code"]: number for number, row in enumerate(_governments(), 1)}
    parents = {row["code"]: row["parent_code"] for row in _governments()}
    names = {row["code"]: row["name_ko"] for row in _governments()}
    for row in rows(count, seed):
        code = row["owner_code"]
        path = [code, parents[code]] if parents[code] else [code]
        yield PlatformDocument(
            id=row["id"],
            version=1,
            name=row["name"],
            owner=row["owner_name"],
            owner_id=places[code],
            owner_code=code,
            owner_level=row["owner_level"],
            owner_path=tuple(places[one] for one in path),
            owner_names=tuple(names[one] for one in path),
            description=row["description"],
            type=row["type"],
            form=row["form"],
            functions=tuple(row["functions"].split(";")),
            beneficiaries=tuple(row["beneficiaries"].split(";")),
            url=row["url"],
            channels=("web",),
            aliases=tuple(one for one in row["aliases"].split(";") if one),
            area_codes=tuple(path),
            served=(places[code],),
            department=row["department"],
            operator=row["operator"],
            status=row["status"],
            launched=row["launched"],
            users=float(row["figures"].partition("=")[2].partition("@")[0] or 0),
            updated="2026-11-01",
        )


def _row(
    number: int, chance: random.Random, governments: list[dict[str, str]], functions: list[dict[str, Any]]
) -> dict[str, str]:
    government = chance.choice(governments)
    # Functions are as uneven as in life: a few are everywhere.
    chosen = functions[min(len(functions) - 1, int(chance.expovariate(1 / 28)))]
    others = [chance.choice(functions)["id"] for _ in range(2) if chance.random() < 0.15]
    kind, form = str(chosen["forms"][0]).split("/")
    word = str(chance.choice(chosen["synonyms"]))
    place = government["name_ko"]
    short = place[:-1] if len(place) == 3 else place
    style = chance.random()
    brand = (
        chance.choice(BRAND_HEADS) + chance.choice(BRAND_HEADS) * (chance.random() < 0.5) + chance.choice(BRAND_TAILS)
    )
    if style < 0.45:
        name = f"{place} {chance.choice(PREFIXES)}{word}{chance.choice(SUFFIXES)}"
    elif style < 0.65:
        name = f"{short}{brand}"
    elif style < 0.85:
        name = f"{brand}({word})" if chance.random() < 0.3 else f"{brand} {word}{chance.choice(SUFFIXES)}"
    else:
        name = f"{short} {word}{chance.choice(SUFFIXES)} {brand}"
    needs = [str(one) for one in (chosen["words"] or chosen["synonyms"])]
    sentence = chance.choice(SENTENCES).format(
        place=place, words=", ".join(chance.sample(needs, min(2, len(needs)))), fn=chosen["ko"]
    )
    users = int(10 ** chance.uniform(1.5, 6)) if chance.random() < 0.4 else 0
    host = (government["homepage_domain"] or "example.go.kr").removeprefix("www.")
    return dict.fromkeys(COLUMNS, "") | {
        "id": f"G{number:07d}",
        "name": name.strip(),
        "owner_code": government["code"],
        "owner_name": _full(government),
        "owner_level": government["level"],
        "type": kind,
        "form": form,
        "functions": ";".join(dict.fromkeys([str(chosen["id"]), *map(str, others)])),
        "beneficiaries": ";".join(map(str, chosen.get("beneficiaries") or ["residents"])),
        "url": f"https://{chosen['id'].replace('_', '')}{number}.{host}/",
        "aliases": brand if chance.random() < 0.15 and brand not in name else "",
        "department": chance.choice(DEPARTMENTS),
        "operator": chance.choice(OPERATORS),
        "status": chance.choice(STATUSES),
        "launched": f"{chance.randint(2004, 2026)}-{chance.randint(1, 12):02d}",
        "figures": f"members={users}@2026-01" if users else "",
        "description": sentence,
        "source": "generated",
        "as_of": "2026-11",
    }


def _full(government: dict[str, str]) -> str:
    parent = next((row["name_ko"] for row in _governments() if row["code"] == government["parent_code"]), "")
    return f"{parent} {government['name_ko']}".strip()


@lru_cache
def _governments() -> list[dict[str, str]]:
    with (CONFIG / "catalogue" / "governments.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@lru_cache
def _functions() -> list[dict[str, Any]]:
    with (CONFIG / "vocab" / "functions.yml").open(encoding="utf-8") as file:
        functions: list[dict[str, Any]] = yaml.safe_load(file)
    random.Random(0).shuffle(functions)
    return functions


def main() -> None:
    """Write the rows as CSV to standard output."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    writer = csv.DictWriter(sys.stdout, COLUMNS)
    writer.writeheader()
    writer.writerows(rows(asked.count, asked.seed))


if __name__ == "__main__":
    main()
