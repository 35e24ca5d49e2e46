"""Who may do what: the one place that decides.

| role | may |
|---|---|
| administrator | everything |
| reviewer | review: merge, withdraw, answer issues, edit any platform |
| officer | edit the platforms of her own government and of those below it, answer their issues |
| reader | sign in and see what officers see |
"""

from registry.errors import NotAllowed
from registry.governments import Places
from registry.models import Account, Platform

ACTIONS = {
    "manage_sources": ("administrator",),
    "manage_accounts": ("administrator",),
    "manage_zones": ("administrator",),
    "read_audit": ("administrator", "reviewer"),
    "merge": ("administrator", "reviewer"),
    "withdraw": ("administrator", "reviewer"),
    "judge": ("administrator", "reviewer", "officer"),
    "answer_issue": ("administrator", "reviewer", "officer"),
    "edit": ("administrator", "reviewer", "officer"),
    "register": ("administrator", "reviewer", "officer"),
    "import": ("administrator", "reviewer", "officer"),
    "report_usage": ("administrator", "reviewer", "officer"),
    "read_work": ("administrator", "reviewer", "officer", "reader"),
}
ROLES = ("administrator", "reviewer", "officer", "reader")


def may(account: Account | None, action: str, platform: Platform | None = None, places: Places | None = None) -> bool:
    """Whether the account may do it (to this platform). An officer's reach is her government and those below it."""
    if account is None or account.role not in ACTIONS[action]:
        return False
    if account.role != "officer" or platform is None:
        return True
    if account.government_id is None or platform.owner_id is None:
        return False
    if account.government_id == platform.owner_id:
        return True
    return places is not None and places.covers(account.government_id, platform.owner_id)


def require(
    account: Account | None, action: str, platform: Platform | None = None, places: Places | None = None
) -> None:
    """NotAllowed unless `may`; also while a one-time password has not been changed."""
    if account is not None and account.must_change and action != "change_password":
        raise NotAllowed(
            "먼저 임시 비밀번호를 바꾸어야 합니다.",
            "The one-time password has to be changed first.",
            "내 계정에서 비밀번호를 바꾸세요.",
            "Change the password in your account.",
        )
    if not may(account, action, platform, places):
        raise NotAllowed(
            "이 일을 할 권한이 없습니다.",
            "This account may not do that.",
            "관리자나 소유 기관의 담당자에게 부탁하세요.",
            "Ask an administrator or the owner's officer.",
        )
