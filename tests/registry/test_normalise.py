"""Understanding one record: columns in Korean, owners however they are written, and what becomes a question."""

import pytest

from registry.database import open_database, session_of
from registry.errors import InvalidValue, RecordRejected
from registry.governments import Places
from registry.models import Source
from registry.normalise import normalise
from registry.vocab import ChannelKind, Level, OperatingMode, PlatformType, Rank, Status
from tests.registry.factories import harvested


@pytest.fixture(scope="module")
def places(placed_template) -> Places:
    engine = open_database(f"sqlite:///{placed_template}")
    with session_of(engine) as session:
        loaded = Places.load(session)
    engine.dispose()
    return loaded


def source(**more) -> Source:
    return Source(id="s", title="s", harvester="sheet", rank=Rank.harvested, lookups=more.pop("lookups", {}), **more)


def read(places: Places, origin: Source | None = None, **fields):
    return normalise(harvested(**fields), origin or source(), places)


def test_a_sheet_with_korean_headings(places: Places):
    draft = read(
        places,
        **{
            "플랫폼명": " 배달특급 ",
            "운영기관": "경기도",
            "누리집 주소": "https://www.specialdelivery.co.kr/?utm_source=a",
            "서비스 설명": "음식 배달 공공앱. 회원 77만 명(2022-06 기준).",
            "유형": "민간역량중개형",
            "운영상태": "운영중",
            "오픈일": "2020.12.01.",
            "운영방식": "민관협업",
            "비고": "검토",
        },
    )
    assert (draft.name, draft.owner_name, draft.owner_level) == ("배달특급", "경기도", Level.metropolitan)
    assert draft.url == "https://www.specialdelivery.co.kr/"
    assert draft.type is PlatformType.brokerage
    assert draft.status is Status.running
    assert draft.launched == "2020-12-01"
    assert draft.operating_mode is OperatingMode.public_private
    assert "food_delivery" in {one.id for one in draft.functions}
    assert "functions" in draft.inferred and "type" not in draft.inferred
    assert [(one.key, one.value, one.as_of) for one in draft.figures] == [("members", 770_000, "2022-06")]
    assert draft.channels[0].kind is ChannelKind.web
    assert draft.leftovers == {"비고": "검토"}
    assert draft.questions == ()


def test_lookups_translate_columns_and_values_and_ignore_the_rest(places: Places):
    origin = source(
        lookups={
            "columns": {"svc_nm": "name", "org": "owner", "use": "status"},
            "status": {"Y": "running", "N": "closed", "?": None},
            "ignore": ["seq"],
        }
    )
    draft = read(places, origin, svc_nm="따릉이", org="서울시", use="N", seq=3, extra="x")
    assert (draft.name, draft.status, draft.leftovers) == ("따릉이", Status.closed, {"extra": "x"})
    assert read(places, origin, svc_nm="따릉이", org="서울시", use="?").status is None


@pytest.mark.parametrize(
    ("fields", "owner"),
    [
        ({"owner_code": "41110"}, "경기도 수원시"),
        ({"owner_name": "수원시청"}, "경기도 수원시"),
        ({"owner_code": "2900000000"}, "전남광주통합특별시"),
        ({"owner_name": "광주", "url": "https://tour.gjcity.go.kr/x"}, "경기도 광주시"),
        ({"url": "https://tour.suwon.go.kr/"}, "경기도 수원시"),
        ({"name": "수원시 시민제안"}, "경기도 수원시"),
        ({"owner_name": "행정안전부", "owner_level": "national"}, "행정안전부"),
        ({"owner_name": "통계청", "owner_level": "national"}, "국가데이터처"),
        ({"owner_name": "환경부 한강홍수통제소", "owner_level": "national"}, "기후에너지환경부 한강홍수통제소"),
        ({"owner_name": "한국관광공사"}, "한국관광공사"),
        ({"owner_name": "(주)먹깨비"}, "(주)먹깨비"),
    ],
)
def test_owners(places: Places, fields, owner):
    assert read(places, **{"name": "무엇", **fields}).owner_name == owner


def test_the_sources_owner_stands_in_and_tells_districts_apart(places: Places):
    seoul = source(owner_code="1100000000")
    assert read(places, seoul, name="무엇").owner_name == "서울특별시"
    assert read(places, seoul, name="무엇", owner_name="중구").owner_name == "서울특별시 중구"


def test_an_owner_guessed_from_the_host_is_an_inference(places: Places):
    assert "owner" in read(places, name="관광", url="https://tour.suwon.go.kr/").inferred
    assert "owner" not in read(places, name="관광", owner_name="수원").inferred


