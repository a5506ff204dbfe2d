"""Stories of chance, without a file behind them, cut as a style wants it: a talk with few or many pauses, or views alone."""

import random
from datetime import UTC, datetime, timedelta

from pipeline.brand import Style
from pipeline.documents.analysis import Analysis, Sample, Shot, SoundFacts
from pipeline.documents.base import Span
from pipeline.documents.clip import Clip, Clips, Sound
from pipeline.documents.edit import Edit
from pipeline.documents.offer import Brief
from pipeline.documents.transcript import Phrase, Transcript, Word
from pipeline.edit import EditParameters, SpeakerPace, cut_story
from pipeline.edit.variety import APART_S

SYLLABLES = "山里人家种的果子甜水好土肥日头足早晚凉一年只结一回树都老了今天摘明天到您尝了再说好不好吃"
FILMED = datetime(2026, 10, 12, 8, tzinfo=UTC)


def made_edit(seed: int, style: Style, beat_s: float) -> tuple[Edit, int]:
    """Cut the story of a seed in a style. Returns the edit, and how many windows of one still view stand too close to each other."""
    chance = random.Random(seed)
    clips, analyses, transcripts = [], {}, {}
    still: set[str] = set()
    speaks = chance.random() < 0.6
    for number in range(chance.randint(1, 3) if speaks else chance.randint(4, 9)):
        clip, analysis, holds = _view(chance, number)
        clips.append(clip)
        analyses[clip.id] = analysis
        transcripts[clip.id] = Transcript(clip_id=clip.id, language="zh", phrases=())
        still |= {clip.id} if holds else set()
    if speaks:
        clip, analysis, transcript = _talk(chance, len(clips))
        clips.append(clip)
        analyses[clip.id], transcripts[clip.id] = analysis, transcript
    pace = style.pace
    wishes = EditParameters(
        seconds=chance.choice([20.0, 30.0, 45.0]),
        shot_s=pace.shot_s,
        lengths_s=pace.lengths(),
        shortest_s=pace.shortest_s if pace.quarter_s else 0.0,
        longest_s=pace.longest_s,
        beat_s=beat_s,
        quiet_s=pace.quiet_s,
        speaker=SpeakerPace(longest_s=pace.speaker_s, nearer=pace.nearer, on_breath=pace.on_breath),
    )
    edit = cut_story(Clips(clips=tuple(clips), set_aside=()), analyses, transcripts, Brief(), None, wishes)
    return edit, _too_close(edit, still)


def _too_close(edit: Edit, still: set[str]) -> int:
    """Windows of one still view that follow each other within APART_S."""
    ends: dict[str, float] = {}
    close = 0
    for start, cut in zip(edit.starts(), edit.cuts, strict=True):
        if cut.clip_id in still and cut.role != "talk":
            close += start / edit.fps - ends.get(cut.clip_id, -APART_S) < APART_S - 0.1
            ends[cut.clip_id] = (start + cut.frames) / edit.fps
    return close


def _view(chance: random.Random, number: int) -> tuple[Clip, Analysis, bool]:
    """A clip without talk, and whether its camera stands still."""
    length_s, holds = chance.choice([2.0, 4.5, 8.0, 15.0, 40.0]), chance.random() < 0.7
    motion, jerk = (0.01, 0.01) if holds else (chance.uniform(0.08, 0.3), chance.choice([0.02, 0.4]))
    clip = made_clip(number, length_s)
    samples = tuple(
        Sample(at_s=at / 5, sharpness=chance.uniform(0.6, 1), brightness=120, contrast=50, motion=motion, jerk=jerk)
        for at in range(int(length_s * 5))
    )
    facts = SoundFacts(loudness_lufs=-30.0, speech_lufs=None, noise_dbfs=-60.0, speech=())
    shot = _shot(length_s, chance.uniform(0.6, 1), f"{chance.getrandbits(64):016x}")
    return clip, Analysis(clip_id=clip.id, samples=samples, shots=(shot,), subjects=(), sound=facts), holds


def _talk(chance: random.Random, number: int) -> tuple[Clip, Analysis, Transcript]:
    """A clip of a speaker: sentences of three to forty syllables, with pauses, breaths, or neither."""
    phrases: list[Phrase] = []
    at_s, pause_s = 1.0, chance.choice([0.35, 0.9, 2.0])
    for _ in range(chance.randint(2, 6)):
        words: list[Word] = []
        start_s, breath = at_s, chance.choice([0.0, 0.0, 0.15, 0.3])
        offset = chance.randrange(len(SYLLABLES))
        for place in range(chance.randint(6, 40)):
            at_s += breath if place and place % 9 == 0 else 0.0
            text = SYLLABLES[(offset + 7 * place) % len(SYLLABLES)]
            words.append(Word(start_s=round(at_s, 3), end_s=round(at_s + 0.22, 3), text=text, probability=0.9))
            at_s += 0.22
        phrases.append(Phrase(start_s=start_s, end_s=round(at_s, 3), words=tuple(words)))
        at_s = round(at_s + pause_s, 3)
    clip = made_clip(number, at_s + 1)
    spans = tuple(Span(start_s=phrase.start_s, end_s=phrase.end_s) for phrase in phrases)
    facts = SoundFacts(loudness_lufs=-20.0, speech_lufs=-18.0, noise_dbfs=-60.0, speech=spans)
    shot = _shot(at_s + 1, 0.9, f"{chance.getrandbits(64):016x}")
    analysis = Analysis(clip_id=clip.id, samples=(), shots=(shot,), subjects=(), sound=facts)
    return clip, analysis, Transcript(clip_id=clip.id, language="zh", phrases=tuple(phrases))


def _shot(length_s: float, sharpness: float, fingerprint: str) -> Shot:
    facts = {"brightness": 120, "contrast": 50, "motion": 0.01, "shake": 0.02, "faces": 0, "fingerprint": fingerprint}
    return Shot.model_validate({"start_s": 0.0, "end_s": length_s, "sharpness": sharpness, **facts})


def made_clip(number: int, length_s: float, *, silent: bool = False) -> Clip:
    """The facts of a clip without a file; number: of it in its story."""
    name = f"{number:016x}"
    return Clip(
        id=name,
        sha256=name * 4,
        name=f"{number}.mp4",
        path=f"/nowhere/{number}.mp4",
        size_bytes=1,
        container="mp4",
        codec="h264",
        video_stream=0,
        width=1920,
        height=1080,
        rotation=0,
        frame_rate=30.0,
        variable_rate=False,
        longest_gap_s=0.034,
        duration_s=length_s,
        transfer="sdr",
        sound=None if silent else Sound(stream=0, codec="aac", rate_hz=48000, channels=1, duration_s=length_s),
        captured_at=FILMED + timedelta(minutes=number),
    )
