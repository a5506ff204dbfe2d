"""The rules for posts that are planned ahead: quiet hours, so many posts a day, the same story once, one product at a distance."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from pipeline.documents.campaign import PlannedPost
from pipeline.documents.message import M, Message
from pipeline.publish.engine.kin import is_feed
from pipeline.settings import CampaignSettings, day_text, in_coop_time, minute_text


@dataclass(frozen=True)
class PlanRules:
    """The rules of a workspace. product_of: the product that a story sells, empty where that is not known yet."""

    settings: CampaignSettings
    product_of: Callable[[str], str] = lambda _story: ""

    def problem(self, post: PlannedPost, others: Iterable[PlannedPost], now: datetime) -> Message | None:
        """Return the first rule that a post would break, None for none. others: all posts that stand beside it."""
        if post.at <= now:
            return M("{time} has passed", time=minute_text(post.at))
        if quiet := next((span for span in self.settings.quiet_hours if is_quiet(post.at, span)), ""):
            return M("{time} lies within the quiet hours {quiet}", time=minute_text(post.at), quiet=quiet)
        beside = [other for other in others if other.channel == post.channel]
        if any((other.story, other.at) == (post.story, post.at) for other in beside):
            return M("the same post stands there twice")
        of_day = [other for other in beside if day_text(other.at) == day_text(post.at)]
        if 0 < self.settings.per_day <= len(of_day):
            return M(
                "{platform} {account} has {count} posts on {day} already, and [campaign] per_day allows no more",
                platform=post.destination,
                account=post.account,
                count=len(of_day),
                day=day_text(post.at),
            )
        return self._too_alike(post, beside)

    def _too_alike(self, post: PlannedPost, beside: list[PlannedPost]) -> Message | None:
        """Return what followers of one account would see again too soon."""
        if not is_feed(post.destination):
            return None
        twin = next((other for other in beside if other.story == post.story), None)
        if twin is not None and not post.insist and not twin.insist:
            return M(
                "{story} goes to {platform} {account} on {day} already; a story is posted there once, or with a reason in the "
                "column 重发理由",
                story=post.story,
                platform=post.destination,
                account=post.account,
                day=day_text(twin.at),
            )
        distance = timedelta(days=self.settings.apart_days)
        product = self.product_of(post.story)
        near = next(
            (other for other in beside if product and self.product_of(other.story) == product and abs(other.at - post.at) < distance), None
        )
        if near is not None:
            return M(
                "{story} sells the same as {other} on {day}, and [campaign] apart_days asks for {days} days between them",
                story=post.story,
                other=near.story,
                day=day_text(near.at),
                days=self.settings.apart_days,
            )
        return None


def is_quiet(moment: datetime, span: str) -> bool:
    """Whether a moment lies in a span of the co-op's clock, as 22:00-07:00; its end is no longer quiet."""
    begin, end = (_clock(part) for part in span.split("-"))
    clock = in_coop_time(moment).time()
    return begin <= clock < end if begin <= end else clock >= begin or clock < end


def _clock(text: str) -> time:
    hour, minute = text.strip().split(":")
    return time(int(hour), int(minute))
