"""What every command prints with --json: one object each, as models with a word on every field.

`fieldcut schema` prints their JSON schemas, docs/json.md is written from them, and tests hold the commands' real answers against them.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class JsonAnswer(BaseModel):
    """One object on standard output; it has the fields below and no others."""

    model_config = ConfigDict(extra="forbid")


class ErrorAnswer(JsonAnswer):
    """Instead of any answer, where a command cannot do what was asked."""

    error: str = Field(description="what is wrong, as a person reads it")
    exit_code: int = Field(description="the exit code: 1 a fault of machine or program, 2 a mistake in the input, 3 a person is needed")


class ChunkCounts(JsonAnswer):
    """How many of the short stretches of a video were rendered."""

    made: int = Field(description="rendered in this run")
    reused: int = Field(description="found as they were")


class ExplainedChunk(JsonAnswer):
    """One stretch of a video, with --explain."""

    start_s: float = Field(description="its begin, seconds on the video's clock")
    end_s: float = Field(description="its end")
    made: bool = Field(description="whether it was rendered in this run")
    why: str = Field(description="why, in words")


class VideoAnswer(JsonAnswer):
    """One finished video."""

    name: str = Field(description="destination and size: shelf-1080x1920")
    passed: bool = Field(description="whether it passed its inspection")
    files: dict[str, str] = Field(description="paths by kind: video, cover, subtitles, page; empty where it did not pass")
    length_s: float = Field(description="its length, seconds")
    loudness_lufs: float | None = Field(description="integrated loudness, LUFS; null without sound")
    chunks: ChunkCounts = Field(description="its stretches")
    explained: list[ExplainedChunk] | None = Field(default=None, description="each stretch; only with --explain")


class StoryAnswer(JsonAnswer):
    """What a run made."""

    story: str = Field(description="the story's name")
    stage: str = Field(description="the last stage that ran")
    outbox: str = Field(description="the folder of the finished files")
    files: dict[str, str] = Field(description="paths of the first video's files and of the report, by kind; empty while there is no video")
    length_s: float | None = Field(description="length of the first video, seconds; null while there is none")
    loudness_lufs: float | None = Field(description="its integrated loudness, LUFS")
    passed: bool | None = Field(description="whether every video passed its inspection; null while there is none")
    failed: list[str] = Field(description="what the inspection found wrong")
    warnings: list[str] = Field(description="what a person should look at")
    set_aside: list[str] = Field(description="files that were not used, and why")
    film_again: list[str] = Field(description="clips to film again, and how")
    seconds: dict[str, float] = Field(description="seconds that each stage took, by its name")
    chunks: ChunkCounts = Field(description="stretches of all videos")
    videos: list[VideoAnswer] = Field(description="every video of the run")


class ReleaseFacts(JsonAnswer):
    """Where one release stands."""

    release: str = Field(description="its id; a command takes the beginning of it")
    story: str = Field(description="the story's name")
    platform: str = Field(description="the platform, as in --to")
    account: str = Field(description="the account, as in --to; empty where there is none")
    state: str = Field(
        description="prepared, uploading, handed_over, claimed, live, confirmed, failed, uncertain, removed and what lies between"
    )
    since: str = Field(description="since when, ISO 8601")
    planned_at: str = Field(description="when it is to be public, ISO 8601; empty for at once")
    price: str = Field(description="the price that it shows, with what it buys; empty without a product")
    link: str = Field(description="its public address; empty while there is none")
    claimed_by: str = Field(description="who took it upon themselves to post it; empty while nobody has")


class ReleasesAnswer(JsonAnswer):
    """What a command about releases did."""

    lines: list[str] = Field(description="what it says to a person, line by line")
    person_needed: bool = Field(description="whether somebody has to act; the exit code is 3 then")
    releases: list[ReleaseFacts] = Field(description="the releases that the lines are about")


class SetAsideRow(JsonAnswer):
    """A row of the product sheet that is not used until somebody answers."""

    line: int = Field(description="its line in the sheet")
    name: str = Field(description="the product's name as far as it could be read")
    sku: str = Field(description="its number")
    question: str = Field(description="what is asked")


class CatalogAnswer(JsonAnswer):
    """A product sheet as it was understood."""

    sheet: str = Field(description="the sheet's path")
    offers: list[dict[str, Any]] = Field(description="the rows that can be used, each as the story's choice.json has it")
    set_aside: list[SetAsideRow] = Field(description="the rows that are asked about")
    notes: list[str] = Field(description="what else was noticed")
    last: str | None = Field(description="when the sheet was last looked at, ISO 8601; null for the first time")
    changes: list[str] = Field(description="what has changed since")
    exit_code: int = Field(description="0, or 3 where a row is asked about")


class ListedStoryAnswer(JsonAnswer):
    """One story of the workspace."""

    story: str = Field(description="its name")
    state: str = Field(description="finished, unfinished, failed …")
    product: str = Field(description="what it sells; empty without a product")
    length_s: float = Field(description="length of its video, seconds; 0 while there is none")
    video: str = Field(description="the video's path; empty while there is none")
    source: str = Field(description="the dropped folder")
    changed_at: str = Field(description="when it changed last, ISO 8601")


class StoriesAnswer(JsonAnswer):
    """The stories of the workspace."""

    stories: list[ListedStoryAnswer] = Field(description="those that changed last first")


class StageAnswer(JsonAnswer):
    """One stage of a story."""

    stage: str = Field(description="its name, as --stop-after takes it")
    title: str = Field(description="what it does, in words")
    seconds: float | None = Field(description="what it took last, seconds; null while it never ran")
    files: list[str] = Field(description="the documents that it left")


class StagesAnswer(JsonAnswer):
    """The stages of one story."""

    story: str = Field(description="its name")
    stages: list[StageAnswer] = Field(description="in their order")


class CalendarPostAnswer(JsonAnswer):
    """One post in the calendar."""

    id: str = Field(description="id of the planned post or the release; `calendar move` and `cancel` take the beginning of it")
    story: str = Field(description="the story's name")
    destination: str = Field(description="the platform, as in --to")
    account: str = Field(description="the account; empty where there is none")
    at: str = Field(description="its hour in the co-op's zone, ISO 8601")
    kind: str = Field(description="planned, or a release")
    state: str = Field(description="where it stands")
    link: str = Field(description="its public address; empty while there is none")
    waits_for: str = Field(description="whom or what it waits for, in words; empty where for nobody")


class CalendarAnswer(JsonAnswer):
    """What goes where and when."""

    posts: list[CalendarPostAnswer] = Field(description="the earliest first")


class StatusAnswer(JsonAnswer):
    """How far every story is, while `fieldcut up` runs."""

    running: bool = Field(description="whether FieldCut is kept running in this workspace")
    stories: list[dict[str, Any]] = Field(description="each with story, its state, and `says`: the lines of its page")
    approvals: list[dict[str, Any]] = Field(description="what waits for a yes or a no: story, place, link")


class SaidAnswer(JsonAnswer):
    """What the command says; `up` prints one such object a line, for as long as it runs."""

    says: str = Field(description="a sentence")


class EffectiveSettingAnswer(JsonAnswer):
    """One setting in force."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    table: str = Field(description="coop, publish, story, environment …")
    name: str = Field(description="the setting's name")
    value: Any = Field(description="its value; secrets are masked")
    origin: str = Field(alias="from", description="default, file, …")
    file: str = Field(description="the file that sets it; empty for a default")
    line: int | None = Field(description="its line there")


