"""All styles on real stories: what each costs, the pace of its edits, and the gallery page.

    uv run python -m benchmarks.styles [--size 720x1280] [--story NAME=FOLDER …] [--gallery docs] [--edits-only]

The demo is always made; more stories are folders of clips, with a sheet `catalog.csv` beside them or none. Processor time is that of
rendering and inspection after everything before was done, this process and its children together.
"""

import argparse
import resource
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

from flows.cli.screen import Screen
from pipeline.actions.demo import CATALOG, MATERIAL
from pipeline.actions.make import make_story
from pipeline.brand import load_style, template_names
from pipeline.brand.style import Style
from pipeline.documents.edit import Edit
from pipeline.documents.look import Look
from pipeline.documents.sizes import SIZES
from pipeline.media.still import save_still
from pipeline.store import load_document

NOW = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
FRAME_WIDTH = 216
"""Pixels of a frame in the gallery."""


@dataclass(frozen=True)
class StyleRun:
    """One story in one style. cpu_s: rendering and inspection. drawing_s: title and cards. shots_s: without the end card."""

    style: str
    story: str
    led_by: str
    cpu_s: float
    drawing_s: float
    shots_s: tuple[float, ...]
    length_s: float
    passed: bool
    video: Path
    frames_at_s: tuple[float, ...]


def run_style(
    style: str, story: str, folder: Path, sheet: Path | None, size: tuple[int, int], preset: str, workspace: Path, edits_only: bool
) -> StyleRun:
    """Make a story in a style and measure it. edits_only: cut it, and render nothing."""
    options = {"template": style, "width": size[0], "height": size[1], "preset": preset, "catalog": str(sheet) if sheet else "none"}
    name, screen = f"{story}-{style}", Screen("en", quiet=True)
    before = make_story(folder, workspace, dict(options), NOW, "edit" if edits_only else "subtitles", screen, story=name)
    home = workspace / "stories" / name
    edit = load_document(home / "edit.json", Edit)
    shots = tuple(cut.frames / edit.fps for cut in edit.cuts if cut.role != "end_card")
    if edits_only:
        return StyleRun(style, story, edit.led_by, 0.0, 0.0, shots, edit.frames / edit.fps, True, Path(), ())
    start = _cpu_s()
    made = make_story(folder, workspace, dict(options), NOW, "", screen, story=name)
    spent = _cpu_s() - start
    look = next(load_document(path, Look) for path in (home / "look.json", *home.glob("renditions/*/look.json")) if path.is_file())
    moments = {layer.kind: (layer.start_frame + (layer.rest_start + layer.rest_end) / 2) / look.fps for layer in look.layers}
    shown = tuple(moments[kind] for kind in ("title", "lower_third", "card", "end_card") if kind in moments)
    video = Path(next(iter(made.files.values()))) if made.files else Path()
    return StyleRun(
        style, story, edit.led_by, spent, before.seconds.get("brand", 0.0), shots, edit.frames / edit.fps, bool(made.passed), video, shown
    )


def _cpu_s() -> float:
    usages = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def cost_table(runs: Sequence[StyleRun]) -> Iterator[str]:
    """Yield the rows of the table of costs and paces, in Markdown."""
    plain = {run.story: run.cpu_s / run.length_s or 1.0 for run in runs if run.style == "plain"}
    heads = (
        "style",
        "story",
        "led by",
        "processor",
        "a second, of plain",
        "shots",
        "quartiles s",
        "longest s",
        "style's own s",
        "inspection",
    )
    yield f"| {' | '.join(heads)} |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for run in runs:
        low, middle, high = statistics.quantiles(run.shots_s, n=4) if len(run.shots_s) > 1 else run.shots_s * 3
        pace = load_style(run.style).pace
        own = f"{pace.quarter_s or pace.shot_s:g} / {pace.shot_s:g} / {pace.three_quarters_s or pace.shot_s:g}, {pace.longest_s:g}"
        yield (
            f"| {run.style} | {run.story} | {run.led_by} | {run.cpu_s:.1f} s | {run.cpu_s / run.length_s / plain[run.story]:.2f} |"
            f" {len(run.shots_s)}"
            f" | {low:.1f} / {middle:.1f} / {high:.1f} | {max(run.shots_s):.1f} | {own} | {'passed' if run.passed else 'failed'} |"
        )


