"""How we behave towards a host: who we say we are, one request at a time, robots.txt, and a budget per run."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Lock
from time import monotonic

from protego import Protego

from config.settings import Settings
from harvesters.addresses import EVERYWHERE
from registry.errors import BudgetSpent, Stopped

ROBOT = "metaplatform"


@dataclass(frozen=True)
class Manners:
    """The limits of one run, as values; `from_settings` reads them from the one Settings class.

    Times are in seconds. `allowed_networks` may be reached although they are private. `max_wait` is the longest single wait a source may ask for by Retry-After before the
    run gives up its turn and comes back at that time instead.
    """

    contact: str = ""
    public_url: str = ""
    allowed_networks: tuple[str, ...] = ()
    max_body_bytes: int = 20_000_000
    step_timeout: float = 20.0
    deadline: float = 120.0
    host_delay: float = 1.0
    request_budget: int = 2000
    time_budget: float = 3600.0
    max_wait: float = 120.0
    max_redirects: int = 5
    retries: int = 2
    retry_pause: float = 1.0

    @classmethod
    def from_settings(cls, settings: Settings) -> "Manners":
        """The limits that the operator set."""
        return cls(
            contact=settings.contact,
            public_url=settings.public_url,
            allowed_networks=EVERYWHERE if settings.allow_private_addresses else (),
            max_body_bytes=settings.max_body_bytes,
            step_timeout=settings.request_timeout,
            deadline=settings.request_deadline,
            host_delay=settings.host_delay,
            request_budget=settings.run_request_budget,
            time_budget=settings.run_time_budget,
        )

    @property
    def user_agent(self) -> str:
        """Our name, where we are explained and whom to write to."""
        about = "; ".join(part for part in (f"+{self.public_url}" if self.public_url else "", self.contact) if part)
        return f"{ROBOT}/0.1 ({about})" if about else f"{ROBOT}/0.1"


class Budget:
    """What one run may still spend: requests and seconds."""

    def __init__(self, requests: int, seconds: float) -> None:
        self.requests, self.until = requests, monotonic() + seconds

    def left(self) -> float:
        """Seconds left."""
        return self.until - monotonic()

    def spend(self, url: str) -> None:
        """Take one request out of the budget, or BudgetSpent that says which of the two is used up."""
        if self.requests <= 0:
            raise BudgetSpent(
                url,
                "한 번의 수집에 정해진 요청 수를 다 썼습니다.",
                "The requests of this run are used up.",
                "run_request_budget 설정을 늘리거나 원천을 나누세요.",
                "Raise run_request_budget or split the source.",
            )
        if self.left() <= 0:
            raise BudgetSpent(
                url,
                "한 번의 수집에 정해진 시간을 다 썼습니다.",
                "The time of this run is used up.",
                "run_time_budget 설정을 늘리거나 원천을 나누세요.",
                "Raise run_time_budget or split the source.",
            )
        self.requests -= 1


class HostGate:
    """One request at a time per host in this process, with a pause between two of them.

    Between processes the schedule sees to it: sources of one host are never leased at the same time.
    """

    def __init__(self) -> None:
        self._guard = Lock()
        self._locks: dict[str, Lock] = {}
        self._free_at: dict[str, float] = {}

    @contextmanager
    def turn(self, host: str, delay: float, stop: Event) -> Iterator[None]:
        """Wait for this host's turn; Stopped when the process is being stopped meanwhile."""
        with self._guard:
            lock = self._locks.setdefault(host, Lock())
        with lock:
            pause = self._free_at.get(host, 0.0) - monotonic()
            if stop.wait(pause) if pause > 0 else stop.is_set():
                raise stopped(host)
            try:
                yield
            finally:
                self._free_at[host] = monotonic() + delay


HOSTS = HostGate()


def stopped(where: str) -> Stopped:
    """The error that ends a run because this process ends."""
    return Stopped(
        where,
        "프로그램이 멈추는 중이라 수집을 그만뒀습니다.",
        "The process is being stopped, so harvesting ended.",
        "다시 시작하면 이어서 읽습니다.",
        "It reads on after the next start.",
    )


@dataclass(frozen=True)
class Robots:
    """What one origin's robots.txt says to us; `unread` is why it could not be read, which forbids everything."""

    rules: Protego | None = None
    unread: str = ""

    def allows(self, url: str) -> bool:
        """Whether we may read this address."""
        if self.unread:
            return False
        return self.rules is None or bool(self.rules.can_fetch(url, ROBOT))

    @property
    def delay(self) -> float:
        """Seconds that Crawl-delay asks between two requests."""
        return float(self.rules.crawl_delay(ROBOT) or 0.0) if self.rules is not None else 0.0
