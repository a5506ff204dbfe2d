"""Kuaishou's open platform: fragments by upload_token, publish with the cart's product, errors inside HTTP 200."""

import hashlib
import secrets
import sys
from datetime import timedelta, timezone
from typing import Any, ClassVar, Literal

from tests.fakes.servers.base import Refused, Route, Server
from tests.fakes.servers.http_wire import Answer, Request, parts_of
from tests.fakes.servers.oauth import BadToken, Grant, TokenRules, Why, back_to
from tests.fakes.servers.record import CommonSettings
from tests.fakes.servers.server_process import main
from tests.fakes.servers.truth import Post, Upload

APP_ID = "ks-test-app"
APP_SECRET = "secret-of-the-kuaishou-app"
SCOPES = ("user_info", "user_video_publish", "user_video_info", "user_video_delete")
MIB = 1024 * 1024
PIECE_MAX = 10 * MIB
COVER_MAX = 10 * MIB
PEKING = timezone(timedelta(hours=8))
STEREO = ("NOT_SPHERICAL_VIDEO", "SPHERICAL_VIDEO_360", "SPHERICAL_VIDEO_180")

MISSING, BAD_CLIENT, BAD_TOKEN, BAD_GRANT, BAD_CODE, BAD_SCOPE = 100200100, 100200101, 100200102, 100200104, 100200105, 100200106
EXPIRED, WITHDRAWN, REFRESH_EXPIRED, LIMIT = 100200108, 100200109, 100200113, 100100402
NO_VIDEO, NOT_UPLOADED, PUBLISH_FAILED, BAD_PARAMETER = 100120001, 120002, 120003, 100400
_OF_TOKEN: dict[Why, int] = {"missing": MISSING, "expired": EXPIRED, "revoked": WITHDRAWN, "scope": BAD_SCOPE}


class KuaishouSettings(CommonSettings):
    """How the platform is read where its contract is unverified.

    tokens: both are handed out anew; whether the 180 days then start anew is `tokens.extends`.
    second_publish: what a used upload_token gives: a refusal with `second_publish_code`, a second post, or the first post again.
    resent_fragment: a fragment that is there already "answers" like the first time, or is refused.
    product_field: where merchant_product_id is looked for. product_in_info: reading a post back shows its product (no document
    lists that field). cart_right: the account may hang products on posts.
    upload_host: what start_upload names as endpoint; empty is this server. create_time_ms: create_time is in ms, else seconds.
    """

    tokens: TokenRules = TokenRules(access_life_s=172_800, refresh_life_s=180 * 86_400)
    second_publish: Literal["refused", "second_post", "same_post"] = "refused"
    second_publish_code: int = BAD_PARAMETER
    resent_fragment: Literal["answers", "refused"] = "answers"
    product_field: Literal["form", "query", "either"] = "form"
    product_in_info: bool = True
    cart_right: bool = True
    hidden_looks: int = 1
    upload_host: str = ""
    create_time_ms: bool = True
    calls_per_day: int = 1000


