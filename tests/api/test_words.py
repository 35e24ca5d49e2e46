"""Every code has its names, every sentence both languages, and KRDS still has the classes we lean on."""

import ast
import re
from pathlib import Path

import pytest

from api.assets import fetch
from api.code_names import LABELS, LISTS
from api.language import ENGLISH, KOREAN
from harvesters.catalogue import harvesters
from registry.statements import FIELDS
from search.query import FACETS, SORTS

API = Path(__file__).parents[2] / "api"


@pytest.mark.parametrize("kind", LISTS)
def test_every_code_has_names_in_both_languages(kind: str) -> None:
    for member in LISTS[kind]:
        ko, en = LABELS[kind][member.value]
        assert re.search("[가-힣A-Z]", ko) and re.search("[A-Za-z]", en)


def test_fields_facets_and_orders_have_names() -> None:
    assert set(FACETS) == set(LABELS["facet"])
    assert set(SORTS) == set(LABELS["sort"])
    assert set(FIELDS) - {"renamed_from"} <= set(LABELS["field"])


def test_every_verb_of_the_audit_trail_and_every_harvester_has_a_name() -> None:
    verbs = set()
    for package in ("registry", "harvesters", "api"):
        for file in (API.parent / package).rglob("*.py"):
            for call in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "audit":
                    verbs |= {one.value for one in call.args[2:3] if isinstance(one, ast.Constant)}
    assert len(verbs) > 15
    assert verbs <= set(LABELS["audit_action"])
    assert set(harvesters()) <= set(LABELS["harvester"])


def test_numbers_money_and_dates_in_both_languages() -> None:
    assert KOREAN.money(13_700_000_000) == "137억 원" and ENGLISH.money(1_234_567) == "KRW 1,234,567"
    assert KOREAN.money(0) == "0 원" and KOREAN.money(120_005_000) == "1억 2,000만 5,000 원"
    assert KOREAN.stated("2026-03-01") == "2026년 3월 1일" and KOREAN.stated("2022") == "2022년"
    assert (
        ENGLISH.stated("2026-03") == "Mar 2026"
        and ENGLISH.stated("2026-03-01") == "1 Mar 2026"
        and KOREAN.stated("") == ""
    )


def test_every_sentence_in_the_templates_has_two_wordings() -> None:
    """t("…", "…"): the first holds Hangul, the second none, so that neither language was forgotten or swapped."""
    for file in sorted((API / "templates").glob("*.html")):
        for ko, en in re.findall(r'\bt\("((?:[^"\\]|\\.)*)",\s*"((?:[^"\\]|\\.)*)"\)', file.read_text("utf-8")):
            if (ko, en) == ("English", "한국어"):
                continue
            # English may quote what one types: those words are Korean in any language.
            quoted = any(one in en for one in ("e.g.", "→", "such as", "Write a place"))
            assert not ko or quoted or not re.search("[가-힣]", en), (file.name, ko, en)


@pytest.mark.skipif(
    not fetch.is_current(), reason="the design system's files are not here: metaplatform assets fetches them"
)
def test_krds_still_has_the_classes_we_use() -> None:
    css = (fetch.VENDOR / "krds" / "css" / "component" / "output.css").read_text("utf-8")
    for name in (
        "krds-btn",
        "krds-badge",
        "bg-light-primary",
        "bg-light-success",
        "bg-light-warning",
        "bg-light-danger",
    ):
        assert f".{name}" in css
    assert (fetch.VENDOR / "krds" / "fonts" / "OFL.txt").is_file()
    assert "공공누리" in (fetch.VENDOR / "krds" / "LICENSE.txt").read_text("utf-8")


def test_the_lock_file_names_no_host() -> None:
    text = (API / "assets" / "package-lock.json").read_text()
    assert '"resolved"' not in text and "://" not in text


def test_without_npm_the_installation_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "_npm", list)
    sentence = fetch.fetch(tmp_path / "vendor", force=True)
    assert "npm was not found" in sentence and not (tmp_path / "vendor").exists()
