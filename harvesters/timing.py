"""When a source is due again: its schedule, spread over the hour, sooner after a failure, later when asked to wait."""

from datetime import datetime, timedelta
from hashlib import sha256

from harvesters.judgement import Verdict
from registry.models import Source
from registry.vocab import RunState

SOONEST = timedelta(hours=1)


def next_run_after(source: Source, verdict: Verdict, present: datetime) -> datetime:
    """The next time of a source after a run that ended so."""
    regular = timedelta(hours=source.schedule_hours) * (0.95 + 0.1 * place_in_line(source.id))
    if verdict.retry_after is not None:
        return present + max(timedelta(seconds=verdict.retry_after), timedelta(minutes=1))
    if verdict.state in (RunState.failed, RunState.incomplete):
        return present + min(regular, SOONEST * (0.5 + place_in_line(source.id)))
    return present + regular


def first_run(source_id: str, schedule_hours: float, present: datetime, alone: bool) -> datetime:
    """The first time of a source just enabled: at once if it is the only one, else spread over six hours at most."""
    if alone:
        return present
    return present + timedelta(hours=min(schedule_hours, 6.0)) * place_in_line(source_id)


def place_in_line(source_id: str) -> float:
    """A number in [0, 1) that is always the same for one source and different for most others."""
    return int.from_bytes(sha256(source_id.encode()).digest()[:4]) / 2**32
