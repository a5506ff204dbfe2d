"""Checks that every QR code can be scanned off a phone's screen, and leads to the cart."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import av
import cv2
import numpy as np
import zxingcpp

from pipeline.documents.limits import CODE_READABLE_S
from pipeline.documents.look import Box, Layer
from pipeline.documents.message import M
from pipeline.documents.rendition import Finding
from pipeline.inspection.checks.base import InspectionCheck
from pipeline.inspection.context import InspectionContext
from pipeline.inspection.decode import DecodedFrame, Picture
from pipeline.inspection.remedies import leave_out_clip
from pipeline.media import FFMPEG, Child

SHORT_SIDE = 720
BITRATE = "1M"
"""What a platform may leave of an upload on a slow line: 720p at 1 Mbit/s."""
SAMPLE_INTERVAL_S = 0.2
LEAST_READ_SHARE = 0.8
"""Share of the samples of a code at rest that each reader must read: on drawn cards and end cards, both read all of them."""
MARGIN = 0.5
"""Margin around the code, as a share of its width: a phone's viewfinder never sees the code alone."""
SCALES = (1.0, 2.0, 1.5, 3.0)
"""Sizes at which OpenCV looks: at the video's own it finds no code of 33 modules in 99 pixels that zxing reads at once, at twice it does,
and a phone that comes nearer sees it large."""
READERS = ("zxing", "OpenCV")
"""OpenCV by either of its detectors: its older one loses a code of sharp modules at every size but a few, by what the link happens to be,
where the newer one and zxing read each frame."""


