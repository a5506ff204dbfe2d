"""Bilibili's open platform: signed calls, parts by upload_token, review before a post is public, errors by `code`."""

import hashlib
import hmac
import json
import secrets
import sys
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar, Literal
from uuid import uuid4

from tests.fakes.servers.base import Refused, Route, Server
from tests.fakes.servers.http_wire import Answer, Request, parts_of
from tests.fakes.servers.oauth import BadToken, Grant, TokenRules, back_to
from tests.fakes.servers.record import CommonSettings
from tests.fakes.servers.server_process import main
from tests.fakes.servers.truth import Post, Upload

CLIENT_ID = "bili-test-client"
CLIENT_SECRET = "secret-of-the-bilibili-app"
SCOPES = ("ARC_BASE", "USER_INFO")
MB = 1_000_000
FILE_MAX = 4 * 1000 * MB
SMALL_MAX = 100 * MB
COVER_MAX = 5 * MB
SIGNED = (
    "x-bili-accesskeyid",
    "x-bili-content-md5",
    "x-bili-signature-method",
    "x-bili-signature-nonce",
    "x-bili-signature-version",
    "x-bili-timestamp",
)
TYPES = {21: "日常", 76: "美食制作", 251: "三农"}

BAD_CLIENT, NO_CODE, BAD_REFRESH, NO_AUTH, BAD_TOKEN, NO_RIGHT = 122000, 122002, 122007, 127000, 127001, 127011
QUOTA, BAD_UPLOAD, BAD_PARAMETER, BAD_FILE, NOT_FOUND, CONFLICT, BUSY = 127009, 127022, 127100, 127102, 127124, 123007, 127201
BAD_APP, BAD_SIGNATURE, BAD_TIME, BAD_NONCE, BAD_METHOD, BAD_VERSION = 4001, 4002, 4003, 4004, 4005, 4006


class BilibiliSettings(CommonSettings):
    """How the platform is read where its contract is unverified.

    refresh_path: where a refresh is taken. empty_md5: the digest header of a call without a signed body (GET, multipart) is the
    md5 of nothing, or empty, or either. clock_slack_s: how far the signature's time may be off. resent_part: a part that is there
    already is overwritten, or refused. second_publish: what a used upload_token gives: a conflict, a second post, or the first
    post again. part_max: bytes of one part; equal_parts: all but the last must be of one size.
    posts_per_day: accounts that are no full members.
    """

    tokens: TokenRules = TokenRules(access_life_s=30 * 86_400, refresh_life_s=60 * 86_400)
    refresh_path: Literal["refresh_token", "token", "either"] = "refresh_token"
    empty_md5: Literal["digest", "empty", "either"] = "digest"
    clock_slack_s: float = 600
    resent_part: Literal["overwrites", "refused"] = "overwrites"
    second_publish: Literal["refused", "second_post", "same_post"] = "refused"
    second_publish_code: int = CONFLICT
    part_max: int = 100 * MB
    equal_parts: bool = True
    posts_per_day: int = 5
    desc_max: int = 250


def signature(headers: Mapping[str, str], secret: str = CLIENT_SECRET) -> str:
    """The Authorization header for the six signed headers, given by their lower-case names: HMAC-SHA256 over their sorted lines."""
    lines = "\n".join(f"{name}:{headers.get(name, '')}" for name in SIGNED)
    return hmac.new(secret.encode(), lines.encode(), hashlib.sha256).hexdigest()