class KuaishouServer(Server):
    """Kuaishou's open platform and its upload host, both on one port."""

    platform = "kuaishou"
    Settings = KuaishouSettings
    refusal_reason = "transcoding failed"
    routes: ClassVar[tuple[Route, ...]] = (
        Route("authorize", "page", "GET", r"/oauth2/(authorize|connect)"),
        Route("token", "token", "GET|POST", r"/oauth2/access_token"),
        Route("refresh", "token", "GET|POST", r"/oauth2/refresh_token"),
        Route("start_upload", "start", "POST", r"/openapi/photo/start_upload"),
        Route("upload", "piece", "POST", r"/api/upload", "upload_whole", upload_key="upload_token"),
        Route("upload_multipart", "piece", "POST", r"/api/upload/multipart", upload_key="upload_token"),
        Route("fragment", "piece", "POST", r"/api/upload/fragment", upload_key="upload_token"),
        Route("resume", "state", "GET", r"/api/upload/resume", upload_key="upload_token"),
        Route("complete", "finish", "POST", r"/api/upload/complete", upload_key="upload_token"),
        Route("publish", "publish", "POST", r"/openapi/photo/publish"),
        Route("info", "look", "GET", r"/openapi/photo/info"),
        Route("list", "look", "GET", r"/openapi/photo/list", handler="listing"),
        Route("count", "look", "GET", r"/openapi/photo/count"),
        Route("delete", "notice", "POST", r"/openapi/photo/delete"),
    )

    noes = ("100200500", "100200108", "100200102", "100200106", "100100402", "120002", "120003", "100400", "100120001", "10000200", "55555")

    def says_no(self, code: str) -> Answer:
        return _no(int(code), "server")

    def set_up(self) -> None:
        assert isinstance(self.common, KuaishouSettings)
        self.settings = self.common
        self._fragments: dict[str, dict[int, bytes]] = {}
        self._whole: dict[str, tuple[str, int]] = {}

    # Permission

    def authorize(self, request: Request) -> Answer:
        query = request.query
        if query.get("app_id") != APP_ID or query.get("response_type") != "code":
            return _no(BAD_CLIENT, "invalid client")
        if not self.settings.consents:
            return back_to(query.get("redirect_uri", ""), error="access_denied", state=query.get("state", ""))
        wanted = tuple(scope for scope in query.get("scope", "").split(",") if scope in SCOPES)
        code = self.grants.permit(self.settings.consents_as, wanted, redirect=query.get("redirect_uri", ""))
        return back_to(query.get("redirect_uri", ""), code=code, state=query.get("state", ""))

    def token(self, request: Request) -> Answer:
        given = self._client(request, "authorization_code")
        try:
            return self._tokens(self.grants.exchange(given.get("code", "")))
        except BadToken:
            return _no(BAD_CODE, "invalid code")

    def refresh(self, request: Request) -> Answer:
        given = self._client(request, "refresh_token")
        try:
            return self._tokens(self.grants.refresh(given.get("refresh_token", "")))
        except BadToken as bad:
            codes: dict[Why, int] = {"missing": MISSING, "expired": REFRESH_EXPIRED, "revoked": WITHDRAWN}
            return _no(codes.get(bad.why, BAD_TOKEN), f"refresh token {bad.why}")

    def _client(self, request: Request, grant_type: str) -> dict[str, str]:
        given = {**request.query, **request.form}
        if given.get("app_id") != APP_ID or given.get("app_secret") != APP_SECRET:
            raise Refused(_no(BAD_CLIENT, "invalid client"))
        if given.get("grant_type") != grant_type:
            raise Refused(_no(BAD_GRANT, "unsupported grant type"))
        return given

    def _tokens(self, grant: Grant) -> Answer:
        access_s, refresh_s = self.grants.left_s(grant)
        return _yes(
            access_token=grant.access, expires_in=access_s, refresh_token=grant.refresh, refresh_token_expires_in=refresh_s,
            open_id=grant.account, scopes=list(grant.scopes),
        )  # fmt: skip

    def _user(self, request: Request, scope: str) -> str:
        if request.query.get("app_id") != APP_ID:
            raise Refused(_no(BAD_CLIENT, "invalid client"))
        try:
            grant = self.grants.holder(request.query.get("access_token", ""), scope)
        except BadToken as bad:
            error = "ACCESS_DENIED" if bad.why == "scope" else f"access token {bad.why}"
            raise Refused(_no(_OF_TOKEN.get(bad.why, BAD_TOKEN), error)) from bad
        if not self.spend(f"calls of {grant.account}", self.settings.calls_per_day, PEKING):
            raise Refused(_no(LIMIT, "call limit reached or account banned"))
        return grant.account

    # Upload

    def start_upload(self, request: Request) -> Answer:
        account = self._user(request, "user_video_publish")
        token = "upload-token-" + secrets.token_hex(12)
        self.new_upload(token, account)
        self._fragments[token] = {}
        return _yes(upload_token=token, endpoint=self.settings.upload_host or self.host)

    def _open(self, request: Request, *, states: tuple[str, ...] = ("open",)) -> Upload:
        upload = self.upload_named(request.query.get("upload_token", ""))
        if upload is None or upload.state == "gone":
            raise Refused(_no(BAD_PARAMETER, "invalid upload_token"))
        if self.clock() - upload.started_at > timedelta(seconds=self.settings.upload_life_s):
            self._forget(upload.id)
            raise Refused(_no(BAD_PARAMETER, "upload_token expired"))
        if upload.state not in states:
            raise Refused(_no(BAD_PARAMETER, "upload is finished"))
        return upload

    def upload_whole(self, request: Request) -> Answer:
        return self._direct(self._open(request), request.content)

    def upload_multipart(self, request: Request) -> Answer:
        upload = self._open(request)
        file = next((part.content for part in parts_of(request) if part.name == "file"), b"")
        return self._direct(upload, file)

    def _direct(self, upload: Upload, content: bytes) -> Answer:
        if not 0 < len(content) < PIECE_MAX:
            return _no(BAD_PARAMETER, "a direct upload is smaller than 10 MB and not empty")
        self._finished(upload.id, [content])
        return _yes()

    def fragment(self, request: Request) -> Answer:
        upload = self._open(request)
        number = request.query.get("fragment_id", "")
        if not number.isdecimal() or not 0 < len(request.content) <= PIECE_MAX:
            return _no(BAD_PARAMETER, "fragment_id from 0; a fragment is at most 10 MB and not empty")
        pieces = self._fragments[upload.id]
        if int(number) in pieces and self.settings.resent_fragment == "refused":
            return _no(BAD_PARAMETER, "fragment exists")
        pieces[int(number)] = request.content
        self.change_upload(upload.id, bytes_kept=sum(map(len, pieces.values())))
        return _yes(checksum=_checksum(request.content), size=len(request.content))

    def resume(self, request: Request) -> Answer:
        upload = self._open(request, states=("open", "complete", "used"))
        pieces = self._fragments[upload.id]
        last = -1
        while last + 1 in pieces:
            last += 1
        shown, off = dict(sorted(pieces.items())), request.amount_of("wrong_offset")
        if off:
            # A stale or a forward answer: the list and the index agree with each other, and neither with what is there.
            last = max(-1, last + (1 if off > 0 else -1) * max(1, min(abs(off), 3)))
            like = next(iter(pieces.values()), b"?")
            shown = {number: pieces.get(number, like) for number in range(last + 1)}
        host, _, port = self.host.partition(":")
        return _yes(
            existed=upload.state != "open",
            fragment_index=last,
            fragment_index_bytes=sum(len(shown[number]) for number in range(last + 1) if number in shown),
            fragment_list=[{"id": number, "size": len(piece), "checksum": _checksum(piece)} for number, piece in shown.items()],
            token_id=hashlib.md5(upload.id.encode()).hexdigest(),
            endpoint=[{"protocol": "http", "host": host, "port": int(port)}],
        )

    def complete(self, request: Request) -> Answer:
        upload = self._open(request, states=("open", "complete"))
        if upload.state == "complete":
            return _yes()
        count, pieces = request.query.get("fragment_count", ""), self._fragments[upload.id]
        if not count.isdecimal() or int(count) < 1 or sorted(pieces) != list(range(int(count))):
            return _no(BAD_PARAMETER, f"fragment_count {count} but fragments {sorted(pieces)}")
        self._finished(upload.id, [pieces[number] for number in range(int(count))])
        return _yes()

    def _finished(self, token: str, pieces: list[bytes]) -> None:
        digest = hashlib.sha256()
        for piece in pieces:
            digest.update(piece)
        self._whole[token] = digest.hexdigest(), sum(map(len, pieces))
        self._fragments[token].clear()
        self.change_upload(token, state="complete", bytes_kept=self._whole[token][1])

    def _forget(self, token: str) -> None:
        self._fragments[token].clear()
        self._whole.pop(token, None)
        self.change_upload(token, state="gone", bytes_kept=0)

    def lose_uploads(self) -> None:
        for upload in self.uploads:
            if upload.state in ("open", "complete"):
                self._forget(upload.id)

    # Posts

    def publish(self, request: Request) -> Answer:
        account = self._user(request, "user_video_publish")
        parts = {part.name: part for part in parts_of(request)}
        upload = self._open(request, states=("open", "complete", "used"))
        if upload.account != account or upload.state == "open":
            return _no(NOT_UPLOADED, "the video was not uploaded")
        cover, caption = parts.get("cover"), parts["caption"].text if "caption" in parts else ""
        if cover is None or not cover.content.startswith((b"\xff\xd8\xff", b"\x89PNG")) or len(cover.content) >= COVER_MAX or not caption:
            return _no(BAD_PARAMETER, "cover (an image below 10 MB) and caption are needed")
        fields = {name: part.text for name, part in parts.items() if name != "cover"}
        if fields.get("stereo_type", STEREO[0]) not in STEREO:
            return _no(BAD_PARAMETER, "stereo_type")
        product = self._product(request, fields)
        if product and not (product.isdecimal() and self.settings.cart_right):
            return _no(BAD_PARAMETER, "merchant_product_id is not allowed for this account")
        first = self.post_of(upload.id)
        if first and self.settings.second_publish != "second_post":
            again = self.settings.second_publish == "same_post"
            return _yes(video_info=self._shown(first)) if again else _no(self.settings.second_publish_code, "upload_token was used")
        sha256, size = self._whole[upload.id]
        post = self.new_post(
            id="3x" + secrets.token_hex(7), account=account, upload=upload.id, sha256=sha256, size_bytes=size, caption=caption,
            product=product, cover_sha256=hashlib.sha256(cover.content).hexdigest(), fields=fields,
        )  # fmt: skip
        self.change_upload(upload.id, state="used")
        return _yes(video_info=self._shown(post))

    def _product(self, request: Request, fields: dict[str, str]) -> str:
        places = {"form": fields, "query": request.query, "either": {**request.query, **fields}}
        return places[self.settings.product_field].get("merchant_product_id", "")

    def _shown(self, post: Post) -> dict[str, Any]:
        live = post.state == "live"
        shown = {
            "photo_id": post.id, "caption": post.caption, "cover": f"{self.url}/cover/{post.id}.jpg",
            "play_url": f"{self.url}/play/{post.id}.mp4" if live else "",
            "create_time": int(post.created_at.timestamp() * (1000 if self.settings.create_time_ms else 1)),
            "like_count": 0, "comment_count": 0, "view_count": 0, "pending": not live,
        }  # fmt: skip
        if self.settings.product_in_info:
            shown["merchant_product_id"] = post.product if post.link_stuck else ""
        return shown

    def _mine(self, account: str, photo: str) -> Post:
        post = next((post for post in self.posts if post.id == photo and post.account == account and not post.deleted), None)
        if post is None:
            raise Refused(_no(NO_VIDEO, "video_not_exist"))
        return post

    def info(self, request: Request) -> Answer:
        post = self._mine(self._user(request, "user_video_info"), request.query.get("photo_id", ""))
        post = self.look(post.id)
        if post.looks <= self.settings.hidden_looks:
            return _no(NO_VIDEO, "video_not_exist")
        return _no(PUBLISH_FAILED, post.refusal) if post.state == "refused" else _yes(video_info=self._shown(post))

    def listing(self, request: Request) -> Answer:
        account = self._user(request, "user_video_info")
        cursor, count = request.query.get("cursor", ""), request.query.get("count", "20")
        if not count.isdecimal() or not 1 <= int(count) <= 200:
            return _no(BAD_PARAMETER, "count is 1 to 200")
        newest = self._listed(account)
        if cursor:
            ids = [post.id for post in newest]
            newest = newest[ids.index(cursor) + 1 :] if cursor in ids else []
        return _yes(video_list=[self._shown(post) for post in newest[: int(count)]])

    def count(self, request: Request) -> Answer:
        total = len(self._listed(self._user(request, "user_video_info")))
        return _yes(public_count=total, friend_count=0, private_count=0, all_count=total)

    def _listed(self, account: str) -> list[Post]:
        return [post for post in self.listed(account) if post.state != "refused"]

    def delete(self, request: Request) -> Answer:
        post = self._mine(self._user(request, "user_video_delete"), request.query.get("photo_id", ""))
        self.amend(post.id, deleted=True)
        return _yes()


def _yes(**fields: Any) -> Answer:
    return Answer(data={"result": 1, **fields}, code="1")


def _no(result: int, message: str) -> Answer:
    return Answer(data={"result": result, "error": message.split(":")[0], "error_msg": message}, code=str(result))


def _checksum(piece: bytes) -> str:
    return hashlib.md5(piece).hexdigest()


if __name__ == "__main__":
    sys.exit(main(KuaishouServer))
