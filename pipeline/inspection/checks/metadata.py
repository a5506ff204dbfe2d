"""Checks that no metadata about place, phone or person is published with the video."""

from collections.abc import Sequence

from pipeline.documents.message import M
from pipeline.documents.rendition import Finding
from pipeline.inspection.checks.base import InspectionCheck
from pipeline.inspection.remedies import make_afresh

HARMLESS_TAGS = frozenset(
    {
        "major_brand",
        "minor_version",
        "compatible_brands",
        "encoder",
        "handler_name",
        "vendor_id",
        "language",
        "title",
        "comment",
        "description",
        "copyright",
        "aigc",
    }
)
"""Tags that a muxer writes or that we may write on purpose (`aigc`: the label of generated content). Every other tag fails:
phones invent new names for place and device faster than a list of forbidden ones can grow."""


class MetadataCheck(InspectionCheck):
    """Checks that every tag of the file and its tracks is known as harmless, and that no track but one picture and one sound exists."""

    name = "metadata"

    def result(self) -> Sequence[Finding]:
        """One failed finding for every tag or track that must not leave."""
        facts = self.context.facts
        findings = [
            self.failed(
                M("The file still carries “{key}”: {value}. Place and device must not leave with the video.", key=key, value=value),
                make_afresh(self.context),
            )
            for key, value in sorted({(tag.key, tag.value[:60]) for tag in facts.tags if tag.key.lower() not in HARMLESS_TAGS})
        ]
        extra = [kind for kind in facts.track_kinds if kind not in ("video", "audio")]
        if extra or facts.track_kinds.count("video") > 1 or facts.track_kinds.count("audio") > 1:
            findings.append(
                self.failed(
                    M("The file has tracks besides one picture and one sound: {kinds}.", kinds=", ".join(facts.track_kinds)),
                    make_afresh(self.context),
                )
            )
        return findings or [self.passed(M("No place, device or name is left in the file."))]
