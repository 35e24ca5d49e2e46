"""What the demonstration's governments run, on two days: the second day has new, changed and vanished services.

The governments and their codes are real; the services are not, and every name says 데모.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Service:
    """One service of the demonstration: a slug for its address, and what its government says of it."""

    slug: str
    name: str
    owner: str
    about: str
    department: str = ""
    kind: str = ""
    launched: str = ""


SUWON, GANGWON, GYEONGNAM, GYEONGJU, SEJONG = (
    "경기도 수원시", "강원특별자치도", "경상남도", "경상북도 경주시", "세종특별자치시"
)  # fmt: skip

_CKAN = (
    Service("suwon-reserve", "수원 데모 통합예약", SUWON, "수원시의 강좌와 체육시설, 캠핑장을 한곳에서 예약합니다. 2026년 6월 기준 회원 31만 2천 명.", "정보통신과", "서비스", "2019-03"),
    Service("suwon-bike", "수원 데모 공공자전거", SUWON, "정류소 없이 빌리고 아무 곳에나 세우는 공공자전거입니다.", "도시교통과", "앱", "2020-09"),
    Service("suwon-library", "수원 데모 도서관 상호대차", SUWON, "시립도서관 어디의 책이든 가까운 도서관에서 받습니다.", "도서관정책과", "서비스"),
    Service("suwon-parking", "수원 데모 주차 안내", SUWON, "공영주차장의 빈자리를 실시간으로 알려 줍니다.", "주차관리과", "앱"),
    Service("suwon-budget", "수원 데모 주민참여예산", SUWON, "시민이 사업을 제안하고 투표로 정합니다. 올해 제안 412건.", "예산재정과", "플랫폼"),
    Service("suwon-lifelong", "수원 데모 평생학습관", SUWON, "누구나학교와 시민강좌를 찾고 신청합니다.", "평생교육과", "서비스"),
    Service("suwon-youth", "수원 데모 청년포털", SUWON, "청년 정책과 공간 대관을 한 번에 찾습니다.", "청년정책과", "서비스"),
    Service("suwon-waste", "수원 데모 대형폐기물 배출", SUWON, "대형폐기물 배출을 신청하고 수수료를 냅니다.", "청소자원과", "서비스"),
)  # fmt: skip
_API = (
    Service("gangwon-job", "강원 데모 일자리정보망", GANGWON, "도내 기업의 채용과 직업훈련을 모아 보여 줍니다.", "일자리청년과"),
    Service("gangwon-call", "강원 데모 광역이동지원센터", GANGWON, "교통약자의 차량을 시·군 경계 없이 배차합니다.", "교통과"),
    Service("gangwon-farm", "강원 데모 농특산물 장터", GANGWON, "도내 농가의 농특산물을 직거래로 팝니다. 2025년 거래액 48억 원.", "농식품유통과"),
    Service("gangwon-tour", "강원 데모 관광포털", GANGWON, "열여덟 시·군의 여행지와 축제를 안내합니다.", "관광정책과"),
    Service("gangwon-petition", "강원 데모 도민청원", GANGWON, "도민 1천 명이 공감하면 도지사가 답합니다.", "소통담당관"),
    Service("gangwon-forest", "강원 데모 산림휴양 예약", GANGWON, "자연휴양림과 숲속 야영장을 예약합니다.", "산림휴양과"),
    Service("gangwon-snow", "강원 데모 겨울축제 모아보기", GANGWON, "눈과 얼음 축제의 일정과 교통을 안내합니다.", "관광마케팅과"),
)  # fmt: skip
_SHEET = (
    Service("gyeongnam-mall", "e경남 데모몰", GYEONGNAM, "경남 농수산물과 중소기업 제품을 파는 온라인 쇼핑몰입니다. 누적 회원 21만 명.", "농식품유통과", "", "2012-05"),
    Service("gyeongnam-dodream", "경남 데모 정책제안", GYEONGNAM, "도민이 정책을 제안하고 토론합니다.", "소통기획관"),
    Service("gyeongnam-welfare", "경남 데모 복지포털", GYEONGNAM, "받을 수 있는 복지서비스를 나이와 형편에 따라 찾습니다.", "복지정책과"),
    Service("gyeongnam-bigdata", "경남 데모 빅데이터 허브", GYEONGNAM, "도의 인구와 상권, 관광을 분석한 결과를 보여 줍니다.", "디지털정책과", "", "2018-11"),
    Service("gyeongnam-volunteer", "경남 데모 자원봉사센터", GYEONGNAM, "자원봉사를 찾아 신청하고 실적을 확인합니다.", "자치행정과"),
    Service("gyeongnam-gis", "경남 데모 공간정보 지도", GYEONGNAM, "땅과 건물, 도시계획을 지도에서 봅니다.", "토지정보과"),
)  # fmt: skip
_RDF = (
    Service("gyeongju-bike", "경주 데모 공영자전거", GYEONGJU, "역과 유적지 사이를 오가는 공영자전거를 빌립니다.", "교통행정과", "android", "2024-04-01"),
    Service("gyeongju-tour", "경주 데모 문화관광", GYEONGJU, "유적지와 숙소, 해설사 예약을 안내합니다.", "관광컨벤션과"),
    Service("gyeongju-pay", "경주 데모페이", GYEONGJU, "지역에서 쓰는 모바일 상품권입니다. 2025년 말 기준 가맹점 1만 4천 곳.", "경제정책과"),
    Service("gyeongju-night", "경주 데모 야간관광 예약", GYEONGJU, "동궁과 월지 야간 관람을 예약합니다.", "관광컨벤션과"),
)  # fmt: skip
_JSON = (
    Service("sejong-bus", "세종 데모 수요응답형 버스", SEJONG, "부르면 오는 버스를 앱으로 부릅니다.", "교통국"),
    Service("sejong-idea", "세종 데모 시민제안", SEJONG, "시민의 생각을 모아 정책으로 만듭니다.", "참여공동체과"),
    Service("sejong-data", "세종 데모 데이터포털", SEJONG, "세종시의 공공데이터를 내려받습니다.", "지능형도시과"),
)  # fmt: skip

_GONE = {"suwon-waste", "gangwon-snow", "gyeongnam-gis", "gyeongju-night"}
_NEW = {
    "ckan": Service("suwon-care", "수원 데모 새빛돌봄", SUWON, "갑작스러운 돌봄이 필요할 때 신청합니다.", "돌봄정책과", "서비스", "2026-11"),
    "api": Service("gangwon-baby", "강원 데모 육아포털", GANGWON, "임신부터 초등까지 받을 수 있는 도움을 찾습니다.", "인구정책과"),
    "sheet": Service("gyeongnam-taxi", "경남 데모 행복택시", GYEONGNAM, "버스가 닿지 않는 마을의 택시를 부릅니다.", "교통정책과"),
    "rdf": Service("gyeongju-water", "경주 데모 상수도 누리집", GYEONGJU, "수도요금을 조회하고 이사 정산을 신청합니다.", "맑은물사업본부"),
    "json": Service("sejong-solve", "세종 데모 리빙랩", SEJONG, "동네의 문제를 시민과 함께 실험으로 풉니다.", "스마트도시과"),
}  # fmt: skip
_CHANGED = {
    "suwon-reserve": {"about": "수원시의 강좌와 체육시설, 캠핑장을 한곳에서 예약합니다. 2026년 10월 기준 회원 33만 명.", "department": "스마트도시과"},
    "gangwon-farm": {"name": "강원 데모 더몰", "about": "도내 농가의 농특산물을 직거래로 팝니다. 2026년 거래액 61억 원."},
    "gyeongnam-mall": {"about": "경남 농수산물과 중소기업 제품을 파는 온라인 쇼핑몰입니다. 누적 회원 24만 명."},
    "gyeongju-pay": {"about": "지역에서 쓰는 모바일 상품권입니다. 2026년 10월 기준 가맹점 1만 6천 곳."},
    "sejong-bus": {"about": "부르면 오는 버스를 앱과 전화로 부릅니다."},
}  # fmt: skip
_LISTS = {"ckan": _CKAN, "api": _API, "sheet": _SHEET, "rdf": _RDF, "json": _JSON}


def services_on(day: int, place: str) -> list[Service]:
    """The services that a place ('ckan', 'api', 'sheet', 'rdf', 'json') lists on the first or any later day."""
    listed = list(_LISTS[place])
    if day < 2:
        return listed
    kept = [replace(one, **_CHANGED.get(one.slug, {})) for one in listed if one.slug not in _GONE]
    return [*kept, _NEW[place]]
