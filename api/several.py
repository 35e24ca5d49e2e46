"""Several server processes behind one port: one Python process uses one core, and a machine that is asked much has more."""

import multiprocessing
import os
import signal
import socket
import threading

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from api.app import create_app
from api.startup import settle
from config.settings import Settings, get_settings

# One that answers nothing for so long is replaced; loading the vocabulary alone takes seconds on a busy machine.
SILENT_SECONDS = 60


def application() -> FastAPI:
    """What each of the processes runs: the application over an installation of its own; it ends with the one that started it."""
    app = create_app(get_settings())
    settle()
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    return app


def listen_in_several(settings: Settings, processes: int) -> None:
    """Serve until Ctrl-C or SIGTERM; a process that dies is replaced, and SIGHUP replaces one after the other.

    The installation must be prepared. uvicorn hands every process the same open port, and the system gives a new connection to
    whichever takes it.
    """
    # The processes read their settings from the environment, as this one did; what the command line said is added.
    os.environ |= {"METAPLATFORM_HOST": settings.host, "METAPLATFORM_PORT": str(settings.port)}
    config = uvicorn.Config(
        "api.several:application",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=processes,
        log_level="warning",
        timeout_graceful_shutdown=3,
        timeout_worker_healthcheck=SILENT_SECONDS,
    )
    with _listening(settings.host, settings.port) as port:
        Multiprocess(config, sockets=[port]).run()


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Told that it is TCP, or answers would wait for the other side's acknowledgement of their headers: 40 ms each.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    return listening


def _end_with_parent() -> None:
    # Killed outright, the parent tells nobody; its children would hold the port against the next start.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
