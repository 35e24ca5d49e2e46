"""Dry runs started from a page: each in a thread of its own, its result in a file until the next one of its source."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import Any

import structlog
from sqlalchemy import Engine

from config.settings import Settings
from harvesters.access import allow, load_source
from harvesters.lease import holder_name, is_dead
from harvesters.ledger import ACTIONS, RunReport
from harvesters.rehearsal import dry_run
from registry.audit import audit
from registry.database import writing_session
from registry.errors import Conflict, MetaplatformError
from registry.models.base import now
from registry.records import Actor

SHOWN = 200
"""Lines of each kind that are kept; all of them are counted."""

log = structlog.get_logger()


@dataclass
class DryRun:
    """How a dry run stands: `running`, `done`, or `broken` with the error that ended it."""

    source_id: str
    by: str
    started_at: datetime
    holder: str
    state: str = "running"
    ended_at: datetime | None = None
    doing: str = ""
    read: int = 0
    stated: int | None = None
    report: Mapping[str, Any] = field(default_factory=dict)
    error: Mapping[str, Any] = field(default_factory=dict)


def start_dry_run(database: Engine, settings: Settings, source_id: str, actor: Actor) -> None:
    """Begin to read a source without writing anything; look_at_dry_run tells how it goes.

    Raises NotFound, NotAllowed for an outside source that may not be asked, and Conflict while one is under way.
    """
    allow(load_source(database, source_id), settings)
    before = look_at_dry_run(settings, source_id)
    if before is not None and before.state == "running":
        raise Conflict(
            f"'{source_id}' 의 시험 수집이 이미 돌고 있습니다.",
            f"A dry run of '{source_id}' is under way already.",
            "끝날 때까지 기다리세요.",
            "Wait until it has ended.",
        )
    with writing_session(database) as session:
        audit(session, actor, "dry_run", f"source:{source_id}")
    run = DryRun(source_id, actor.name, now(), holder_name())
    _keep(settings, run)
    Thread(target=_execute, args=(database, settings, run, actor), name=f"dry run {source_id}", daemon=True).start()


def look_at_dry_run(settings: Settings, source_id: str) -> DryRun | None:
    """The last dry run of a source; one whose process has ended is broken."""
    try:
        kept = json.loads(_path(settings, source_id).read_text("utf-8"))
    except FileNotFoundError:
        return None
    for name in ("started_at", "ended_at"):
        kept[name] = datetime.fromisoformat(kept[name]) if kept[name] else None
    run = DryRun(**kept)
    if run.state == "running" and is_dead(run.holder):
        run.state, run.error = "broken", _stopped()
    return run


def _execute(database: Engine, settings: Settings, run: DryRun, actor: Actor) -> None:
    told = monotonic()

    def progress(what: str, done: int, total: int | None) -> None:
        nonlocal told
        if monotonic() - told > 1:
            told = monotonic()
            run.doing, run.read, run.stated = what, done, total
            _keep(settings, run)

    try:
        report = dry_run(database, settings, run.source_id, actor=actor, progress=progress)
        run.state, run.report = "done", _shortened(report)
    except MetaplatformError as problem:
        run.state, run.error = "broken", problem.facts()
    except Exception as bug:
        log.exception("dry run broke", source=run.source_id)
        run.state, run.error = "broken", _stopped(repr(bug))
    run.ended_at = now()
    _keep(settings, run)


def _shortened(report: RunReport) -> dict[str, Any]:
    facts = report.facts()
    return {key: value[:SHOWN] if key in ACTIONS else value for key, value in facts.items()}


def _stopped(problem: str = "") -> dict[str, Any]:
    return {
        "code": "dry_run_broken",
        "cause": {
            "ko": "시험 수집이 끝나기 전에 프로그램이 멈췄습니다.",
            "en": f"The program ended before the dry run did. {problem}".strip(),
        },
        "remedy": {"ko": "다시 시작하세요.", "en": "Start it again."},
    }


def _keep(settings: Settings, run: DryRun) -> None:
    path = _path(settings, run.source_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}")
    half.write_text(json.dumps(run.__dict__, ensure_ascii=False, default=_plain), "utf-8")
    half.replace(path)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _path(settings: Settings, source_id: str) -> Path:
    # A source that a sheet made may be called anything, also what no file can be.
    return settings.home / "dry-runs" / f"{sha256(source_id.encode()).hexdigest()[:32]}.json"
