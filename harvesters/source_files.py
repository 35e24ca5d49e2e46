"""Writes the source files that follow from the catalogue: a home page per government, and each known plaza and CKAN.

`python -m harvesters.source_files` writes the files that are missing and says which ones no longer agree with the
catalogue; `--check` only says. A file that exists is never overwritten: what an operator changed in it stays.
"""

import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from config.settings import CONFIG
from harvesters.hrefs import host_of
from registry.urls import tidy

FOLDER = CONFIG / "sources"
CATALOGUE = CONFIG / "catalogue"

# What a home page is expected to give, and how patient we are with it: banners come and go with the seasons.
_WEBSITE = """schedule: weekly
outside: true
enabled: false
expect: {min: 2, missing_runs: 4, grace_days: 28, withdraw_max_share: 0.3, withdraw_max_count: 15}
"""
_PLAZA = """schedule: weekly
outside: true
enabled: false
expect: {min: 1, max: 1, missing_runs: 4, grace_days: 28}
"""
_CKAN = """schedule: daily
outside: true
enabled: false
options: {take: services}
expect: {min: 1, missing_runs: 3, grace_days: 7}
"""
_PROVINCES = {"Chungcheongbuk-do": "chungbuk", "Chungcheongnam-do": "chungnam", "Gyeongsangbuk-do": "gyeongbuk",
              "Gyeongsangnam-do": "gyeongnam", "Gyeonggi-do": "gyeonggi", "Jeonnam-Gwangju": "jeonnam_gwangju"}  # fmt: skip


@dataclass(frozen=True)
class SourceFile:
    """One file that should exist: where, and what it says. `facts` are the parts that must agree with the catalogue."""

    path: Path
    facts: dict[str, Any]
    rest: str

    @property
    def text(self) -> str:
        """The file as it is written when it is missing."""
        head = "".join(f"{key}: {_quoted(value)}\n" for key, value in self.facts.items())
        return head + self.rest


def wanted_files(catalogue: Path = CATALOGUE, folder: Path = FOLDER) -> list[SourceFile]:
    """Every file that follows from governments.csv and platforms.csv, home pages first."""
    governments = list(_rows(catalogue / "governments.csv"))
    names = {row["code"]: row["name_ko"] for row in governments}
    provinces = {row["code"]: _province(row["name_en"]) for row in governments if not row["parent_code"]}
    files = [_home_page(row, names, provinces, folder) for row in governments if row["homepage_url"]]
    for row in _rows(catalogue / "platforms.csv"):
        if row["engine"] == "seoulopendataplaza" and row["owner_code"]:
            files.append(_portal(row, "seoul_plaza", "plaza", _PLAZA, folder / "seoul"))
        elif row["engine"] == "ckan" and row["url"]:
            files.append(_portal(row, "ckan", "ckan", _CKAN, folder / "nation"))
    return files


def disagreements(files: list[SourceFile]) -> Iterator[str]:
    """What is missing, and what the catalogue says differently now."""
    for file in files:
        if not file.path.is_file():
            yield f"{_short(file.path)}: missing"
            continue
        said = yaml.safe_load(file.path.read_text("utf-8"))
        for key, value in file.facts.items():
            if key != "title" and said.get(key) != value:
                yield f"{_short(file.path)}: {key} is {said.get(key)!r}, the catalogue says {value!r}"


def write_missing(files: list[SourceFile]) -> int:
    """Write the files that do not exist; how many."""
    written = 0
    for file in files:
        if not file.path.exists():
            file.path.parent.mkdir(parents=True, exist_ok=True)
            file.path.write_text(file.text, "utf-8")
            written += 1
    return written


def main(arguments: list[str]) -> int:
    """The command: exit code 0 when all files agree with the catalogue, 1 when a person should look."""
    files = wanted_files()
    if "--check" not in arguments:
        print(f"{write_missing(files)} files written, {len(files)} in all")
    found = list(disagreements(files))
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


def _home_page(row: dict[str, str], names: dict[str, str], provinces: dict[str, str], folder: Path) -> SourceFile:
    parent = names.get(row["parent_code"], "")
    url = tidy(row["homepage_url"].partition("#")[0])
    host = host_of(url) or row["homepage_domain"]
    place = folder / provinces[row["parent_code"] or row["code"]]
    facts = {
        "title": f"{parent} {row['name_ko']} 누리집".strip(),
        "owner": row["code"],
        "harvester": "website",
        "url": url,
    }
    return SourceFile(place / f"home_{_slug(host)}.yml", facts, _WEBSITE)


def _portal(row: dict[str, str], harvester: str, prefix: str, rest: str, place: Path) -> SourceFile:
    facts: dict[str, Any] = {
        "title": row["name"],
        "owner": row["owner_code"],
        "harvester": harvester,
        "url": tidy(row["url"]),
    }
    if not row["owner_code"]:
        del facts["owner"]
    return SourceFile(place / f"{prefix}_{_slug(urlsplit(row['url']).hostname or '')}.yml", facts, rest)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _province(english: str) -> str:
    return _PROVINCES.get(english, english.lower().replace("-", "_"))


def _slug(host: str) -> str:
    return host.removeprefix("www.").replace(".", "_").replace("-", "_")


def _quoted(value: Any) -> str:
    """A code in quotes, because YAML would read 1138000000 as a number."""
    text = str(value)
    return f'"{text}"' if text.isdigit() else text


def _short(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
