"""Quality indicators are what probes saw and sources stated, dated; what nobody measured says so."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from registry.database import session_of, writing_session
from registry.governments import Places
from registry.liveness import Seen, observe
from registry.quality import INDICATORS, Indicator, quality_of, quality_of_all, shares
from registry.quality_gap import quality_gap
from registry.vocab import Level
from tests.registry.factories import put

START = datetime(2026, 11, 1, tzinfo=UTC)
PAGE = {
    "viewport": True,
    "language": "ko",
    "languages": ["en", "zh"],
    "images": 12,
    "images_without_alt": 3,
    "login": "simple",
    "open_api": False,
}
CERTIFICATE = {"expires": "2999-01-01"}


def _by_key(found: list[Indicator]) -> dict[str, Indicator]:
    return {one.key: one for one in found}


def test_nothing_measured_is_nine_times_not_measured(database: Engine) -> None:
    with writing_session(database) as session:
        one = put(session, "누비자", "경상남도 창원시").platform_id
        found = quality_of(session, one)
    assert [indicator.key for indicator in found] == [row[0] for row in INDICATORS] and len(found) == 9
    assert not any(indicator.is_measured or indicator.measured for indicator in found)
    assert {indicator.good for indicator in found} == {None}


def test_what_probes_saw_is_shown_with_date_and_way(database: Engine) -> None:
    with writing_session(database) as session:
        one = put(session, "누비자", "경상남도 창원시").platform_id
        url = "https://example.kr/"
        for day, (milliseconds, outcome) in enumerate(
            [(300.0, "ok"), (500.0, "ok"), (4000.0, "ok"), (None, "timeout")]
        ):
            facts = {"certificate": CERTIFICATE, "page": PAGE, "last_modified": "2026-10-30"} if outcome == "ok" else {}
            at = START + timedelta(days=day)
            observe(session, Seen(one, url, outcome, 200, url, "", milliseconds, facts, at))
    with session_of(database) as session:
        found = _by_key(quality_of(session, one))
    assert found["response_time"].value_ko == "0.50초" and found["response_time"].good
    assert found["response_time"].measured == "2026-11-03" and "3번" in found["response_time"].how_ko
    assert found["https"].good and "2999-01-01" in found["https"].value_en
    assert found["mobile"].good and found["languages"].value_ko == "en, zh"
    assert found["accessibility"].good is False and "12개 가운데 대체 글 없는 것 3개" in found["accessibility"].value_ko
    assert found["login"].value_ko == "간편인증 안내 있음" and found["login"].good is None
    assert found["last_update"].value_ko == "2026-10-30"
    assert not found["content"].is_measured, "no source has counted anything"


def test_an_untrusted_or_missing_certificate_is_not_good(database: Engine) -> None:
    with writing_session(database) as session:
        ids = [put(session, name, url=f"http://{name}.example.kr").platform_id for name in ("plain", "self", "ended")]
        seen = [
            {"plain_http": True},
            {"certificate": {"problem": "self_signed"}},
            {"certificate": {"expires": "2020-01-01"}},
        ]
        for one, facts in zip(ids, seen, strict=True):
            observe(session, Seen(one, "http://x.example.kr/", "ok", 200, "", "", 100.0, facts, START))
        everything = quality_of_all(session, ids)
    https = [_by_key(everything[one])["https"] for one in ids]
    assert [one.good for one in https] == [False, False, False] and all(one.is_measured for one in https)
    told = {one.key: one for one in shares(everything.values())}
    assert (told["https"].measured, told["https"].good, told["response_time"].good) == (3, 0, 3)
    assert "mobile" not in told, "what nobody measured is not counted"


def test_the_gap_counts_what_was_measured_by_government_and_province(database: Engine) -> None:
    with writing_session(database) as session:
        places = Places.load(session)
        first = put(session, "누비자", "경상남도 창원시").platform_id
        put(session, "타실라", "경상남도 김해시")
        put(session, "따릉이", "서울")
        for day in range(10):
            facts = {"certificate": CERTIFICATE, "page": PAGE}
            observe(
                session,
                Seen(first, "https://a.kr/", "ok", 200, "", "", 900.0 - 80 * day, facts, START + timedelta(day)),
            )
        whole = quality_gap(session, Level.basic, places)
        province = places.resolve("경상남도").id or 0
        inside = quality_gap(session, Level.basic, places, province)
        above = quality_gap(session, Level.metropolitan, places)
    assert whole[0].government_id is None and whole[0].platforms == 2
    told = {one.key: one for one in whole[0].indicators}
    assert (told["response_time"].measured, told["response_time"].good) == (1, 1), "the newest looks count"
    assert (told["https"].good, told["mobile"].judged, told["login"].measured, told["login"].judged) == (1, 1, 1, 0)
    assert told["content"].measured == 0
    (southern,) = [one for one in whole if one.government_id == province]
    assert southern.platforms == 2 and southern.indicators == whole[0].indicators
    counts = {places.by_id(one.government_id).name: one.platforms for one in inside if one.government_id}
    assert counts["창원시"] == counts["김해시"] == 1 and len(counts) == 18
    assert [one.platforms for one in above if one.government_id == places.resolve("서울").id] == [1]
