"""demo: the whole way from source to search without a network, in a folder that is thrown away."""

import tempfile
from pathlib import Path

from api.commands.output import progress_display, say
from config.settings import get_settings

WHERE = """시범 출처 / demonstration sources   {sources}/
다른 창에서 / from another window     METAPLATFORM_HOME={home} METAPLATFORM_ALLOW_PRIVATE_ADDRESSES=true \\
                                      METAPLATFORM_CONTACT=demo@localhost ./metaplatform harvest --all"""


def demonstrate(port: int | None) -> None:
    """Serve small municipal sources on loopback, harvest each before the reader's eyes, then serve the result."""
    from api.commands.serving import announce, listen
    from api.startup import free_port, open_installation, prepare
    from harvesters.demo.server import DemoServer

    with tempfile.TemporaryDirectory(prefix="metaplatform-demo-") as folder, DemoServer() as demo:
        settings = get_settings().model_copy(
            update={
                "home": Path(folder),
                "database_url": "",
                "elasticsearch_url": "",
                "allow_private_addresses": True,
                "contact": "demo@localhost",
                "host_delay": 0.0,
                "port": port if port is not None else get_settings().port,
            }
        )
        settings = settings.model_copy(update={"port": free_port(settings.host, settings.port)})
        installation = open_installation(settings)
        try:
            with progress_display("준비 중 / preparing") as progress:
                password = prepare(installation, progress)
            say("첫날 / day one")
            harvest_all(installation, demo)
            demo.advance()
            say("다음 날: 출처가 바뀌었습니다 / the next day, the sources have changed")
            harvest_all(installation, demo)
            announce(settings, password, WHERE.format(sources=demo.base_url, home=folder))
            listen(settings, installation, with_worker=True)
        finally:
            installation.close()
            say("멈췄습니다. 시범 폴더는 지웠습니다. / Stopped; the demonstration's folder is gone.")


def harvest_all(installation: object, demo: object) -> None:
    """Enable and harvest every demonstration source, one progress bar each, and say what came of it."""
    from api.startup import Installation
    from harvesters.demo.server import DemoServer
    from harvesters.demo.sources import save_demo_sources
    from harvesters.runner import run_source
    from registry.records import SYSTEM

    assert isinstance(installation, Installation)
    assert isinstance(demo, DemoServer)
    for name in save_demo_sources(installation.database, demo.base_url):
        with progress_display(name) as progress:
            report = run_source(installation.database, installation.settings, name, actor=SYSTEM, progress=progress)
        say(f"  {name}: {report.sentence()}")
    installation.indexer().follow()
