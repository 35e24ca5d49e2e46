"""Addresses: spellings that are one, spellings that are not, and what is no address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import InvalidValue
from registry.urls import app_package, canonical, host, tidy


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.suwon.go.kr/", "https://suwon.go.kr"),
        ("https://suwon.go.kr:443/a/", "http://suwon.go.kr:80/a"),
        ("https://suwon.go.kr/a;jsessionid=1A2B.node1?b=1", "https://suwon.go.kr/a?b=1"),
        ("https://suwon.go.kr/a?utm_source=x&b=1&fbclid=2", "https://suwon.go.kr/a?b=1"),
        ("https://suwon.go.kr/a?b=1&a=2", "https://suwon.go.kr/a?a=2&b=1"),
        ("https://suwon.go.kr/index.do", "https://suwon.go.kr/"),
        ("https://suwon.go.kr/web/index.jsp?menu=3", "https://suwon.go.kr/web?menu=3"),
        ("https://suwon.go.kr/a#top", "https://suwon.go.kr/a"),
        ("suwon.go.kr/a", "https://suwon.go.kr/a"),
        ("//suwon.go.kr/a", "https://suwon.go.kr/a"),
        (
            "https://수원.kr/길",
            "https://xn--9t4b11yi5a.kr/%EA%B8%B8".replace(
                "xn--9t4b11yi5a", "xn--" + "수원".encode("punycode").decode()
            ),
        ),
        ("https://suwon.go.kr/%ea%b8%b8", "https://suwon.go.kr/길"),
        ("https://suwon.go.kr/a?q=%b0%a1", "https://suwon.go.kr/a?q=%B0%A1"),
        ("HTTPS://SUWON.GO.KR/a", "https://suwon.go.kr/a"),
        ("https://suwon.go.kr//a", "https://suwon.go.kr/a"),
        (" https://suwon.go.kr/a\n", "https://suwon.go.kr/a"),
    ],
)
def test_one_address_in_two_spellings(one: str, other: str):
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://suwon.go.kr/a", "https://suwon.go.kr/A"),
        ("https://suwon.go.kr/view.do?menu=1", "https://suwon.go.kr/view.do?menu=2"),
        ("https://suwon.go.kr/a%2Fb", "https://suwon.go.kr/a/b"),
        ("https://suwon.go.kr/a?q=%B0%A1", "https://suwon.go.kr/a?q=%B0%A2"),
        ("https://suwon.go.kr/a?q=1+2", "https://suwon.go.kr/a?q=1%2B2"),
        ("https://suwon.go.kr/#/map", "https://suwon.go.kr/#/list"),
        ("https://suwon.go.kr:8080/", "https://suwon.go.kr/"),
        ("https://tour.suwon.go.kr/", "https://suwon.go.kr/"),
    ],
)
def test_two_addresses(one: str, other: str):
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    "text",
    [
        *["", "   ", "ftp://suwon.go.kr/", "javascript:alert(1)", "https://", "https://a b", "수원시청", "http://[::1"],
        *["https://user:secret@suwon.go.kr/", "https://suwon.go.kr:99999/", "https://" + "a" * 2001 + ".kr"],
        *["https://suwon.go.kr/" + "가" * 700, "https://suwon.go.kr/\ud800"],
    ],
)
def test_what_is_no_address_is_refused_with_a_remedy(text: str):
    with pytest.raises(InvalidValue) as refused:
        canonical(text)
    assert refused.value.field == "url"
    assert refused.value.remedy_ko
    assert refused.value.remedy_en


def test_tidy_keeps_scheme_and_www():
    assert tidy("http://www.suwon.go.kr/a;jsessionid=1?utm_source=x") == "http://www.suwon.go.kr/a"


def test_host_and_apps():
    assert host("https://WWW.Suwon.go.kr:8443/x") == "suwon.go.kr"
    assert app_package("https://play.google.com/store/apps/details?id=KR.go.Suwon&hl=ko") == "android:kr.go.suwon"
    assert app_package("https://apps.apple.com/kr/app/%EC%88%98%EC%9B%90/id1234567890?mt=8") == "ios:1234567890"
    assert app_package("https://suwon.go.kr/id123") is None
    assert app_package("no address") is None


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_and_reading_settles(text: str):
    try:
        once = canonical(text)
    except InvalidValue:
        return
    assert canonical(once) == once
