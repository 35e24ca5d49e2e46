"""The shipped source files: every government has one, all can be read, none leaves the machine by itself."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from config.settings import CONFIG
from harvesters.source_files import disagreements, main, wanted_files, write_missing
from harvesters.sources import FOLDER, load_sources, read_source
from registry.models import Source

FILES = sorted(FOLDER.rglob("*.yml"))


def test_the_generated_files_agree_with_the_catalogue() -> None:
    assert list(disagreements(wanted_files())) == []


def test_every_government_has_its_home_page() -> None:
    import csv

    with (CONFIG / "catalogue" / "governments.csv").open(encoding="utf-8-sig", newline="") as file:
        codes = {row["code"] for row in csv.DictReader(file)}
    assert {source.owner_code for source in map(read_source, FILES) if source.harvester == "website"} == codes


def test_all_can_be_read_and_ship_disabled() -> None:
    sources = [read_source(path) for path in FILES]
    assert len({source.id for source in sources}) == len(FILES)
    assert all(source.outside and not source.enabled for source in sources)
    kinds = {kind: sum(source.harvester == kind for source in sources) for kind in {one.harvester for one in sources}}
    assert kinds["seoul_plaza"] == 25
    assert {"website", "seoul_plaza", "ckan", "open_api", "sheet", "probe"} == set(kinds)
    # Robots are asked everywhere but at interfaces that are published to be read, and then the reason stands there.
    assert {source.harvester for source in sources if source.public_api} == {"open_api"}


def test_they_are_loaded_once_and_nothing_is_due(empty_database: Engine) -> None:
    assert load_sources(empty_database) == len(FILES)
    assert load_sources(empty_database) == 0
    with Session(empty_database) as session:
        due = select(func.count()).select_from(Source).where(col(Source.next_run_at).is_not(None))
        assert session.exec(due).one() == 0


def test_missing_files_are_written_and_changed_ones_are_left_alone(tmp_path: Path) -> None:
    files = wanted_files(folder=tmp_path)
    assert write_missing(files) == len(files)
    changed = files[0].path
    changed.write_text(changed.read_text("utf-8").replace("weekly", "monthly") + "note: 우리 것\n", "utf-8")
    files[1].path.unlink()
    files[2].path.write_text(files[2].text.replace(files[2].facts["url"], "https://moved.go.kr/"), "utf-8")
    assert write_missing(files) == 1
    assert "monthly" in changed.read_text("utf-8")
    assert [line.partition(":")[0] for line in disagreements(files)] == [
        f"{files[2].path.parent.name}/{files[2].path.name}"
    ]


def test_the_command_says_whether_a_person_should_look(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0
    assert capsys.readouterr().out == ""


def test_the_readme_names_every_entry_of_a_file() -> None:
    from harvesters.sources import KEYS

    text = (FOLDER / "README.md").read_text("utf-8")
    assert [key for key in KEYS if f"`{key}`" not in text] == []
