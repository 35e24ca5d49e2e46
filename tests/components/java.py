"""Find a JDK, gather a pom's jars and compile a few classes: all that a component in Java needs."""

import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from tests.components.processes import cache_folder, run

JVM_FOLDERS = ("/usr/lib/jvm", "/opt/java", "/Library/Java/JavaVirtualMachines")
GATHER = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"


@lru_cache
def find_jdk(minimum: int) -> Path | None:
    """The home of the newest JDK of at least that release: JAVA_HOME first, then the usual folders."""
    chosen = os.environ.get("JAVA_HOME")
    homes = [Path(chosen)] if chosen else []
    for folder in map(Path, JVM_FOLDERS):
        if folder.is_dir():
            homes += [*folder.iterdir(), *(home / "Contents/Home" for home in folder.iterdir())]
    releases = [(_release(home), str(home)) for home in homes]
    if chosen and releases[0][0] >= minimum:
        return Path(chosen)
    best = max(releases, default=(0, ""))
    return Path(best[1]) if best[0] >= minimum else None


def _release(home: Path) -> int:
    facts = home / "release"
    if not (home / "bin/javac").exists() or not facts.is_file():
        return 0
    found = re.search(r'^JAVA_VERSION="(?:1\.)?(\d+)', facts.read_text(), re.MULTILINE)
    return int(found[1]) if found else 0


def why_not_java(minimum: int, what: str) -> str:
    """One sentence on what is missing to run `what`, or nothing when it can run."""
    if find_jdk(minimum) is None:
        return f"{what} needs a JDK {minimum} or later: install one, or point JAVA_HOME to it."
    if shutil.which("mvn") is None:
        return f"{what} needs Maven, which fetches its jars: install it so that 'mvn' is found."
    return ""


def gather_jars(pom: Path, folder: Path, jdk: Path) -> list[Path]:
    """Copy every jar that a pom needs at run time into one folder; Maven keeps its own cache."""
    folder.mkdir(parents=True, exist_ok=True)
    command: list[str | Path] = [
        "mvn",
        "-q",
        "-B",
        "-f",
        pom,
        GATHER,
        f"-DoutputDirectory={folder}",
        "-DincludeScope=runtime",
    ]
    run(command, folder.parent / "maven.log", env={"JAVA_HOME": str(jdk)})
    return sorted(folder.glob("*.jar"))


def compile_classes(jdk: Path, sources: Sequence[Path], jars: Sequence[Path], folder: Path) -> None:
    """Compile a few sources against jars."""
    folder.mkdir(parents=True, exist_ok=True)
    classpath = os.pathsep.join(map(str, jars))
    run([jdk / "bin/javac", "-nowarn", "-cp", classpath, "-d", folder, *sources], folder.parent / "javac.log")


def assembled(name: str, parts: Sequence[Path], assemble: Callable[[Path], None]) -> Path:
    """The cached folder made by `assemble` from these files, made anew when one of them changes.

    Two test runs may want it at once: the second waits for the first.
    """
    digest = hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()[:12]
    folder = cache_folder() / f"{name}-{digest}"
    with locked(folder.parent / f"{folder.name}.lock"):
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            assemble(folder)
            (folder / "complete").touch()
    return folder


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file for as long as the block runs; the system frees it when the process dies."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