def write_gallery(runs: Sequence[StyleRun], docs: Path) -> None:
    """Write styles.md and a strip of frames for each style."""
    (docs / "styles").mkdir(parents=True, exist_ok=True)
    lines = [
        "# Styles",
        "",
        "Frames of the demo in every style that comes with FieldCut, made by `python -m benchmarks.styles --gallery docs`.",
        "A style says a place, never a people. Nobody from there was asked yet: who knows better, please say so.",
        "A style of one's own: [templates/README.md](../templates/README.md) ([中文](../templates/README.zh-CN.md)).",
        "",
    ]
    for run in (run for run in runs if run.story == "demo"):
        style = load_style(run.style)
        strip = docs / "styles" / f"{run.style}.jpg"
        _strip(run).save(strip, quality=78, optimize=True, progressive=True)
        lines += [f"## {style.label['zh']} · {style.label['en']} (`{run.style}`)", "", f"![{run.style}](styles/{strip.name})", ""]
        lines += [*_told(style), ""]
    (docs / "styles.md").write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def _told(style: Style) -> Iterator[str]:
    assert style.about is not None
    yield style.about.alludes_to
    yield ""
    yield f"- sources: {'; '.join(style.about.sources) or '–'}"
    yield f"- left out: {'; '.join(style.about.not_used) or '–'}"
    yield f"- asked: {style.about.asked}"


def _strip(run: StyleRun) -> Image.Image:
    """The frames side by side."""
    with tempfile.TemporaryDirectory() as scratch:
        pictures = []
        for number, at_s in enumerate(run.frames_at_s):
            path = Path(scratch, f"{number}.png")
            save_still(run.video, at_s, path, width=FRAME_WIDTH)
            with Image.open(path) as opened:
                pictures.append(opened.convert("RGB"))
    strip = Image.new("RGB", (sum(one.width + 6 for one in pictures) - 6, pictures[0].height), "#FFFFFF")
    left = 0
    for picture in pictures:
        strip.paste(picture, (left, 0))
        left += picture.width + 6
    return strip


def _stories(given: Sequence[str]) -> Mapping[str, tuple[Path, Path | None]]:
    stories: dict[str, tuple[Path, Path | None]] = {"demo": (MATERIAL, CATALOG)}
    for text in given:
        name, _, folder = text.partition("=")
        sheet = Path(folder).parent / "catalog.csv"
        stories[name] = Path(folder), sheet if sheet.is_file() else None
    return stories


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default="720x1280", choices=list(SIZES))
    parser.add_argument("--preset", default="draft")
    parser.add_argument("--story", action="append", default=[], metavar="NAME=FOLDER")
    parser.add_argument("--style", action="append", default=[], help="only these; all of them without it")
    parser.add_argument("--edits-only", action="store_true", help="only the pace: nothing is rendered")
    parser.add_argument("--gallery", type=Path, help="the folder of styles.md")
    parser.add_argument("--workspace", type=Path, help="kept and used again; a new one without it")
    given = parser.parse_args()
    names = ["plain", *(name for name in given.style or template_names() if name != "plain")]
    runs = []
    with tempfile.TemporaryDirectory() as scratch:
        workspace = given.workspace or Path(scratch)
        for story, (folder, sheet) in _stories(given.story).items():
            warm = "360x360" if given.size != "360x360" else "270x480"  # what all styles share, such as cleaned voices, is made once
            if not given.edits_only:
                run_style("plain", f"{story}-first", folder, sheet, SIZES[warm], given.preset, workspace, given.edits_only)
            for style in names:
                runs.append(run_style(style, story, folder, sheet, SIZES[given.size], given.preset, workspace, given.edits_only))
                print(f"{story} {style}: {runs[-1].cpu_s:.1f} s", file=sys.stderr)
        print("\n".join(cost_table(runs)))
        if given.gallery is not None:
            write_gallery(runs, given.gallery)


if __name__ == "__main__":
    main()
