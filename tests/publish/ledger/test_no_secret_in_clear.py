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
from pipeline.publish.ledger import Ledger, Progress, State, open_ledger

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


def test_a_password_in_the_ledgers_address_is_not_repeated() -> None:
    with pytest.raises(Exception, match="cannot be reached") as refused:
        open_ledger("postgresql://me:hush-hush@127.0.0.1:1/name", patience_s=2)
    assert "hush" not in str(refused.value)
    assert "hush" not in repr(refused.value.__cause__)
