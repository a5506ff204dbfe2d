"""The desk's pages: a signed link opens the page of one release, and a form on it answers. Opening changes nothing, whoever opens it."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from flows.desk.approval_page import NOTE_TEMPLATE, TEMPLATE, approval_page, note_page, page_policy
from flows.desk.guard import Guard
from flows.desk.rate_limit import WrongLinks
from pipeline.actions.approval_requests import (
    ApprovalRequest,
    LinkForged,
    NotAsked,
    PersonAnswer,
    answer_by_link,
    request_by_link,
)
from pipeline.actions.publishing_context import deciding_context
from pipeline.documents.message import M, Message
from pipeline.errors import FieldCutError

READ = ["GET", "HEAD"]
FORM = "application/x-www-form-urlencoded"
STATUS = {"open": 200, "approved": 200, "refused": 200, "void": 409, "expired": 410, "ended": 409}
PICTURES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}


def desk_app(workspace: Path, language: str, now: Callable[[], datetime], elapsed_s: Callable[[], float] = time.monotonic) -> FastAPI:
    """The application for one workspace. now: the time, aware. elapsed_s: seconds on a clock that is never set."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    desk = _Desk(workspace, language, now, WrongLinks(elapsed_s))
    app.add_middleware(Guard)

    @app.api_route("/", methods=READ)
    def home() -> Response:
        text = M("This is FieldCut's desk. Open the link that you were sent; here is nothing else to see.")
        return _html(note_page(text, language, good=True), 200, page_policy(language, NOTE_TEMPLATE))

    @app.api_route("/favicon.ico", methods=READ)
    def no_icon() -> Response:
        return Response(status_code=204)

    @app.api_route("/a/{token}", methods=READ)
    def page(token: str, request: Request) -> Response:
        return desk.shown(token, _caller(request))

    @app.post("/a/{token}")
    async def answer(token: str, request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
            return Response(status_code=415)
        body = (await request.body()).decode("utf-8", "replace")
        form = {name: values[0] for name, values in parse_qs(body, max_num_fields=8).items()}
        return await run_in_threadpool(desk.answered, token, form, _caller(request))

    @app.api_route("/a/{token}/video", methods=READ)
    def video(token: str, request: Request) -> Response:
        return desk.file(token, _caller(request), _video)

    @app.api_route("/a/{token}/cover/{number:int}", methods=READ)
    def cover(token: str, number: int, request: Request) -> Response:
        return desk.file(token, _caller(request), lambda asked: _cover(asked, number))

    return app


class _Desk:
    """Answers requests for one workspace; each opens the ledger for itself."""

    def __init__(self, workspace: Path, language: str, now: Callable[[], datetime], wrong: WrongLinks) -> None:
        self._workspace, self._language, self._now, self._wrong = workspace, language, now, wrong

    def shown(self, token: str, caller: str) -> Response:
        """The page of a link."""
        return self._page(token, caller, {}, lambda: None)

    def answered(self, token: str, form: Mapping[str, str], caller: str) -> Response:
        """Take an answer, and show the page again."""
        said = form.get("answer", "")
        if said not in ("yes", "no"):
            return Response(status_code=400)

        def take() -> None:
            given = PersonAnswer(form.get("name", ""), "yes" if said == "yes" else "no", form.get("reason", ""), "link")
            with deciding_context(self._workspace) as engine:
                answer_by_link(engine, self._workspace, token, given, self._now())

        return self._page(token, caller, form, take)

    def file(self, token: str, caller: str, choose: Callable[[ApprovalRequest], tuple[Path, str] | None]) -> Response:
        """One of the release's own files, as the ledger names them; nothing of an address leads to another."""
        try:
            with deciding_context(self._workspace) as engine:
                asked = request_by_link(engine, self._workspace, token, self._now())
        except LinkForged as error:
            return self._refused(error.message, caller)
        except FieldCutError:
            return Response(status_code=503)
        found = choose(asked) if asked.status in ("open", "approved", "refused") else None
        if found is None or not found[0].is_file():
            return Response(status_code=404)
        return FileResponse(found[0], media_type=found[1], headers={"cache-control": "private, no-cache"})

    def _page(self, token: str, caller: str, form: Mapping[str, str], act: Callable[[], None]) -> Response:
        problem: Message | None = None
        try:
            act()
            if form:
                return RedirectResponse(f"/a/{token}", status_code=303)
        except LinkForged as error:
            return self._refused(error.message, caller)
        except NotAsked as error:
            problem = error.message
        except FieldCutError as error:
            return self._note(error.message, 503)
        try:
            with deciding_context(self._workspace) as engine:
                asked = request_by_link(engine, self._workspace, token, self._now())
                text = approval_page(asked, engine.ledger, self._workspace, token, self._language, problem, form)
        except LinkForged as error:
            return self._refused(error.message, caller)
        except FieldCutError as error:
            return self._note(error.message, 503)
        return _html(text, 422 if problem is not None else STATUS[asked.status], page_policy(self._language, TEMPLATE))

    def _refused(self, why: Message, caller: str) -> Response:
        wait_s = self._wrong.count(caller)
        if wait_s > 0:
            answer = self._note(M("Too many wrong links came from this phone. Wait a few minutes."), 429)
            answer.headers["retry-after"] = str(round(wait_s) + 1)
            return answer
        return self._note(why, 404)

    def _note(self, text: Message, status: int) -> Response:
        return _html(note_page(text, self._language), status, page_policy(self._language, NOTE_TEMPLATE))


def _html(text: str, status: int, policy: str) -> HTMLResponse:
    return HTMLResponse(text, status, {"content-security-policy": policy})


def _caller(request: Request) -> str:
    return request.client.host if request.client is not None else ""


def _video(asked: ApprovalRequest) -> tuple[Path, str]:
    return Path(asked.entry.release.video.path), "video/mp4"


def _cover(asked: ApprovalRequest, number: int) -> tuple[Path, str] | None:
    covers = asked.entry.release.covers
    if not 0 <= number < len(covers):
        return None
    path = Path(covers[number].path)
    kind = PICTURES.get(path.suffix.lower())
    return (path, kind) if kind is not None else None
