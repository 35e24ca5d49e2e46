"""The features two platforms are compared by: one function each, whose docstring is the text people read.

Adding a feature is one function and one line in IDENTITY or OVERLAP. A feature gives a number from 0 to 1 per pair;
the model's weight says what it is worth, and its sign is fixed here: a contradiction can never speak for a pair.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from search.overlap.columns import Floats
from search.overlap.pairs import Pairs, dice, rarity


@dataclass(frozen=True)
class Feature:
    """A named likeness or contradiction.

    `prior` is what it is worth in log-odds where the labels say nothing of it; its sign is the feature's sign.
    `ko` is its sentence in Korean, the measuring function's docstring the one in English.
    """

    measure: Callable[[Pairs], Floats]
    prior: float
    ko: str

    @property
    def sign(self) -> int:
        """+1 for a likeness, -1 for a contradiction: training may change the weight, never the sign."""
        return 1 if self.prior > 0 else -1

    @property
    def name(self) -> str:
        """The function's name."""
        return str(self.measure.__name__)

    @property
    def en(self) -> str:
        """The function's docstring."""
        return (self.measure.__doc__ or "").strip()


def same_name(pairs: Pairs) -> Floats:
    """One of the names, present or former, is the same when place words are off."""
    return pairs.same_name.astype(float)


def like_name(pairs: Pairs) -> Floats:
    """The names share most of their letters."""
    return np.clip((pairs.name_likeness - 0.3) / 0.7, 0.0, 1.0)


def name_within(pairs: Pairs) -> Floats:
    """One name stands inside the other."""
    return np.clip((pairs.names_compared[1] - 0.6) / 0.4, 0.0, 1.0)


def own_name_again(pairs: Pairs) -> Floats:
    """The same owner uses the same name, or a name with that name in it."""
    named = pairs.same_name | (pairs.names_compared[1] > 0.8) | (pairs.name_likeness > 0.75)
    return (named & pairs.equal(pairs.columns.owner)).astype(float)


def unlike_name(pairs: Pairs) -> Floats:
    """The names differ in most of their letters, and neither stands inside the other."""
    apart = np.clip((0.7 - pairs.name_likeness) / 0.4, 0.0, 1.0)
    return np.where((pairs.names_compared[1] > 0.8) | pairs.word_named[0] | pairs.sounds_alike, 0.0, apart)


def sounds_alike(pairs: Pairs) -> Floats:
    """The names sound alike in Korean and Latin letters."""
    return pairs.sounds_alike.astype(float)


def says_more(pairs: Pairs) -> Floats:
    """One is the other's name with words that name another thing."""
    return pairs.word_named[1].astype(float)


def nothing_names_one(pairs: Pairs) -> Floats:
    """Neither names, nor host, address or app lead from one to the other."""
    columns = pairs.columns
    led = pairs.equal(columns.domain) | pairs.equal(columns.address) | pairs.equal(columns.package)
    return np.asarray(unlike_name(pairs) * ~led)


def rare_brand(pairs: Pairs) -> Floats:
    """They share a brand word that few platforms use."""
    here, _ = pairs.both(pairs.columns.brand)
    return pairs.equal(pairs.columns.brand) * rarity(here, pairs.columns.brand_use)


def other_brand(pairs: Pairs) -> Floats:
    """Each has a brand word of its own, and neither name stands inside the other."""
    inside = pairs.same_name | (pairs.names_compared[1] > 0.8) | pairs.word_named[0] | pairs.sounds_alike
    return (pairs.differ(pairs.columns.brand) & ~inside).astype(float)


def same_owner(pairs: Pairs) -> Floats:
    """The same government or body answers for both."""
    return pairs.equal(pairs.columns.owner).astype(float)


def other_owner(pairs: Pairs) -> Floats:
    """Different governments answer for them: each pays for its own."""
    return pairs.differ(pairs.columns.owner).astype(float)


def same_address(pairs: Pairs) -> Floats:
    """Both stand at the same address."""
    return pairs.equal(pairs.columns.address).astype(float)


def same_host(pairs: Pairs) -> Floats:
    """Both stand on the same host, and few others do."""
    here, _ = pairs.both(pairs.columns.host)
    return pairs.equal(pairs.columns.host) * rarity(here, pairs.columns.host_use)


