"""Which governments each way of writing a name may mean, and whose home page stands on which host."""

from collections.abc import Iterable, Mapping
from datetime import date
from urllib.parse import urlsplit

from registry.models import Government
from registry.place_names import SHORT_PROVINCES, basic_forms, compact, metropolitan_forms, other_titles
from registry.vocab import Level

Index = dict[str, list[Government]]


def name_index(governments: Mapping[int, Government]) -> tuple[Index, Index]:
    """Compact names as written, and guesses (wrong titles: 화성군) that count only where nothing else is meant."""
    names: Index = {}
    guesses: Index = {}
    for row in governments.values():
        forms, wrong = _forms(row)
        for form in (*forms, *_other_names(row)):
            _enter(names, form, row)
        for form in wrong if row.level is not Level.metropolitan else ():
            _enter(guesses, form, row)
        if row.parent_id is not None:
            parent = governments[row.parent_id]
            for above in (*metropolitan_forms(parent.name), *_other_names(parent)):
                for form in forms:
                    _enter(names, f"{above} {form}", row)
                for form in wrong:
                    _enter(guesses, f"{above} {form}", row)
        # A former full name is written in as many ways as a present one: 경상북도 군위군, 경북 군위.
        for alias in row.aliases:
            if " " in alias:
                province, _, basic = alias.partition(" ")
                for above in metropolitan_forms(province):
                    for form in basic_forms(basic):
                        _enter(names, f"{above} {form}", row)
    for row in governments.values():
        # 제주 is the province; its city is written 제주시.
        if row.level is Level.metropolitan and row.valid_to is None:
            for form in SHORT_PROVINCES.get(row.name, ()):
                names[compact(form)] = [one for one in names[compact(form)] if one.parent_id != row.id]
    return names, guesses


def host_index(governments: Iterable[Government]) -> dict[str, Government]:
    """Home pages' hosts without www.; where two governments had one, the later one."""
    hosts: dict[str, Government] = {}
    for row in sorted(governments, key=lambda row: row.valid_to or date.max):
        for host in (row.homepage_host, urlsplit(row.homepage).hostname or ""):
            if host:
                hosts[host.removeprefix("www.")] = row
    return hosts


def _forms(row: Government) -> tuple[list[str], list[str]]:
    """How its own name is written, and under which titles it is written by mistake."""
    right = metropolitan_forms(row.name) if row.level is Level.metropolitan else basic_forms(row.name)
    return right, [form for form in other_titles(row.name) if form not in right]


def _other_names(row: Government) -> list[str]:
    return [alias for alias in row.aliases if not alias.isdigit()]


def _enter(index: Index, form: str, row: Government) -> None:
    rows = index.setdefault(compact(form), [])
    if row not in rows:
        rows.append(row)
