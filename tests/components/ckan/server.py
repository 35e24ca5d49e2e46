"""Run a real CKAN on the loopback address, with a Solr, a PostgreSQL and a Redis of its own."""

import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg

from tests.components.java import assembled, compile_classes, find_jdk, gather_jars, locked, why_not_java
from tests.components.processes import (
    Managed,
    cache_folder,
    family_bytes,
    family_cpu_seconds,
    free_ports,
    open_folder,
    parent_of,
    run,
)
from tests.postgres import find_binaries, private_cluster

HERE = Path(__file__).resolve().parent
CKAN_VERSION = "2.12.0"
PACKAGES = (f"ckan[requirements]=={CKAN_VERSION}", "gunicorn>=27", "ckanapi")
JDK_RELEASE = 17
SOLR_SOURCES = [HERE / "pom.xml", HERE / "SolrServer.java"]
SOLR_HEAP = "384m"

# CKAN's own entry file expects a folder of its source tree; this is the same two steps.
ENTRY = """\
import os
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app

application = make_app(CKANConfigLoader(os.environ["CKAN_INI"]).get_config())
"""


def why_not() -> str:
    """One sentence on why no CKAN can run here, or nothing."""
    try:
        find_binaries()
    except FileNotFoundError:
        return "CKAN needs PostgreSQL's programs: install the package postgresql."
    if shutil.which("redis-server") is None:
        return "CKAN needs Redis: install the package redis-server."
    return why_not_java(JDK_RELEASE, "CKAN's Solr")


def environment(extensions: Iterable[str] = ()) -> Path:
    """The virtual environment that CKAN lives in, made once and kept in the cache folder."""
    wanted = sorted(extensions)
    folder = cache_folder() / "-".join(["ckan", CKAN_VERSION, f"py{sys.version_info[0]}{sys.version_info[1]}", *wanted])
    with locked(folder.parent / f"{folder.name}.lock"):
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            log = folder.parent / f"{folder.name}.log"
            run([sys.executable, "-m", "venv", folder], log)
            run([folder / "bin/pip", "install", "-q", *PACKAGES, *wanted], log)
            (folder / "complete").touch()
    return folder


def solr_distribution() -> Path:
    """The folder with Solr's jars and the class that starts it."""
    return assembled("solr", SOLR_SOURCES, _assemble_solr)


def _assemble_solr(folder: Path) -> None:
    jdk = find_jdk(JDK_RELEASE)
    assert jdk is not None
    jars = gather_jars(HERE / "pom.xml", folder / "lib", jdk)
    compile_classes(jdk, [HERE / "SolrServer.java"], jars, folder / "classes")


def answers(url: str) -> Callable[[], bool]:
    """A question for Managed.wait_until: does this address answer 200?"""

    def ask() -> bool:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    return ask


class Solr:
    """A Solr with one core, `ckan`, whose schema is the one that the installed CKAN brings."""

    def __init__(self, folder: Path, schema: Path) -> None:
        self.port, self.folder = free_ports(1)[0], folder
        conf = folder / "ckan/conf"
        conf.mkdir(parents=True)
        (folder / "solr.xml").write_text("<solr/>\n")
        (folder / "ckan/core.properties").write_text("name=ckan\n")
        shutil.copy(HERE / "solrconfig.xml", conf)
        shutil.copy(schema, conf)
        # The schema names two word lists, which may be empty but not missing.
        for words in ("synonyms.txt", "protwords.txt"):
            (conf / words).touch()

    @property
    def url(self) -> str:
        """The address of the core."""
        return f"http://127.0.0.1:{self.port}/solr/ckan"

    def start(self) -> None:
        """Start it, on the data it has, and wait until it answers."""
        jdk, home = find_jdk(JDK_RELEASE), solr_distribution()
        assert jdk is not None
        classpath = os.pathsep.join([str(home / "classes"), f"{home / 'lib'}/*"])
        options = [f"-Xmx{SOLR_HEAP}", f"-Dsolr.log.dir={self.folder}", "-cp", classpath]
        command: list[str | Path] = [jdk / "bin/java", *options, "SolrServer", self.folder, str(self.port)]
        self.process = Managed(command, self.folder / "output.log")
        self.process.wait_until(answers(f"{self.url}/admin/ping"), 90)

    def kill(self) -> None:
        """End it at once; what it had committed is on its disk."""
        self.process.kill()


