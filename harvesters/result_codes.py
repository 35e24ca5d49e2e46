"""What the result codes of Korean open APIs mean: all is well, come back tomorrow, a person must act, or it is ill.

Codes: data.go.kr's guide for its open APIs and the plazas' own tables of messages.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from registry.errors import HarvestError, SourceBusy, SourceChanged, SourceRefused, SourceUnreachable

SEOUL_TIME = ZoneInfo("Asia/Seoul")

# Result codes that are no refusal: everything is well, or there is nothing to give.
OK = {"00", "0", "000", "0000", "INFO-000", "INFO-0", "200", "NORMAL_CODE", "NORMAL SERVICE"}
NO_DATA = {"03", "3", "INFO-200", "NODATA_ERROR"}
QUOTA = {"22", "ERROR-337", "INFO-337", "-6", "LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR"}
# A person has to act: key missing, wrong, expired, not for this service, or called from an address not registered.
KEY = {"20", "30", "31", "32", "33", "21", "INFO-100", "INFO-300", "ERROR-290", "-401", "-4"}
# What we asked is not what the service takes.
ASKED = {"10", "11", "12", "ERROR-300", "ERROR-301", "ERROR-310", "ERROR-331", "ERROR-332", "ERROR-333", "ERROR-334",
         "ERROR-335", "ERROR-336", "INFO-400"}  # fmt: skip
# The service itself is ill: come back.
ILL = {"1", "01", "2", "02", "4", "04", "5", "05", "99", "ERROR-500", "ERROR-600", "ERROR-601"}

_WORDS = {
    "22": ("하루에 허락된 호출 수를 다 썼습니다.", "Today's quota of calls is used up."),
    "30": ("등록되지 않은 인증키입니다.", "The key is not registered."),
    "31": ("인증키의 사용 기간이 끝났습니다.", "The key has expired."),
    "32": ("등록되지 않은 IP 주소에서 불렀습니다.", "The call came from an address that is not registered."),
    "20": ("서비스 접근이 거부되었습니다. 활용신청이 승인되지 않았을 수 있습니다.", "Access is denied; the application may not be approved."),
    "12": ("그런 오픈API 서비스가 없거나 폐기되었습니다.", "There is no such service, or it was withdrawn."),
    "10": ("요청 값이 잘못되었습니다.", "A parameter is wrong."),
    "ERROR-336": ("한 번에 1000건을 넘게 요청했습니다.", "More than 1,000 rows were asked for at once."),
    "INFO-100": ("유효하지 않은 인증키입니다.", "The key is not valid."),
}  # fmt: skip


def is_fine(code: str) -> bool:
    """Whether a code says that all is well, or that there is nothing to give."""
    return code in OK or code in NO_DATA


def raise_for_code(code: str, message: str, url: str) -> None:
    """Raise what a result code means: SourceBusy until tomorrow, SourceRefused, SourceChanged or SourceUnreachable."""
    if is_fine(code):
        return
    ko, en = _WORDS.get(code, (f"원천이 오류를 알립니다({message or code}).", f"The source reports {message or code}."))
    ko, en = f"{ko} [{code} {message}]", f"{en} [{code} {message}]"
    error: HarvestError
    if code in QUOTA:
        busy = SourceBusy(
            url,
            ko,
            en,
            "내일 다시 읽습니다. 급하면 호출 수를 늘려 신청하세요.",
            "It is read again tomorrow; apply for more calls if it is urgent.",
        )
        busy.retry_after = seconds_until_tomorrow()
        raise busy
    if code in KEY:
        error = SourceRefused(
            url,
            ko,
            en,
            "인증키와 활용신청 상태를 확인하고 환경변수의 키를 바꾸세요.",
            "Check the key and its approval, then change the environment variable.",
        )
    elif code in ASKED:
        error = SourceChanged(
            url, ko, en, "원천 파일의 주소와 params를 확인하세요.", "Check url and params in the source file."
        )
    else:
        error = SourceUnreachable(url, ko, en, "잠시 뒤에 다시 읽습니다.", "It is read again later.")
    raise error


def seconds_until_tomorrow(present: datetime | None = None) -> float:
    """Seconds until ten minutes past midnight in Korea, when daily quotas have started anew."""
    here = (present or datetime.now(SEOUL_TIME)).astimezone(SEOUL_TIME)
    midnight = (here + timedelta(days=1)).replace(hour=0, minute=10, second=0, microsecond=0)
    return (midnight - here).total_seconds()
