"""Run Elasticsearch nodes on the loopback address, alone or as a cluster, from the jars that Maven brings."""

import json
import shutil
import urllib.error
import urllib.request
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.components.java import assembled, compile_classes, find_jdk, gather_jars, why_not_java
from tests.components.processes import Managed, free_ports, open_folder

HERE = Path(__file__).resolve().parent
JDK_RELEASE = 21
SOURCES = [HERE / name for name in ("pom.xml", "LocalNode.java", "RootModule.java", "NoriModule.java", "server.py")]
# The HTTP module and what only it may see live in a folder of their own, as in the distribution.
HTTP_JARS = ("transport-netty4-", "netty-", "elasticsearch-ssl-config-")
START_SECONDS = 120


def why_not() -> str:
    """One sentence on why no node can run here, or nothing."""
    reason = why_not_java(JDK_RELEASE, "Elasticsearch")
    return f"{reason} Or set METAPLATFORM_TEST_ELASTICSEARCH to the URL of a server of version 9." if reason else ""


def distribution() -> Path:
    """The folder that all nodes share: lib, modules and the launcher's class."""
    return assembled("elasticsearch", SOURCES, _assemble)


def _assemble(folder: Path) -> None:
    jdk = find_jdk(JDK_RELEASE)
    assert jdk is not None
    jars = gather_jars(HERE / "pom.xml", folder / "jars", jdk)
    lib, http, korean = folder / "lib", folder / "modules/transport-netty4", folder / "modules/korean"
    for target in (lib, http, korean):
        target.mkdir(parents=True)
    for jar in jars:
        own = http if jar.name.startswith(HTTP_JARS) else korean if "analysis-nori" in jar.name else lib
        shutil.move(jar, own / jar.name)
    netty = next(http.glob("transport-netty4-*.jar"))
    version = netty.stem.removeprefix("transport-netty4-")
    with zipfile.ZipFile(netty) as inside:
        for name in ("plugin-descriptor.properties", "entitlement-policy.yaml"):
            (http / name).write_bytes(inside.read(f"META-INF/es-plugins/transport-netty4/{name}"))
    shared = sorted(lib.glob("*.jar"))
    compile_classes(jdk, [HERE / "LocalNode.java"], shared, folder / "launcher")
    _add_module(folder, jdk, "root", "RootModule", version, shared)
    _add_module(folder, jdk, "korean", "NoriModule", version, [*shared, *korean.glob("*.jar")])


def _add_module(folder: Path, jdk: Path, name: str, main_class: str, version: str, jars: list[Path]) -> None:
    """Compile one class into a jar in a module folder, with the descriptor that the server asks for."""
    classes, module = folder / "classes" / name, folder / "modules" / name
    compile_classes(jdk, [HERE / f"{main_class}.java"], jars, classes)
    module.mkdir(exist_ok=True)
    with zipfile.ZipFile(module / f"{name}.jar", "w") as jar:
        for compiled in sorted(classes.glob("*.class")):
            jar.write(compiled, compiled.name)
    facts = {
        "name": name,
        "description": f"{main_class} of the tests",
        "classname": main_class,
        "version": version,
        "elasticsearch.version": version,
        "java.version": JDK_RELEASE,
        "deployment.target": "ALL",
    }
    (module / "plugin-descriptor.properties").write_text("".join(f"{key}={value}\n" for key, value in facts.items()))


class Cluster:
    """One node or several on the loopback address; use it as a context manager.

    `settings` are node settings beside ours, such as a limit that a test wants to reach.
    """

    def __init__(self, nodes: int = 1, heap: str = "512m", settings: Mapping[str, Any] | None = None) -> None:
        self.heap, self.settings = heap, dict(settings or {})
        self.folder = open_folder("metaplatform-elasticsearch-")
        ports = free_ports(2 * nodes)
        self.http_ports, self.transport_ports = ports[:nodes], ports[nodes:]
        self.processes: dict[int, Managed] = {}

    @property
    def urls(self) -> list[str]:
        """The address of every node, whether it runs or not."""
        return [f"http://127.0.0.1:{port}" for port in self.http_ports]

    @property
    def url(self) -> str:
        """The address of the first node."""
        return self.urls[0]

    def __enter__(self) -> "Cluster":
        try:
            self.dist = distribution()
            for number in range(len(self.http_ports)):
                self._launch(number)
            self.wait(len(self.http_ports))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *reason: object) -> None:
        for process in self.processes.values():
            process.process.terminate()
        for process in self.processes.values():
            process.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _launch(self, number: int) -> None:
        jdk = find_jdk(JDK_RELEASE)
        assert jdk is not None
        home = self.folder / f"node{number}"
        first_start = not (home / "data").exists()
        for own in ("config", "plugins", "logs"):
            (home / own).mkdir(parents=True, exist_ok=True)
        for shared in ("lib", "modules"):
            if not (home / shared).exists():
                (home / shared).symlink_to(self.dist / shared)
        # JSON is YAML: one value a line needs no library.
        lines = [f"{key}: {json.dumps(value)}\n" for key, value in self._node_settings(number, first_start).items()]
        (home / "config/elasticsearch.yml").write_text("".join(lines))
        command: list[str | Path] = [
            jdk / "bin/java",
            f"-Xms{self.heap}",
            f"-Xmx{self.heap}",
            "--module-path",
            home / "lib",
            "--add-modules=ALL-MODULE-PATH",
            "--enable-native-access=ALL-UNNAMED,org.apache.lucene.core",
            "-cp",
            self.dist / "launcher",
            "LocalNode",
            home,
        ]
        self.processes[number] = Managed(command, home / "logs/output.log")

    def _node_settings(self, number: int, first_start: bool) -> dict[str, Any]:
        settings = {
            "cluster.name": "metaplatform-tests",
            "node.name": f"node{number}",
            "network.host": "127.0.0.1",
            "http.port": self.http_ports[number],
            "transport.port": self.transport_ports[number],
            # A small machine's disk may be fuller than a server's should be; that is no concern of a test.
            "cluster.routing.allocation.disk.threshold_enabled": False,
            **self.settings,
        }
        if len(self.http_ports) == 1:
            return {**settings, "discovery.type": "single-node"}
        settings["discovery.seed_hosts"] = [f"127.0.0.1:{port}" for port in self.transport_ports]
        if first_start:
            settings["cluster.initial_master_nodes"] = ["node0"]
        return settings

    def wait(self, nodes: int, status: str = "yellow", seconds: float = START_SECONDS) -> None:
        """Wait until a living node sees so many nodes and this health, or better."""
        good = ("yellow", "green") if status == "yellow" else ("green",)
        for number, process in self.processes.items():
            if process.process.poll() is None:
                process.wait_until(lambda number=number: self._sees(number, nodes, good), seconds)  # type: ignore[misc]

    def _sees(self, number: int, nodes: int, good: tuple[str, ...]) -> bool:
        try:
            with urllib.request.urlopen(f"{self.urls[number]}/_cluster/health", timeout=5) as answer:
                state = json.load(answer)
        except (urllib.error.URLError, OSError, ValueError):
            return False
        return bool(state["number_of_nodes"] == nodes and state["status"] in good)

    def kill(self, number: int) -> None:
        """End one node as a power failure would."""
        self.processes[number].kill()

    def revive(self, number: int) -> None:
        """Start a killed node again on its data and wait until it answers."""
        self._launch(number)
        alive = sum(process.process.poll() is None for process in self.processes.values())
        self.wait(alive)

    def resident_bytes(self) -> int:
        """Memory that all living nodes hold."""
        return sum(process.resident_bytes() for process in self.processes.values())
