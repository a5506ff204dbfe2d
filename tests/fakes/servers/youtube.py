"""YouTube's Data API v3: resumable sessions, the post comes with the last byte, quotas, errors by `errors[0].reason`."""

import hashlib
import json
import re
import secrets
import sys
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from tests.fakes.servers.base import Refused, Route, Server
from tests.fakes.servers.google import no, oauth_no, when
from tests.fakes.servers.http_wire import Answer, Request, parts_of
from tests.fakes.servers.oauth import BadToken, Grant, TokenRules, back_to
from tests.fakes.servers.record import CommonSettings
from tests.fakes.servers.server_process import main
from tests.fakes.servers.truth import Post, Upload

CLIENT_ID = "yt-test.apps.googleusercontent.com"
CLIENT_SECRET = "secret-of-the-google-app"
_AUTH = "https://www.googleapis.com/auth/"
UPLOAD, READ, FULL, FORCE_SSL = _AUTH + "youtube.upload", _AUTH + "youtube.readonly", _AUTH + "youtube", _AUTH + "youtube.force-ssl"
SCOPES = (UPLOAD, READ)
BLOCK = 256 * 1024
VIDEO_MAX = 274_877_906_944
PACIFIC = ZoneInfo("America/Los_Angeles")
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
_ASK = re.compile(r"bytes \*/(\d+|\*)")


class YouTubeSettings(CommonSettings):
    """How the platform is read where its contract is unverified.

    session_needs_token: sending bytes needs a good access token besides the session's address. gone_status: what a session that
    is gone answers. unaligned: a chunk that is no multiple of 256 KiB and not the last is refused, or its aligned part is kept.
    keeps_cut_chunk: of a chunk that broke off, the whole 256 KiB blocks are kept, else nothing. locks_private: uploads of this app
    stay private whatever was asked. thumbnail_max: bytes. may_set_thumbnail: the channel is verified.
    description_in_bytes: the limit of 5000 counts UTF-8 bytes, else characters. inserts_per_day, units_per_day: quota.
    """

    tokens: TokenRules = TokenRules(access_life_s=3599, refresh_life_s=10 * 365 * 86_400, rotates=False)
    upload_life_s: float = 7 * 86_400
    session_needs_token: bool = True
    gone_status: Literal[404, 410] = 404
    unaligned: Literal["refused", "keeps_blocks"] = "refused"
    keeps_cut_chunk: bool = True
    locks_private: bool = False
    thumbnail_max: int = 2 * 1024 * 1024
    may_set_thumbnail: bool = True
    description_in_bytes: bool = True
    inserts_per_day: int = 100
    units_per_day: int = 10_000


@dataclass
class _Session:
    """What has come of a video. size is always the number of bytes in digest."""

    metadata: dict[str, Any]
    parts: list[str]
    total: int | None
    size: int = 0
    digest: Any = field(default_factory=hashlib.sha256)


