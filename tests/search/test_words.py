"""Words of a typed query: particles, endings, compounds, meaning-bearing prefixes; and the needs they name."""

from dataclasses import replace

import pytest

from search.needs import Vocabulary
from search.words import Word

WORDS = Vocabulary()


def read(text):
    """The words of a text that say something."""
    return [word.text for word in WORDS.content(WORDS.lexicon.read(text))]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("자전거를 빌릴 수 있는 곳", ["자전거", "빌리다"]),
        ("자전거 빌려주세요", ["자전거", "빌리다"]),
        ("책 빌리고 싶어요", ["책", "빌리다"]),
        ("막차 끊겼나요?", ["막차", "끊기다"]),
        ("아이 맡길 데가 없어요", ["아이", "맡기다"]),
        ("밤길이 무서워요", ["밤길", "무섭다"]),
        ("걸으면 돈 주는 앱", ["걷다", "돈", "주다", "앱"]),
        ("치킨 시켜먹고 싶다", ["치킨", "시키다", "먹다"]),
        ("버스 불러서 타는", ["버스", "부르다", "타다"]),
        ("어르신들께 반찬을 배달", ["어르신", "반찬", "배달"]),
        ("공영주차장통합예약", ["공영주차장", "통합", "예약"]),
        ("강아지랑 산책할 곳", ["강아지", "산책"]),
        ("집에 가는 길", ["집", "가다", "길"]),
        ("유모차 팔기", ["유모차", "팔다"]),
        ("사과 팔 데", ["사과", "팔다"]),
        ("인터넷에서 산 물건", ["인터넷", "사다", "물건"]),
        ("주민이 정한다던데", ["주민", "정하다"]),
        ("막차 끊겼는디", ["막차", "끊기다"]),
        ("엄마가 깜빡깜빡하셔서", ["엄마", "깜빡깜빡하다"]),
    ],
)
def test_particles_endings_and_politeness_fall_off(text, words):
    assert read(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "무장애",
        "비급여",
        "온라인",
        "사과",
        "자유수영",
        "강아지",
        "가게",
        "사고",
        "딸기",
        "막걸리",
        "불만",
        "비만",
        "시세",
        "파도",
        "잠",
        "실거래가",
        "하수구",
        "고양이",
        "수다",
        "다수결",
        "쉰",
        "편지",
    ],
)
def test_a_word_is_not_taken_for_a_form_of_a_verb_nor_cut(text):
    assert read(text) == [text]


def test_what_was_read_before_a_word_came_in_is_read_anew():
    lexicon = replace(WORDS.lexicon, nouns=set(WORDS.lexicon.nouns))
    before = [lexicon.read("솔라온누리터"), lexicon.word("솔라온누리터")]
    lexicon.add_nouns(["솔라온누리터"])
    assert [lexicon.read("솔라온누리터"), lexicon.word("솔라온누리터")] == [[Word("솔라온누리터")]] * 2
    assert before != [[Word("솔라온누리터")]] * 2
    lexicon.add_verb("솔라온누리다")
    assert lexicon.read("솔라온누리고") == [Word("솔라온누리다", "verb")]


def test_an_unknown_word_keeps_its_inverting_prefix():
    assert read("무주택자복지")[0].startswith("무")


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("구청에 건의하고 싶어요", "citizen_proposal"),
        ("막차 끊겼나", "bus_info"),
        ("아이 맡길 데", "childcare"),
        ("어르신 반찬 배달", "senior_care"),
        ("강당 대관", "facility_rental"),
        ("이사 왔는데 뭐부터 해야 하나요", "certificate_issuing"),
        ("회사에서 잘렸어요", "job_matching"),
        ("출산", "birth_support"),
        ("창업하려면", "startup_support"),
        ("장애인 콜택시", "paratransit"),
        ("무장애", "disability_support"),
        ("비급여 진료비", "health_center"),
        ("가로등이 고장났어요", "civil_complaint"),
        ("소파 버리려고요", "bulky_waste"),
        ("배민 말고", "food_delivery"),
        ("DRT", "drt_bus"),
        ("GIS", "gis_map"),
        ("걸으면 돈 주는 앱", "health_promotion"),
    ],
)
def test_a_need_leads_to_its_function(text, function):
    found = WORDS.functions_for(WORDS.content(WORDS.lexicon.read(text)))
    assert found[0].id == function


def test_a_name_of_nothing_asks_for_nothing():
    assert not [one for one in WORDS.functions_for(WORDS.lexicon.read("쀍뛟")) if one.strength > 0.3]


def test_every_function_is_reached_by_its_own_words():
    """The words of functions.yml and needs.yml find their function among the first three."""
    missed = []
    for phrase in WORDS.phrases:
        if phrase.kind in ("words", "synonyms") and len(phrase.words) > 1:
            words = list(phrase.words)
            found = WORDS.functions_for([Word(word) for word in words])
            if phrase.functions[0][0] not in [one.id for one in found[:3]]:
                missed.append((words, phrase.functions[0][0]))
    assert len(missed) <= 0.01 * len(WORDS.phrases), missed[:10]
