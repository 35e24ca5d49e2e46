"""What one page shows of its quality is counted, not graded, and never fails."""

import pytest

from harvesters.quality_signs import quality_signs

RICH = """<!doctype html><html lang="ko"><head><meta name="viewport" content="width=device-width">
<link rel="alternate" hreflang="ja" href="/ja"><link rel="alternate" hreflang="x-default" href="/"></head><body>
<a href="/en">English</a><a href="/login">로그인</a><a href="/sso">간편 인증</a><a href="/openapi">Open API</a>
<img src="a.png" alt=""><img src="b.png"><script>var x = "swagger sign-in"</script></body></html>"""


def test_a_rich_page() -> None:
    assert quality_signs(RICH) == {
        "viewport": True,
        "language": "ko",
        "languages": ["en", "ja"],
        "images": 2,
        "images_without_alt": 1,
        "login": "simple",
        "open_api": True,
    }


def test_a_bare_page_has_nothing_and_scripts_say_nothing() -> None:
    found = quality_signs('<html><body><p>안내</p><script>"로그인 swagger"</script></body></html>')
    assert found["login"] == "" and not found["open_api"] and not found["viewport"] and found["languages"] == []
    assert quality_signs('<form><input type="password"></form>')["login"] == "form"


@pytest.mark.parametrize("text", ["", "   ", "<!-- -->", "\x00", "plain words"])
def test_what_is_no_page_never_fails(text: str) -> None:
    assert quality_signs(text) == {} or quality_signs(text)["images"] == 0
