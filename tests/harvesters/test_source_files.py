"""The shipped source files: every government has one, all can be read, none leaves the machine by itself."""

from pathlib import Path

import pytest
import yaml
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from config.settings import CONFIG, Settings
from harvesters.source_files import disagreements, main, wanted_files, write_missing
from harvesters.sources import FOLDER, SCHEDULES, enable_sources, load_sources, read_source
from registry.errors import NotAllowed
from registry.geography import load_geography
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


def test_each_says_how_often_it_is_read_and_what_it_should_give() -> None:
    for path in FILES:
        said = yaml.safe_load(path.read_text("utf-8"))
        assert said["schedule"] in SCHEDULES, path
        # The probe lists nothing, so nothing can be missing from its list.
        assert said["harvester"] == "probe" or (said["expect"]["min"] >= 1 and said["expect"]["missing_runs"] >= 2), (
            path
        )


@pytest.mark.parametrize(
    ("selector", "kinds"),
    [
        ("home_ep_go_kr", {"website"}),
        ("kind:seoul_plaza", {"seoul_plaza"}),
        ("province:경기도", {"website"}),
        ("all", None),
    ],
)
def test_one_a_kind_a_province_or_all_are_enabled_after_saying_what_is_asked(
    empty_database: Engine, tmp_path: Path, selector: str, kinds: set[str] | None
) -> None:
    load_geography(empty_database)
    load_sources(empty_database)
    settings = Settings(home=tmp_path, contact="registry@example.kr")
    said = enable_sources(empty_database, settings, selector, do=False, actor="person:admin")
    with Session(empty_database) as session:
        assert session.exec(select(Source).where(col(Source.enabled).is_(True))).first() is None
        chosen = {one["id"]: session.get_one(Source, one["id"]) for one in said["sources"]}
        assert kinds is None or {one.harvester for one in chosen.values()} == kinds
        assert all(one["requests"] >= 1 and one["every_hours"] > 0 and one["title"] for one in said["sources"])
        readable = session.exec(select(func.count()).select_from(Source).where(Source.url != "")).one()
        expected = {"home_ep_go_kr": 1, "kind:seoul_plaza": 25, "province:경기도": 32, "all": readable}
        assert len(chosen) == expected[selector]
    with pytest.raises(NotAllowed):
        enable_sources(empty_database, Settings(home=tmp_path, contact=""), selector, do=True, actor="person:admin")
    enable_sources(empty_database, settings, selector, do=True, actor="person:admin")
    with Session(empty_database) as session:
        enabled = session.exec(select(Source).where(col(Source.enabled).is_(True))).all()
        assert {one.id for one in enabled} == set(chosen)
        assert all(one.next_run_at and one.enabled_by == "person:admin" for one in enabled)


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
