"""A page that FieldCut writes loads nothing from elsewhere and runs no script but its own."""

import base64
import hashlib
import re

import pytest

from pipeline.page_policy import content_policy
from pipeline.resources import ROOT

PAGES = sorted(
    path
    for package in ("pipeline", "flows")
    for path in (ROOT / package).rglob("*.html*")
    if "<!doctype" in path.read_text(encoding="utf-8").lower()
)


def test_the_policy_names_each_script_by_its_hash_and_nothing_else() -> None:
    policy = content_policy('<style>a</style><script type="application/json">{{ x }}</script><script>run()</script>')
    digest = base64.b64encode(hashlib.sha256(b"run()").digest()).decode()
    assert f"script-src 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none';")


def test_a_page_without_scripts_may_run_none() -> None:
    assert "script-src 'none';" in content_policy("<p>{{ x }}</p>")


def test_a_script_that_is_filled_in_is_refused() -> None:
    with pytest.raises(ValueError, match="filled in"):
        content_policy("<script>var x = {{ x }}</script>")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_has_its_policy_before_anything_that_it_governs(page) -> None:
    text = page.read_text(encoding="utf-8")
    policy = text.index('<meta http-equiv="Content-Security-Policy" content="{{ policy }}">')
    assert policy < min(text.find(tag) for tag in ("<style", "<script", "<link", "<img", "<body") if tag in text)
    content_policy(text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_has_a_script_in_an_attribute_which_its_policy_would_stop(page) -> None:
    assert re.findall(r"<[^>]+\son[a-z]+=", page.read_text(encoding="utf-8")) == []


def test_all_pages_are_looked_at() -> None:
    assert {page.name for page in PAGES} >= {"overview.html", "story.html", "page.html", "report.html.j2", "approval.html.j2"}
