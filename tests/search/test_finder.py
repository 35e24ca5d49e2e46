"""What a resident finds in the bundled catalogue, and what the page around it says."""

import pytest

from registry.errors import InvalidValue, NotFound
from search.query import SearchQuery

# Readings ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "배달특급",
        "ㅂㄷㅌㄱ",
        "qoekfxmrrmq",
        "QOEKFXMRRMQ",
        "배달특금",
        "배달 특급",
        "경기 배달앱",
        "baedalteukgeup",
        "경기 ㅂㄷㅌㄱ",
    ],
)
def test_baedalteukgeup_is_found_however_it_is_typed(catalogue, typed):
    assert catalogue.names(typed)[0] == "배달특급"


@pytest.mark.parametrize("typed", ["GTX", "app", "gbis", "GBIS", "e음카드", "S-MAP", "TOPIS", "DRT"])
def test_latin_that_means_itself_is_not_read_as_hangul(catalogue, typed):
    kinds = {note.kind for note in catalogue.page(typed).interpretation}
    assert not kinds & {"keyboard", "spelling"}


def test_a_reading_is_reported_and_undone_by_the_letter(catalogue):
    page = catalogue.page("qoekfxmrrmq")
    assert [(note.kind, note.from_, note.to) for note in page.interpretation] == [
        ("keyboard", "qoekfxmrrmq", "배달특급")
    ]
    literal = catalogue.page("qoekfxmrrmq", literal=True)
    assert literal.interpretation == ()
    assert literal.total == 0


def test_hangul_typed_for_latin_is_read_back(catalogue):
    page = catalogue.page("ㅅㅐㅔㅑㄴ")
    assert page.hits[0].name == "TOPIS"
    assert page.interpretation[0].kind == "keyboard"


def test_a_slip_is_shown_as_read(catalogue):
    page = catalogue.page("남도장떠")
    assert page.hits[0].name == "남도장터"
    assert ("spelling", "남도장떠", "남도장터") in [(note.kind, note.from_, note.to) for note in page.interpretation]


@pytest.mark.parametrize(("one", "other"), [("대구로", "대구로페이"), ("동백통", "동백전"), ("대구로페이", "대구로")])
def test_names_that_contain_or_resemble_each_other_stay_apart(catalogue, one, other):
    assert catalogue.names(one)[0] == one
    assert catalogue.names(other)[0] == other


def test_barrier_free_is_not_barrier(catalogue):
    assert "열린관광 모두의 여행" in catalogue.names("무장애 여행")[:1]
    names = catalogue.names("장애", literal=True)
    assert all("무장애" not in name or "장애" in name.replace("무장애", "") for name in names)


# Places --------------------------------------------------------------------------------------------------------


def test_a_place_in_the_query_becomes_the_scope(catalogue):
    page = catalogue.page("은평구 정책 제안")
    assert (page.hits[0].name, page.hits[0].relation) == ("참여의 큰숲", "own")
    assert ("place", "은평구", "서울특별시 은평구") in [
        (note.kind, note.from_, note.to) for note in page.interpretation
    ]


def test_same_named_districts_are_offered_and_the_own_province_decides(catalogue):
    page = catalogue.page("북구 평생학습관")
    assert len(page.place_choices) >= 4
    near = catalogue.page("북구 평생학습관", "울산광역시")
    assert near.place_choices == ()
    assert near.hits[0].owner == "울산광역시 북구"


@pytest.mark.parametrize(
    ("typed", "owner"),
    [
        ("강원 고성 쇼핑몰", "강원특별자치도 고성군"),
        ("경남 고성 쇼핑몰", "경상남도 고성군"),
        ("홍성시 참여예산", "충청남도 홍성군"),
        ("전라북도 일자리", "전북특별자치도"),
        ("해남군청 청원", "전남광주통합특별시 해남군"),
        ("Suwon taxi", "경기도 수원시"),
    ],
)
def test_former_wrong_and_foreign_place_names_resolve(catalogue, typed, owner):
    assert catalogue.hits(typed)[0].owner == owner


def test_here_means_the_chosen_area(catalogue):
    page = catalogue.page("우리 동네 도서관", "부산 연제구")
    assert page.hits[0].name == "연제도서관"
    assert "here" in {note.kind for note in page.interpretation}


