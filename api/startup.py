"""What has to be true before anything is served: a writable home, a migrated database, a bundle, an index."""

import errno
import gc
import logging
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.settings import Settings
from registry.errors import ComponentMissing, InvalidValue

if TYPE_CHECKING:  # every command imports this module; the heavy parts come when something is opened
    from sqlalchemy import Engine

    from search.engine import SearchEngine
    from search.finder import Finder
    from search.indexer import Indexer

Progress = Callable[[str, int, int | None], None]

# Objects made before the collector looks for circles among them: one answer makes some thousand, and no circle.
COLLECT_AFTER = 10_000


@dataclass
class Installation:
    """The open parts of one installation; `close` gives them back."""

    settings: Settings
    database: "Engine"
    engine: "SearchEngine"

    def finder(self) -> "Finder":
        """The searching side."""
        from search.finder import Finder

        return Finder(self.database, self.engine, zone_set=self.settings.zone_set)

    def indexer(self) -> "Indexer":
        """The index-keeping side."""
        from search.indexer import Indexer

        return Indexer(self.database, self.engine, cache=self.settings.home / "words.sqlite")

    def close(self) -> None:
        """Close the engine's files and the database's connections."""
        self.engine.close()
        self.database.dispose()


def open_installation(settings: Settings, *, migrated: bool = True) -> Installation:
    """Open the parts; with `migrated`, bring the database's schema to the present first.

    Raises ComponentMissing when the home folder cannot be written or the database cannot be reached.
    """

    from registry.database import open_database
    from search.engine import open_engine

    configure_logs(settings.log_level)
    make_home(settings)
    database = open_database(settings.sqlalchemy_url)
    if migrated:
        from registry.migrations import migrate

        migrate(database)
    return Installation(settings, database, open_engine(settings))


def configure_logs(level: str) -> None:
    """Log lines go to standard error, as JSON where no person sits at it; InvalidValue for a level nobody knows."""
    import structlog

    known = logging.getLevelNamesMapping()
    if level.upper() not in known:
        raise InvalidValue(
            "METAPLATFORM_LOG_LEVEL",
            level,
            "알 수 없는 기록 수준입니다.",
            "This log level is not known.",
            f"다음 중 하나를 쓰세요: {', '.join(known)}",
            f"Use one of: {', '.join(known)}",
        )
    person = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer() if person else structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(known[level.upper()]),
        # Asked for at each line, because whoever runs us may exchange standard error.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def make_home(settings: Settings) -> None:
    """Make the home folder, or say in one sentence why it cannot be."""
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        probe = settings.home / ".writable"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as problem:
        raise ComponentMissing(
            f"{settings.home} 폴더에 쓸 수 없습니다 ({problem.strerror}).",
            f"The folder {settings.home} cannot be written ({problem.strerror}).",
            "METAPLATFORM_HOME 을 쓸 수 있는 폴더로 정하세요.",
            "Set METAPLATFORM_HOME to a folder that can be written.",
        ) from problem


def is_prepared(installation: Installation) -> bool:
    """Whether the bundled catalogue is loaded and the index is of this release's format."""
    from registry.catalogue import bundle_loaded
    from registry.database import session_of
    from search.fields import FORMAT

    with session_of(installation.database) as session:
        loaded = bundle_loaded(session)
    return loaded and installation.engine.format() == FORMAT


def free_port(host: str, port: int) -> int:
    """The port if nobody listens on it (any free one for 0), or one sentence that says what to do."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            taken = problem.errno == errno.EADDRINUSE
            raise ComponentMissing(
                f"{host}:{port} 을(를) " + ("다른 프로그램이 쓰고 있습니다." if taken else "열 수 없습니다."),
                f"{host}:{port} " + ("is taken by another program." if taken else f"cannot be opened ({problem})."),
                "--port 로 다른 번호를 주세요 (0 은 빈 번호).",
                "Give another one with --port (0 takes a free one).",
            ) from problem
        return int(probe.getsockname()[1])


def prepare(installation: Installation, progress: Progress) -> str | None:
    """Load the bundle if it is new, read the source files, bring the index up to date.

    Returns the first administrator's one-time password when there was no account yet.
    """
    from harvesters.sources import load_sources
    from registry.accounts import first_administrator
    from registry.catalogue import load_bundle
    from registry.database import writing_session
    from registry.zones import load_operator_sets

    load_bundle(installation.database, progress)
    load_operator_sets(installation.database)
    load_sources(installation.database)
    with writing_session(installation.database) as session:
        password = first_administrator(session)
    indexer = installation.indexer()
    try:
        indexer.bring_up_to_date(lambda done, total: progress("색인 / indexing", done, total))
    finally:
        indexer.close()
    return password


def settle() -> None:
    """Load what questions are read with, and keep the collector away from all that stays; called once, before serving for good.

    Modules, vocabulary and application are hundreds of thousands of objects: a pass over them holds up the question at hand for
    a fifth of a second and finds nothing.
    """
    from search.needs import vocabulary

    vocabulary()
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, *gc.get_threshold()[1:])