class QrCheck(InspectionCheck):
    """Reads each code in a low-quality copy of its time on the picture, five times a second, with two readers."""

    name = "qr"

    def __init__(self, context: InspectionContext) -> None:
        super().__init__(context)
        self.stray: tuple[float, Picture] | None = None
        self.pictures: dict[int, Picture] = {}
        self.codes = [layer for layer in context.look.layers if layer.qr_link]
        self.rest_starts = {_rest(layer)[0]: layer for layer in self.codes}
        self.copies = [context.temporary / f"rough-{index}.mp4" for index in range(len(self.codes))]

    def processes(self) -> Sequence[Child]:
        """Return those that make the low-quality copies, where codes are allowed."""
        pairs = zip(self.codes, self.copies, strict=True)
        return [self._low_quality_copy(layer, copy) for layer, copy in pairs] if self.context.destination.qr else ()

    def feed(self, frame: DecodedFrame) -> None:
        """Keep the frames with a code; where codes are not allowed, look for one once a second."""
        if frame.number in self.rest_starts:
            self.pictures[frame.number] = frame.full
        if self.context.destination.qr or self.stray is not None or frame.index % self.context.fps:
            return
        if zxingcpp.read_barcodes(frame.full, zxingcpp.barcode_formats_from_str("QRCode")):
            self.stray = (frame.at_s, frame.full)

    def result(self) -> Sequence[Finding]:
        """Fails on a code that one of the readers cannot read, that leads elsewhere, is gone too soon, or may not be there."""
        findings = []
        if not self.context.destination.qr:
            if self.stray is None:
                return [self.passed(M("No QR code is on the picture: {place} does not allow one.", place=self.context.destination.name))]
            at_s, picture = self.stray
            text = M(
                "A QR code is on the picture at {at} s, but {place} punishes them.", at=round(at_s, 2), place=self.context.destination.name
            )
            return [self.failed(text, leave_out_clip(self.context, round(at_s * self.context.fps)), at_s, picture)]
        for layer, copy in zip(self.codes, self.copies, strict=True):
            findings += self._read_layer(layer, copy)
        return findings or [self.passed(M("No QR code was planned."))]

    def _read_layer(self, layer: Layer, copy: Path) -> list[Finding]:
        rest_start, rest_end = _rest(layer)
        fps, box = self.context.fps, layer.qr_box or layer.box
        picture = self.pictures.get(rest_start)
        failures: list[Finding] = []
        reads = dict.fromkeys(READERS, 0)
        at_rest_count = readable_run = longest_run = 0
        for number, crop in self._samples(copy, layer.start_frame, box):
            at_s, at_rest = number / fps, rest_start <= number < rest_end
            at_rest_count += at_rest
            readable = False
            for reader, links in (("zxing", _zxing(crop)), ("OpenCV", opencv_links(crop))):
                if layer.qr_link in links:
                    readable = True
                    reads[reader] += at_rest
                elif links and not failures:
                    text = M(
                        "The QR code at {at} s leads to {found} instead of {wanted}.",
                        at=round(at_s, 2),
                        found=links[0],
                        wanted=layer.qr_link,
                    )
                    failures.append(self.failed(text, leave_out_clip(self.context, number), at_s, picture, [box]))
            readable_run = readable_run + 1 if readable else 0
            longest_run = max(longest_run, readable_run)
        if failures:
            return failures
        larger = M("Take a shorter link in the product sheet, or a larger size (--size 1080x1920), and run the same fieldcut make again.")
        for reader, count in reads.items():
            if count < LEAST_READ_SHARE * max(1, at_rest_count):
                text = M(
                    "{reader} reads the QR code in {count} of {looked} looks between {start} s and {end} s after a 720p, 1 Mbit/s copy.",
                    reader=reader,
                    count=count,
                    looked=at_rest_count,
                    start=round(rest_start / fps, 2),
                    end=round(rest_end / fps, 2),
                )
                failures.append(self.failed(text, larger, rest_start / fps, picture, [box]))
        # A code that slides or fades in counts from the moment it reads.
        seconds = min(longest_run * max(1, round(SAMPLE_INTERVAL_S * fps)), layer.frames) / fps
        if not failures and seconds < CODE_READABLE_S:
            longer = M(
                "Make the cut under it in edit.json {missing} s longer, or film more and run the same fieldcut make again.",
                missing=max(0.1, round(CODE_READABLE_S - seconds, 1)),
            )
            text = M(
                "The QR code can be read for {seconds} s; a hand with a phone needs {need} s.",
                seconds=round(seconds, 1),
                need=CODE_READABLE_S,
            )
            failures.append(self.failed(text, longer, layer.start_frame / fps, picture, [box]))
        if failures:
            return failures
        return [self.passed(M("The QR code leads to {link}, readable for {seconds} s.", link=layer.qr_link, seconds=round(seconds, 1)))]

    def _low_quality_copy(self, layer: Layer, out: Path) -> Child:
        """The process that makes a copy of a code's time on the picture, as a platform may make it."""
        fps, width, height = self.context.fps, self.context.facts.width, self.context.facts.height
        shrink = min(1.0, SHORT_SIDE / min(width, height))
        size = f"{max(2, round(width * shrink / 2) * 2)}:{max(2, round(height * shrink / 2) * 2)}"
        args = [FFMPEG, "-hide_banner", "-nostdin", "-v", "error", "-y", "-ss", f"{layer.start_frame / fps:.4f}"]
        args += ["-i", str(self.context.video), "-t", f"{layer.frames / fps:.4f}", "-map", "0:v:0", "-an", "-vf", f"scale={size}"]
        args += ["-c:v", "libx264", "-preset", "veryfast", "-b:v", BITRATE, "-maxrate", BITRATE, "-bufsize", "2M", str(out)]
        return Child(args, self.context.video.name)

    def _samples(self, copy: Path, start: int, box: Box) -> Iterator[tuple[int, Picture]]:
        """Yield frame numbers and the picture around the code, five times a second."""
        step = max(1, round(SAMPLE_INTERVAL_S * self.context.fps))
        for number, frame in enumerate(_decode(copy)):
            if number % step == 0:
                yield start + number, _around(frame, box, self.context.facts.width)


def _rest(layer: Layer) -> tuple[int, int]:
    return layer.start_frame + layer.rest_start, layer.start_frame + layer.rest_end


def _decode(path: Path) -> Iterator[Picture]:
    try:
        with av.open(str(path)) as container:
            for frame in container.decode(video=0):
                yield np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8)
    except (av.FFmpegError, IndexError):
        return


def _around(frame: Picture, box: Box, width: int) -> Picture:
    scale = frame.shape[1] / width
    margin = MARGIN * box.width * scale
    left, top = max(0, math.floor(box.x * scale - margin)), max(0, math.floor(box.y * scale - margin))
    right, bottom = math.ceil((box.x + box.width) * scale + margin), math.ceil((box.y + box.height) * scale + margin)
    return np.ascontiguousarray(frame[top:bottom, left:right])


def _zxing(crop: Picture) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(crop, zxingcpp.barcode_formats_from_str("QRCode")) if code.text]


def opencv_links(crop: Picture) -> list[str]:
    """What OpenCV reads in the picture around a code."""
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    for detector in (cv2.QRCodeDetectorAruco(), cv2.QRCodeDetector()):
        for scale in SCALES:
            scaled = grey if scale == 1 else cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
            try:
                _, texts, _, _ = detector.detectAndDecodeMulti(scaled)
            except cv2.error:
                continue
            if found := [text for text in texts if text]:
                return found
    return []
