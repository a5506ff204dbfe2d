"""The Content-Security-Policy of every page that FieldCut writes: it loads what lies beside it, runs its own scripts, and nothing else."""

import base64
import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import BaseLoader, Environment

_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
"""A script without attributes runs; blocks of data have a type, and need no leave."""


def escaping_environment(loader: "BaseLoader") -> "Environment":
    """Return an environment for a page's templates: whatever is filled in is escaped, and a name that nothing fills is an error."""
    from jinja2 import Environment, StrictUndefined  # not before a page is made

    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def content_policy(template: str, *, forms: bool = False) -> str:
    """The policy for pages made from a template, for its `<meta http-equiv>`. forms: the page sends one to where it came from.

    Its scripts are named by their hashes (https://www.w3.org/TR/CSP3/), which are taken from the template and not from a page: so a text
    from a sheet or a note runs nothing even where it was not escaped. Raises ValueError for a script that is filled in, whose hash changes.
    """
    scripts = _SCRIPT.findall(template)
    if any("{{" in script or "{%" in script for script in scripts):
        raise ValueError("a script holds what is filled in; put that into a block of data beside it")
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    allowed = " ".join(f"'sha256-{value}'" for value in hashes) or "'none'"
    form_action = "'self'" if forms else "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self' data:; "
        f"base-uri 'none'; form-action {form_action}"
    )


def template_policy(pages: "Environment", name: str, *, forms: bool = False) -> str:
    """The policy for pages made from one of an environment's templates. Arguments and errors are those of `content_policy`."""
    assert pages.loader is not None
    source, *_ = pages.loader.get_source(pages, name)
    return content_policy(source, forms=forms)
