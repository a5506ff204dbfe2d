"""Plans the sound: what is heard when, and how loud, before mastering."""

from collections.abc import Mapping
from pathlib import Path

from pipeline.documents.analysis import Analysis
from pipeline.documents.clip import Clips
from pipeline.documents.edit import Edit, Heard
from pipeline.documents.plan import MusicBed, SoundPlan, Voice
from pipeline.render.sound import ambient_gain_db, speech_gain_db
from pipeline.store import file_sha256

SPEECH_FADE_S = 0.02
AMBIENT_FADE_S = 0.25
NOISY_ABOVE_DB = -50.0
"""Momentary loudness of the quietest tenth of a talk clip from which its noise is heard under music."""
MUSIC_ALONE_DB = -4.0
MUSIC_DB = -2.5
"""Music over the level of speech where nobody talks; sound.py brings every bed to that level first. Opening and end card are so within
4 dB of the talk between them: at -8 they were 5 to 7 dB under it."""
DUCKED_DB = 12.0
"""How much lower music is under a voice."""
DUCKED_TALK_DB = 17.5
"""The same in a video led by talk, whose music lies as far under the voice as ever."""
MUSIC_FADE_OUT_S = 1.5
MOST_RISE_DB = 5.0
"""How much of what a style takes from its music it is given back after the last word of a talk, where it carries the end card alone: in
styles of -2 to -8 dB the ending was 4.2 to 5.9 dB under the talk."""


def plan_sound(
    edit: Edit, clips: Clips, analyses: Mapping[str, Analysis], music: Path | None, *, music_db: float = 0.0, own_db: float = 0.0
) -> SoundPlan:
    """Plan the sound of an edit. analyses: by clip id. music: the music file, None for none.

    music_db, own_db: what a style adds to the level of the music, and to that of the clips where nobody talks.
    """
    bed = None
    if music is not None:
        gain, ducked = (MUSIC_DB, DUCKED_TALK_DB) if edit.led_by == "talk" else (MUSIC_ALONE_DB, DUCKED_DB)
        spoken = [piece.at_frame + piece.frames for piece in edit.heard if piece.kind == "speech"]
        rises = edit.led_by == "talk" and bool(spoken) and edit.cuts[-1].role == "end_card"
        bed = MusicBed(
            path=str(music),
            sha256=file_sha256(music),
            gain_db=gain + music_db,
            ducked_db=ducked,
            fade_out_s=MUSIC_FADE_OUT_S,
            rises_at_s=max(spoken) / edit.fps if rises else 0.0,
            rise_db=min(MOST_RISE_DB, max(0.0, -music_db)) if rises else 0.0,
        )
    voices = tuple(_plan_voice(piece, edit, clips, analyses, own_db) for piece in edit.heard)
    return SoundPlan(length_s=edit.frames / edit.fps, voices=voices, music=bed)


def _plan_voice(piece: Heard, edit: Edit, clips: Clips, analyses: Mapping[str, Analysis], own_db: float) -> Voice:
    clip, facts = clips.by_id(piece.clip_id), analyses[piece.clip_id].sound
    assert clip.sound is not None
    assert facts is not None
    speech = piece.kind == "speech"
    noise = facts.noise_dbfs if facts.noise_dbfs is not None else -90.0
    gain = speech_gain_db(facts.speech_lufs, noise) if speech else ambient_gain_db(facts.loudness_lufs) + own_db
    fade = SPEECH_FADE_S if speech else AMBIENT_FADE_S
    return Voice(
        clip_sha256=clip.sha256,
        path=clip.path,
        stream=clip.sound.stream,
        source_start_s=piece.source_start_s,
        at_s=piece.at_frame / edit.fps,
        length_s=piece.frames / edit.fps,
        gain_db=gain,
        fade_in_s=fade,
        fade_out_s=fade,
        clean=speech and noise > NOISY_ABOVE_DB,
        speech=speech,
    )
