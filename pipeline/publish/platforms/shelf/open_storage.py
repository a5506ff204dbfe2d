"""Opening a shelf's storage by an account's address: `s3://bucket/prefix`, `file:///srv/www/shelf`, or whatever else fsspec knows.

fsspec and s3fs are loaded when an account asks for them: together they take more than a second.
"""

import logging
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pipeline.documents.message import M, Message
from pipeline.network.client import is_safe_address
from pipeline.network.errors import ActionRequired
from pipeline.publish.platforms.shelf.bucket_storage import BucketStorage
from pipeline.publish.platforms.shelf.folder_storage import FolderStorage
from pipeline.publish.platforms.shelf.remote_storage import RemoteStorage
from pipeline.publish.platforms.shelf.storage import ShelfStorage
from pipeline.resources import IS_CHECKOUT, install_command
from pipeline.secrets.secret import Secret

CONNECT_S = 10.0


def storage_problems(settings: Mapping[str, Any]) -> Iterator[Message]:
    """Problems of an account's settings for its storage."""
    address, public = str(settings["address"]), str(settings["public_url"])
    scheme, path = _split(address)
    if scheme == "file":
        if not Path(path).is_absolute() or urlsplit(address).netloc:
            yield M("address is {given}: after file:// comes a whole path, /srv/www/shelf for example", given=address)
        if public and not is_safe_address(public):
            yield M("public_url is {given}: it begins with https://", given=public)
        return
    if not scheme or not path.strip("/"):
        yield M("address is {given}: write s3://BUCKET/FOLDER, or file:// and a whole path", given=address)
    elif not _is_known(scheme):
        yield M("address is {given}: no store is known that is written {scheme}://", given=address, scheme=scheme)
    elif missing := _missing_package(scheme):
        yield missing
    if not is_safe_address(public):
        yield M("public_url is {given}: it must be where everybody reads the shelf, and begin with https://", given=public or "–")
    endpoint = str(settings["endpoint_url"])
    if endpoint and not is_safe_address(endpoint):
        yield M("endpoint_url is {given}: it begins with https://", given=endpoint)


def open_storage(settings: Mapping[str, Any], account: str, keys: str) -> ShelfStorage:
    """Open the storage of an account whose settings have no problems.

    keys: ID:SECRET from the vault; empty for those of the environment, which the store's own tools find.
    Raises ActionRequired for malformed keys, and for a store whose package is not installed.
    """
    address = str(settings["address"]).rstrip("/")
    scheme, path = _split(address)
    if scheme == "file":
        return FolderStorage(Path(path))
    if missing := _missing_package(scheme):
        raise ActionRequired(missing)
    import fsspec

    if scheme != "s3":
        return RemoteStorage(fsspec.filesystem(scheme), fsspec.core.strip_protocol(address), address)
    login = f"fieldcut login {account} --new-secret"
    options: dict[str, Any] = {}
    if keys:
        # Each alone is searched for in whatever is logged, for as long as this call needs them.
        name, _, secret = (Secret(part) for part in keys.strip().partition(":"))
        if not (name.get_secret_value() and secret.get_secret_value()):
            raise ActionRequired(M("The keys of {account} are not ID:SECRET. Give them anew: {command}", account=account, command=login))
        options = {"key": name.get_secret_value(), "secret": secret.get_secret_value()}
    client: dict[str, Any] = {"region_name": settings["region"]} if settings["region"] else {}
    if str(settings["endpoint_url"]).startswith("http:"):
        client["verify"] = False  # this machine, without TLS: no certificate needs to be read
    fs = fsspec.filesystem(
        "s3",
        endpoint_url=settings["endpoint_url"] or None,
        session=_session(),
        client_kwargs=client,
        use_listings_cache=False,
        max_concurrency=1,
        config_kwargs={
            "retries": {"total_max_attempts": 1},
            "connect_timeout": min(CONNECT_S, settings["answer_s"]),
            "read_timeout": settings["answer_s"],
            "request_checksum_calculation": "when_required",
            "response_checksum_validation": "when_required",
            "s3": {"addressing_style": settings["addressing"]},
        },
        **options,
    )
    fs.retries = 1
    return BucketStorage(fs, path.lstrip("/"), address, part_bytes=int(float(settings["part_mb"]) * 1024 * 1024), login=login)


@cache
def _session() -> Any:
    """One for this process: it has read what S3's calls look like, which takes longer than the calls."""
    from aiobotocore.session import AioSession

    # A connection that broke has its tasks complain once more, with a traceback; the call itself has said what there is to say.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    return AioSession()


def _split(address: str) -> tuple[str, str]:
    """Scheme, and what is behind it: bucket and prefix, or a path."""
    parts = urlsplit(address)
    scheme = "s3" if parts.scheme == "s3a" else parts.scheme
    return scheme, unquote(parts.path) if scheme == "file" else f"{parts.netloc}{parts.path}"


def _missing_package(scheme: str) -> Message | None:
    """What to install for a store whose package is not here; None for one that can be opened."""
    from fsspec.registry import known_implementations

    if scheme not in known_implementations:
        return None
    package = str(known_implementations[scheme]["class"]).partition(".")[0]
    if find_spec(package) is not None:
        return None
    command = install_command("s3") if package == "s3fs" else f"uv pip install {package}" if IS_CHECKOUT else f"pip install {package}"
    return M("{scheme}:// needs the package {package}. Install it: {command}", scheme=scheme, package=package, command=command)


def _is_known(scheme: str) -> bool:
    from fsspec.registry import known_implementations, registry

    return scheme in registry or scheme in known_implementations
