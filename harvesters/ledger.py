"""The ledger of runs: their lines, their counts, how they ended, and the closing of runs that were killed."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from registry.models import HarvestRun, RunItem
from registry.models.base import now
from registry.vocab import RunState

ACTIONS = {
    "added": "새로 등록",
    "changed": "바뀜",
    "unchanged": "그대로",
    "restored": "되살림",
    "conflict": "더 높은 순위의 값과 다름",
    "unfetchable": "목록에는 있으나 읽지 못함",
    "rejected": "받지 않음",
    "duplicate": "같은 번호가 두 번",
    "missing": "목록에 없음",
    "withdrawn": "내림",
    "alive": "살아 있음",
    "doubtful": "의심스러움",
    "dead": "열리지 않음",
    "taken_over": "남의 손에 넘어감",
    "note": "적어 둔 것",
}
"""What a line of the ledger can say; `unchanged` is only counted, `note` only written."""


@dataclass(frozen=True)
class Line:
    """One line of a run: what was done with one record."""

    action: str
    remote_id: str
    name: str = ""
    platform_id: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)

    def facts(self) -> dict[str, Any]:
        """The line for JSON."""
        return {
            "remote_id": self.remote_id,
            "name": self.name,
            "platform_id": self.platform_id,
            "detail": dict(self.detail),
        }


@dataclass(frozen=True)
class RunReport:
    """What one run, or dry run, did: counts and the lists behind them, and why it is not complete if it is not."""

    source: str
    state: RunState
    counts: Mapping[str, int]
    lines: tuple[Line, ...] = ()
    run_id: int | None = None
    scope: str = "all"
    stated: int | None = None
    doubts: tuple[tuple[str, str, str], ...] = ()
    error: Mapping[str, Any] = field(default_factory=dict)
    requests: int = 0
    bytes_read: int = 0
    seconds: float = 0.0
    dry: bool = False

    def of(self, action: str) -> list[Line]:
        """The lines of one action."""
        return [line for line in self.lines if line.action == action]

    def facts(self) -> dict[str, Any]:
        """The report for JSON."""
        return {
            "source": self.source,
            "run": self.run_id,
            "state": self.state.value,
            "dry_run": self.dry,
            "scope": self.scope,
            "stated": self.stated,
            "counts": dict(self.counts),
            "doubts": [{"code": code, "cause": {"ko": ko, "en": en}} for code, ko, en in self.doubts],
            "error": dict(self.error),
            "requests": self.requests,
            "bytes": self.bytes_read,
            "seconds": round(self.seconds, 3),
            **{
                action: [line.facts() for line in self.of(action)]
                for action in ACTIONS
                if action != "unchanged" and self.of(action)
            },
        }

    def sentence(self) -> str:
        """One line for a person at a terminal."""
        names = {
            RunState.complete: "완료 / complete",
            RunState.incomplete: "일부만 읽음 / incomplete",
            RunState.failed: "실패 / failed",
            RunState.question: "물어볼 것이 있음 / a question",
            RunState.running: "진행 중 / running",
        }
        counted = ", ".join(f"{ACTIONS[key]} {self.counts[key]}" for key in ACTIONS if self.counts.get(key))
        reason = self.error.get("cause", {}).get("ko", "") if self.error else ""
        reason = reason or "; ".join(ko for _code, ko, _en in self.doubts)
        return " · ".join(part for part in (names[self.state], counted, reason) if part)


def write_lines(session: Session, run_id: int, lines: list[Line]) -> None:
    """Put lines into the run's ledger."""
    rows = [
        {
            "run_id": run_id,
            "action": line.action,
            "remote_id": line.remote_id[:500],
            "platform_id": line.platform_id,
            "name": line.name[:200],
            "detail": dict(line.detail),
        }
        for line in lines
    ]
    if rows:
        session.connection().execute(insert(RunItem), rows)


def read_report(session: Session, run: HarvestRun, limit: int = 1000) -> RunReport:
    """The report of a run that ended, or stands, from its rows (at most `limit` lines)."""
    items = session.exec(select(RunItem).where(RunItem.run_id == run.id).order_by(col(RunItem.id)).limit(limit))
    error = dict(run.error)
    doubts = tuple((one["code"], one["cause"]["ko"], one["cause"]["en"]) for one in error.pop("doubts", []))
    return RunReport(
        source=run.source_id,
        state=run.state,
        counts=run.counts,
        lines=tuple(Line(item.action, item.remote_id, item.name, item.platform_id, item.detail) for item in items),
        run_id=run.id,
        scope=run.scope,
        stated=run.stated,
        doubts=doubts,
        error=error,
        requests=run.requests,
        bytes_read=run.bytes_read,
        seconds=((run.finished_at or run.heartbeat_at) - run.started_at).total_seconds(),
    )


def add_counts(run: HarvestRun, counts: Counter[str]) -> None:
    """Carry a batch's counts into the run, in the batch's own transaction: a killed run still tells the truth."""
    run.counts = dict(Counter(run.counts) + counts)


def close_abandoned(session: Session, source_id: str, fence: int) -> list[int]:
    """Close runs of a source that never ended and whose lease is gone (an older fence); gives their ids.

    What they registered stays, batch by batch whole. They count as incomplete: nothing is concluded from them.
    """
    left = session.exec(
        select(HarvestRun).where(
            HarvestRun.source_id == source_id, HarvestRun.state == RunState.running, HarvestRun.fence < fence
        )
    ).all()
    for run in left:
        run.state = RunState.incomplete
        # The clock may have been set back since: a run never ends before it began.
        run.finished_at = max(run.started_at, min(run.heartbeat_at, now()))
        run.error = {
            "code": "killed",
            "cause": {
                "ko": "수집하던 프로그램이 도중에 멈췄습니다.",
                "en": "The harvesting process was stopped midway.",
            },
            "remedy": {"ko": "다음 수집이 이어서 읽습니다.", "en": "The next run reads on."},
        }
        session.add(run)
    return [run.id for run in left if run.id is not None]
