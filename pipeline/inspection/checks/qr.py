"""Every QR code can be scanned off a phone's screen, and leads to the cart."""

import math
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import av
import cv2
import numpy as np
import zxingcpp

from pipeline.documents.look import Box, Layer
from pipeline.documents.message import M
from pipeline.documents.rendition import Finding
from pipeline.inspection.case import Case
from pipeline.inspection.checks.base import InspectionCheck
from pipeline.inspection.reading import DecodedFrame, Picture
from pipeline.media import FFMPEG, Child, run_side_by_side

SHORT_SIDE = 720
BITRATE = "1M"
"""What a platform may leave of an upload on a slow line: 720p at 1 Mbit/s."""
LONG_ENOUGH_S = 3.0
"""A hand needs so long to raise a phone, open the scanner and aim."""
EVERY_S = 0.2
NEEDED_SHARE = 0.8
"""Of the looks at a code at rest that each reader must read: measured on drawn cards and end cards, all of them do."""
MARGIN = 0.5
"""Of the code's width, kept around it: a phone's viewfinder never sees the code alone."""
READERS = ("zxing", "OpenCV")


class QrCheck(InspectionCheck):
    """Reads each code after a rough re-encode of its time on the picture, five times a second, with two readers."""

    name = "qr"

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self.stray: tuple[float, Picture] | None = None
        self.kept: dict[int, Picture] = {}
        self.codes = [layer for layer in case.look.layers if layer.qr_link]
        self.middles = {_rest(layer)[0]: layer for layer in self.codes}

    def feed(self, seen: DecodedFrame) -> None:
        """Keep the frames with a code; where codes are not allowed, look for one once a second."""
        if seen.number in self.middles:
            self.kept[seen.number] = seen.full
        if self.case.destination.qr or self.stray is not None or seen.index % self.case.fps:
            return
        if zxingcpp.read_barcodes(seen.full, zxingcpp.barcode_formats_from_str("QRCode")):
            self.stray = (seen.at_s, seen.full)

    def result(self) -> Sequence[Finding]:
        """Fails on a code that one of the readers cannot read, that leads elsewhere, is gone too soon, or may not be there."""
        found = []
        if not self.case.destination.qr:
            if self.stray is None:
                return [self.passed(M("No QR code is on the picture: {place} does not allow one.", place=self.case.destination.name))]
            at_s, picture = self.stray
            text = M(
                "A QR code is on the picture at {at} s, but {place} punishes them.", at=round(at_s, 2), place=self.case.destination.name
            )
            return [self.failed(text, at_s, picture)]
        copies = [self.case.temporary / f"rough-{place}.mp4" for place in range(len(self.codes))]
        run_side_by_side([self._roughly(*pair) for pair in zip(self.codes, copies, strict=True)], at_once=os.cpu_count() or 1)
        for layer, copy in zip(self.codes, copies, strict=True):
            found += self._read_layer(layer, copy)
        return found or [self.passed(M("No QR code was planned."))]

    def _read_layer(self, layer: Layer, copy: Path) -> list[Finding]:
        rest_start, rest_end = _rest(layer)
        fps, box = self.case.fps, layer.qr_box or layer.box
        picture = self.kept.get(rest_start)
        wrong: list[Finding] = []
        read = dict.fromkeys(READERS, 0)
        resting = run = longest = 0
        for number, crop in self._looks(copy, layer.start_frame, box):
            at_s, at_rest = number / fps, rest_start <= number < rest_end
            resting += at_rest
            readable = False
            for reader, links in (("zxing", _zxing(crop)), ("OpenCV", _opencv(crop))):
                if layer.qr_link in links:
                    readable = True
                    read[reader] += at_rest
                elif links and not wrong:
                    text = M(
                        "The QR code at {at} s leads to {found} instead of {wanted}.",
                        at=round(at_s, 2),
                        found=links[0],
                        wanted=layer.qr_link,
                    )
                    wrong.append(self.failed(text, at_s, picture, [box]))
            run = run + 1 if readable else 0
            longest = max(longest, run)
        if wrong:
            return wrong
        for reader, count in read.items():
            if count < NEEDED_SHARE * max(1, resting):
                text = M(
                    "{reader} reads the QR code in {count} of {looked} looks between {start} s and {end} s after a 720p, 1 Mbit/s copy.",
                    reader=reader,
                    count=count,
                    looked=resting,
                    start=round(rest_start / fps, 2),
                    end=round(rest_end / fps, 2),
                )
                wrong.append(self.failed(text, rest_start / fps, picture, [box]))
        # A code that slides or fades in counts from the moment it reads.
        seconds = min(longest * max(1, round(EVERY_S * fps)), layer.frames) / fps
        if not wrong and seconds < LONG_ENOUGH_S:
            text = M(
                "The QR code can be read for {seconds} s; a hand with a phone needs {need} s.",
                seconds=round(seconds, 1),
                need=LONG_ENOUGH_S,
            )
            wrong.append(self.failed(text, layer.start_frame / fps, picture, [box]))
        if wrong:
            return wrong
        return [self.passed(M("The QR code leads to {link}, readable for {seconds} s.", link=layer.qr_link, seconds=round(seconds, 1)))]

    def _roughly(self, layer: Layer, out: Path) -> Child:
        """A copy of a code's time on the picture as a platform may make it."""
        fps, width, height = self.case.fps, self.case.facts.width, self.case.facts.height
        shrink = min(1.0, SHORT_SIDE / min(width, height))
        size = f"{max(2, round(width * shrink / 2) * 2)}:{max(2, round(height * shrink / 2) * 2)}"
        args = [FFMPEG, "-hide_banner", "-nostdin", "-v", "error", "-y", "-ss", f"{layer.start_frame / fps:.4f}"]
        args += ["-i", str(self.case.video), "-t", f"{layer.frames / fps:.4f}", "-map", "0:v:0", "-an", "-vf", f"scale={size}"]
        args += ["-c:v", "libx264", "-preset", "veryfast", "-b:v", BITRATE, "-maxrate", BITRATE, "-bufsize", "2M", str(out)]
        return Child(args, self.case.video.name)

    def _looks(self, copy: Path, start: int, box: Box) -> Iterator[tuple[int, Picture]]:
        """The surroundings of the code with their frame, five times a second."""
        step = max(1, round(EVERY_S * self.case.fps))
        for number, frame in enumerate(_decode(copy)):
            if number % step == 0:
                yield start + number, _around(frame, box, self.case.facts.width)


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


def _opencv(crop: Picture) -> list[str]:
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    try:
        _, texts, _, _ = cv2.QRCodeDetector().detectAndDecodeMulti(grey)
    except cv2.error:
        return []
    return [text for text in texts if text]
