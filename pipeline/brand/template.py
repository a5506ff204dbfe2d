"""The content of a style's template.yaml as models: colours, type, layout, pace, motion, and the recipe of its pictures."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from pipeline.brand.drawing import Grade, Recipe
from pipeline.documents.base import Frozen
from pipeline.documents.subtitles import SubtitleManner

VERSION = 2
"""Of the file. A file without a version is of the first, which has no recipe and no names for colours."""

COLOUR = r"^#[0-9A-Fa-f]{6}$"
Colour = Annotated[str, StringConstraints(pattern=COLOUR)]
Align = Literal["left", "centre"]
Frame = Literal["none", "line", "double", "stitch"]
Corner = Literal["round", "cut", "notch"]
Manner = Literal["rise", "fade", "unroll", "unfold"]
Mood = Literal["unhurried", "lively", "calm", "warm", "none"]
Picture = Literal["band", "ornament", "ground"]
FontRole = Literal["title", "name", "text", "strong", "price"]


class Surface(Frozen):
    """Colours of text and lines on one background."""

    fill: Colour
    ink: Colour
    soft: Colour
    """Secondary lines."""
    title: Colour
    price: Colour
    edge: Colour
    """Borders, bars, rings."""


class ButtonStyle(Frozen):
    """Colours of the call to buy."""

    fill: Colour
    ink: Colour


class Palette(Frozen):
    """Colours of the style. plate: panels over footage. ground: the end card's background."""

    plate: Surface
    ground: Surface
    button: ButtonStyle


class Fonts(Frozen):
    """File names in assets/fonts, or beside the template."""

    title: str
    name: str
    text: str
    strong: str
    price: str


class Pictures(Frozen):
    """PNG files beside the template; an empty name leaves the picture out."""

    band: str = ""
    """One repeat of a strip that tiles from left to right."""
    ornament: str = ""
    """A square motif with a clear ground."""
    ground: str = ""
    """One repeat of the end card's ground."""


class Plate(Frozen):
    """The edge of a plate. frame: lines inside it in the edge's colour. corner: how its corners are cut."""

    frame: Frame = "none"
    corner: Corner = "round"


class TitleLayout(Plate):
    """Sizes are fractions of the picture's shorter side; `place` is a fraction of the safe area's height.

    form: a plate as wide as its words, a ribbon over the whole safe area, or a column of characters at its right edge; words that cannot
    stand in a column, Latin ones and long ones, get a plate.
    """

    form: Literal["plate", "ribbon", "column"] = "plate"
    align: Align
    place: float = Field(ge=0, le=0.6)
    size: float = Field(ge=0.03, le=0.25)
    small: float = Field(ge=0.02, le=0.12)
    band: float = Field(default=0, ge=0, le=0.2)
    """Height of the pattern above and below the plate; 0 for none."""
    bar: float = Field(default=0, ge=0, le=0.05)
    """Width of the bar at the plate's left; 0 for none."""


class LowerThirdLayout(Plate):
    """Sizes are fractions of the picture's shorter side. band: height of the pattern along its upper edge."""

    size: float = Field(ge=0.02, le=0.12)
    bar: float = Field(default=0, ge=0, le=0.05)
    band: float = Field(default=0, ge=0, le=0.05)


class CardLayout(Plate):
    """`width` is a fraction of the shorter side; so are the rest. photo: its side. at: with the story, or at its end alone."""

    photo: Literal["left", "right"] = "left"
    at: Literal["body", "end"] = "body"

    width: float = Field(ge=0.5, le=1)
    radius: float = Field(default=0, ge=0, le=0.1)
    band: float = Field(default=0, ge=0, le=0.15)
    edge: float = Field(default=0, ge=0, le=0.03)


class EndCardLayout(Frozen):
    """Layout of the end card."""

    photo: Literal["square", "round", "arch", "cut"]
    radius: float = Field(default=0, ge=0, le=0.2)
    band: float = Field(default=0, ge=0, le=0.25)
    halo: float = Field(default=0, ge=0, le=0.95)
    """The photo's share of the ornament's width when the ornament lies behind it; 0 leaves the ornament out."""
    bands: Literal["both", "top", "bottom"] = "both"


class Layout(Frozen):
    """Positions and sizes of all layers."""

    title: TitleLayout
    lower_third: LowerThirdLayout
    card: CardLayout
    end_card: EndCardLayout


class SubtitleStyle(Frozen):
    """Subtitle typography; sizes are fractions of the picture's shorter side."""

    font: str
    """A file in assets/fonts: burned subtitles see no other folder."""
    size: float = Field(ge=0.03, le=0.12)
    colour: Colour
    outline_colour: Colour
    accent: Colour | Literal[""] = ""
    """Colour of the words that are set apart, or said; empty for none."""
    manner: SubtitleManner = "plain"
    """plain: price, product and numbers take the accent. karaoke: characters take it as they are said. keyword: price, product, numbers and
    places take it and are a little larger."""
    outline: float = Field(default=0.005, ge=0, le=0.02)
    shadow: float = Field(default=0, ge=0, le=0.02)
    box: bool = False
    longest_line: float = Field(default=14, ge=6, le=24)
    """Most full-width characters in a line, however wide the picture."""


