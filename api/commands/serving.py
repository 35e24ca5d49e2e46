"""up, demo, serve, worker, migrate, test: what runs."""

import importlib.util
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Annotated

import typer

from api.commands.output import progress_display, say
from config.settings import PROJECT, Settings, get_settings

PortOption = Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")]
HostOption = Annotated[str | None, typer.Option(help="Address to listen on.")]
ProcessesOption = Annotated[
    int, typer.Option(min=1, max=64, help="Server processes behind the port; one a core at most.")
]


def up(host: HostOption = None, port: PortOption = None) -> None:
    """Start everything: registry, search, web pages, API and worker, in one process.

    Example: metaplatform up --port 8600
    """
    serve_all(chosen(get_settings(), host, port))


def serve(host: HostOption = None, port: PortOption = None, processes: ProcessesOption = 1) -> None:
    """Serve web pages and the API only; harvest with `metaplatform worker` elsewhere.

    Example: metaplatform serve --host 0.0.0.0 --processes 4
    """
    serve_all(chosen(get_settings(), host, port), with_worker=False, processes=processes)


def demo(port: PortOption = None) -> None:
    """Show the whole way from source to search: demonstration sources on loopback, a throw-away folder.

    Example: metaplatform demo --port 0
    """
    from api.commands.demonstration import demonstrate

    demonstrate(port)


def chosen(settings: Settings, host: str | None, port: int | None) -> Settings:
    """The settings with what the command line said on top."""
    said = {"host": host, "port": port}
    return settings.model_copy(update={key: value for key, value in said.items() if value is not None})


def serve_all(settings: Settings, *, with_worker: bool = True, ready: str = "", processes: int = 1) -> None:
    """Prepare, start the worker, and serve until Ctrl-C or SIGTERM."""
    from api.startup import free_port, open_installation, prepare

    port = free_port(settings.host, settings.port)
    settings = settings.model_copy(update={"port": port})
    installation = open_installation(settings)
    try:
        with progress_display("준비 중 / preparing") as progress:
            password = prepare(installation, progress)
        announce(settings, password, ready)
        if processes == 1:
            listen(settings, installation, with_worker)
        else:
            follow_and_listen(settings, installation, processes)
    finally:
        installation.close()
        say("멈췄습니다. / Stopped.")


def announce(settings: Settings, password: str | None, extra: str = "") -> None:
    """Print the addresses, and the one-time password the one time it is known."""
    base = settings.public_url or f"http://{'[' + settings.host + ']' if ':' in settings.host else settings.host}"
    base = base if settings.public_url else f"{base}:{settings.port}"
    print(f"주민 / residents         {base}/")
    print(f"행정 / officers          {base}/login")
    print(f"API                      {base}/api/v1  ({base}/docs)")
    if password:
        print(f"첫 관리자 / first administrator: admin   일회용 비밀번호 / one-time password: {password}")
    if extra:
        print(extra)
    print("멈추려면 Ctrl-C / stop with Ctrl-C", flush=True)


def listen(settings: Settings, installation: object, with_worker: bool) -> None:
    """Run uvicorn in this thread and the worker beside it; both stop together."""
    import uvicorn

    from api.app import create_app
    from api.startup import Installation, settle
    from harvesters.schedule import Worker

    assert isinstance(installation, Installation)
    app = create_app(settings, installation)
    settle()
    worker = Worker(installation.database, settings) if with_worker else None
    follower = Follower(installation)
    server = uvicorn.Server(
        uvicorn.Config(app, host=settings.host, port=settings.port, log_level="warning", timeout_graceful_shutdown=3)
    )
    follower.start()
    if worker:
        worker.start()
    # The server hands a signal on once it has shut down; from there it is the order to stop, not an accident.
    signal.signal(signal.SIGTERM, _stop)
    try:
        server.run()
    except KeyboardInterrupt:
        say("")
    finally:
        if worker:
            worker.stop()
        follower.stop()


def follow_and_listen(settings: Settings, installation: object, processes: int) -> None:
    """Serve in several processes; this one keeps index and comparisons up to date, and them alive."""
    from api.several import listen_in_several

    follower = Follower(installation)
    follower.start()
    try:
        listen_in_several(settings, processes)
    finally:
        follower.stop()


def _stop(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


class Follower:
    """A thread that brings the index and the comparisons up to each commit soon after it was made."""

    def __init__(self, installation: object, pause: float = 0.5, look_again: float = 15) -> None:
        self._installation, self._pause, self._look_again = installation, pause, look_again
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)

    def start(self) -> None:
        """Begin following."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the batch at hand."""
        self._stopping.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        import structlog

        from api.startup import Installation
        from registry.database import carry_over
        from search.overlap.store import follow

        assert isinstance(self._installation, Installation)
        indexer = self._installation.indexer()
        log = structlog.get_logger()
        compared = float("-inf")
        while not self._stopping.wait(self._pause):
            try:
                applied = indexer.follow()
                # Another process may have emptied the outbox: what it changed is compared at the next look.
                if applied or time.monotonic() - compared > self._look_again:
                    follow(self._installation.database)
                    carry_over(self._installation.database)
                    compared = time.monotonic()
            except Exception as problem:  # index and groups lag and never lie: the rows wait in the outbox
                log.warning("index lags", problem=str(problem))
                self._stopping.wait(5)
        indexer.close()


def worker() -> None:
    """Harvest what is due, until stopped; any number of workers may run, a source is only ever read by one.

    Example: metaplatform worker
    """
    from api.startup import open_installation
    from harvesters.schedule import Worker

    settings = get_settings()
    installation = open_installation(settings)
    running = Worker(installation.database, settings)
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    running.start()
    say("일꾼이 돌고 있습니다. / The worker is running. Ctrl-C")
    try:
        stopping.wait()
    finally:
        running.stop()
        installation.close()


def migrate() -> None:
    """Bring the database's schema to the present.

    Example: metaplatform migrate
    """
    from api.startup import open_installation

    open_installation(get_settings()).close()
    say("데이터베이스가 최신입니다. / The database is up to date.")


def test(context: typer.Context) -> None:
    """Run the tests; further words go to pytest.

    Example: metaplatform test -k search
    """
    if importlib.util.find_spec("pytest") is None:
        say("시험 도구가 없습니다: ./metaplatform test 로 실행하세요. / Run it as ./metaplatform test.")
        raise typer.Exit(3)
    words = context.args
    chosen_marks = [] if "-m" in words else ["-m", "not slow and not ckan and not benchmark"]
    if not words and (os.cpu_count() or 1) > 1:
        chosen_marks += ["-n", "2", "--dist", "loadfile"]
    os.chdir(PROJECT)
    command = [sys.executable, "-m", "pytest", *chosen_marks, *words]
    raise typer.Exit(os.spawnv(os.P_WAIT, sys.executable, command))


def assets() -> None:
    """Fetch the design system's files again, where npm was out of reach during installation.

    Example: metaplatform assets
    """
    import runpy

    build = runpy.run_path(str(PROJECT / "api" / "assets" / "build.py"))
    if not build["fetch_assets"](Path(PROJECT)):
        raise typer.Exit(3)
    say("디자인 파일을 받았습니다. / The design files are here.")
