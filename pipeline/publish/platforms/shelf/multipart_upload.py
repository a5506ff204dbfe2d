"""S3's multipart upload of a long file: parts that the store has, by its own list and our hashes, are not sent again."""

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
    progress: UploadProgress,
    check_lease: Callable[[], None],
    how: Mapping[str, Any],
) -> None:
    """Upload a file in parts and complete it as one object.

    key: Bucket and Key. how: further parameters of the object. The upload's id is kept before the first byte is sent. Raises what the
    store raises, and Rejected when the file has become empty.
    """
    upload, etags = _resumed_upload(call, key, progress)
    if not upload:
        upload, etags = str(call("create_multipart_upload", **key, **how)["UploadId"]), {}
        progress.keep(session=upload, key=key["Key"], parts=0)
    parts = []
    with source.open("rb") as file:
        for number, content in enumerate(iter(lambda: file.read(part_bytes), b""), 1):
            md5 = hashlib.md5(content, usedforsecurity=False)
            tag = etags.get(number)
            if tag is None or tag.strip('"') != md5.hexdigest():
                check_lease()
                digest = base64.b64encode(md5.digest()).decode()
                tag = str(call("upload_part", **key, UploadId=upload, PartNumber=number, Body=content, ContentMD5=digest)["ETag"])
                progress.keep(parts=number)
            parts.append({"PartNumber": number, "ETag": tag})
    if not parts:
        raise Rejected(M("{path} was changed after the post was prepared. Nothing was sent; prepare it anew.", path=str(source)))
    call("complete_multipart_upload", **key, UploadId=upload, MultipartUpload={"Parts": parts})


def _resumed_upload(call: Call, key: Mapping[str, str], progress: UploadProgress) -> tuple[str, dict[int, str]]:
    """Id of the upload that an earlier call began, and the ETags of the parts that the store has; both empty when it is gone."""
    known = progress.recall()
    upload = str(known.get("session") or "")
    if not upload or known.get("key") != key["Key"]:
        return "", {}
    etags: dict[int, str] = {}
    after = 0
    while True:
        try:
            listed = call("list_parts", **key, UploadId=upload, PartNumberMarker=after)
        except FileNotFoundError:  # finished by an answer that was lost, ended by the store, or never there
            return "", {}
        etags |= {int(part["PartNumber"]): str(part["ETag"]) for part in listed.get("Parts", ())}
        if not listed.get("IsTruncated"):
            return upload, etags
        after = int(listed["NextPartNumberMarker"])