def same_domain(pairs: Pairs) -> Floats:
    """Their hosts lie under one registered name (bike.tashu.or.kr, tashu.or.kr)."""
    columns = pairs.columns
    return (pairs.equal(columns.domain) & ~pairs.equal(columns.host)).astype(float)


def other_host(pairs: Pairs) -> Floats:
    """Each stands on a host of its own."""
    return pairs.differ(pairs.columns.domain).astype(float)


def same_app(pairs: Pairs) -> Floats:
    """Both give the same app package."""
    return pairs.equal(pairs.columns.package).astype(float)


def other_app(pairs: Pairs) -> Floats:
    """Each has an app package of its own."""
    return pairs.differ(pairs.columns.package).astype(float)


def no_shared_function(pairs: Pairs) -> Floats:
    """Their functions are known and none is shared."""
    return (pairs.functions_known & ~pairs.shares_function).astype(float)


def nothing_covered(pairs: Pairs) -> Floats:
    """Their functions are known, and neither does any part of what the other does."""
    return np.asarray((pairs.functions_known & (np.nan_to_num(np.fmax(*pairs.covered)) == 0.0)).astype(float))


def does_more(pairs: Pairs) -> Floats:
    """One does things that the other does not."""
    return np.asarray(np.where(pairs.functions_known, 1.0 - np.nan_to_num(np.fmin(*pairs.covered)), 0.0))


def other_audience(pairs: Pairs) -> Floats:
    """One is for passengers or customers, the other for drivers, shopkeepers or staff."""
    here, there = pairs.both(pairs.columns.audience)
    return np.asarray((here != there).astype(float))


def listed_apart(pairs: Pairs) -> Floats:
    """One source lists them as two entries."""
    return (pairs.listed_apart & pairs.same_name).astype(float)


def listed_as_two(pairs: Pairs) -> Floats:
    """One source lists them as two entries under different names."""
    return (pairs.listed_apart & ~pairs.same_name).astype(float)


def launch_gap(pairs: Pairs) -> Floats:
    """They started years apart."""
    here, there = pairs.both(pairs.columns.year)
    return np.where((here > 0) & (there > 0), np.clip(np.abs(here - there) / 5.0, 0.0, 1.0), 0.0)


def like_description(pairs: Pairs) -> Floats:
    """Their descriptions say much the same."""
    columns = pairs.columns
    return np.clip((dice(columns.description[pairs.left], columns.description[pairs.right]) - 0.4) / 0.6, 0.0, 1.0)


def one_covers_other(pairs: Pairs) -> Floats:
    """One offers what the other does: the larger of the two coverages (기능 중복률)."""
    return np.asarray(np.nan_to_num(np.fmax(*pairs.covered)))


def both_cover(pairs: Pairs) -> Floats:
    """Each offers what the other does: the smaller of the two coverages."""
    return np.asarray(np.nan_to_num(np.fmin(*pairs.covered)))


def same_main_function(pairs: Pairs) -> Floats:
    """What each mainly does is the same."""
    return pairs.same_main.astype(float)


def unknown_function(pairs: Pairs) -> Floats:
    """What one of them does is not known."""
    return (~pairs.functions_known).astype(float)


def same_kind_of_name(pairs: Pairs) -> Floats:
    """Without place words their present names are alike: 열린데이터광장, 통합예약."""
    return np.clip((pairs.main_name_likeness - 0.5) / 0.5, 0.0, 1.0)


def like_named_unknown(pairs: Pairs) -> Floats:
    """A function is not known, but their names without place words are alike."""
    return np.asarray(same_kind_of_name(pairs) * ~pairs.functions_known)


def same_people(pairs: Pairs) -> Floats:
    """They are for the same people."""
    same, partly, _ = pairs.beneficiaries
    return np.asarray(same + 0.5 * partly)


def other_people(pairs: Pairs) -> Floats:
    """They are for different people."""
    return pairs.beneficiaries[2].astype(float)


def same_form(pairs: Pairs) -> Floats:
    """They have the same form of the survey."""
    return pairs.equal(pairs.columns.form).astype(float)


def other_type(pairs: Pairs) -> Floats:
    """One informs, proposes or brokers, and the other does not."""
    return pairs.differ(pairs.columns.type).astype(float)


