"""From a line of a plan to posts: the story, the platforms, the account and the style that a person meant."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipeline.actions.rerender import story_names
from pipeline.brand import style_labels, style_named, style_roots, template_names
from pipeline.catalog.plan_sheet import PlanRow
from pipeline.documents.campaign import PlannedPost
from pipeline.documents.message import M
from pipeline.documents.offer import Choice
from pipeline.documents.sizes import SIZES, size_named
from pipeline.errors import FieldCutError, UserMistake
from pipeline.publish import destination_named, destination_names, load_destination
from pipeline.publish.accounts import Accounts, load_accounts
from pipeline.publish.platforms.registry import OWN_SHELF, PLATFORMS
from pipeline.settings import did_you_mean, nearest, read_settings
from pipeline.stages.release import BY_HAND
from pipeline.store import load_document

_SEVERAL = re.compile(r"[、，,;；/+\n]|和|及")


@dataclass(frozen=True)
class PlanNames:
    """What the names in a plan can mean in a workspace."""

    workspace: Path

    def posts_of(self, row: PlanRow) -> tuple[PlannedPost, ...]:
        """The posts of a line, one for each platform that it names. Raises UserMistake with what is not understood."""
        story, template = self.story(row.story), self._style(row.style)
        width, height = self._size(row.size)
        channels = [self._channel(part.strip(), row.account) for part in _SEVERAL.split(row.platform) if part.strip()]
        return tuple(
            PlannedPost(
                story=story,
                destination=destination,
                account=account,
                by_hand=by_hand,
                at=row.at,
                template=template,
                width=width,
                height=height,
                insist=row.again,
            )
            for destination, account, by_hand in dict.fromkeys(channels)
        )

    def story(self, given: str) -> str:
        """The story of that name, or the only one that sells that product; a name that is near none may be filmed later."""
        if given in self.stories:
            return given
        selling = [story for story in self.made if given.casefold() in self._sold(story)]
        if len(selling) == 1:
            return selling[0]
        if selling:
            raise UserMistake(M("{given} is sold by several stories: {stories}. Name one", given=given, stories=", ".join(selling)))
        if nearest(given, self.stories):
            raise UserMistake(did_you_mean(M("there is no story {given}", given=given), given, self.stories))
        return given

    def is_known(self, story: str) -> bool:
        """Whether the story was made, or its clips lie in the inbox."""
        return story in self.stories

    def product(self, story: str) -> str:
        """The number or name of the product that a story sells; empty where nobody knows yet."""
        choice = _choice(self.workspace / "stories" / story)
        return (choice.offer.sku or choice.offer.name) if choice and choice.offer else ""

    @cached_property
    def made(self) -> tuple[str, ...]:
        """The stories that were made."""
        return story_names(self.workspace)

    @cached_property
    def stories(self) -> tuple[str, ...]:
        """The stories that were made, and the folders in the inbox."""
        inbox = read_settings(self.workspace).inbox.folder_in(self.workspace)
        dropped = [path.name for path in inbox.iterdir() if path.is_dir() and not path.name.startswith(".")] if inbox.is_dir() else []
        return tuple(dict.fromkeys([*self.made, *sorted(dropped)]))

    @cached_property
    def _accounts(self) -> Accounts:
        return load_accounts(self.workspace)

    def _sold(self, story: str) -> set[str]:
        choice = _choice(self.workspace / "stories" / story)
        offer = choice.offer if choice else None
        return {name.casefold() for name in (offer.sku, offer.name, *offer.aliases) if name} if offer else set()

    def _channel(self, platform: str, account: str) -> tuple[str, str, bool]:
        """Return destination, account and whether a person posts there, for 快手, 快手:合作社, handoff:douyin, 人工:抖音 or a name."""
        platform = platform.replace("：", ":")
        for prefix in BY_HAND:
            platform = platform.removeprefix(prefix)
        name, _, behind = platform.partition(":")
        try:
            destination = destination_named(name)
        except UserMistake as mistake:
            known = ", ".join(load_destination(one).label["zh"] for one in destination_names())
            raise UserMistake(M("the platform {given} is not known. Known: {known}", given=name, known=known)) from mistake
        account = behind.strip() or account
        adapter = PLATFORMS.get(destination)
        if adapter is None:
            raise UserMistake(M("FieldCut does not publish to {platform} by itself", platform=name))
        if adapter.capabilities.by_person:
            return destination, account, True
        if destination == OWN_SHELF and not account:
            return destination, "", False
        accounts_there = [one.partition(":")[2] for one in self._accounts.names if one.partition(":")[0] == destination]
        if not account and len(accounts_there) == 1:
            return destination, accounts_there[0], False
        if account not in accounts_there:
            accounts = ", ".join(accounts_there) or "–"
            if not account:
                raise UserMistake(M("the account on {platform} is missing. Known: {known}", platform=name, known=accounts))
            raise UserMistake(M("{platform} has no account {account}. Known: {known}", platform=name, account=account, known=accounts))
        return destination, account, False

    def _style(self, given: str) -> str:
        if not given:
            return ""
        roots = style_roots(self.workspace)
        style = style_named(given, roots)
        if style not in template_names(roots):
            names = ", ".join(style_labels(roots))
            raise UserMistake(M("the style {given} is not known. Known: {known}", given=given, known=names))
        return style

    def _size(self, given: str) -> tuple[int, int]:
        if not given:
            return 0, 0
        size = size_named(given)
        if size is None:
            raise UserMistake(
                M("the size {given} is not known. Known: {known}", given=given, known=", ".join(["竖屏", "横屏", "方形", *SIZES]))
            )
        return size


def _choice(story: Path) -> Choice | None:
    try:
        return load_document(story / "choice.json", Choice)
    except FieldCutError:
        return None
