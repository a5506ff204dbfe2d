"""Private videos that were left behind are found, offered for removal, and nothing else is ever removed."""

from pathlib import Path

import pytest

from pipeline.errors import PersonNeeded
from pipeline.publish.engine import RetryPolicy, deliver, find_leftovers, remove_leftover, settle_by_person, work_on_due
from pipeline.publish.engine.leftovers import Leftover
from pipeline.publish.ledger import State
from tests.fakes.adapter_bench import adapter_of
from tests.fakes.publishing_setup import OWN, PERSON, stand
from tests.fakes.servers.fault_plan import Fault, Plan
from tests.fakes.servers.youtube import YouTubeSettings

YOUTUBE = adapter_of("youtube")
REFUSED = Plan(faults=(Fault(kind="says_no", endpoint="publish", code="403 forbidden"),))


def test_a_video_that_stayed_private_is_found_and_removed_on_a_persons_word(tmp_path: Path) -> None:
    with stand(YOUTUBE, tmp_path / "w", REFUSED, settings=YouTubeSettings(processing_looks=0)) as (made, server), made.worker() as context:
        entry = made.prepare(context)
        deliver(entry.id, context)
        assert find_leftovers(context)[0] == []  # in doubt: it may still become public
        while (now := context.ledger.get(entry.id)).state is not State.FAILED:
            assert now.next_at is not None
            made.clock.until(now.next_at)
            work_on_due(context)
        server.new_post(id="somebody-s", account=OWN, upload="", sha256="0" * 64, size_bytes=1, privacy="private")
        [found], problems = find_leftovers(context)
        assert (found.entry.id, found.post_id, problems) == (entry.id, server.posts[0].id, [])
        remove_leftover(found, context)
        assert [post.deleted for post in server.posts] == [True, False]
        assert find_leftovers(context) == ([], [])
        # A new attempt makes a new video.
        context.ledger.prepare(entry.release, by=PERSON, at=made.clock.now())
        assert deliver(entry.id, context) is State.LIVE
        assert [(post.privacy, post.deleted) for post in server.posts[2:]] == [("public", False)]


def test_what_is_public_or_taken_up_again_is_never_removed(tmp_path: Path) -> None:
    with stand(YOUTUBE, tmp_path / "w", settings=YouTubeSettings(processing_looks=0)) as (made, server):
        with made.worker(retry_policy=RetryPolicy(stay_s=1e6)) as context:
            entry = made.prepare(context)
            assert deliver(entry.id, context) is State.LIVE
            assert find_leftovers(context) == ([], [])
            with pytest.raises(PersonNeeded, match="not private any more"):
                remove_leftover(Leftover(entry, server.posts[0].id), context)
            other = made.prepare(
                context, story="南瓜", again="a test", captions=entry.release.captions.model_copy(update={"title": "南瓜"})
            )
            with pytest.raises(PersonNeeded, match="taken up again"):
                remove_leftover(Leftover(other, server.posts[0].id), context)
        assert not any(post.deleted for post in server.posts)


def test_an_account_that_cannot_be_asked_is_said_and_nothing_is_called_clean(tmp_path: Path) -> None:
    with stand(YOUTUBE, tmp_path / "w", REFUSED) as (made, server), made.worker(retry_policy=RetryPolicy(stay_s=0)) as context:
        entry = made.prepare(context)
        deliver(entry.id, context)
        settle_by_person(entry.id, "failed", ledger=context.ledger, by=PERSON, at=made.clock.now())
        server.heal(Plan(faults=(Fault(kind="http_503", endpoint="videos", nth=0),)))
        found, [problem] = find_leftovers(context)
        assert found == []
        assert "503" in str(problem.message)
        server.heal()
        assert [leftover.post_id for leftover in find_leftovers(context)[0]] == [server.posts[0].id]