class SettingsAnswer(JsonAnswer):
    """The settings in force."""

    settings: list[EffectiveSettingAnswer] = Field(description="table by table")
    warnings: list[str] = Field(description="what nobody reads, and what was probably meant")
    mistakes: list[str] = Field(description="what is wrong; the exit code is 2 then")


class KindUsageAnswer(JsonAnswer):
    """What one kind of intermediate result takes."""

    kind: str = Field(description="analyses, chunks, transcripts …")
    files: int = Field(description="how many")
    bytes: int = Field(description="their bytes")
    oldest_use: str | None = Field(description="the longest unused one's last use, ISO 8601")
    newest_use: str | None = Field(description="the last used one's")


class RemovedAnswer(JsonAnswer):
    """What was removed."""

    files: int = Field(description="how many")
    bytes: int = Field(description="their bytes")
    spared: int = Field(description="left, because a story is being made")
    by_kind: dict[str, int] = Field(description="bytes by kind")


class CacheAnswer(JsonAnswer):
    """What the cache takes."""

    kinds: list[KindUsageAnswer] = Field(description="the largest first")
    bytes: int = Field(description="all of it")
    removed: RemovedAnswer | None = Field(default=None, description="only where something was to be removed")


class MachineCheckAnswer(JsonAnswer):
    """One thing that the machine has or lacks."""

    name: str = Field(description="what was looked at")
    state: Literal["good", "warning", "bad"] = Field(description="how it is")
    found: str = Field(description="what was found")
    fix: str = Field(description="what mends it; empty where nothing needs to")


class DoctorAnswer(JsonAnswer):
    """What this machine has."""

    checks: list[MachineCheckAnswer] = Field(description="one for each thing")
    exit_code: int = Field(description="0, or 3 where something is bad")


