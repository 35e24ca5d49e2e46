"""What a code is called for people, who did something, and how loud a badge is."""

from typing import Any

from api.code_names import LABELS
from api.language import Language

# How loud a badge is: KRDS's light badges by meaning.
TONES = {
    "running": "success",
    "alive": "success",
    "complete": "success",
    "own": "primary",
    "within": "primary",
    "parent": "primary",
    "zone": "primary",
    "planned": "primary",
    "suspended": "warning",
    "doubtful": "warning",
    "question": "warning",
    "incomplete": "warning",
    "warning": "warning",
    "closed": "danger",
    "dead": "danger",
    "taken_over": "danger",
    "failed": "danger",
    "error": "danger",
}


def label(language: Language, kind: str, value: Any) -> str:
    """The name of a code; the code itself where a list of names is not ours to keep."""
    names = LABELS[kind].get(str(value))
    return language(*names) if names else str(value)


def who(language: Language, actor: str) -> str:
    """Who did something: a person by her login, anything else by its kind and name."""
    kind, _, name = actor.partition(":")
    if kind == "person" or kind not in LABELS["actor"]:
        return name or actor
    return f"{label(language, 'actor', kind)} {name}" if name and name != kind else label(language, "actor", kind)


def tone(value: Any) -> str:
    """The KRDS colour of a code's badge."""
    return TONES.get(str(value), "gray")
