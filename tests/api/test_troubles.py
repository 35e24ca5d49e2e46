"""Settings, files and databases that fail are one sentence with a remedy in each language, never a trace."""

import json
import tomllib
from pathlib import Path

import pytest
import structlog
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import ValidationError
from sqlalchemy import text

from api.commands.output import describe, exit_code
from api.commands.registering import import_as_text
from api.commands.troubles import explained
from api.problems import install
from api.startup import configure_logs
from config.settings import Settings
from registry.database import open_database
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


def test_a_database_that_cannot_serve_is_503_and_our_own_mistake_500(tmp_path: Path):
    (tmp_path / "damaged").write_bytes(b"no database at all" * 1000)
    app = FastAPI()
    install(app)

    @app.get("/api/v1/ask/{name}")
    def ask(name: str) -> None:
        with open_database(f"sqlite:///{tmp_path / name}").connect() as connection:
            connection.execute(text("SELECT * FROM nothing_here"))

    client = TestClient(app, raise_server_exceptions=False)
    answer = client.get("/api/v1/ask/damaged")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert answer.json()["remedy"]["ko"] and answer.json()["remedy"]["en"]
    assert "Retry-After" in answer.headers
    assert client.get("/api/v1/ask/empty").status_code == 500


def test_a_sheet_that_leaves_questions_tells_them_at_the_terminal():
    told = import_as_text(
        {
            "added": [],
            "changed": [{"row": 2, "name": "따릉이", "fields": {"url": ("", "https://a.kr/")}}],
            "unchanged": 3,
            "matched": [],
            "questions": [
                {"row": 4, "name": "강릉패스", "field": "functions", "question": "무슨 일?", "remedy": "고르세요"}
            ],
            "rejected": [{"row": 5, "field": "owner", "value": "없는군", "reason": "모름", "remedy": "쓰세요"}],
        }
    )
    assert "그대로 / unchanged: 3" in told
    assert "  2: 따릉이 · url: – → https://a.kr/" in told
    assert "  4: 강릉패스 · functions: 무슨 일? 고르세요" in told
    assert "  5: owner=없는군: 모름 쓰세요" in told


def test_a_mistake_of_the_program_keeps_its_trace():
    assert explained(ValueError("a mistake of ours")) is None