def test_a_word_that_is_also_a_county_stays_a_word_where_a_need_is_made_of_it(catalogue):
    assert "place" not in {note.kind for note in catalogue.page("우리 동네 예산", "은평구").interpretation}
    assert catalogue.page("예산 쇼핑몰").interpretation[-1].to == "충청남도 예산군"


def test_a_place_alone_shows_what_it_runs(catalogue):
    hits = catalogue.hits("은평구청")
    assert hits[0].functions == ("home_page",)
    assert {hit.owner for hit in hits} == {"서울특별시 은평구"}


def test_a_member_of_the_province_asked_for_is_within_it_not_one_s_own(catalogue):
    found = {hit.owner: hit.relation for hit in catalogue.page("배달", "경기도", limit=60).hits}
    assert found["경기도"] == "own"
    assert {said for owner, said in found.items() if owner.startswith("경기도 ")} == {"within"}


# Ranking -------------------------------------------------------------------------------------------------------


def test_own_comes_before_parent_zone_nation_and_elsewhere(catalogue):
    order = ["own", "within", "parent", "zone", "nation", "elsewhere"]
    for text, area in [
        ("배달 시켜 먹고 싶어요", "수원시"),
        ("평생학습", "부산 연제구"),
        ("복지", "부산 연제구"),
        ("통합예약", "성북구"),
    ]:
        best = {}
        page = catalogue.page(text, area, limit=60, filters={"level": ("basic", "metropolitan", "national")})
        answering = [hit for hit in page.hits if page.functions[0] in hit.functions]
        for place, hit in enumerate(answering):
            best.setdefault(hit.relation, place)
        assert len(best) > 2
        met = [relation for relation in order if relation in best]
        assert met == sorted(met, key=best.__getitem__), (text, best)


def test_the_very_name_wins_over_nearness(catalogue):
    assert catalogue.names("따릉이", "부산광역시")[0] == "따릉이"


def test_a_closed_service_is_found_says_so_and_leads_on(catalogue):
    page = catalogue.page("대구행복페이")
    first, second = page.hits[:2]
    assert (first.name, first.status) == ("대구행복페이", "closed")
    assert first.successor is not None and first.successor.name == second.name == "대구로페이"
    assert "successor" in {note.kind for note in page.interpretation}


def test_among_equals_the_running_come_before_the_closed(catalogue):
    hits = {hit.name: hit.status for hit in catalogue.hits("휘파람")}
    assert list(hits.values()) == ["running", "closed"]
    names = catalogue.names("배달앱", "대전광역시", limit=60)
    assert names.index("먹깨비(충북)") < names.index("휘파람(대전)")


def test_a_private_service_never_comes_first_where_a_public_one_does_the_same(catalogue):
    hits = catalogue.hits("음식 배달", limit=40)
    levels = [hit.name for hit in hits]
    assert "배달의민족" in levels
    assert levels.index("배달의민족") > 3


def test_explain_shows_parts_that_add_up_to_the_score(catalogue):
    for hit in catalogue.hits("자전거 빌리기", "대전 유성구", explain=True):
        parts = [reason.points for reason in hit.why if reason.code in ("relevance", "exact", "area", "status", "use")]
        assert sum(parts) == pytest.approx(hit.score, abs=1e-3)
        assert {"relevance", "area"} <= {reason.code for reason in hit.why}


# The page ------------------------------------------------------------------------------------------------------


def test_pages_neither_repeat_nor_lose_a_hit(catalogue):
    whole = [hit.id for hit in catalogue.hits("통합예약", "성북구", limit=60)]
    pieces = [
        hit.id for start in range(0, 60, 7) for hit in catalogue.hits("통합예약", "성북구", offset=start, limit=7)
    ]
    assert len(whole) == len(set(whole))
    assert pieces[: len(whole)] == whole


def test_pages_beyond_the_ranking_window_go_on(catalogue):
    first = [hit.id for hit in catalogue.hits("", limit=100)]
    second = [hit.id for hit in catalogue.hits("", offset=100, limit=50)]
    assert len(second) == 50
    assert not set(first) & set(second)


