"""The figures on the hand-labelled pairs, the file's shape, and what is refused."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import Engine

from registry.errors import InvalidValue
from search.overlap.evaluate import calibration_error, evaluate_pairs, figures, intervals, judge, read_pairs
from search.overlap.index import Index
from search.overlap.train import LABELLED as TRAINING
from tests.search.overlap.conftest import LABELLED

PAIRS = LABELLED / "pairs.csv"


def test_targets_are_met_on_the_held_out_provinces(index: Index) -> None:
    judged = judge(index, [pair for pair in read_pairs(PAIRS) if pair.split == "test"])
    found = figures(judged)
    assert found["labels"]["same_platform"]["f1"] >= 0.95
    assert found["labels"]["overlap"]["f1"] >= 0.90
    assert found["distinct_as_overlap"] <= 0.05
    assert found["area_accuracy"] >= 0.97
    assert found["ece"] <= 0.05
    low, high = intervals(judged, rounds=100)["overlap_f1"]
    assert low <= found["labels"]["overlap"]["f1"] <= high


def test_understanding_alone_carries_most_of_it(index: Index) -> None:
    """With nothing registered, what names, owners and addresses say is all there is."""
    bare = Index(index.places, index.words, index.models, index.geography.zone_set)
    bare._scorer = index.scorer
    found = figures(judge(bare, [pair for pair in read_pairs(PAIRS) if pair.split == "test"]))
    assert found["labels"]["overlap"]["f1"] >= 0.93
    assert found["labels"]["distinct"]["f1"] >= 0.93
    assert found["distinct_as_overlap"] <= 0.05


def test_the_command_prints_the_agreed_json_and_rows(compared: Engine, tmp_path: Path) -> None:
    found = evaluate_pairs(compared, PAIRS, tmp_path / "rows.csv")
    assert set(found) == {
        "pairs", "confusion", "labels", "distinct_as_overlap", "area_accuracy", "ece",
    }  # fmt: skip
    assert found["pairs"] == sum(sum(line.values()) for line in found["confusion"].values())
    with (tmp_path / "rows.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == found["pairs"]
    assert all(0 <= float(row["probability"]) <= 1 and row["reason"] for row in rows)
    assert {row["predicted_sublabel"] for row in rows if row["predicted"] == "overlap"} == {
        "same_area", "different_area",
    }  # fmt: skip


def test_at_least_600_pairs_split_so_that_no_province_stands_on_both_sides() -> None:
    pairs = read_pairs(PAIRS)
    assert len(pairs) >= 600
    sides = {split: set() for split in ("train", "test")}
    for pair in pairs:
        if pair.split in sides:
            sides[pair.split] |= {pair.owner_a.split()[0], pair.owner_b.split()[0]} - {"북구", "서구", "남구", "동구"}
    assert not {name for name in sides["train"] & sides["test"] if name.endswith(("시", "도"))}
    basis = Counter(pair.label for pair in pairs)
    assert min(basis.values()) >= 150


def test_training_pairs_are_the_training_side_and_nothing_else() -> None:
    assert [pair.name_a for pair in read_pairs(TRAINING)] == [
        pair.name_a for pair in read_pairs(PAIRS) if pair.split == "train"
    ]


@pytest.mark.parametrize(
    ("names", "owners", "label", "sublabel"),
    [
        (("동백통", "동백전"), ("부산광역시", "부산광역시"), "distinct", ""),
        (("대구로", "대구로페이"), ("대구광역시", "대구광역시"), "distinct", ""),
        (("누비자", "누비전"), ("경상남도 창원시", "경상남도 창원시"), "distinct", ""),
        (("누비자", "타슈"), ("경상남도 창원시", "대전광역시"), "overlap", "different_area"),
        (("배달특급", "먹깨비(성남)"), ("경기도", "경기도 성남시"), "overlap", "same_area"),
        (("배달특급", "배달의명수"), ("경기도", "전라북도 군산시"), "overlap", "different_area"),
        (("따릉이", "서울자전거 따릉이"), ("서울특별시", "서울시"), "same_platform", ""),
        (("배달특급", "경기도 공공배달앱"), ("경기도", "경기도주식회사"), "same_platform", ""),
        (("중구 열린데이터광장", "서구 통합예약"), ("서울특별시 중구", "부산광역시 서구"), "distinct", ""),
        (("서구 복지포털", "서구 복지포털"), ("부산광역시 서구", "인천광역시 서구"), "overlap", "different_area"),
        (("Visit Busan", "비짓부산"), ("Busan", "부산광역시"), "same_platform", ""),
        (("e음카드", "인천이음"), ("인천시", "인천광역시"), "same_platform", ""),
        (("누비자 굿즈몰", "누비자"), ("창원시", "경상남도 창원시"), "distinct", ""),
        (("창원 체육시설 예약", "창원시 통합예약"), ("창원특례시", "경상남도 창원시"), "overlap", "same_area"),
        (("시민의 소리", "시장에게 바란다"), ("천안시", "아산시"), "overlap", "different_area"),
        (("카카오T", "카카오T 기사용"), ("카카오모빌리티", "카카오모빌리티"), "distinct", ""),
    ],
)
def test_the_cases_officers_would_try_first(
    index: Index, tmp_path: Path, names: tuple[str, str], owners: tuple[str, str], label: str, sublabel: str
) -> None:
    path = tmp_path / "one.csv"
    path.write_text(
        "name_a,owner_a,url_a,name_b,owner_b,url_b,label,sublabel\n"
        f"{names[0]},{owners[0]},,{names[1]},{owners[1]},,{label},{sublabel}\n",
        encoding="utf-8",
    )
    one = judge(index, read_pairs(path))[0]
    assert (one.predicted, one.sublabel) == (label, sublabel), one.reason


def test_a_bad_file_names_line_and_remedy(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("name_a,owner_a\n", encoding="utf-8")
    with pytest.raises(InvalidValue, match="Columns are missing"):
        read_pairs(path)
    path.write_text("name_a,owner_a,url_a,name_b,owner_b,url_b,label\na,b,,c,d,,maybe\n", encoding="utf-8")
    with pytest.raises(InvalidValue, match=r"line 2.*same_platform"):
        read_pairs(path)
    with pytest.raises(InvalidValue, match="cannot be read"):
        read_pairs(tmp_path / "missing.csv")


def test_calibration_error_is_the_distance_of_saying_and_being_right(index: Index) -> None:
    judged = judge(index, read_pairs(PAIRS)[:200])
    from dataclasses import replace

    sure = [replace(one, probability=0.99, predicted=one.pair.label) for one in judged]
    wrong = [replace(one, probability=0.99, predicted="none") for one in judged]
    assert calibration_error(sure) == pytest.approx(0.01)
    assert calibration_error(wrong) == pytest.approx(0.99)
