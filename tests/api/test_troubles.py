"""Settings, files and databases that fail are one sentence with a remedy in each language, never a trace."""

import json
import tomllib
from pathlib import Path

import pytest
import structlog
from pydantic import ValidationError

from api.commands.output import describe, exit_code
from api.commands.troubles import explained
from api.startup import configure_logs
from config.settings import Settings
from registry.errors import InvalidValue, MetaplatformError, StorageFull


def sentence(error: Exception) -> MetaplatformError:
    said = explained(error)
    assert said is not None
    assert said.cause_ko and said.cause_en and said.remedy_ko and said.remedy_en
    korean, english = describe(said).splitlines()
    assert said.remedy_ko in korean
    assert said.remedy_en in english
    return said


def test_a_setting_is_named_with_its_value_and_a_secret_without(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("METAPLATFORM_HOME", str(tmp_path))
    monkeypatch.setenv("METAPLATFORM_PORT", "abc")
    with pytest.raises(ValidationError) as caught:
        Settings()
    said = sentence(caught.value)
    assert "METAPLATFORM_PORT='abc'" in describe(said)
    assert exit_code(said) == 2


def test_a_settings_file_that_is_no_toml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "metaplatform.toml").write_text("port = [", encoding="utf-8")
    monkeypatch.setenv("METAPLATFORM_HOME", str(tmp_path))
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        Settings()
    assert "metaplatform.toml" in describe(sentence(caught.value))


def test_files(tmp_path: Path):
    with pytest.raises(OSError) as missing:
        (tmp_path / "nothing").read_bytes()
    assert "nothing" in describe(sentence(missing.value))
    with pytest.raises(OSError) as folder:
        tmp_path.read_bytes()
    assert exit_code(sentence(folder.value)) == 2
    with Path("/dev/full").open("wb", buffering=0) as full, pytest.raises(OSError) as caught:
        full.write(b"x")
    said = sentence(caught.value)
    assert isinstance(said, StorageFull)
    assert exit_code(said) == 3


def test_log_lines_go_to_standard_error_from_the_chosen_level_on(capsys: pytest.CaptureFixture[str]):
    before = structlog.get_config()
    try:
        configure_logs("warning")
        structlog.get_logger().info("not said")
        structlog.get_logger().warning("index lags", problem="가득 참")
    finally:
        structlog.configure(**before)
    said = capsys.readouterr()
    assert said.out == ""
    line = json.loads(said.err)
    assert (line["event"], line["level"], line["problem"]) == ("index lags", "warning", "가득 참")
    with pytest.raises(InvalidValue) as caught:
        configure_logs("loud")
    assert "METAPLATFORM_LOG_LEVEL='loud'" in describe(sentence(caught.value))


def test_a_mistake_of_the_program_keeps_its_trace():
    assert explained(ValueError("a mistake of ours")) is None
