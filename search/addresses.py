"""Addresses as words: the telling parts of a platform's hosts, and of an address typed into the search field."""

import re
from collections.abc import Iterable

ADDRESS = re.compile(
    r"(?:https?://)?((?:[a-z0-9-]+\.)+(?:kr|com|net|org|io|app|info))(?::\d+)?(?:/\S*)?", re.IGNORECASE
)

HOST = re.compile(r"^[a-z]+://([^/:?#]+)", re.IGNORECASE)
# Labels that only say where in the net something is.
COMMON_LABELS = frozenset(
    [
        "www",
        "m",
        "go",
        "kr",
        "com",
        "net",
        "org",
        "or",
        "co",
        "re",
        "pe",
        "http",
        "https",
        "app",
        "apps",
        "play",
        "google",
        "store",
        "id",
        "details",
    ]
)


def host_words(addresses: Iterable[str]) -> list[str]:
    """The labels of the addresses' hosts that say more than where in the net they are."""
    found: dict[str, None] = {}
    for address in addresses:
        match = HOST.match(address)
        for label in match.group(1).lower().split(".") if match else ():
            if label not in COMMON_LABELS and len(label) >= 2:
                found[label] = None
    return list(found)


def telling(text: str) -> str:
    """The telling parts of a text that is nothing but an address, as words; '' for every other text."""
    match = ADDRESS.fullmatch(text.strip())
    return " ".join(host_words([f"https://{match.group(1)}"])) if match else ""


def bare(address: str) -> str:
    """An address without what people leave out: scheme, www and the last stroke."""
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", address.strip().lower()).rstrip("/")
