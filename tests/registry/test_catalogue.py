"""The bundled catalogue holds together: codes exist, references lead somewhere, its sources are public."""

import csv
import json
import re
from pathlib import Path

import pytest
import yaml

import config
from registry.columns import CATALOGUE_COLUMNS
from registry.vocab import ChannelKind, Level, OperatingMode, Status
from registry.vocabulary import TYPES, load_vocabulary

FOLDER = Path(config.__file__).parent
CATALOGUE = FOLDER / "catalogue"
COLUMNS = list(CATALOGUE_COLUMNS)
DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
# Paths of somebody's machine and bare numbers of somebody's index tell a reader of a source nothing.
PRIVATE = re.compile(r"(?<![\w.])/(?:work|tmp|home|root)/|localhost|127\.0\.0\.1|\bid \d{9,}", re.IGNORECASE)


def read(name: str) -> list[dict[str, str]]:
    with (CATALOGUE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def several(text: str) -> list[str]:
    return [part for part in text.split(";") if part]


@pytest.fixture(scope="module")
def platforms() -> list[dict[str, str]]:
    return read("platforms.csv")


@pytest.fixture(scope="module")
def governments() -> dict[str, str]:
    """Full names by code, present and former."""
    rows = [*read("governments.csv"), *read("governments_former.csv")]
    names = {row["code"]: row["name_ko"] for row in rows}
    return {row["code"]: f"{names.get(row['parent_code'], '')} {row['name_ko']}".strip() for row in rows}


@pytest.mark.parametrize(
    "path", sorted(CATALOGUE.glob("*")) + sorted((FOLDER / "vocab").rglob("*.yml")), ids=lambda p: p.name
)
def test_files_are_plain_and_public(path: Path) -> None:
    content = path.read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content
    assert not PRIVATE.search(content.decode())


def test_platforms_have_the_agreed_columns(platforms: list[dict[str, str]]) -> None:
    assert list(platforms[0]) == COLUMNS
    assert len({row["id"] for row in platforms}) == len(platforms)
    assert all(re.fullmatch(r"P[0-9a-f]{8}", row["id"]) for row in platforms)
    assert all(row["name"] and row["description"] and row["source"] for row in platforms)
    assert all(value == value.strip() for row in platforms for value in row.values())


def test_every_code_is_known(platforms: list[dict[str, str]]) -> None:
    vocabulary = load_vocabulary()
    for row in platforms:
        assert row["type"] in TYPES
        assert all(other in TYPES and other != row["type"] for other in several(row["secondary_types"])), row["name"]
        vocabulary.form(row["type"], row["form"])
        assert several(row["functions"]), row["name"]
        for code in several(row["functions"]):
            vocabulary.function(code)
        assert several(row["beneficiaries"]), row["name"]
        for code in several(row["beneficiaries"]):
            vocabulary.beneficiary(code)
        Level(row["owner_level"])
        Status(row["status"])
        if row["operating_mode"]:
            OperatingMode(row["operating_mode"])
        for channel in several(row["channels"]):
            kind, _, address = channel.partition("=")
            ChannelKind(kind)
            assert address


def test_figures_are_of_the_vocabulary(platforms: list[dict[str, str]]) -> None:
    vocabulary = load_vocabulary()
    for row in platforms:
        for part in several(row["figures"]):
            key, value, when = re.fullmatch(r"(\w+)=([^@]*)(?:@(.*))?", part).groups()
            unit = vocabulary.figure(key).unit
            assert unit in ("text", "code", "date") or re.fullmatch(r"\d+(\.\d+)?", value), (row["name"], part)
            assert when is None or DATE.fullmatch(when), (row["name"], part)


def test_dates_are_dates(platforms: list[dict[str, str]]) -> None:
    for row in platforms:
        for column in ("launched", "closed", "status_since", "as_of"):
            assert not row[column] or DATE.fullmatch(row[column]), (row["name"], column, row[column])
        for observation in several(row["observed"]):
            assert re.fullmatch(r"(taken_over|unreachable)@\d{4}-\d\d-\d\d", observation)
        assert row["status"] != "running" or not row["closed"], row["name"]


def test_owners_are_governments_of_today(platforms: list[dict[str, str]], governments: dict[str, str]) -> None:
    present = {row["code"] for row in read("governments.csv")}
    # Districts that were split have no single successor: whoever knows has to say.
    split = {row["code"] for row in read("governments_former.csv") if ";" in row["successor_codes"]}
    for row in platforms:
        if row["owner_level"] in ("metropolitan", "basic"):
            assert row["owner_code"] in present | split, row["name"]
            assert row["owner_name"] == governments[row["owner_code"]]
        else:
            assert not row["owner_code"]
            assert row["area"], row["name"]
        for code in several(row["area"]):
            assert code == "nation" or code in present, (row["name"], code)


def test_references_lead_somewhere(platforms: list[dict[str, str]]) -> None:
    by_id = {row["id"]: row for row in platforms}
    for row in platforms:
        for column in ("parent", "successor"):
            seen, at = {row["id"]}, row[column]
            while at:
                assert at in by_id, (row["name"], column)
                assert at not in seen, (row["name"], "goes round in a circle")
                seen.add(at)
                at = by_id[at][column]


def test_the_cases_of_the_report_are_there(platforms: list[dict[str, str]]) -> None:
    """KRILA 2022-01, chapters 3, 4, 6 and 7: what the report names can be found."""
    rows = {row["name"]: row for row in platforms}
    named = (
        "경기버스정보,참여의 큰숲,배달특급,공정구매 플랫폼,혜안,메타버스 서울,세종시 더 앱,빅데이터 통합 플랫폼,봄의 대화,"
        "경기도민 발안,군민 참여 입법,마이 팩토리,상생 플랫폼,열린 군수실,해남 소통넷,정책 소통 플랫폼,"
        "당근마켓,배달의민족,강남언니,요기요,카카오버스,네이버 지도,네이버 밴드"
    )
    assert [name for name in named.split(",") if name not in rows] == []
    assert "build_cost_krw=58698000" in rows["참여의 큰숲"]["figures"]
    assert "lookups_month=27000000@2022" in rows["경기버스정보"]["figures"]
    assert "turnover_krw=170000000000@2022-06" in rows["배달특급"]["figures"]


def test_a_mall_and_a_currency_of_one_name_are_two_things(platforms: list[dict[str, str]]) -> None:
    rows = {row["name"]: several(row["functions"]) for row in platforms}
    assert rows["동백전"] == ["local_currency"]
    assert rows["동백통"][0] == "food_delivery"
    assert rows["대구로페이"] == ["local_currency"]
    assert "taxi_call" in rows["대구로"]


def test_every_function_has_a_real_example(platforms: list[dict[str, str]]) -> None:
    names = {row["name"]: row for row in platforms}
    used = {code for row in platforms for code in several(row["functions"])}
    for function in load_vocabulary().functions.values():
        assert function.id in used
        assert function.examples
        for example in function.examples:
            assert function.id in several(names[example.name]["functions"]), (function.id, example.name)


def test_vocabulary_entries_are_whole() -> None:
    entries = yaml.safe_load((FOLDER / "vocab" / "functions.yml").read_text(encoding="utf-8"))
    for entry in entries:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", entry["id"])
        assert re.fullmatch(r"\d\d\.\d", entry["cofog"]), entry["id"]
        for key in ("synonyms", "words"):
            assert entry[key], (entry["id"], key)
        texts = [text for key in ("synonyms", "words", "brands", "patterns", "url", "not") for text in entry[key]]
        assert all(isinstance(text, str) and text for text in texts), entry["id"]
        for pattern in entry["patterns"] + entry.get("weak", []) + entry.get("hints", []):
            re.compile(pattern)


def test_sixteen_forms_with_the_codes_of_the_survey() -> None:
    codes = {form.code for form in load_vocabulary().forms.values()}
    options = {row["option_key"] for row in read("survey_questionnaire.csv") if row["item_code"] in ("A1", "B1", "C1")}
    assert codes == options
    assert len(codes) == 16


def test_aliases_name_one_government_unless_marked(governments: dict[str, str]) -> None:
    rows = read("government_aliases.csv")
    by_alias: dict[str, set[str]] = {}
    for row in rows:
        assert row["code"] in governments
        by_alias.setdefault(row["alias"], set()).add(row["code"])
    for row in rows:
        assert (len(by_alias[row["alias"]]) > 1) == (row["note"] == "ambiguous"), row["alias"]
    assert by_alias["수원시청"] == {"4111000000"}
    assert by_alias["경기광주"] == {"4161000000"}
    assert by_alias["광주"] == {"1200000000", "4161000000"}
    assert by_alias["전라남도 여수시"] == {"1213000000"}


def test_counts_of_the_sources_page(platforms: list[dict[str, str]]) -> None:
    page = (CATALOGUE / "SOURCES.md").read_text(encoding="utf-8")
    for name in sorted(path.name for path in CATALOGUE.glob("*.csv")):
        line = next(line for line in page.splitlines() if f"`{name}`" in line and line.startswith("|"))
        assert f"{len(read(name)):,}" in line, name


def test_geography_files() -> None:
    shapes = json.loads((CATALOGUE / "boundaries.geojson").read_text(encoding="utf-8"))["features"]
    assert len(shapes) == 229
    known = {row["code"] for row in [*read("governments.csv"), *read("governments_former.csv")]}
    assert {shape["properties"]["code"] for shape in shapes} <= known
    assert {row[side] for row in read("adjacency.csv") for side in ("code_a", "code_b")} <= known
    assert {row["gov_code"] for row in read("living_zones.csv")} <= known | {""}


def test_a_description_claims_no_more_than_the_row(platforms: list[dict[str, str]]) -> None:
    """Whom a platform serves and whether it still runs are told alike in its sentence and in its columns."""
    for row in platforms:
        said, area = row["description"], several(row["area"])
        assert area == ["nation"] or "전국" not in said, row["name"]
        if row["owner_level"] == "metropolitan" and area:
            assert row["owner_name"] not in said, (row["name"], "serves a part of its owner's territory")
        if row["status"] in ("closed", "suspended"):
            assert re.search(r"끝났다|멈췄다", said), row["name"]
        if row["owner_level"] == "private":
            assert "공공" not in said or "공공배달앱으로 쓴다" in said, row["name"]


def test_ids_of_merged_functions_still_lead_somewhere() -> None:
    vocabulary = load_vocabulary()
    assert vocabulary.function("rural_taxi").id == vocabulary.function("drt_bus").id == "drt_bus"
    assert "rural_taxi" not in vocabulary.functions