class BilibiliServer(Server):
    """The open platform's account, member and upload hosts, all on one port."""

    platform = "bilibili"
    Settings = BilibiliSettings
    refusal_reason = "画面不清晰"
    routes: ClassVar[tuple[Route, ...]] = (
        Route("authorize", "page", "GET", r"/pc/account-pc/auth/oauth"),
        Route("token", "token", "POST", r"/x/account-oauth2/v1/token"),
        Route("refresh", "token", "POST", r"/x/account-oauth2/v1/refresh_token"),
        Route("scopes", "look", "GET", r"/arcopen/fn/user/account/scopes"),
        Route("account", "look", "GET", r"/arcopen/fn/user/account/info"),
        Route("init", "start", "POST", r"/arcopen/fn/archive/video/init"),
        Route("part", "piece", "POST", r"/video/v2/part/upload", upload_key="upload_token"),
        Route("small", "piece", "POST", r"/video/v2/upload", upload_key="upload_token"),
        Route("complete", "finish", "POST", r"/arcopen/fn/archive/video/complete"),
        Route("cover", "cover", "POST", r"/arcopen/fn/archive/cover/upload"),
        Route("add", "publish", "POST", r"/arcopen/fn/archive/add-by-utoken"),
        Route("view", "look", "GET", r"/arcopen/fn/archive/view"),
        Route("viewlist", "look", "GET", r"/arcopen/fn/archive/viewlist"),
        Route("types", "look", "GET", r"/arcopen/fn/archive/type/list"),
    )

    def set_up(self) -> None:
        assert isinstance(self.common, BilibiliSettings)
        self.settings = self.common
        self._nonces: set[str] = set()
        self._kinds: dict[str, str] = {}
        self._parts: dict[str, dict[int, bytes]] = {}
        self._whole: dict[str, tuple[str, int]] = {}
        self._covers: dict[str, tuple[str, str]] = {}

    noes = ("-500", "4002", "4010", "127000", "127001", "127007", "127009", "123026", "127306", "127022", "127100", "127200", "127201")
    noes += ("127107", "123007", "123043", "55555")

    def says_no(self, code: str) -> Answer:
        return _no(int(code), "系统繁忙")

    def trouble(self, status: int) -> Answer:
        answer = super().trouble(status)
        return answer if status in (429, 502) else Answer(status, data=_no(BUSY, "busy").data, code=answer.code)

    # Permission

    def authorize(self, request: Request) -> Answer:
        query = request.query
        if query.get("client_id") != CLIENT_ID:
            return _no(BAD_CLIENT, "client_id")
        if not self.settings.consents:
            return back_to(query.get("gourl", ""), error="access_denied", state=query.get("state", ""))
        return back_to(query.get("gourl", ""), code=self.grants.permit(self.settings.consents_as, SCOPES), state=query.get("state", ""))

    def token(self, request: Request) -> Answer:
        form = self._client(request)
        if form.get("grant_type") == "refresh_token" and self.settings.refresh_path != "refresh_token":
            return self._refreshed(form)
        try:
            if form.get("grant_type") == "authorization_code":
                return self._tokens(self.grants.exchange(form.get("code", "")))
        except BadToken:
            return _no(NO_CODE, "code not found")
        return _no(BAD_PARAMETER, "grant_type")

    def refresh(self, request: Request) -> Answer:
        form = self._client(request)
        if form.get("grant_type") != "refresh_token" or self.settings.refresh_path == "token":
            return _no(BAD_PARAMETER, "grant_type")
        return self._refreshed(form)

    def _client(self, request: Request) -> dict[str, str]:
        if request.form.get("client_id") != CLIENT_ID or request.form.get("client_secret") != CLIENT_SECRET:
            raise Refused(_no(BAD_CLIENT, "client_id or client_secret"))
        return request.form

    def _refreshed(self, form: dict[str, str]) -> Answer:
        try:
            return self._tokens(self.grants.refresh(form.get("refresh_token", "")))
        except BadToken as bad:
            return _no(BAD_REFRESH, f"refresh token {bad.why}")

    def _tokens(self, grant: Grant) -> Answer:
        return _yes(access_token=grant.access, refresh_token=grant.refresh, expires_in=self.grants.left_s(grant)[0])

    def _user(self, request: Request, scope: str = "ARC_BASE") -> str:
        """Whose call it is. The signature is looked at before the token. Raises Refused."""
        headers = request.headers
        if not all(name in headers for name in (*SIGNED, "authorization", "access-token")):
            raise Refused(_no(NO_AUTH, "authentication parameters are missing"))
        sent = headers["x-bili-timestamp"]
        checks = (
            (BAD_APP, headers["x-bili-accesskeyid"] == CLIENT_ID),
            (BAD_METHOD, headers["x-bili-signature-method"] == "HMAC-SHA256"),
            (BAD_VERSION, headers["x-bili-signature-version"] == "2.0"),
            (BAD_TIME, sent.isdecimal() and abs(self.clock().timestamp() - int(sent)) <= self.settings.clock_slack_s),
            (BAD_SIGNATURE, headers["x-bili-content-md5"] in self._digests(request)),
            (BAD_SIGNATURE, hmac.compare_digest(headers["authorization"], signature(headers))),
            (BAD_NONCE, headers["x-bili-signature-nonce"] not in self._nonces),
        )
        for code, good in checks:
            if not good:
                raise Refused(_no(code, "signature"))
        self._nonces.add(headers["x-bili-signature-nonce"])
        try:
            return self.grants.holder(headers["access-token"], scope).account
        except BadToken as bad:
            raise Refused(_no(NO_RIGHT if bad.why == "scope" else BAD_TOKEN, f"access token {bad.why}")) from bad

    def _digests(self, request: Request) -> tuple[str, ...]:
        if request.content and not request.headers.get("content-type", "").startswith("multipart/"):
            return (hashlib.md5(request.content).hexdigest(),)
        nothing = hashlib.md5(b"").hexdigest()
        return {"digest": (nothing,), "empty": ("",), "either": (nothing, "")}[self.settings.empty_md5]

    def scopes(self, request: Request) -> Answer:
        account = self._user(request, "USER_INFO")
        grant = self.grants.holder(request.headers["access-token"])
        return _yes(openid=account, scopes=list(grant.scopes))

    def account(self, request: Request) -> Answer:
        account = self._user(request, "USER_INFO")
        return _yes(openid=account, name=account, face=f"{self.url}/face.jpg")

    # Upload

    def init(self, request: Request) -> Answer:
        account = self._user(request)
        body = _json(request)
        name, kind = body.get("name", ""), body.get("utype")
        if kind not in ("0", "1") or not isinstance(name, str) or not name.endswith((".mp4", ".flv")):
            return _no(BAD_PARAMETER, 'name ends in .mp4 or .flv, utype is "0" or "1"')
        token = "upload-token-" + secrets.token_hex(12)
        self.new_upload(token, account)
        self._kinds[token], self._parts[token] = kind, {}
        return _yes(upload_token=token)

    def _open(self, request: Request, *states: str) -> Upload:
        upload = self.upload_named(request.query.get("upload_token", ""))
        old = upload is not None and self.clock() - upload.started_at > timedelta(seconds=self.settings.upload_life_s)
        if upload is None or old or upload.state not in states:
            raise Refused(_no(BAD_UPLOAD, "upload_token"))
        return upload

    def part(self, request: Request) -> Answer:
        upload = self._open(request, "open")
        number, parts = request.query.get("part_number", ""), self._parts[upload.id]
        if self._kinds[upload.id] != "0" or not number.isdecimal() or int(number) < 1:
            return _no(BAD_PARAMETER, "part_number from 1, of a chunked upload")
        if not 0 < len(request.content) <= self.settings.part_max:
            return _no(BAD_PARAMETER, "size of a part")
        if int(number) in parts and self.settings.resent_part == "refused":
            return _no(BAD_PARAMETER, "part exists")
        parts[int(number)] = request.content
        self.change_upload(upload.id, bytes_kept=sum(map(len, parts.values())))
        return _yes()

    def small(self, request: Request) -> Answer:
        upload = self._open(request, "open", "complete")
        if self._kinds[upload.id] != "1" or not 0 < len(request.content) <= SMALL_MAX:
            return _no(BAD_PARAMETER, "a single file of at most 100 MB")
        self._finished(upload.id, [request.content])
        return _yes()

    def complete(self, request: Request) -> Answer:
        account = self._user(request)
        upload = self._open(request, "open", "complete")
        if upload.state == "complete":
            return _yes()
        parts = self._parts[upload.id]
        pieces = [parts[number] for number in sorted(parts)]
        uneven = self.settings.equal_parts and any(len(piece) != len(pieces[0]) for piece in pieces[1:-1])
        uneven = uneven or (self.settings.equal_parts and len(pieces) > 1 and len(pieces[-1]) > len(pieces[0]))
        if upload.account != account or not parts or sorted(parts) != list(range(1, len(parts) + 1)) or uneven:
            return _no(BAD_PARAMETER, f"parts {sorted(parts)}")
        if sum(map(len, pieces)) > FILE_MAX:
            return _no(BAD_FILE, "larger than 4 GB")
        self._finished(upload.id, pieces)
        return _yes()

    def _finished(self, token: str, pieces: list[bytes]) -> None:
        digest = hashlib.sha256()
        for piece in pieces:
            digest.update(piece)
        self._whole[token] = digest.hexdigest(), sum(map(len, pieces))
        self._parts[token].clear()
        self.change_upload(token, state="complete", bytes_kept=self._whole[token][1])

    def lose_uploads(self) -> None:
        super().lose_uploads()
        for upload in self.uploads:
            if upload.state == "gone":
                self._parts[upload.id].clear()

    def cover(self, request: Request) -> Answer:
        account = self._user(request)
        file = next((part.content for part in parts_of(request) if part.name == "file"), b"")
        if not file.startswith((b"\xff\xd8\xff", b"\x89PNG")) or len(file) > COVER_MAX:
            return _no(BAD_FILE, "jpg or png of at most 5 MB")
        sha256 = hashlib.sha256(file).hexdigest()
        url = f"{self.url}/bfs/archive/{sha256[:40]}.jpg"
        self._covers[url] = account, sha256
        return _yes(url=url)

    # Posts

    def add(self, request: Request) -> Answer:
        account = self._user(request)
        upload = self._open(request, "complete", "used")
        body = _json(request)
        self._validate(body, account)
        first = self.post_of(upload.id)
        if upload.account != account:
            return _no(BAD_UPLOAD, "upload_token")
        if first and self.settings.second_publish != "second_post":
            again = self.settings.second_publish == "same_post"
            return _yes(resource_id=first.id) if again else _no(self.settings.second_publish_code, "submitted already")
        if not self.spend(f"posts of {account}", self.settings.posts_per_day):
            return _no(QUOTA, "submissions of today are used up")
        sha256, size = self._whole[upload.id]
        post = self.new_post(
            id="BV1" + secrets.token_hex(5)[:9], account=account, upload=upload.id, sha256=sha256, size_bytes=size, title=body["title"],
            caption=body.get("desc", ""), cover_sha256=self._covers[body["cover"]][1], fields=body,
        )  # fmt: skip
        self.change_upload(upload.id, state="used")
        return _yes(resource_id=post.id)

    def _validate(self, body: dict[str, Any], account: str) -> None:
        title, tag = body.get("title"), body.get("tag")
        rules = (
            ("title", isinstance(title, str) and 0 < len(title) <= 80),
            ("tid", body.get("tid") in TYPES),
            ("cover", self._covers.get(str(body.get("cover")), ("",))[0] == account),
            ("tag", isinstance(tag, str) and any(tag.split(",")) and len(tag) <= 200),
            ("desc", len(body.get("desc", "")) <= self.settings.desc_max),
            ("copyright", body.get("copyright") in (1, 2)),
            ("source", body.get("copyright") == 1 or bool(body.get("source"))),
            ("no_reprint", body.get("no_reprint", 0) in (0, 1)),
        )
        for name, good in rules:
            if not good:
                raise Refused(_no(BAD_PARAMETER, name))

    def view(self, request: Request) -> Answer:
        account = self._user(request)
        wanted = request.query.get("resource_id", "")
        post = next((post for post in self.posts if post.id == wanted and post.account == account and not post.deleted), None)
        seen = self.look(post.id) if post else None
        if seen is None or seen.looks <= self.settings.hidden_looks:
            return _no(NOT_FOUND, "archive not found")
        return _yes(**self._shown(seen))

    def viewlist(self, request: Request) -> Answer:
        account = self._user(request)
        page, size = request.query.get("pn", "1"), request.query.get("ps", "20")
        if not (page.isdecimal() and size.isdecimal() and int(page) >= 1 and 1 <= int(size) <= 50):
            return _no(BAD_PARAMETER, "pn, ps")
        wanted = {"pubed": ("live",), "not_pubed": ("refused",), "is_pubing": ("processing",)}.get(request.query.get("status", "all"))
        mine = [post for post in self.listed(account) if wanted is None or post.state in wanted]
        start = (int(page) - 1) * int(size)
        shown = [self._shown(post) for post in mine[start : start + int(size)]]
        return _yes(page={"pn": int(page), "ps": int(size), "total": len(mine)}, list=shown)

    def types(self, request: Request) -> Answer:
        self._user(request)
        return Answer(data={**_yes().data, "data": [{"id": tid, "name": name, "children": []} for tid, name in TYPES.items()]}, code="0")

    def _shown(self, post: Post) -> dict[str, Any]:
        state = {"live": 0, "processing": -1, "refused": -2}.get(post.state, -100)
        words = post.caption if post.link_stuck else " ".join(word for word in post.caption.split() if "://" not in word)
        return {
            **{name: post.fields.get(name) for name in ("tid", "tag", "copyright", "no_reprint")},
            "resource_id": post.id, "title": post.title, "desc": words, "cover": post.fields["cover"],
            "ctime": int(post.created_at.timestamp()), "ptime": int(post.created_at.timestamp()) if state == 0 else 0,
            "addit_info": {
                "state": state, "state_desc": {0: "开放浏览", -1: "待审"}.get(state, "已退回"),
                "reject_reason": post.refusal if state == -2 else "",
            },
        }  # fmt: skip


def _json(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(request.content)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refused(_no(BAD_PARAMETER, "the body is no JSON object"))
    return body


def _yes(**data: Any) -> Answer:
    return Answer(data={"code": 0, "message": "0", "ttl": 1, "request_id": uuid4().hex, "data": data}, code="0")


def _no(code: int, message: str) -> Answer:
    return Answer(data={"code": code, "message": message, "ttl": 1, "request_id": uuid4().hex, "data": None}, code=str(code))


if __name__ == "__main__":
    sys.exit(main(BilibiliServer))
