"""A front for an HTTP server: speaks TLS, lets in only who brings the API key, and can be cut off and restored.

Elasticsearch's security module is not among the published jars, so what a protected cluster does at its door is done
here: the certificate is one of a CA made for the test, a missing key is 401, and both are judged before the server
behind is asked. Without a key and without TLS it is a plain relay, whose use is to be cut.
"""

import http.client
import json
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

HOP_HEADERS = frozenset({"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "host"})


class Front:
    """Stands before `upstream` on a port of its own; use it as a context manager.

    With `folder` it makes a CA and a certificate there and speaks TLS; `ca` is then the file a client has to trust.
    With `api_key` it answers 401 to a request that does not carry it.
    """

    def __init__(self, upstream: str, api_key: str = "", folder: Path | None = None) -> None:
        parts = urlsplit(upstream)
        self.upstream = (parts.hostname or "127.0.0.1", parts.port or 80)
        self.api_key, self.folder = api_key, folder
        self.ca = folder / "ca.pem" if folder else None
        self.refused = 0
        self.passed: list[tuple[str, str]] = []
        self.port = 0
        self.server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """The address that clients use."""
        return f"{'https' if self.folder else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> "Front":
        if self.folder:
            make_certificates(self.folder)
        self.restore()
        return self

    def __exit__(self, *reason: object) -> None:
        self.cut()

    def cut(self) -> None:
        """Stop listening: whoever comes now is refused, as by a server that is down."""
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def restore(self) -> None:
        """Listen again, on the same port as before."""
        server = _Server(("127.0.0.1", self.port), _Handler)
        server.front = self
        if self.folder:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.folder / "server.pem", self.folder / "server.key")
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = server.server_address[1]
        self.server = server
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    front: Front

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that leaves or does not trust the certificate is part of the tests, not news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    server: _Server

    def _pass_on(self) -> None:
        front = self.server.front
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if front.server is None:
            self.close_connection = True
            return
        if front.api_key and self.headers.get("Authorization") != f"ApiKey {front.api_key}":
            front.refused += 1
            reason = {"type": "security_exception", "reason": "missing or unknown API key"}
            self._answer(401, [("Content-Type", "application/json")], json.dumps({"error": reason, "status": 401}))
            return
        headers = {key: value for key, value in self.headers.items() if key.lower() not in HOP_HEADERS}
        connection = http.client.HTTPConnection(*front.upstream, timeout=60)
        try:
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        except OSError:
            self.close_connection = True
            return
        finally:
            connection.close()
        front.passed.append((self.command, self.path))
        kept = [(k, v) for k, v in answer.getheaders() if k.lower() not in HOP_HEADERS | {"content-length"}]
        self._answer(answer.status, kept, content)

    def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes | str) -> None:
        data = content.encode() if isinstance(content, str) else content
        self.send_response_only(status)
        for key, value in headers:
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _pass_on


def make_certificates(folder: Path) -> None:
    """A CA and a server certificate for the loopback address, good for a day, made by the openssl command."""

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    folder.mkdir(parents=True, exist_ok=True)
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc")
    ca_use = ("-addext", "keyUsage=critical,keyCertSign,cRLSign")
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "1", "-subj", "/CN=test CA", *ca_use)
    openssl("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=127.0.0.1")
    (folder / "server.ext").write_text(
        "subjectAltName=IP:127.0.0.1,DNS:localhost\nauthorityKeyIdentifier=keyid\nextendedKeyUsage=serverAuth\n"
    )
    signing = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "server.ext", "-days", "1")
    openssl("x509", "-req", "-in", "server.csr", "-out", "server.pem", *signing)
