"""An S3-compatible store: moto does the store's work, botocore says what a right signature is, our line in front does the faults."""

import hashlib
import html
import io
import json
import re
import secrets
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, ClassVar

from botocore.auth import S3SigV4Auth  # type: ignore[import-untyped]
from botocore.awsrequest import AWSRequest  # type: ignore[import-untyped]
from botocore.credentials import Credentials  # type: ignore[import-untyped]
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import s3_backends

from tests.fakes.servers.base import Refused, Route, Server
from tests.fakes.servers.http_wire import Answer, Request
from tests.fakes.servers.record import CommonSettings
from tests.fakes.servers.server_process import main
from tests.fakes.servers.truth import Post

ACCESS_KEY = "test-access-key"
SECRET_KEY = "secret-of-the-s3-account"
SKEW_S = 15 * 60
"""A signature's time may be off by so much."""
_CARRIED = re.compile(r'<script type="application/json" id="carried">(.*?)</script>', re.DOTALL)
_SIGNED = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/]+)/\d{8}/([^/]+)/s3/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]+)")


class S3Settings(CommonSettings):
    """bucket: its name, in which {port} is the server's; empty is one that no other server in this process has.

    checks_signature: a wrong one is refused. public: whoever asks without one may read objects. there: whether there is the bucket.
    """

    bucket: str = ""
    checks_signature: bool = True
    public: bool = False
    there: bool = True


