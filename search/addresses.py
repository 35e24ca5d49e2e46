"""Addresses typed into the search field: www.wetax.go.kr asks for what its telling parts name."""

import re

from search.fields import host_words

ADDRESS = re.compile(
    r"(?:https?://)?((?:[a-z0-9-]+\.)+(?:kr|com|net|org|io|app|info))(?::\d+)?(?:/\S*)?", re.IGNORECASE
)


def telling(text: str) -> str:
    """The telling parts of a text that is nothing but an address, as words; '' for every other text."""
    match = ADDRESS.fullmatch(text.strip())
    return " ".join(host_words([f"https://{match.group(1)}"])) if match else ""


def bare(address: str) -> str:
    """An address without what people leave out: scheme, www and the last stroke."""
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", address.strip().lower()).rstrip("/")
