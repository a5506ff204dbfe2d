"""The job of a run: what a person asked for."""

from datetime import datetime
from fractions import Fraction
from typing import Literal

from pydantic import Field

from pipeline.documents.base import Document, Frozen
from pipeline.documents.coop_brand import CoopBrand
from pipeline.system import file_name

PresetName = Literal["draft", "standard", "best"]
HOME_TIMEZONE = "Asia/Shanghai"
"""The time zone of a co-op whose settings name none: China has one."""
LEAST_SECONDS = 8
"""The shortest video: the end card takes four seconds, and a story of less than three says nothing."""


class Leader(Frozen):
    """A group leader of community buying: the end card of the leader's variant shows name, shop, pick-up place and a QR code."""

    name: str
    shop: str = ""
    pickup: str = ""
    link: str
    """The leader's own cart link, https."""
    row: int = 0
    """Line in the sheet of leaders."""

    @property
    def file_name(self) -> str:
        """Name and shop as part of a file's name."""
        return file_name(f"{self.name}-{self.shop}" if self.shop else self.name, most_bytes=115)


class RenditionSpec(Frozen):
    """One finished video of a story: its destination, its size in pixels, and whose variant it is."""

    destination: str
    width: int
    height: int
    leader: Leader | None = None
    max_seconds: float = 0.0
    """Upper limit of this video's length, where a platform sets one; 0 for the job's."""
    crf: int = Field(default=0, ge=0, le=51)
    """Constant rate factor, where a platform sets the size of the file; 0 for the preset's."""

    @property
    def name(self) -> str:
        """The name of its folder and its files: shelf-1080x1920, group_buy-1080x1920-王秀英-村口小店, kuaishou-1080x1920-20s-crf27."""
        plain = f"{self.destination}-{self.width}x{self.height}"
        plain += f"-{self.max_seconds:g}s" if self.max_seconds else ""
        plain += f"-crf{self.crf}" if self.crf else ""
        return f"{plain}-{self.leader.file_name}" if self.leader else plain


class Job(Document):
    """One run over one dropped folder. Every stage gets it; a stage's content key covers only the fields it uses."""

    story: str
    source: str
    """The dropped folder, absolute; never written to."""
    workspace: str
    catalog: str = ""
    product: str = ""
    template: str = "plain"
    destination: str = "shelf"
    max_seconds: float = 30.0
    width: int = 1080
    height: int = 1920
    fps: int = 30
    preset: PresetName = "standard"
    language: Literal["zh", "en"] = "zh"
    speech: Literal["zh", "en", "auto"] = "auto"
    speech_model: str = "base"
    """The recogniser's model, from the workspace's settings: a known name, or a folder."""
    as_heard: tuple[str, ...] = ()
    """Corrections of the speech that a person took back: the words as they were heard."""
    numbers: Literal["figures", "characters"] = "figures"
    """How amounts and measures are written in the subtitles: 5斤35.8元, or 五斤三十五块八."""
    subtitles: Literal["style", "plain", "karaoke", "keyword"] = "style"
    """How the words of the subtitles are set (`SubtitleManner`); `style` as the style does it."""
    music: str = "auto"
    """`auto`, `none`, or the absolute path of a sound file."""
    out: str = ""
    crf: int = Field(default=0, ge=0, le=51)
    """Constant rate factor; 0 for the preset's."""
    more: tuple[RenditionSpec, ...] = ()
    """Further videos of the same edit, beside the one of `destination`, `width` and `height`."""
    encoder: str = "x264"
    """`x264`, `auto` for the machine's own where it works, or an encoder as ffmpeg names it."""
    threads: int = Field(default=0, ge=0)
    """Processor cores that rendering may use; 0 for all."""
    nice: int = Field(default=0, ge=0, le=19)
    """Nice value of the render processes: the higher, the more they give way to other programs."""
    timezone: str = HOME_TIMEZONE
    """The co-op's time zone, from the workspace's settings: for times without a zone, and for every time shown."""
    coop: CoopBrand = CoopBrand()
    """The co-op's own sign and colours, from the workspace's settings."""
    now: datetime
    """The time of this run (aware): offers are judged by it."""

    @property
    def renditions(self) -> tuple[RenditionSpec, ...]:
        """The specs of all videos of this run."""
        return (RenditionSpec(destination=self.destination, width=self.width, height=self.height), *self.more)

    @property
    def aspect(self) -> str:
        """The picture's aspect ratio as W:H in lowest terms."""
        shape = Fraction(self.width, self.height)
        return f"{shape.numerator}:{shape.denominator}"
