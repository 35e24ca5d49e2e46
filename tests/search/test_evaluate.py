"""Judged queries: reading, matching, gains and the figures."""

import csv

import pytest

from registry.errors import InvalidValue
from search.evaluate import Expected, evaluate, read_judged, summary, write_rows
from search.query import Hit


def write(path, *rows, columns="query_id,query,user_area,expected_names"):
    path.write_text("\n".join([columns, *rows]) + "\n", encoding="utf-8")
    return path


def hit(name, owner="", owner_id=None, aliases=(), former=()):
    return Hit("P1", name, owner, owner_id, "", "", "", (), "running", 1.0, aliases=aliases, former_names=former)


def test_entries_are_read_best_first_with_their_owners(tmp_path):
    judged = read_judged(write(tmp_path / "q.csv", "1,배달,경기도,배달특급@경기도; 땡겨요 ;"))
    assert judged[0].expected == (Expected("배달특급", "경기도"), Expected("땡겨요"))


def test_further_columns_and_a_byte_order_mark_are_no_trouble(tmp_path):
    path = tmp_path / "q.csv"
    path.write_text("\ufeffkind,query_id,query,user_area,expected_names\nx,1,배달,,배달특급\n", encoding="utf-8")
    assert read_judged(path)[0].query == "배달"


def test_a_missing_column_or_file_is_named(tmp_path):
    with pytest.raises(InvalidValue, match="expected_names"):
        read_judged(write(tmp_path / "q.csv", "1,a,b", columns="query_id,query,user_area"))
    with pytest.raises(InvalidValue, match="cannot be read"):
        read_judged(tmp_path / "none.csv")


def test_a_hit_fits_by_name_alias_former_name_and_owner_then_or_now(catalogue):
    places = catalogue.finder.places
    gangwon = places.resolve("강원특별자치도")
    one = hit("춘천 몰", gangwon.full_name, gangwon.id, aliases=("봄내몰",), former=("소양몰",))
    for name in ("춘천몰", "봄내몰", "소양 몰"):
        assert Expected(name).fits(one, places)
    for owner in ("강원특별자치도", "강원도", "강원", gangwon.code, "4200000000"):
        assert Expected("춘천몰", owner).fits(one, places), owner
    assert not Expected("춘천몰", "경기도").fits(one, places)
    assert not Expected("원주몰").fits(one, places)
    office = hit("지표누리", "국가데이터처")
    assert Expected("지표누리", "통계청").fits(office, places)
    assert not Expected("지표누리", "관세청").fits(office, places)


def test_figures_of_known_rankings(catalogue, tmp_path):
    path = write(
        tmp_path / "q.csv",
        "first,배달특급,,배달특급",
        "second,대구행복페이,,대구로페이",
        "none,배달특급,,없는것",
        "two,대구행복페이,,대구행복페이;대구로페이",
    )
    scored = evaluate(catalogue.finder, read_judged(path))
    assert [one.rank for one in scored] == [1, 2, 0, 1]
    assert [round(one.ndcg, 4) for one in scored] == [1.0, 0.6309, 0.0, 1.0]
    figures = summary(scored)
    assert list(figures) == [
        "queries",
        "ndcg_at_10",
        "mrr",
        "success_at_1",
        "success_at_3",
        "zero_result_rate",
        "worst",
    ]
    assert (figures["queries"], figures["mrr"], figures["success_at_1"], figures["success_at_3"]) == (
        4,
        0.625,
        0.5,
        0.75,
    )
    assert [one["query_id"] for one in figures["worst"]] == ["none", "second"]
    assert set(figures["worst"][0]) == {"query_id", "query", "expected", "found"}


def test_the_best_order_scores_one_and_a_worse_one_less(catalogue, tmp_path):
    turned = write(tmp_path / "q.csv", "1,대구행복페이,,대구로페이;대구행복페이")
    assert 0.8 < evaluate(catalogue.finder, read_judged(turned))[0].ndcg < 1


def test_rows_hold_rank_and_hits(catalogue, tmp_path):
    scored = evaluate(catalogue.finder, read_judged(write(tmp_path / "q.csv", "1,배달특급,,배달특급", "2,배달특급,,x")))
    write_rows(scored, tmp_path / "rows.csv")
    with (tmp_path / "rows.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["rank"] for row in rows] == ["1", ""]
    assert rows[0]["hits"].startswith("배달특급@경기도")


def test_an_unknown_area_is_an_error_that_names_it(catalogue, tmp_path):
    with pytest.raises(InvalidValue, match="나라밖"):
        evaluate(catalogue.finder, read_judged(write(tmp_path / "q.csv", "1,배달,나라밖,배달특급")))
