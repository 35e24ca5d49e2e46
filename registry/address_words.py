"""What an address says of a platform's function: yeyak. and /reserve are reservations, lib. a library.

Tokens are the `url` lists of config/vocab/functions.yml.
"""

import re
from functools import cache
from urllib.parse import urlsplit

from registry.vocabulary import load_vocabulary


@cache
def _tokens() -> dict[str, str]:
    tokens: dict[str, str] = {}
    for function in load_vocabulary().functions.values():
        for token in function.url:
            tokens.setdefault(token, function.id)
    return tokens


def functions_of_address(url: str) -> list[tuple[str, str]]:
    """Functions that parts of an address name: a label of the host, a folder of the path, never a query.

    The label before go.kr is the owner's name (yesan.go.kr is 예산군, yesan.seoul.go.kr the budget).
    """
    if not url:
        return []
    try:
        parts = urlsplit(url if "//" in url else f"//{url}")
        host = (parts.hostname or "").split(".")
    except ValueError:  # sources hold addresses like http://[홈페이지]; such a one says nothing
        return []
    tokens = _tokens()
    owners = {"www", "m", "kr", "go", "or", "co", "com", "net", "org", "re", "ac", "pe"}
    if host[-2:] == ["go", "kr"]:
        owners |= set(host[-3:-2])
    labels = [label for label in host if label not in owners]
    found = [(tokens[label], label) for label in labels if label in tokens]
    if host[-2:] != ["go", "kr"]:
        for label in labels:
            inside = [t for t in tokens if len(t) >= 4 and t != label and (label.endswith(t) or label.startswith(t))]
            found += [(tokens[token], token) for token in sorted(inside, key=len)[-1:]]
    for folder in re.split(r"[/._\-]", parts.path.lower())[:8]:
        if folder in tokens and not folder.isdigit():
            found.append((tokens[folder], folder))
    return list(dict.fromkeys(found))
