"""One sentence on the next page: what the form just sent has done. Carried by a cookie for a minute, shown once."""

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from api.language import Language, language_of

COOKIE = "done"
SECONDS = 60

# A cookie can be written by anybody, so it carries a name from this list and never a sentence.
SENTENCES = {
    "saved": ("저장했습니다. 고친 값은 이력에 남습니다.", "Saved. What you changed stands in the history."),
    "nothing_changed": ("바뀐 값이 없어 그대로 두었습니다.", "Nothing was changed, so all stays as it is."),
    "judged": (
        "판단을 남겼습니다. 아래에서 취소할 수 있습니다.",
        "Your verdict is recorded; it can be taken back below.",
    ),
    "verdict_taken_back": ("판단을 취소했습니다. 기록은 남습니다.", "The verdict is taken back; the record stays."),
    "decided": ("결정했습니다. 아래에서 되돌릴 수 있습니다.", "Decided; it can be undone below."),
    "decision_undone": ("결정을 되돌렸습니다.", "The decision is undone."),
    "resolved": ("처리했습니다.", "Resolved."),
    "token_revoked": ("토큰을 폐기했습니다.", "The token is revoked."),
    "password_changed": (
        "비밀번호를 바꾸었습니다. 새 비밀번호로 로그인하세요.",
        "The password is changed. Sign in with the new one.",
    ),
    "signed_out": ("로그아웃했습니다.", "You are signed out."),
    "display_set": ("화면 설정을 적용했습니다.", "The display is set."),
    "area_set": ("우리 동네를 정했습니다.", "Your area is set."),
    "area_cleared": ("우리 동네를 지웠습니다.", "Your area is cleared."),
}


def redirect_saying(request: Request, path: str, done: str) -> RedirectResponse:
    """To a page of ours in the reader's language, which then says what was done; `done` is a key of SENTENCES."""
    return say(RedirectResponse(language_of(request).link(path), 303), done)


def say(response: RedirectResponse, done: str) -> RedirectResponse:
    """Let the page a redirect leads to say it."""
    assert done in SENTENCES
    response.set_cookie(COOKIE, done, max_age=SECONDS, httponly=True, samesite="lax")
    return response


def said(request: Request, language: Language) -> str:
    """What the last form did, if it has not been said yet."""
    sentence = SENTENCES.get(request.cookies.get(COOKIE, ""))
    return language(*sentence) if sentence else ""


def forget(request: Request, response: Response) -> None:
    """Say it once."""
    if COOKIE in request.cookies:
        response.delete_cookie(COOKIE)
