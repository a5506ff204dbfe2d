"""A platform's posting form: its steps, its declarations, and what a link to a post there looks like.

Data: `form.yaml` in the platform's folder, beside its destination profile.
"""

from functools import cache
from typing import Literal, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from pipeline.documents.base import Document, Frozen
from pipeline.documents.message import M
from pipeline.errors import UserMistake
from pipeline.publish.platform_folders import PLATFORM_FOLDERS, broken_file, where_in_yaml
from pipeline.resources import read_packaged_yaml

FORM = "form.yaml"

Fact = Literal[
    "title",
    "short_title",
    "caption",
    "topics",
    "cover",
    "product_link",
    "product_id",
    "product_by_name",
    "declaration",
    "no_declaration",
    "original",
    "planned",
]
"""What a release may have, so that a step has something to be done with. product_by_name: it sells something and has neither its link nor
its number."""
Pasted = Literal["title", "short_title", "caption", "topics", "product_name", "product_link", "product_id"]
"""A text to be pasted."""


class Step(Frozen):
    """One stop on the way through the form, in each language.

    {declaration} stands for what is to be ticked, {time} for the planned time.
    """

    zh: str
    en: str
    needs: tuple[Fact, ...] = ()
    """Left out unless the release has them all."""
    copies: tuple[Pasted, ...] = ()
    """Texts pasted at this stop; those the release does not have are left out."""
    shows: Literal["", "video", "covers", "site"] = ""
    """What the page puts beside it."""

    def text(self, language: str) -> str:
        """Chinese unless English is asked for."""
        return self.en if language == "en" else self.zh


class Schedule(Frozen):
    """How far ahead the form takes a planned time, in seconds from when it is filled in."""

    least_s: float = 0.0
    most_s: float


class HandoffForm(Document):
    """A platform's form."""

    name: str
    site: str = Field(pattern=r"^https://")
    """Where a person posts from a computer."""
    site_label: dict[str, str]
    link_hosts: tuple[str, ...] = Field(min_length=1)
    """Hosts, with all below them, that a link to a post may have."""
    not_posts: tuple[str, ...] = ()
    """Host, or host/path, of that platform under which no post is: the form itself."""
    cart: Literal["url", "product_id"]
    """How the person finds the product: by its link, or by its number in the platform's own shop."""
    max_bytes: int | None = None
    min_seconds: float | None = None
    cover_crops: tuple[str, ...] = ()
    """Shapes that the platform cuts out of the middle of a cover elsewhere: a title stays inside all of them."""
    schedule: Schedule | None = None
    declarations: dict[Literal["ai_generated", "commercial"], dict[str, str]]
    """What each is called in the form, the weightiest first."""
    declares: Literal["one", "several"] = "several"
    """How many of them the form takes."""
    no_declaration: dict[str, str] = Field(default_factory=dict)
    """What the form calls that there is nothing to declare; empty where the field is left alone."""
    steps: tuple[Step, ...]
    sources: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    """Names of the fields above that no official source confirms."""

    @model_validator(mode="after")
    def _speaks_both(self) -> Self:
        for label in (self.site_label, *self.declarations.values(), *([self.no_declaration] if self.no_declaration else [])):
            if not (label.get("zh") and label.get("en")):
                raise ValueError("a label is there in zh and en")
        return self


def form_names() -> tuple[str, ...]:
    """The platforms that a person posts to."""
    return tuple(sorted(file.parent.name for file in PLATFORM_FOLDERS.glob(f"*/{FORM}")))


@cache
def load_form(name: str) -> HandoffForm:
    """The form of a platform. Raises UserMistake, listing the known ones, when nobody posts there by hand."""
    if name not in form_names():
        known = ", ".join(form_names())
        raise UserMistake(M("There are no hand-off packs for {platform}. Known: {known}", platform=name, known=known))
    path = PLATFORM_FOLDERS / name / FORM
    try:
        form = HandoffForm.model_validate(read_packaged_yaml(path))
    except (ValidationError, yaml.YAMLError) as error:
        raise broken_file(path, where_in_yaml(error)) from error
    if form.name != name:
        raise broken_file(path, f"name: {form.name}")
    return form
