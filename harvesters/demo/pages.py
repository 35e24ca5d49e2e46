"""The demonstration's pages for people: a county's home page in EUC-KR, a plaza, the sites of services, an overview."""

from html import escape

JANGSU_LINKS = (
    ("https://demo-jangsumall.example/", "장수 데모몰"),
    ("https://demo-jinanmall.example/", "진안 데모 고원몰"),
    ("https://demo-jbfresh.example/", "전북 데모 생생장터"),
    ("http://www.jeonbuk.go.kr", "전북특별자치도청"),
    ("http://www.jinan.go.kr/", "진안군청"),
    ("http://www.muju.go.kr/", "무주군청"),
    ("https://www.jangsupolice.example/", "장수경찰서"),
    ("https://www.gov.kr/", "정부24"),
)


def county_home(day: int, origin: str) -> bytes:
    """장수군's home page as many counties still have it: EUC-KR, a dl list, links in scripts. `origin` is its address."""
    listed = "".join(
        f'<dd><a target="_blank" title="새창이동" href="{address}"><span>{name}</span></a></dd>'
        for address, name in JANGSU_LINKS
    )
    learning = '<li><a href="/jangsulll/">평생학습관</a></li>' if day > 1 else ""
    budget = "" if day > 1 else '<li><a href="/jangsu/budget.jangsu">주민참여예산</a></li>'
    page = f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=euc-kr"><title>장수군청 데모</title>
<meta name="description" content="시범으로 만든 장수군 누리집입니다."></head><body>
<div id="gnb"><ul><li><a href="/jangsu/civil.jangsu;jsessionid=0A1B2C.node{day}">전자민원</a><ul>
<li><a href="javascript:goMenu('/jangsu/petition.jangsu')">군민청원</a></li>
<li><a href="/jangsu/hope.jangsu">군수에게 바란다</a></li>{budget}
<li><a href="/jangsu/guide.jangsu">민원 안내</a></li></ul></li></ul></div>
<ul class="quick"><li><a href="/jangsu/reserve/index.jangsu">장수 데모 통합예약</a></li>{learning}
<li><a href="#" onclick="window.open('{origin}/jangsutour/');return false;">장수 데모 문화관광</a></li></ul>
<div id="site"><dl><dt>관련사이트</dt>{listed}</dl></div>
<div class="app_down"><strong>장수 데모 알리미</strong>
<a href="https://play.google.com/store/apps/details?id=kr.go.jangsu.demo">Google Play</a>
<a href="https://apps.apple.com/kr/app/id1999999999">App Store</a></div>
<ul class="sns"><li><a href="https://www.youtube.com/@jangsu-demo">유튜브</a></li></ul></body></html>"""
    return page.encode("cp949")


def plaza(day: int, origin: str) -> str:
    """A district's open-data plaza."""
    count = 1204 if day < 2 else 1211
    return f"""<!DOCTYPE html><html lang="ko"><head><meta charset="utf-8"><title>마포구 데모 열린데이터광장</title>
<meta name="description" content="마포구의 공공데이터를 시범으로 보여 줍니다."></head><body><h1>마포구 데모 열린데이터광장</h1>
<p>전체 데이터셋 {count:,}개 · 오픈API 310종</p>
<a href="{origin}/plaza/openinf/sheetview.jsp?infId=OA-10001">도서관 현황</a></body></html>"""


def plaza_sitemap(day: int, origin: str) -> str:
    """Its sitemap: twelve datasets, thirteen on the second day."""
    rows = "".join(
        f"<url><loc>{origin}/plaza/openinf/{kind}view.jsp?infId=OA-{10000 + number}</loc></url>"
        for number in range(1, 13 + (day > 1))
        for kind in ("sheet", "openapi")
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'


def site(name: str, about: str) -> str:
    """The site of one service."""
    words = f"<p>{escape(about)}</p>" * 8
    return f'<!DOCTYPE html><html lang="ko"><head><meta charset="utf-8"><title>{escape(name)}</title></head><body><h1>{escape(name)}</h1>{words}</body></html>'


TAKEN_OVER = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>안전놀이터 추천 - 카지노 먹튀 검증 (시범 화면)</title></head><body>
<p>이 화면은 남의 손에 넘어간 주소가 어떻게 보이는지 보여 주려고 만든 가짜입니다.</p><p>바카라 슬롯 홀덤 파워볼 첫충 메이저 놀이터</p></body></html>"""
NOT_FOUND = """<!DOCTYPE html><html lang="ko"><head><meta charset="utf-8"><title>오류 안내</title></head><body>
<p>요청하신 페이지를 찾을 수 없습니다.</p></body></html>"""


def overview(day: int, addresses: list[tuple[str, str]]) -> str:
    """The demonstration's own front page: what is served, and the button that makes it tomorrow."""
    rows = "".join(f'<li><a href="{escape(address)}">{escape(title)}</a></li>' for title, address in addresses)
    button = (
        '<form method="post" action="/tomorrow"><button>다음 날로 / Make it tomorrow</button></form>'
        if day < 2
        else '<form method="post" action="/today"><button>첫날로 / Back to the first day</button></form>'
    )
    return f"""<!DOCTYPE html><html lang="ko"><head><meta charset="utf-8"><title>시범 원천 (데모)</title></head><body>
<h1>시범 원천 / demonstration sources</h1><p>{day}일째입니다. 다음 날에는 몇 서비스가 새로 생기고, 바뀌고, 사라집니다. /
Day {day}. On the next day some services are new, changed or gone.</p>{button}<ul>{rows}</ul></body></html>"""
