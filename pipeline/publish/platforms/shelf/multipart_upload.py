"""A long file in parts: what a store has of it, by its own list and our hashes, is not sent again."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pipeline.documents.message import M
from pipeline.network.errors import Rejected
from pipeline.publish.platforms.base import UploadProgress

Call = Callable[..., Mapping[str, Any]]
"""`call_s3`: the method's name, and its parameters."""


def send_in_parts(
    call: Call,
    key: Mapping[str, str],
    source: Path,
    part_bytes: int,
    memory: UploadProgress,
    still_ours: Callable[[], None],
    how: Mapping[str, Any],
) -> None:
    """Bring a file over and make one object of it.

    key: Bucket and Key. how: what else the object is to have. The upload's id is kept before the first byte leaves. Raises what the
    store raises, Refused when the file is shorter than it was.
    """
    upload, there = _going_on(call, key, memory)
    if not upload:
        upload, there = str(call("create_multipart_upload", **key, **how)["UploadId"]), {}
        memory.keep(session=upload, key=key["Key"], parts=0)
    parts = []
    with source.open("rb") as file:
        for number, content in enumerate(iter(lambda: file.read(part_bytes), b""), 1):
            md5 = hashlib.md5(content, usedforsecurity=False)
            tag = there.get(number)
            if tag is None or tag.strip('"') != md5.hexdigest():
                still_ours()
                digest = base64.b64encode(md5.digest()).decode()
                tag = str(call("upload_part", **key, UploadId=upload, PartNumber=number, Body=content, ContentMD5=digest)["ETag"])
                memory.keep(parts=number)
            parts.append({"PartNumber": number, "ETag": tag})
    if not parts:
        raise Rejected(M("{path} was changed after the post was prepared. Nothing was sent; prepare it anew.", path=str(source)))
    call("complete_multipart_upload", **key, UploadId=upload, MultipartUpload={"Parts": parts})


def _going_on(call: Call, key: Mapping[str, str], memory: UploadProgress) -> tuple[str, dict[int, str]]:
    """The upload that an earlier call began, and the tags of the parts that the store has; empty when there is none any more."""
    kept = memory.recall()
    upload = str(kept.get("session") or "")
    if not upload or kept.get("key") != key["Key"]:
        return "", {}
    found: dict[int, str] = {}
    after = 0
    while True:
        try:
            listed = call("list_parts", **key, UploadId=upload, PartNumberMarker=after)
        except FileNotFoundError:  # finished by an answer that was lost, ended by the store, or never there
            return "", {}
        found |= {int(part["PartNumber"]): str(part["ETag"]) for part in listed.get("Parts", ())}
        if not listed.get("IsTruncated"):
            return upload, found
        after = int(listed["NextPartNumberMarker"])