class ListedStyleAnswer(JsonAnswer):
    """One style."""

    name: str = Field(description="as --template takes it")
    zh: str = Field(description="its Chinese name")
    en: str = Field(description="its English name")
    own: bool = Field(description="whether it lies in the workspace")
    asked: str = Field(description="who from the place was asked about it")
    broken: bool = Field(description="whether it cannot be used")


class StylesAnswer(JsonAnswer):
    """The styles that there are."""

    styles: list[ListedStyleAnswer] = Field(description="in alphabetical order")


class StyleFindingAnswer(JsonAnswer):
    """One finding about a style."""

    level: str = Field(description="wrong, or a note")
    message: str = Field(description="in words")


class StyleCheckAnswer(JsonAnswer):
    """What is found about a style."""

    findings: list[StyleFindingAnswer] = Field(description="empty where there is nothing to say")


class StylePreviewAnswer(StyleCheckAnswer):
    """A style on one picture."""

    picture: str = Field(description="the picture's path")
    page: str = Field(description="the page's path")


class NewStyleAnswer(JsonAnswer):
    """A style that was copied."""

    name: str = Field(description="its name")
    file: str = Field(description="the file to change")


class StylePackAnswer(JsonAnswer):
    """A style as one file."""

    file: str = Field(description="its path")


class AddedStyleAnswer(JsonAnswer):
    """A style that was taken in."""

    name: str = Field(description="its name here")


class SpeechModelAnswer(JsonAnswer):
    """One known speech model."""

    name: str = Field(description="as [speech] model takes it")
    library: str = Field(description="what runs it: faster-whisper, sherpa-onnx …")
    library_installed: bool = Field(description="whether that is installed")
    present: bool = Field(description="whether the model lies on this machine")
    chosen: bool = Field(description="whether it is the one in use")
    megabytes: int = Field(description="its size")
    languages: list[str] = Field(description="what it writes down")
    licence: str = Field(description="its licence")
    calibrated: bool = Field(description="whether its trust was measured: only then lines can be held for a person")
    repository: str = Field(description="where it lies on the hub; empty for the one that comes along")


class SpeechModelsAnswer(JsonAnswer):
    """The speech models that are known."""

    model: str = Field(description="the setting in force: a name or a folder")
    models: list[SpeechModelAnswer] = Field(description="one after the other")


class FetchedModelAnswer(JsonAnswer):
    """A model that was fetched."""

    name: str = Field(description="its name")
    sha256: dict[str, str] = Field(description="checksums by file")


class HeardSentenceAnswer(JsonAnswer):
    """One sentence that a model wrote down."""

    said: str = Field(description="what is said")
    heard: str = Field(description="what the model wrote")
    right: float = Field(description="the share of right characters, 0 to 1")


class ModelCheckAnswer(JsonAnswer):
    """How a model did on the shipped sentences."""

    sentences: list[HeardSentenceAnswer] = Field(description="the three sentences")
    right: float = Field(description="the share of right characters in all")
    seconds: float = Field(description="how long it took, loading included")
    good: bool = Field(description="whether it can be used; the exit code is 1 where not")


ANSWERS: dict[str, type[JsonAnswer]] = {
    **dict.fromkeys(("make", "render", "variants", "demo"), StoryAnswer),
    "stories": StoriesAnswer,
    "stages": StagesAnswer,
    "status": StatusAnswer,
    **dict.fromkeys(("up", "down", "cancel"), SaidAnswer),
    "catalog": CatalogAnswer,
    **dict.fromkeys(("publish", "approve", "releases", "settle", "leftovers", "claim", "posted", "unclaim"), ReleasesAnswer),
    **dict.fromkeys(("consent", "prices", "login", "notices"), ReleasesAnswer),
    **dict.fromkeys(("cut", "compare"), ReleasesAnswer),
    "calendar": CalendarAnswer,
    **dict.fromkeys(("calendar load", "calendar draft", "calendar move", "calendar cancel"), ReleasesAnswer),
    "settings": SettingsAnswer,
    "cache": CacheAnswer,
    "doctor": DoctorAnswer,
    "model list": SpeechModelsAnswer,
    "model get": FetchedModelAnswer,
    "model check": ModelCheckAnswer,
    "template list": StylesAnswer,
    "template new": NewStyleAnswer,
    "template check": StyleCheckAnswer,
    "template preview": StylePreviewAnswer,
    "template pack": StylePackAnswer,
    "template add": AddedStyleAnswer,
}
"""The answer of each command that has --json."""
