"""Close faces of a finished story that nobody has looked at: until somebody has, nothing of it is published."""

from pipeline.actions.publishing_context import consents_of
from pipeline.actions.workspace_ledger import open_workspace_ledger
from pipeline.commerce.claims import unseen_faces
from pipeline.documents.clip import Clips
from pipeline.documents.consent import ConsentRequest
from pipeline.documents.message import M, Message
from pipeline.stages.release import faces_of
from pipeline.stages.renditions import renditions
from pipeline.workspace import StoryContext


def unseen_face_warnings(context: StoryContext) -> tuple[Message, ...]:
    """Name the clip and the second of every close face in the story's videos that nobody has looked at, and what to do about them."""
    largest: dict[str, ConsentRequest] = {}
    for rendition in renditions(context):
        for request in faces_of(rendition):
            if request.clip_id not in largest or request.share > largest[request.clip_id].share:
                largest[request.clip_id] = request
    if not largest:
        return ()
    with open_workspace_ledger(context.root) as ledger:
        consents = consents_of(ledger, context.job.story, context.read("clips.json", Clips))
    unseen = unseen_faces(tuple(largest.values()), consents)
    if not unseen:
        return ()
    to_do = M(
        "nothing is published before somebody has looked at them: fieldcut consent {story} shows them; then --clip NAME --who NAME "
        "--given-by NAME, or --clip NAME --no-child, or take the clip out of the folder",
        story=context.job.story,
    )
    named = [
        M("{clip}, second {second}: a face is seen close, and nobody has looked whose", clip=r.clip, second=round(r.source_s, 1))
        for r in unseen
    ]
    return (*named, to_do)
