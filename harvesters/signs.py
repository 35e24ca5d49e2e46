"""Reads from a page whether it still is what its address once was: soft 404, parked, taken over, closed, under repair."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from harvesters.hrefs import host_of, is_front
from harvesters.page import Page

# Each word counts once. Municipal pages speak of gambling too, to warn of it: _WARNS takes points away again.
_GAMBLING = re.compile(
    r"카지노|바카라|슬롯(?:머신|사이트|게임)?|토토(?:사이트)?(?!로)|먹튀|꽁머니|파워볼|홀덤|배팅|베팅|안전\s?놀이터|메이저\s?(?:놀이터|사이트)|사설\s?토토|입플|롤링|가입\s?머니"
    r"|첫\s?충|온카|에볼루션|스포츠\s?중계|무료\s?중계|casino|baccarat|\bslots?\b|slot\s?gacor|\bjudi\b|togel|\bbetting\b|poker|sportsbook|jackpot|博彩|娱乐城|赌场|カジノ",
    re.IGNORECASE,
)
_ADULT = re.compile(
    r"출장\s?(?:안마|마사지|샵|홈타이)|오피(?:사이트|스타)|유흥|야동|성인\s?(?:사이트|용품|방송)|조건\s?만남|비아그라|시알리스|viagra|cialis|\bescort\b|porn|\bxxx\b|소액\s?결제\s?현금화"
    r"|작업\s?대출|휴대폰\s?깡|대출\s?나라|replica\s?watch|buy\s?(?:followers|backlinks)",
    re.IGNORECASE,
)
_WARNS = re.compile(r"예방|치유|중독|근절|단속|신고\s?센터|상담|피해\s?구제|불법\s?도박|복권기금|진흥공단|경고")
_PARKED = re.compile(
    r"도메인(?:을|이|은)?\s?(?:판매|파킹|매매|구입|경매)|domain\s+(?:name\s+)?(?:is\s+|may\s+be\s+)?for\s+sale|buy\s+this\s+domain|this\s+domain\s+(?:has\s+expired|is\s+parked|is\s+available)"
    r"|parked\s+(?:domain|free)|sedo(?:parking)?\b|hugedomains|parkingcrew|bodis\.com|dan\.com|afternic|도메인\s?(?:네임)?\s?기간이?\s?만료|호스팅\s?(?:서비스)?\s?(?:기간|사용기간)이?\s?만료"
    r"|계정이\s?(?:정지|만료)|account\s+(?:has\s+been\s+)?suspended|트래픽(?:이|을)?\s?초과",
    re.IGNORECASE,
)
_DEFAULT = re.compile(
    r"welcome to nginx|apache2? (?:ubuntu |debian )?default page|test page for (?:the )?apache|iis windows server|it works!|apache tomcat/|index of /|cpanel|plesk (?:default|obsidian)|directory listing for",
    re.IGNORECASE,
)
_NOT_FOUND = re.compile(
    r"(?:페이지|화면|게시물|정보|자료|주소|메뉴|파일|컨텐츠|콘텐츠)(?:를|을|가|이|는)?\s?(?:찾을\s?수\s?없|존재하지\s?않|없습니다|삭제\s?되었)|존재하지\s?않는\s?(?:페이지|주소|게시|메뉴|경로)"
    r"|요청하신\s?(?:페이지|주소|자원|url).{0,20}(?:없|찾을|삭제|변경)|(?:이름이\s?변경|삭제)\s?되었거나|잘못된\s?(?:접근|경로|주소|url)|404\s?(?:error|not\s?found|오류|에러)|(?:page|file|url)\s?(?:was\s)?not\s?found"
    r"|에러가?\s?발생|오류가?\s?발생|시스템\s?오류|server\s?error|현재\s?찾을\s?수\s?없는",
    re.IGNORECASE,
)
_CLOSED = re.compile(
    r"(?:서비스|운영|홈페이지|누리집|사이트|앱|플랫폼)(?:가|이|는|은|을|를)?\s?(?:.{0,12})?(?:종료|폐쇄|중단|폐지)(?:되었|됩니다|하였|했|합니다|\s?안내|함을|돼|되어)|운영이\s?종료|더\s?이상\s?(?:서비스|운영|이용)"
    r"|(?:service|site|website)\s+(?:has\s+been\s+)?(?:closed|terminated|discontinued|shut\s?down)",
    re.IGNORECASE,
)
_REPAIR = re.compile(
    r"(?:시스템|서비스|서버|정기|긴급|홈페이지)\s?(?:정기\s?|긴급\s?)?(?:점검|작업)\s?(?:중|안내|으로)|점검\s?중입니다|under\s+(?:maintenance|construction)|공사\s?중입니다|준비\s?중입니다",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"(?:^|/)(?:login|signin|sso|member/login|auth)(?:[./?]|$)", re.IGNORECASE)
_SHORT = 900


@dataclass(frozen=True)
class Signs:
    """What a page says of its address. `kind` is ok, soft_404, closed, repair, parked, taken_over, default or empty."""

    kind: str = "ok"
    words: tuple[str, ...] = ()


def read_signs(page: Page, asked: str = "") -> Signs:
    """Judge one page. `asked` is the address that was asked for; a front door in place of a deep page is suspect."""
    seen = f"{page.title} {page.description} {page.text}"
    stranger = _stranger(page, seen)
    if stranger:
        return Signs("taken_over", stranger)
    parked = _found(_PARKED, seen)
    if parked and (len(page.text) < 3000 or _PARKED.search(page.title)):
        return Signs("parked", parked)
    if _DEFAULT.search(page.title) or (len(page.text) < _SHORT and _DEFAULT.search(page.text[:300])):
        return Signs("default", _found(_DEFAULT, seen))
    if not (page.text or page.links or page.refresh or page.frames or page.drawn_by_script):
        return Signs("empty")
    brief = len(page.text) < _SHORT
    heading = f"{page.title} {page.text[:200]}" if not brief else seen
    for kind, pattern in (("closed", _CLOSED), ("soft_404", _NOT_FOUND), ("repair", _REPAIR)):
        words = _found(pattern, heading)
        if words and (brief or pattern.search(page.title)):
            return Signs(kind, words)
    if asked and _sent_home(asked, page.url):
        return Signs("soft_404", ("sent to the front page",))
    return Signs()


def is_login(url: str) -> bool:
    """Whether an address is a sign-in page."""
    return bool(_LOGIN.search(urlsplit(url).path))


def _stranger(page: Page, seen: str) -> tuple[str, ...]:
    """The words of gambling, adult and loan advertising if they make up what the page is about; else nothing."""
    for pattern in (_GAMBLING, _ADULT):
        words = _found(pattern, seen)
        if len(words) < 2:
            continue
        score = len(words) + (2 if pattern.search(page.title) else 0)
        mentions = len(pattern.findall(page.text))
        score += 1 if mentions >= 8 else 0
        score -= 2 * len(_found(_WARNS, seen))
        # A government's own domain is not sold; there it takes much more to believe it (a hacked page does happen).
        if score >= (6 if host_of(page.url).endswith(".go.kr") else 3):
            return words
    return ()


def _sent_home(asked: str, final: str) -> bool:
    deep = not is_front(asked) and bool(urlsplit(asked).path.strip("/"))
    return deep and is_front(final) and host_of(asked) == host_of(final)


def _found(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(re.sub(r"\s+", "", match.group(0)).lower() for match in pattern.finditer(text)))[:10]
