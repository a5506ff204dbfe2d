"""What of an answer may be written down: no token, and no address beyond host and path."""

import json
from typing import Any

import pytest

from pipeline.network.redacted_response import public_link, redacted_response


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
def test_a_redacted_response_keeps_no_secret(answer: dict[str, Any], kept: dict[str, Any]) -> None:
    assert redacted_response(answer) == kept


def test_a_redacted_response_stays_small() -> None:
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
