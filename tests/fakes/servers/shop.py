"""A shop that buyers are sent to: pages over https on 127.0.0.1, with a certificate of its own."""

import ssl
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


class Shop:
    """pages: a status by path, or the address it redirects to; any other path is 404. silent: paths that never answer.

    no_head: paths that answer HEAD with 405. folder: where the certificate lies, which clients must trust; None for plain http.
    """

    def __init__(
        self,
        pages: Mapping[str, int | str],
        *,
        folder: Path | None = None,
        silent: tuple[str, ...] = (),
        no_head: tuple[str, ...] = (),
    ) -> None:
        self.pages = dict(pages)
        self.asked: list[str] = []
        self._stopped = threading.Event()
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                self._answer()

            def do_GET(self) -> None:
                self._answer()

            def _answer(self) -> None:
                shop.asked.append(f"{self.command} {self.path}")
                if self.path in silent:
                    shop._stopped.wait(30)
                    return
                page = 405 if self.command == "HEAD" and self.path in no_head else shop.pages.get(self.path, 404)
                self.send_response(302 if isinstance(page, str) else page)
                if isinstance(page, str):
                    self.send_header("Location", page)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.certificate: Path | None = None
        if folder is not None:
            self.certificate = _certificate(folder)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"{'https' if folder else 'http'}://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()


def _certificate(folder: Path) -> Path:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "shop of the tests")])
    now = datetime.fromtimestamp(time.time(), UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "shop.pem"
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path