def test_an_ambiguous_owner_is_asked_with_choices(places: Places):
    draft = read(places, name="버스", owner_name="고성군")
    assert draft.owner_id is None
    (question,) = [one for one in draft.questions if one.field == "owner"]
    assert question.choices == ("경상남도 고성군(4882000000)", "강원특별자치도 고성군(5182000000)")


def test_a_split_government_stays_the_owner_until_somebody_says(places: Places):
    draft = read(places, name="서구 복지포털", owner_code="2826000000", owner_name="인천광역시 서구")
    assert draft.owner_id == places.by_code("2826000000").id
    (question,) = [one for one in draft.questions if one.field == "owner"]
    assert "서해구" in question.remedy_ko and "검단구" in question.remedy_ko


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "　…"}, "name"),
        ({"name": "가" * 201}, "name"),
        ({"owner_name": ""}, "owner"),
        ({"owner_name": "달나라"}, "owner"),
        ({"owner_code": "9999999999"}, "owner_code"),
        ({"owner_level": "galactic"}, "owner_level"),
    ],
)
def test_without_a_name_or_an_owner_a_record_is_rejected(places: Places, fields, field):
    with pytest.raises(InvalidValue) as refused:
        read(places, **{"name": "무엇", "owner_name": "서울", **fields})
    assert refused.value.field == field
    assert refused.value.remedy_ko and refused.value.remedy_en
    if field in ("name", "owner"):
        assert isinstance(refused.value, RecordRejected)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"launched": "26/11/23"}, "launched"),
        ({"launched": "0000-00-00"}, "launched"),
        ({"url": "없음"}, "url"),
        ({"status": "아마도"}, "status"),
        ({"type": "기타형"}, "type"),
        ({"form": "없는 형태"}, "form"),
        ({"functions": "no_such_function_at_all"}, "function"),
        ({"beneficiaries": "외계인"}, "beneficiaries"),
        ({"area": "고성군"}, "area"),
        ({"channels": "web=없음"}, "channels"),
        ({"figures": "unknown=1"}, "figures"),
        ({"operating_mode": "어쩌다"}, "operating_mode"),
        ({"secondary_types": "proposal;x"}, "secondary_types"),
        ({"department": "가" * 201}, "department"),
    ],
)
def test_a_value_that_cannot_be_read_is_left_out_and_asked(places: Places, fields, field):
    draft = read(places, name="따릉이", owner_name="서울", **fields)
    assert draft.name == "따릉이"
    assert any(one.field.startswith(field) and one.cause_ko and one.cause_en for one in draft.questions), (
        draft.questions
    )


def test_an_app_link_is_a_channel_not_the_address(places: Places):
    link = "https://play.google.com/store/apps/details?id=kr.go.bike"
    draft = read(places, name="따릉이", owner_name="서울", url=link, channels="phone=120;https://instagram.com/bike")
    assert draft.url == ""
    assert [one.kind for one in draft.channels] == [ChannelKind.android, ChannelKind.phone, ChannelKind.sns]


def test_markup_and_invisible_characters_are_cleaned(places: Places):
    draft = read(places, name="따\u200b릉이&amp;<br>", owner_name="서울", description="<p>자전거&nbsp;&lt;대여&gt;</p>")
    assert draft.name == "따릉이&"
    assert draft.description == "자전거 <대여>"


def test_declared_functions_are_not_added_to(places: Places):
    draft = read(places, name="배달특급", owner_name="경기도", functions="local_currency")
    assert [one.id for one in draft.functions] == ["local_currency"]
    assert "functions" not in draft.inferred


def test_a_name_that_says_little_is_asked_with_candidates_in_words(places: Places):
    draft = read(places, name="강릉패스", owner="강릉", url="https://pass.gn.example.kr/")
    assert (draft.owner_name, draft.type, draft.functions) == ("강원특별자치도 강릉시", None, ())
    functions, form = draft.questions
    assert functions.field == "functions"
    assert set(functions.choices) == {"digital_id", "fare_support", "local_currency", "tourism_info"}
    assert "교통비 지원(fare_support)" in functions.remedy_ko
    assert "Transport fare support (fare_support)" in functions.remedy_en
    assert form.choices == ("information/policy_service_info",)


def test_where_nothing_is_known_every_form_is_offered_and_a_sentence_asked_for(places: Places):
    functions, form = read(places, name="꿈마루", owner="강릉시").questions
    assert functions.choices == ()
    assert "설명" in functions.remedy_ko
    assert len(form.choices) == 16
