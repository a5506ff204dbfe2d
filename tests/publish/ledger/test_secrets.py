"""What lets anybody upload or sign in is nowhere in the clear."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from pipeline.documents.message import M
from pipeline.documents.release import Release
from pipeline.publish.ledger import Ledger, Progress, State, open_ledger, public_link, redacted_response

PLANTED = "Zx9-planted_TOKEN.44f0bC77QwErTy81"
SESSION = f"https://upload.example.com/videos?uploadType=resumable&upload_id={PLANTED}"
SHORT = "aB3xK9"
"""Too short to be told from a word: withheld because it is known."""


def everything(address: str) -> Iterator[bytes]:
    """All that the database holds, as its rows and as its files."""
    engine = sa.create_engine(address.replace("postgresql:", "postgresql+psycopg:"))
    tables = sa.MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        for table in tables.sorted_tables:
            for row in connection.execute(sa.select(table)):
                for value in row:
                    yield value if isinstance(value, bytes) else json.dumps(value, default=str, ensure_ascii=False).encode()
    engine.dispose()
    if address.startswith("sqlite:///"):
        path = Path(address.removeprefix("sqlite:///"))
        files = [file for file in path.parent.rglob("*") if file.is_file()]
        assert path in files
        yield from (file.read_bytes() for file in files)


@pytest.mark.parametrize("secret", [PLANTED, SHORT], ids=["long", "short"])
def test_a_planted_token_is_nowhere_in_the_database(
    secret: str, address: str, cipher: Fernet, release: Callable[..., Release], facts: dict[str, Any]
) -> None:
    now, worker = facts["now"], facts["worker"]
    session = f"https://up.example.com/s?upload_id={secret}" if secret == PLANTED else secret
    ledger: Ledger
    with open_ledger(address, cipher=cipher) as ledger:
        entry = ledger.prepare(release(), by=facts["person"], at=now)
        with ledger.lease(entry.id, holder="worker-1", at=now):
            ledger.progress.save(entry.id, Progress.model_validate({"session": session, "facts": {"again": session}}), at=now)
            entry = ledger.advance(
                entry,
                State.UPLOADING,
                by=worker,
                at=now,
                request_id=f"req-{secret}",
                answer={"result": 1, "upload_token": secret, "location": session, "text": f"token {secret} accepted", "list": [session]},
            )
            entry = ledger.advance(
                entry,
                State.FAILED,
                by=worker,
                at=now,
                reason=M("{name}: {reason}", name="a.mp4", reason=M("{name}: {reason}", name=session, reason=secret)),
                post_id=secret,
                link=f"https://v.example.com/p?access_token={secret}",
            )
        kept = [*everything(address)]
        told = [
            repr(entry),
            str(entry),
            repr(ledger.history(entry.id)),
            repr(ledger.progress.load(entry.id)),
            str(ledger.progress.load(entry.id)),
        ]
        told.append(entry.model_dump_json())
    assert any(b"planted" not in part and b"kuaishou" in part for part in kept)
    assert not [part for part in kept if secret.encode() in part]
    assert not [part for part in told if secret in part]


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ({"result": 1, "photo_id": "3x7qnn2"}, {"result": 1, "photo_id": "3x7qnn2"}),
        ({"result": 100200108, "error_msg": "access token expired"}, {"result": 100200108, "error_msg": "access token expired"}),
        ({"token_expired": True, "expires_in": 172800}, {"token_expired": True, "expires_in": 172800}),
        ({"access_token": "short"}, {"access_token": "[withheld]"}),
        ({"data": {"refresh_token": ["a"]}}, {"data": {"refresh_token": "[withheld]"}}),
        ({"Authorization": "Bearer x"}, {"Authorization": "[withheld]"}),
        ({"header": "Authorization: Bearer abc.def"}, {"header": "Authorization: [withheld] [withheld]"}),
        ({"at": "https://a.example.com/x/y?token=1#z"}, {"at": "https://a.example.com/x/y"}),
        ({"at": "see http://user:pw@a.example.com:8080/x?k=v now"}, {"at": "see http://a.example.com:8080/x now"}),
        ({"at": "/api/upload?upload_token=abc"}, {"at": "/api/upload"}),
        ({"at": "app_secret=hush&x=1"}, {"at": "app_secret=[withheld]&x=1"}),
        ({"at": '{"refresh_token": "hush"}'}, {"at": '{"refresh_token": "[withheld]"}'}),
        ({"jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N"}, {"jwt": "[withheld]"}),
        ({"said": "key eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0 bad"}, {"said": "key [withheld] bad"}),
        ({"said": "693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa"}, {"said": "[withheld]"}),
        ({"said": "/path/with/q7/Ab3/9Zk2Lm/x8Yt0/tail"}, {"said": "[withheld]"}),
        ({"post": 7301234567890123456}, {"post": 7301234567890123456}),
        ({"post": "7301234567890123456789"}, {"post": "7301234567890123456789"}),
        ({"title": "高山土豆，现挖现发，十斤二十九块九，坏果包赔"}, {"title": "高山土豆，现挖现发，十斤二十九块九，坏果包赔"}),
        ({"at": "2026-12-01T19:30:00+08:00"}, {"at": "2026-12-01T19:30:00+08:00"}),
        ({"nothing": None, "ratio": 0.5}, {"nothing": None, "ratio": 0.5}),
    ],
)
def test_the_essence_of_an_answer_keeps_no_secret(answer: dict[str, Any], kept: dict[str, Any]) -> None:
    assert redacted_response(answer) == kept


def test_an_essence_stays_small() -> None:
    deep: dict[str, Any] = {"page": "<p>" * 5000, "list": list(range(5000))}
    for _ in range(20):
        deep = {"in": deep, **deep}
        deep = {"in": deep["in"]} | {"page": deep["page"], "list": deep["list"]}
    assert len(json.dumps(redacted_response(deep))) < 10_000


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://www.kuaishou.com/short-video/3x7q", "https://www.kuaishou.com/short-video/3x7q"),
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&si=AbCdEf1234567890abcd", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
        (
            "https://www.xiaohongshu.com/explore/66aa?xsec_token=ABC&xsec_source=pc",
            "https://www.xiaohongshu.com/explore/66aa?xsec_source=pc",
        ),
        ("https://me:pw@v.example.com/a#frag", "https://v.example.com/a"),
    ],
)
def test_a_posts_address_names_the_post_and_nothing_else(given: str, kept: str) -> None:
    assert public_link(given) == kept


@pytest.mark.parametrize("given", ["", "posted", "javascript:alert(1)", "https://", "data:text/html,x"])
def test_what_is_no_address_is_none(given: str) -> None:
    with pytest.raises(ValueError, match="not a web address"):
        public_link(given)


def test_a_password_in_the_ledgers_address_is_not_repeated() -> None:
    with pytest.raises(Exception, match="cannot be reached") as refused:
        open_ledger("postgresql://me:hush-hush@127.0.0.1:1/name", patience_s=2)
    assert "hush" not in str(refused.value)
    assert "hush" not in repr(refused.value.__cause__)