def one_operation(pairs: Pairs) -> Floats:
    """Both stand on one shared operation or one engine."""
    return (pairs.equal(pairs.columns.operation) | pairs.equal(pairs.columns.engine)).astype(float)


IDENTITY = (
    Feature(same_name, 1.5, "지명을 뺀 이름(옛 이름 포함)이 같음"),
    Feature(like_name, 0.5, "이름의 글자가 대부분 같음"),
    Feature(name_within, 0.5, "한 이름이 다른 이름 안에 들어 있음"),
    Feature(own_name_again, 1.0, "같은 기관이 같은 이름(또는 그 이름을 품은 이름)을 씀"),
    Feature(unlike_name, -1.5, "이름의 글자가 대부분 다르고 한쪽이 다른 쪽에 들어 있지 않음"),
    Feature(sounds_alike, 1.5, "한글과 로마자로 적은 이름의 소리가 같음"),
    Feature(says_more, -2.0, "한쪽은 다른 쪽 이름에 다른 것을 뜻하는 말이 더 붙음"),
    Feature(nothing_names_one, -2.0, "이름도 호스트·주소·앱도 서로를 가리키지 않음"),
    Feature(rare_brand, 1.0, "드문 고유 이름을 함께 씀"),
    Feature(other_brand, -1.0, "고유 이름이 서로 다르고 한쪽이 다른 쪽에 들어 있지 않음"),
    Feature(same_owner, 0.5, "소관 기관이 같음"),
    Feature(other_owner, -2.5, "소관 기관이 다름(비용을 따로 부담)"),
    Feature(same_address, 1.5, "주소(URL)가 같음"),
    Feature(same_host, 1.0, "남들이 거의 쓰지 않는 호스트를 함께 씀"),
    Feature(same_domain, 1.0, "호스트가 같은 등록 도메인 아래에 있음"),
    Feature(other_host, -1.0, "호스트가 서로 다름"),
    Feature(same_app, 2.5, "앱 패키지가 같음"),
    Feature(other_app, -1.5, "앱 패키지가 서로 다름"),
    Feature(no_shared_function, -2.0, "기능이 알려져 있으나 같은 기능이 없음"),
    Feature(does_more, -0.5, "한쪽만 하는 일이 있음"),
    Feature(other_audience, -2.0, "한쪽은 이용자용, 다른 쪽은 기사·점주·직원용"),
    Feature(listed_apart, -2.0, "한 출처가 둘을 따로 올려 둠"),
    Feature(listed_as_two, -4.0, "한 출처가 둘을 다른 이름으로 따로 올려 둠"),
    Feature(launch_gap, -0.5, "시작한 해가 많이 다름"),
    Feature(like_description, 0.5, "설명이 서로 비슷함"),
)

OVERLAP = (
    Feature(one_covers_other, 2.0, "한쪽 기능을 다른 쪽이 제공함(기능 중복률이 큰 쪽)"),
    Feature(both_cover, 1.0, "서로의 기능을 모두 제공함(기능 중복률이 작은 쪽)"),
    Feature(same_main_function, 1.0, "주된 기능이 같음"),
    Feature(nothing_covered, -2.0, "기능이 알려져 있으나 서로의 기능을 조금도 제공하지 않음"),
    Feature(unknown_function, -0.5, "한쪽의 기능을 알 수 없음"),
    Feature(same_kind_of_name, 1.0, "지명을 빼면 이름이 같은 종류임"),
    Feature(like_named_unknown, 2.5, "기능은 모르지만 지명을 뺀 이름이 비슷함"),
    Feature(same_people, 0.5, "이용 대상이 같음"),
    Feature(other_people, -1.0, "이용 대상이 다름"),
    Feature(same_form, 0.5, "조사표의 형태가 같음"),
    Feature(other_type, -0.5, "유형(정보제공·정책제안·중개)이 다름"),
    Feature(other_audience, -2.0, "한쪽은 이용자용, 다른 쪽은 기사·점주·직원용"),
    Feature(one_operation, 0.5, "같은 공동 운영 또는 같은 엔진을 씀"),
    Feature(like_description, 0.5, "설명이 서로 비슷함"),
)


def measure(features: tuple[Feature, ...], pairs: Pairs) -> Floats:
    """One row of feature values per pair."""
    if not len(pairs):
        return np.zeros((0, len(features)))
    return np.column_stack([feature.measure(pairs) for feature in features])