def test_a_facet_is_counted_without_its_own_filter(catalogue):
    free = catalogue.page("자전거")
    chosen = catalogue.page("자전거", filters={"status": ("running",), "level": ("basic",)})
    counts = {one.value: one.count for one in chosen.facets["level"]}
    assert set(counts) > {"basic"}
    assert counts["basic"] == chosen.total < free.total
    assert [one.value for one in chosen.facets["status"] if one.chosen] == ["running"]
    assert sum(one.count for one in chosen.facets["function"] if one.value == "bike_sharing") <= chosen.total


def test_several_values_of_a_facet_mean_any_of_them(catalogue):
    both = catalogue.page("", filters={"function": ("bike_sharing", "drt_bus")}, limit=100)
    assert all({"bike_sharing", "drt_bus"} & set(hit.functions) for hit in both.hits)
    counts = {one.value: one.count for one in both.facets["function"]}
    assert both.total == counts["bike_sharing"] + counts["drt_bus"] - sum(
        {"bike_sharing", "drt_bus"} <= set(hit.functions) for hit in both.hits
    )


def test_filters_take_names_codes_and_forms_without_a_type(catalogue):
    by_name = catalogue.page("", filters={"owner": ("은평구",)})
    by_code = catalogue.page("", filters={"owner": ("1138000000",)})
    assert by_name.total == by_code.total > 0
    forms = catalogue.page("", filters={"form": ("public_delivery_app",)})
    assert forms.total > 10
    assert {hit.form for hit in forms.hits} == {"public_delivery_app"}


def test_a_zone_keeps_to_its_members_those_above_them_and_the_nation(catalogue):
    places = catalogue.finder.places
    zone = places.zones_of(places.resolve("부산광역시").id, "flow_2023_r3")[0]
    hits = catalogue.hits("자전거", zone_id=zone)
    assert hits
    allowed = {places.by_id(one).full_name for one in places.zone_members(zone)}
    allowed |= {places.by_id(above).full_name for one in places.zone_members(zone) for above in places.ancestors(one)}
    assert {hit.owner for hit in hits if hit.owner_id} <= allowed


def test_sorting_by_users_and_by_age(catalogue):
    users = catalogue.page("배달", sort="users", limit=5)
    assert users.hits[0].name in ("배달의민족", "땡겨요", "배달특급", "먹깨비", "대구로")
    recent = catalogue.hits("자전거", sort="recent", limit=30)
    assert len(recent) == len({hit.id for hit in recent})


def test_matched_words_are_marked_in_the_name(catalogue):
    hit = catalogue.hits("주차장 공유", "화성시")[0]
    marked = [hit.name[start:end] for start, end in hit.highlights["name"]]
    assert marked == ["주차장", "공유"] or "".join(marked) == "주차장공유"
    assert catalogue.hits("ㅂㄷㅌㄱ")[0].highlights["name"] == ((0, 4),)


def test_nothing_found_offers_the_nearest_functions_and_a_wider_area(catalogue):
    page = catalogue.page("버스 쀍뛟뺅", "성북구", filters={"owner": ("은평구",)})
    assert page.total == 0
    assert page.wider_area_id == catalogue.area("서울특별시")
    assert page.help_functions


def test_the_same_service_elsewhere(catalogue):
    own = catalogue.hits("타슈")[0]
    others = catalogue.finder.similar(own.id)
    assert others[0].name == "어울링" or others[0].relation in ("zone", "within", "parent")
    assert all("bike_sharing" in hit.functions for hit in others)
    assert own.id not in {hit.id for hit in others}
    with pytest.raises(NotFound):
        catalogue.finder.similar("P-none")


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "x" * 201},
        {"filters": {"colour": ("red",)}},
        {"sort": "best"},
        {"offset": -1},
        {"limit": 1001},
    ],
)
def test_a_wrong_query_is_an_error_that_names_the_value(wrong):
    with pytest.raises(InvalidValue) as caught:
        SearchQuery(**{"text": "", **wrong})
    assert caught.value.cause_ko


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "!!!",
        "ㅋㅋㅋㅋ",
        "'; DROP TABLE",
        "\u200b",
        "가" * 200,
        "a b c d e f g",
        "🙂",
        "%%%",
        "()[]{}",
        "ㅏㅏㅏ",
    ],
)
def test_odd_input_is_answered(catalogue, text):
    assert catalogue.page(text).took_ms >= 0
    catalogue.page(text, literal=True)
    catalogue.finder.suggest(text)
