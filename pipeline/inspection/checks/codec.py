"""Checks the format that every phone and platform can play: H.264 High, 8 bit 4:2:0, BT.709, AAC-LC 48 kHz stereo, index in front."""

from collections.abc import Sequence

from pipeline.documents.message import M
from pipeline.documents.rendition import Finding
from pipeline.inspection.checks.base import InspectionCheck
from pipeline.inspection.remedies import make_afresh

BT709 = 1
"""The number of BT.709 in all three tables of ITU-T H.273: primaries, transfer, matrix."""


class CodecCheck(InspectionCheck):
    """Compares what the tracks state with the one format that is made."""

    name = "codec"

    def result(self) -> Sequence[Finding]:
        """One failed finding for every property that differs."""
        facts = self.context.facts
        sound, aac = facts.sound_codec or "-", facts.sound_profile or "-"
        rate, channels = facts.sound_rate_hz, facts.sound_channels
        findings = [
            self.failed(message, make_afresh(self.context))
            for correct, message in (
                (facts.codec == "h264", M("The picture is coded as {found} instead of {wanted}.", found=facts.codec, wanted="h264")),
                (facts.profile == "High", M("The H.264 profile is {found} instead of {wanted}.", found=facts.profile, wanted="High")),
                (
                    facts.pixel_format == "yuv420p",
                    M("The pixel format is {found} instead of {wanted}.", found=facts.pixel_format, wanted="yuv420p"),
                ),
                (facts.primaries == BT709, M("The colour primaries are number {found} instead of BT.709.", found=facts.primaries)),
                (facts.transfer == BT709, M("The colour transfer is number {found} instead of BT.709.", found=facts.transfer)),
                (facts.matrix == BT709, M("The colour matrix is number {found} instead of BT.709.", found=facts.matrix)),
                (not facts.full_range, M("The brightness uses the full range instead of the limited range of video.")),
                (facts.sound_codec == "aac", M("The sound is coded as {found} instead of {wanted}.", found=sound, wanted="aac")),
                (facts.sound_profile == "LC", M("The AAC profile is {found} instead of {wanted}.", found=aac, wanted="LC")),
                (facts.sound_rate_hz == 48000, M("The sound has {found} samples a second instead of {wanted}.", found=rate, wanted=48000)),
                (facts.sound_channels == 2, M("The sound has {found} channels instead of {wanted}.", found=channels, wanted=2)),
            )
            if not correct
        ]
        return findings or [self.passed(M("Plays everywhere: H.264 High, yuv420p, BT.709, AAC-LC 48 kHz stereo."))]


class FastStartCheck(InspectionCheck):
    """Checks that the index (`moov`) lies before the media (`mdat`), so that a player on a slow line starts at once."""

    name = "faststart"

    def result(self) -> Sequence[Finding]:
        """Fails when the index comes after the media, or when the file is no MP4 at all."""
        boxes = self.context.facts.boxes
        if "moov" in boxes and "mdat" in boxes and boxes.index("moov") < boxes.index("mdat"):
            return [self.passed(M("The video starts before it is loaded whole (its index is in front)."))]
        return [
            self.failed(
                M("The file's index is not in front: on a slow line the video would start only when all of it is loaded."),
                make_afresh(self.context),
            )
        ]