class Pace(Frozen):
    """Lengths of shots without talk, and of their transitions, in seconds.

    mood: of the music; `none` for own sound alone. shot_s: the median. quarter_s, three_quarters_s: a quarter of the shots is shorter than
    the first, a quarter longer than the second; 0 for shots of one length. on_beat: cuts fall on beats of the project's own music.
    quiet_s: how long the first picture of a talk stands before the first word. speaker_s: no shot of a speaker is longer. nearer: how
    much nearer every second of his shots is; 1 never divides them. on_breath: cuts
    in his speech wait for a breath or the end of a clause.
    """

    mood: Mood
    shot_s: float = Field(ge=0.8, le=12)
    quarter_s: float = Field(default=0, ge=0, le=12)
    three_quarters_s: float = Field(default=0, ge=0, le=20)
    on_beat: bool = False
    shortest_s: float = Field(ge=0.4, le=12)
    longest_s: float = Field(ge=0.8, le=30)
    dissolve_s: float = Field(default=0, ge=0, le=1)
    """Length of the dissolve between shots without talk; 0 for hard cuts."""
    quiet_s: float = Field(default=0.6, ge=0, le=12)
    speaker_s: float = Field(default=5.0, ge=2, le=30)
    nearer: float = Field(default=1.15, ge=1, le=1.5)
    on_breath: bool = True

    def lengths(self) -> tuple[float, ...]:
        """Lengths that shots take in turn, so that their quartiles are those of the style."""
        if not (self.quarter_s and self.three_quarters_s):
            return (self.shot_s,)
        return self.shot_s, self.three_quarters_s, self.quarter_s, self.shot_s


class Motion(Frozen):
    """How layers enter and leave."""

    enter_s: float = Field(ge=0, le=1.5)
    leave_s: float = Field(ge=0, le=1.5)
    rise: float = Field(ge=0, le=0.2)
    """Distance that a rising part moves, as a fraction of the shorter side."""
    manner: Manner = "rise"
    """How plates and words come: words rise and plates open from the left; all only fades; plates unroll from their middle; plates unfold
    from their upper edge."""
    title_at_s: float = Field(default=0, ge=0, le=4)
    """How long the first picture stands alone before the title."""
    end_card_nearer: float = Field(default=0.07, ge=0, le=0.2)
    """By which share of its size the end card's photo, or its ornament alone, comes nearer while the card stands; 0 for not at all."""


class SoundLevels(Frozen):
    """Levels against those of other styles, in dB: of the music, and of what the clips themselves sound like where nobody talks."""

    music_db: float = Field(default=0, ge=-20, le=6)
    own_db: float = Field(default=0, ge=-12, le=12)


class About(Frozen):
    """Where a style comes from: what a person of the place is asked about.

    alludes_to: the craft, in words. sources: where that is written. not_used: what was left out, each with its reason. asked: who from
    the place has looked at it, or `nobody yet`.
    """

    alludes_to: str
    sources: tuple[str, ...] = ()
    not_used: tuple[str, ...] = ()
    asked: str


class Template(Frozen):
    """The content of template.yaml. Wherever a colour stands, #RRGGBB or a name out of `colours` may stand."""

    version: int = Field(default=1, ge=1, le=VERSION)
    label: dict[Literal["zh", "en"], str]
    also: tuple[str, ...] = ()
    """What else people write when they mean this style."""
    about: About | None = None
    colours: dict[str, Colour] = Field(default_factory=dict)
    palette: Palette
    fonts: Fonts
    pictures: Pictures = Pictures()
    lut: str = ""
    layout: Layout
    subtitles: SubtitleStyle
    pace: Pace
    motion: Motion
    sound: SoundLevels = SoundLevels()
    draw: Recipe = Recipe()
    grade: Grade | None = None
    """What the colour table is made from; None where the table is the author's own."""

    def drawn_files(self) -> dict[str, str]:
        """The names of the files that are drawn from the recipe."""
        return {**dict(self.pictures), "lut": self.lut}


def with_named_colours(data: dict[str, Any]) -> dict[str, Any]:
    """The raw content of a file, with the names of its colours replaced by the colours, but for the recipe, which keeps them."""
    colours = data.get("colours")
    if not isinstance(colours, dict):
        return data
    return {key: _replaced(value, colours) if key in ("palette", "subtitles") else value for key, value in data.items()}


def _replaced(value: Any, colours: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return {key: _replaced(inner, colours) for key, inner in value.items()}
    return colours.get(value, value) if isinstance(value, str) else value