class YouTubeServer(Server):
    """Google's token endpoint and the Data API."""

    platform = "youtube"
    Settings = YouTubeSettings
    refusal_reason = "duplicate"
    routes: ClassVar[tuple[Route, ...]] = (
        Route("authorize", "page", "GET", r"/o/oauth2/v2/auth"),
        Route("token", "token", "POST", r"/token"),
        Route("session", "start", "POST", r"(/resumable)?/upload/youtube/v3/videos"),
        Route(
            "state", "state", "PUT", r"(/resumable)?/upload/youtube/v3/videos", "ask", "upload_id",
            when=lambda request: bool(_ASK.fullmatch(request.headers.get("content-range", ""))),
        ),
        Route("chunk", "last_piece", "PUT", r"(/resumable)?/upload/youtube/v3/videos", upload_key="upload_id", streams=True),
        Route("thumbnail", "cover", "POST", r"/upload/youtube/v3/thumbnails/set"),
        Route("captions", "cover", "POST", r"/upload/youtube/v3/captions"),
        Route("publish", "publish", "PUT", r"/youtube/v3/videos", "update"),
        Route("videos", "look", "GET", r"/youtube/v3/videos"),
        Route("remove", "notice", "DELETE", r"/youtube/v3/videos"),
        Route("channels", "look", "GET", r"/youtube/v3/channels"),
        Route("playlist_items", "look", "GET", r"/youtube/v3/playlistItems"),
    )  # fmt: skip

    def set_up(self) -> None:
        assert isinstance(self.common, YouTubeSettings)
        self.settings = self.common
        self._sessions: dict[str, _Session] = {}

    noes = ("403 quotaExceeded", "403 rateLimitExceeded", "400 uploadLimitExceeded", "401 authError", "403 forbidden", "400 backendError")
    noes += ("404 videoNotFound", "400 invalidPublishAt", "403 youtubeSignupRequired", "409 conflict", "200 internalError")

    def says_no(self, code: str) -> Answer:
        status, _, reason = code.partition(" ")
        return no(int(status), reason)

    def trouble(self, status: int) -> Answer:
        reason = {429: "rateLimitExceeded", 500: "internalError", 503: "backendError"}.get(status)
        return super().trouble(status) if reason is None else no(status, reason, domain="global")

    def no_such_path(self) -> Answer:
        return no(404, "notFound")

    # Permission

    def authorize(self, request: Request) -> Answer:
        query = request.query
        back, state = query.get("redirect_uri", ""), query.get("state", "")
        if query.get("client_id") != CLIENT_ID or query.get("response_type") != "code":
            return Answer(400, body=b"Error 401: invalid_client", headers={"Content-Type": "text/html"}, code="invalid_client")
        if not self.settings.consents:
            return back_to(back, error="access_denied", state=state)
        scopes = tuple(query.get("scope", "").split())
        code = self.grants.permit(self.settings.consents_as, scopes, redirect=back, challenge=query.get("code_challenge", ""))
        return back_to(back, code=code, state=state, scope=" ".join(scopes))

    def token(self, request: Request) -> Answer:
        form = request.form
        if form.get("client_id") != CLIENT_ID or form.get("client_secret") != CLIENT_SECRET:
            return oauth_no("invalid_client", 401)
        try:
            match form.get("grant_type"):
                case "authorization_code":
                    grant = self.grants.exchange(
                        form.get("code", ""), redirect=form.get("redirect_uri", ""), verifier=form.get("code_verifier", "")
                    )
                    return self._tokens(grant, refresh_token=grant.refresh)
                case "refresh_token":
                    return self._tokens(self.grants.refresh(form.get("refresh_token", "")))
        except BadToken:
            return oauth_no("invalid_grant")
        return oauth_no("unsupported_grant_type")

    def _tokens(self, grant: Grant, **more: str) -> Answer:
        life = self.grants.left_s(grant)[0]
        return Answer(
            data={"access_token": grant.access, "expires_in": life, "scope": " ".join(grant.scopes), "token_type": "Bearer", **more}
        )

    def _channel(self, request: Request, *scopes: str) -> str:
        kind, _, access = request.headers.get("authorization", "").partition(" ")
        try:
            return self.grants.holder(access if kind.lower() == "bearer" else "", *scopes).account
        except BadToken as bad:
            if bad.why == "scope":
                raise Refused(no(403, "insufficientPermissions", domain="global")) from bad
            raise Refused(no(401, "required" if bad.why == "missing" else "authError", domain="global")) from bad

    def _units(self, cost: int) -> None:
        if not all(self.spend("units", self.settings.units_per_day, PACIFIC) for _ in range(cost)):
            raise Refused(no(403, "quotaExceeded", domain="youtube.quota"))

    # Upload

    def session(self, request: Request) -> Answer:
        channel = self._channel(request, UPLOAD, FULL, FORCE_SSL)
        if not self.spend("inserts", self.settings.inserts_per_day, PACIFIC):
            return no(403, "quotaExceeded", domain="youtube.quota")
        parts = request.query.get("part", "").split(",")
        if request.query.get("uploadType") != "resumable" or "snippet" not in parts:
            return no(400, "missingRequiredParameter")
        length = request.headers.get("x-upload-content-length", "")
        mime = request.headers.get("x-upload-content-type", "application/octet-stream")
        if (length and not (length.isdecimal() and 0 < int(length) <= VIDEO_MAX)) or not re.match(r"video/|application/octet-stream", mime):
            return no(400, "mediaBodyRequired")
        try:
            metadata = json.loads(request.content)
        except ValueError:
            return no(400, "parseError")
        self._validate(metadata)
        upload = secrets.token_urlsafe(18)
        self.new_upload(upload, channel)
        self._sessions[upload] = _Session(metadata, parts, int(length) if length else None)
        place = f"{self.url}{request.path}?uploadType=resumable&part={','.join(parts)}&upload_id={upload}"
        return Answer(200, headers={"Location": place, "X-GUploader-UploadID": upload})

    def _validate(self, metadata: Any) -> None:
        snippet, status = metadata.get("snippet", {}), metadata.get("status", {})
        title, text = snippet.get("title", ""), snippet.get("description", "")
        length = len(text.encode()) if self.settings.description_in_bytes else len(text)
        at = status.get("publishAt")
        wrong = (
            ("invalidTitle", not 0 < len(title) <= 100 or set(title) & set("<>")),
            ("invalidDescription", length > 5000 or set(text) & set("<>")),
            ("invalidTags", sum(map(len, snippet.get("tags", []))) > 500),
            ("invalidCategoryId", not str(snippet.get("categoryId", "22")).isdecimal()),
            ("invalidVideoMetadata", status.get("privacyStatus", "public") not in ("public", "unlisted", "private")),
            ("invalidPublishAt", at is not None and (status.get("privacyStatus") != "private" or when(at) is None)),
        )
        for reason, found in wrong:
            if found:
                raise Refused(no(400, reason))

    def _open(self, request: Request) -> tuple[Upload, _Session]:
        upload = self.upload_named(request.query.get("upload_id", ""))
        if self.settings.session_needs_token:
            self._channel(request, UPLOAD, FULL, FORCE_SSL)
        old = upload is not None and self.clock() - upload.started_at > timedelta(seconds=self.settings.upload_life_s)
        if upload is None or upload.state == "gone" or old:
            raise Refused(no(self.settings.gone_status, "notFound", domain="global"))
        return upload, self._sessions[upload.id]

    def ask(self, request: Request) -> Answer:
        upload, session = self._open(request)
        return self._where(upload, session, request)

    def chunk(self, request: Request) -> Answer:
        with self.lock:
            upload, session = self._open(request)
            if upload.state == "used":
                return self._where(upload, session, request)
            first, total = self._range(request, session)
            if first > session.size:
                text = f"the upload offset is {first} byte(s), which exceeds already uploaded size of {session.size} byte(s)."
                body = f"Invalid request.  According to the Content-Range header, {text}".encode()
                return Answer(503, body=body, headers={"Content-Type": "text/plain; charset=utf-8"}, code="offset")
            session.total = total
            kept = session.size, session.digest.copy()
        whole = False
        try:
            at = first
            for block in request.body.blocks(BLOCK):
                at = self._take(upload.id, session, at, block, total)
            whole = True
        finally:
            if not whole and not self.settings.keeps_cut_chunk:
                session.size, session.digest = kept
                self.change_upload(upload.id, bytes_kept=session.size)
        with self.lock:
            upload = self.upload_named(upload.id) or upload
            if session.size == total:
                self._make(upload, session)
            return self._where(upload, session, request)

    def _range(self, request: Request, session: _Session) -> tuple[int, int]:
        """First byte and total of a chunk. Raises Refused when its length, its range and the session do not agree."""
        length = request.body.length
        said = request.headers.get("content-range", "")
        if not said:
            first, total = 0, length
        elif found := _RANGE.fullmatch(said):
            first, last, total = (int(number) for number in found.groups())
            if last - first + 1 != length or last >= total:
                raise Refused(no(400, "badRequest", domain="global"))
            if last + 1 != total and length % BLOCK and self.settings.unaligned == "refused":
                raise Refused(no(400, "badRequest", domain="global"))
        else:
            raise Refused(no(400, "badRequest", domain="global"))
        if not length or session.total not in (None, total):
            raise Refused(no(400, "badRequest", domain="global"))
        return first, total

    def _take(self, upload: str, session: _Session, at: int, block: memoryview, total: int) -> int:
        """Add a block that begins at byte `at`; what is there already is skipped. Returns where the next one begins."""
        with self.lock:
            end = at + len(block)
            new = end > session.size >= at and (len(block) == BLOCK or end == total)
            if new and self.upload_named(upload) is not None:
                session.digest.update(block[session.size - at :])
                session.size = end
                self.change_upload(upload, bytes_kept=end)
            return end

    def _where(self, upload: Upload, session: _Session, request: Request) -> Answer:
        """The finished video, or 308 with how much is there."""
        post = self.post_of(upload.id)
        if post:
            return Answer(200, data=self._resource(post, {*session.parts}))
        size = session.size
        if off := request.amount_of("wrong_offset"):
            size = max(0, min(size + off, (session.total or size) - 1))
        return Answer(308, headers={"Range": f"bytes=0-{size - 1}"} if size else {}, code="308")

    def _make(self, upload: Upload, session: _Session) -> None:
        if upload.state != "open" or self.post_of(upload.id):
            return
        snippet, status = session.metadata.get("snippet", {}), session.metadata.get("status", {})
        at = when(status.get("publishAt", ""))
        self.new_post(
            id=secrets.token_urlsafe(8)[:11], account=upload.account, upload=upload.id, sha256=session.digest.hexdigest(),
            size_bytes=session.size, title=snippet["title"], caption=snippet.get("description", ""), scheduled_at=at,
            privacy="private" if self.settings.locks_private else status.get("privacyStatus", "public"), fields=session.metadata,
        )  # fmt: skip
        self.change_upload(upload.id, state="used")

    def lose_uploads(self) -> None:
        super().lose_uploads()
        for upload in self.uploads:
            if upload.state == "gone" and upload.id in self._sessions:
                self._sessions[upload.id] = _Session({}, [], None)

    def remove(self, request: Request) -> Answer:
        self.amend(self._own(request, request.query.get("id", ""), FORCE_SSL).id, deleted=True)
        return Answer(204)

    # What hangs on a video

    def _own(self, request: Request, video: str, *scopes: str) -> Post:
        channel = self._channel(request, *scopes)
        post = next((post for post in self.posts if post.id == video and post.account == channel and not post.deleted), None)
        if post is None:
            raise Refused(no(404, "videoNotFound"))
        return post

    def thumbnail(self, request: Request) -> Answer:
        post = self._own(request, request.query.get("videoId", ""), UPLOAD, FULL, FORCE_SSL)
        self._units(50)
        if not self.settings.may_set_thumbnail:
            return no(403, "forbidden")
        if request.headers.get("content-type") not in ("image/jpeg", "image/png", "application/octet-stream") or not request.content:
            return no(400, "mediaBodyRequired")
        if len(request.content) > self.settings.thumbnail_max:
            return no(413, "uploadTooLarge")
        self.amend(post.id, cover_sha256=hashlib.sha256(request.content).hexdigest())
        return Answer(
            data={"kind": "youtube#thumbnailSetResponse", "items": [{"default": {"url": f"{self.url}/vi/{post.id}/default.jpg"}}]}
        )

    def captions(self, request: Request) -> Answer:
        self._channel(request, FULL, FORCE_SSL)
        self._units(400)
        parts = parts_of(request)
        if request.query.get("uploadType") != "multipart" or len(parts) != 2:
            return no(400, "mediaBodyRequired")
        snippet = json.loads(parts[0].content).get("snippet", {})
        if not {"videoId", "language", "name"} <= snippet.keys():
            return no(400, "invalidMetadata")
        post = self._own(request, snippet["videoId"], FULL, FORCE_SSL)
        if snippet["language"] in post.captions:
            return no(409, "captionExists")
        self.amend(post.id, captions=(*post.captions, snippet["language"]))
        return Answer(data={"kind": "youtube#caption", "id": secrets.token_urlsafe(8), "snippet": snippet})

    def update(self, request: Request) -> Answer:
        """What is sent of `status` replaces all of it."""
        self._channel(request, FULL, FORCE_SSL)
        self._units(50)
        resource = json.loads(request.content)
        post = self._own(request, resource.get("id", ""), FULL, FORCE_SSL)
        if request.query.get("part") != "status":
            return no(400, "missingRequiredParameter")
        status = {**resource["status"]}
        self._validate({"snippet": {"title": post.title}, "status": status})
        at = when(status.get("publishAt", ""))
        if at and post.privacy == "public":
            return no(400, "invalidPublishAt")
        if self.settings.locks_private:
            at, status = None, {"privacyStatus": "private"}
        post = self.amend(post.id, fields={**post.fields, "status": status}, privacy=status["privacyStatus"], scheduled_at=at)
        return Answer(data=self._resource(post, {"status"}))

    # Look-ups

    def videos(self, request: Request) -> Answer:
        channel = self._channel(request, READ, FULL, FORCE_SSL)
        self._units(1)
        wanted, parts = request.query.get("id", "").split(","), set(request.query.get("part", "").split(","))
        items = []
        for post in [post for post in self.posts if post.id in wanted and not post.deleted]:
            seen = self.look(post.id)
            if seen.looks > self.settings.hidden_looks and (post.account == channel or post.privacy != "private"):
                items.append(self._resource(seen, parts))
        return Answer(data={"kind": "youtube#videoListResponse", "pageInfo": {"totalResults": len(items)}, "items": items})

    def channels(self, request: Request) -> Answer:
        channel = self._channel(request, READ, FULL, FORCE_SSL)
        self._units(1)
        item = {"id": "UC" + channel, "contentDetails": {"relatedPlaylists": {"uploads": "UU" + channel}}}
        return Answer(data={"kind": "youtube#channelListResponse", "items": [item] if request.query.get("mine") == "true" else []})

    def playlist_items(self, request: Request) -> Answer:
        channel = self._channel(request, READ, FULL, FORCE_SSL)
        self._units(1)
        if request.query.get("playlistId") != "UU" + channel:
            return no(404, "playlistNotFound")
        count, start = int(request.query.get("maxResults", "5")), int(request.query.get("pageToken") or 0)
        mine = self.listed(channel)
        items = [{"snippet": {**self._resource(post, {"snippet"})["snippet"], "resourceId": {"videoId": post.id}}} for post in mine]
        more = {"nextPageToken": str(start + count)} if start + count < len(items) else {}
        return Answer(data={"kind": "youtube#playlistItemListResponse", **more, "items": items[start : start + count]})

    def _resource(self, post: Post, parts: set[str]) -> dict[str, Any]:
        words = post.caption if post.link_stuck else re.sub(r"https?://\S+", "", post.caption)
        due = post.scheduled_at is not None and post.scheduled_at <= self.clock()
        created = post.created_at.isoformat()
        states = {"processing": "uploaded", "live": "processed", "refused": "rejected", "deleted": "deleted"}
        status = {**post.fields.get("status", {}), "uploadStatus": states[post.state]}
        status["privacyStatus"] = "public" if due and not self.settings.locks_private else post.privacy
        if due:
            status.pop("publishAt", None)
        if post.state == "refused":
            status["rejectionReason"] = post.refusal
        progress = {"processing": "processing", "refused": "terminated"}.get(post.state, "succeeded")
        resource = {
            "snippet": {"title": post.title, **post.fields.get("snippet", {}), "description": words, "publishedAt": created},
            "status": status,
            "processingDetails": {"processingStatus": progress},
        }
        return {"kind": "youtube#video", "id": post.id, **{part: value for part, value in resource.items() if part in parts}}


if __name__ == "__main__":
    sys.exit(main(YouTubeServer))