class Ckan:
    """A CKAN site with one administrator, whose `token` may write; use it as a context manager.

    `extensions` are packages to install, `plugins` the value of ckan.plugins, `settings` further lines of its ini,
    `workers` how many processes answer.
    """

    def __init__(
        self,
        extensions: Iterable[str] = (),
        plugins: str = "activity",
        settings: Mapping[str, Any] | None = None,
        workers: int = 1,
    ) -> None:
        self.workers = workers
        self.extensions, self.plugins, self.settings = tuple(extensions), plugins, dict(settings or {})
        self.folder = open_folder("metaplatform-ckan-")
        self.ini, self.log = self.folder / "ckan.ini", self.folder / "setup.log"
        self.port, self.redis_port = free_ports(2)
        self.parts: list[Managed] = []
        self.database = ExitStack()
        self.token = ""

    @property
    def url(self) -> str:
        """The address of the site."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "Ckan":
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *reason: object) -> None:
        for part in reversed(self.parts):
            part.stop()
        self.database.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self) -> None:
        self.venv = environment(self.extensions)
        package = next(self.venv.glob("lib/python*/site-packages/ckan"))
        self.database_url = self._create_database()
        self._start_redis()
        (self.folder / "storage").mkdir()
        self.solr = Solr(self.folder / "solr", package / "config/solr/schema.xml")
        self.solr.start()
        self.parts.append(self.solr.process)
        self._set_up()
        (self.folder / "entry.py").write_text(ENTRY)
        self.web = self._launch_web()
        self.parts.append(self.web)

    def _create_database(self) -> str:
        server = self.database.enter_context(private_cluster())
        psycopg_url = server.replace("postgresql+psycopg://", "postgresql://")
        with psycopg.connect(psycopg_url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE ckan")
        return f"{psycopg_url.rpartition('/')[0]}/ckan"

    def _start_redis(self) -> None:
        (self.folder / "redis").mkdir()
        options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(self.folder / "redis")]
        redis = Managed(["redis-server", "--port", str(self.redis_port), *options], self.folder / "redis.log")
        self.parts.append(redis)
        ping = ["redis-cli", "-p", str(self.redis_port), "ping"]
        redis.wait_until(lambda: subprocess.run(ping, capture_output=True, check=False).returncode == 0, 20)

    def _set_up(self) -> None:
        self.command("generate", "config", str(self.ini), with_ini=False)
        lines = {
            "sqlalchemy.url": self.database_url,
            "solr_url": self.solr.url,
            # The Redis client gives up on a silent socket after five seconds, which ends waiting consumers.
            "ckan.redis.url": f"redis://127.0.0.1:{self.redis_port}/0?socket_timeout=86400",
            "ckan.site_url": self.url,
            "ckan.site_id": "tests",
            "ckan.storage_path": self.folder / "storage",
            "ckan.plugins": self.plugins,
            **self.settings,
        }
        written = [f"{key} = {value}" for key, value in lines.items()]
        self.command("config-tool", str(self.ini), *written, with_ini=False)
        self.command("db", "init")
        if self.plugins:
            self.command("db", "pending-migrations", "--apply")
        self.command("user", "add", "keeper", "email=keeper@example.org", "password=keeper-of-tests")
        self.command("sysadmin", "add", "keeper")
        said = self.command("user", "token", "add", "keeper", "tests")
        self.token = re.findall(r"eyJ[\w.-]+", said)[-1]

    def command(self, *arguments: str, with_ini: bool = True) -> str:
        """Run CKAN's own command line on this site; returns what it printed."""
        ini = ["-c", str(self.ini)] if with_ini else []
        command = [str(self.venv / "bin/ckan"), *ini, *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"ckan {' '.join(arguments)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout

    def _launch_web(self) -> Managed:
        bind: list[str | Path] = ["--chdir", self.folder, "--bind", f"127.0.0.1:{self.port}", "--no-control-socket"]
        command: list[str | Path] = [
            self.venv / "bin/gunicorn",
            *bind,
            "--workers",
            str(self.workers),
            "--threads",
            "4",
            "--timeout",
            "120",
        ]
        web = Managed([*command, "entry:application"], self.folder / "web.log", env={"CKAN_INI": str(self.ini)})
        web.wait_until(answers(f"{self.url}/api/3/action/status_show"), 90)
        return web

    def run_script(self, script: Path, *arguments: str) -> None:
        """Run a script with CKAN's own Python, which finds this site's settings in CKAN_INI."""
        python = self.venv / "bin/python"
        run([python, script, *arguments], self.folder / "script.log", env={"CKAN_INI": str(self.ini)}, cwd=self.folder)

    def stop_solr(self) -> None:
        """Take away the search; pages and single datasets still answer."""
        self.solr.kill()
        self.parts.remove(self.solr.process)

    def start_solr(self) -> None:
        """Bring the search back with what it had."""
        self.solr.start()
        self.parts.append(self.solr.process)

    def resident_bytes(self) -> int:
        """Memory of all parts together, PostgreSQL with its server processes included."""
        return family_bytes(self._database_pid()) + sum(part.resident_bytes() for part in self.parts)

    def cpu_seconds(self) -> float:
        """Processor time that all parts together have used since they started."""
        return sum(family_cpu_seconds(pid) for pid in (self._database_pid(), *(part.pid for part in self.parts)))

    def _database_pid(self) -> int:
        with psycopg.connect(self.database_url) as connection:
            row = connection.execute("SELECT pg_backend_pid()").fetchone()
            assert row is not None
            return parent_of(row[0])
