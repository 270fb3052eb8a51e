"""Servers of one's own: one for HTTP that answers as a test says, with or without TLS, and one for mail."""

from __future__ import annotations

import json
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class Got:
    """What a server got, and how it behaves: a status, or ``drip``, ``close``, ``redirect``."""

    def __init__(self) -> None:
        self.port = 0
        self.behaves: int | str = 200
        self.body = ""
        self.bodies: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.mails: list[str] = []
        self.over = threading.Event()


def _handler(got: Got) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.paths.append(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if got.behaves == "close":
                return
            if got.behaves == "drip":  # each step is in time, the whole never ends
                self.send_response(200)
                self.end_headers()
                while not got.over.wait(0.2):
                    self.wfile.write(b" ")
                return
            if got.behaves == "redirect":
                self.send_response(307)
                self.send_header("Location", f"http://127.0.0.1:{got.port}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            got.bodies.append(json.loads(body))
            self.send_response(int(got.behaves))
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(got.body)))
            self.end_headers()
            self.wfile.write(got.body.encode())

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


@contextmanager
def web(certificate: Path | None = None) -> Iterator[Got]:
    """A server for HTTP; with a certificate (and its key in the same file) for HTTPS."""
    got = Got()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(got))
    server.daemon_threads = True
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    got.port = server.server_port
    with _running(server, got):
        yield got


@contextmanager
def mail() -> Iterator[Got]:
    """A mail server that takes everything, or says no with the status that it behaves by."""
    got = Got()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 ready")
            while line := self.rfile.readline().decode().strip():
                word = line.split()[0].upper()
                if word == "DATA":
                    self._say("354 go on")
                    lines = iter(self.rfile.readline, b".\r\n")
                    got.mails.append(b"".join(lines).decode())
                    self._say("250 taken")
                elif word == "RCPT" and got.behaves != 200:
                    self._say(f"{got.behaves} no")
                elif word == "QUIT":
                    self._say("221 bye")
                    return
                else:
                    self._say("250 fine")

        def _say(self, line: str) -> None:
            self.wfile.write(line.encode() + b"\r\n")

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    got.port = server.server_address[1]
    with _running(server, got):
        yield got


@contextmanager
def _running(server: socketserver.TCPServer, got: Got) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        got.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def certificate(folder: Path, host: str) -> Path:
    """A certificate that vouches for itself, with its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(made.public_bytes(pem) + secret)
    return path
