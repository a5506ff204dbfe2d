"""Reading the channel: its videos by their ids, and the list of what came into it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pipeline.documents.message import M
from pipeline.network.errors import OutcomeUnknown
from pipeline.publish.platforms.answer_fields import id_of
from pipeline.publish.platforms.base import PlatformSession
from pipeline.publish.platforms.post_listing import ListedPost, PostPage
from pipeline.publish.platforms.youtube.calls import call, items

READ = 1
"""Units of the day's quota."""
PAGE = 50
"""Of the channel's uploads."""


def videos_named(session: PlatformSession, videos: list[str], parts: str) -> list[dict[str, Any]]:
    """Return the resources of videos by their ids, those that there are. parts: of the resource, commas between."""
    session.spend("units", READ)
    return items(call(session, "GET", "/youtube/v3/videos", {"part": parts, "id": ",".join(videos)}))


def channel_uploads(session: PlatformSession, known: Sequence[str]) -> Iterator[PostPage]:
    """What came into the channel, the newest first, without the videos that are `known`."""
    session.spend("units", READ)
    channels = items(call(session, "GET", "/youtube/v3/channels", {"part": "contentDetails", "mine": "true"}))
    lists = [part_of(channel, "contentDetails", "relatedPlaylists").get("uploads") for channel in channels]
    query: dict[str, str | int] = {"part": "snippet", "playlistId": next(filter(None, map(id_of, lists)), ""), "maxResults": PAGE}
    while True:
        session.spend("units", READ)
        answer = call(session, "GET", "/youtube/v3/playlistItems", query)
        yield PostPage(tuple(post for item in items(answer) if (post := _listed(item.get("snippet"))).post_id not in known))
        more = answer.json().get("nextPageToken")
        if not more:
            return
        query["pageToken"] = str(more)


def _listed(snippet: Any) -> ListedPost:
    """Read a video of the list. Raises OutcomeUnknown for one that cannot be read: it may be the one that is looked for."""
    resource = snippet.get("resourceId") if isinstance(snippet, dict) else None
    video = id_of(resource.get("videoId")) if isinstance(resource, dict) else ""
    if not video:
        raise OutcomeUnknown(M("YouTube's answer lacks {name}.", name="snippet.resourceId"))
    try:
        at = datetime.fromisoformat(str(snippet.get("publishedAt")))
    except ValueError:
        at = None
    return ListedPost(video, (str(snippet.get("title") or ""), str(snippet.get("description") or "")), at, whole_s=True)


def part_of(resource: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    """Return a part of a resource, empty where it is missing or no object."""
    for name in names:
        part = resource.get(name)
        resource = part if isinstance(part, dict) else {}
    return resource