class S3Server(Server):
    """One bucket in path style. What it holds stands in `truth().objects`: sha256 by key."""

    platform = "s3"
    Settings = S3Settings
    routes: ClassVar[tuple[Route, ...]] = (
        Route("create_multipart", "start", "POST", r"/[^/]+/.+", "store", when=lambda request: "uploads" in request.query),
        Route("complete_multipart", "finish", "POST", r"/[^/]+/.+", "store", when=lambda request: "uploadId" in request.query),
        Route("upload_part", "piece", "PUT", r"/[^/]+/.+", "store", when=lambda request: "partNumber" in request.query),
        Route("put_object", "finish", "PUT", r"/[^/]+/.+", "store"),
        Route("get_object", "look", "GET", r"/[^/]+/.+", "store"),
        Route("head_object", "look", "HEAD", r"/[^/]+/.+", "store"),
        Route("delete", "finish", "DELETE", r"/[^/]+/.+", "store"),
        Route("delete_objects", "finish", "POST", r"/[^/]+/?", "store"),
        Route("list", "look", "GET", r"/[^/]*/?", "store"),
        Route("bucket", "look", "PUT|HEAD|DELETE", r"/[^/]+/?", "store"),
    )

    def set_up(self) -> None:
        assert isinstance(self.common, S3Settings)
        self.settings = self.common
        self.bucket = self.settings.bucket.replace("{port}", self.host.rpartition(":")[2]) or f"shelf-{secrets.token_hex(4)}"
        self._app = _application()
        self._hashes: dict[tuple[str, str], str] = {}
        # A port that is free again may have been an earlier server's.
        s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets.pop(self.bucket, None)
        s3_backends.bucket_accounts.pop(self.bucket, None)
        if self.settings.there:
            s3_backends[DEFAULT_ACCOUNT_ID]["aws"].create_bucket(self.bucket, "us-east-1")

    @property
    def posts(self) -> tuple[Post, ...]:
        """The pages of a shelf in the bucket: what is public there, with the bytes of the video that each one shows.

        One that the overview does not list yet, or lists as it was before, is still being worked on.
        """
        with self.lock:
            bucket = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets.get(self.bucket)
            texts = {name: bytes(key.value).decode() for name, key in bucket.keys.items() if name.endswith(".html")} if bucket else {}
            found, hashes = [], {name.rpartition("/")[2]: sha256 for name, sha256 in self.objects().items()}
            overview = next((text for name, text in texts.items() if name.count("/") == 1), "")
            for name, text in texts.items():
                if name.count("/") == 2 and (carried := _CARRIED.search(text)):
                    entry, link = json.loads(carried[1]), re.search(r'<a class="buy" href="([^"]*)"', text)
                    leads = bool(link) and html.unescape(link[1]) == entry["product"]["link"]
                    found.append(
                        Post(
                            id=entry["release"], account="", upload="", sha256=hashes.get(entry["video"], ""), size_bytes=0,
                            created_at=datetime.fromisoformat(entry["published_at"]), title=entry["title"], caption=entry["summary"],
                            link_stuck=leads, processing_for=-1 if entry["release"] in overview else 0,
                        )
                    )  # fmt: skip
            return tuple(found)

    def objects(self) -> dict[str, str]:
        """sha256 by key."""
        bucket = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets.get(self.bucket)
        return {} if bucket is None else {name: self._hash(name, key) for name, key in bucket.keys.items()}

    def _hash(self, name: str, key: Any) -> str:
        mark = name, f"{key.etag} {key.size} {id(key)}"
        if mark not in self._hashes:
            self._hashes[mark] = hashlib.sha256(key.value).hexdigest()
        return self._hashes[mark]

    noes = ("503 SlowDown", "403 AccessDenied", "500 InternalError", "200 InternalError", "400 RequestTimeout", "403 RequestTimeTooSkewed")

    def says_no(self, code: str) -> Answer:
        status, _, name = code.partition(" ")
        return _no(int(status), name)

    def trouble(self, status: int) -> Answer:
        code = {429: "SlowDown", 500: "InternalError", 503: "SlowDown"}.get(status)
        return super().trouble(status) if code is None else _no(status, code)

    def store(self, request: Request) -> Answer:
        if "authorization" not in request.headers:
            if not (self.settings.public and request.method in ("GET", "HEAD") and request.path.count("/") > 1):
                raise Refused(_no(403, "AccessDenied"))
            # The store behind knows owners only; this is the rule of a bucket that everybody may read.
            request.headers["authorization"] = f"AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/20261201/us-east-1/s3/aws4_request"
        elif self.settings.checks_signature:
            self._check(request)
        status: list[str] = []
        headers: list[tuple[str, str]] = []

        def started(line: str, rows: list[tuple[str, str]], _: Any = None) -> Any:
            status.append(line)
            headers.extend(rows)

        pieces: Iterable[bytes] = self._app(self._environ(request), started)
        body = b"".join(pieces)
        number = int(status[0].split()[0])
        kept = {name: value for name, value in headers if name.lower() not in ("connection", "date", "server")}
        return Answer(number, body=body, headers=kept, code=str(number))

    def _check(self, request: Request) -> None:
        """Raises Refused when the signature, its time or the body's digest is wrong."""
        headers = request.headers
        found = _SIGNED.fullmatch(headers.get("authorization", ""))
        if not found or found[1] != ACCESS_KEY:
            raise Refused(_no(403, "InvalidAccessKeyId" if found else "AccessDenied"))
        sent = datetime.strptime(headers.get("x-amz-date", "19700101T000000Z"), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if abs(self.clock() - sent) > timedelta(seconds=SKEW_S):
            raise Refused(_no(403, "RequestTimeTooSkewed"))
        signed = {name: headers.get(name, "") for name in found[3].split(";")}
        again = AWSRequest(method=request.method, url=f"http://{headers.get('host')}{request.target}", headers=signed)
        again.context["timestamp"] = headers["x-amz-date"]
        auth = S3SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY), "s3", found[2])
        if not secrets.compare_digest(auth.signature(auth.string_to_sign(again, auth.canonical_request(again)), again), found[4]):
            raise Refused(_no(403, "SignatureDoesNotMatch"))
        digest = headers.get("x-amz-content-sha256", "")
        if re.fullmatch(r"[0-9a-f]{64}", digest) and digest != hashlib.sha256(request.content).hexdigest():
            raise Refused(_no(400, "XAmzContentSHA256Mismatch"))

    def _environ(self, request: Request) -> dict[str, Any]:
        host, _, port = self.host.partition(":")
        query = request.target.partition("?")[2]
        environ: dict[str, Any] = {
            "REQUEST_METHOD": request.method, "SCRIPT_NAME": "", "PATH_INFO": request.path.encode().decode("latin-1"),
            "QUERY_STRING": query, "RAW_URI": request.target, "REQUEST_URI": request.target, "SERVER_NAME": host, "SERVER_PORT": port,
            "SERVER_PROTOCOL": "HTTP/1.1", "CONTENT_LENGTH": str(len(request.content)),
            "CONTENT_TYPE": request.headers.get("content-type", ""), "wsgi.version": (1, 0), "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(request.content), "wsgi.errors": sys.stderr, "wsgi.multithread": True,
            "wsgi.multiprocess": False, "wsgi.run_once": False, "wsgi.input_terminated": True,
        }  # fmt: skip
        skipped = ("content-length", "content-type", "transfer-encoding")
        return environ | {f"HTTP_{n.upper().replace('-', '_')}": v for n, v in request.headers.items() if n not in skipped}


@cache
def _application() -> DomainDispatcherApplication:
    """One for all servers of this process: what they hold lies elsewhere, and making one takes as long as a whole run."""
    return DomainDispatcherApplication(create_backend_app)


def _no(status: int, code: str) -> Answer:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{code}</Message></Error>'
    return Answer(status, body=body.encode(), headers={"Content-Type": "application/xml"}, code=code)


if __name__ == "__main__":
    sys.exit(main(S3Server))
