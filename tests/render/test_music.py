"""The project's own music, and the user's."""

import subprocess

import numpy as np
import pytest

from pipeline.documents.plan import MusicBed, SoundPlan
from pipeline.errors import UserMistake
from pipeline.media import FFMPEG
from pipeline.render.mixdown import write_mixdown
from pipeline.render.music import MUSIC_FOLDER, choose_music, decode_music, list_music_pieces
from pipeline.render.sound import render_sound
from pipeline.store import Store, file_sha256
from tests.tiers import sample

RATE = 48000


def decoded(path, *more):
    args = [FFMPEG, "-v", "error", "-i", str(path), *more, "-ac", "2", "-ar", str(RATE), "-f", "f32le", "-"]
    return np.frombuffer(subprocess.run(args, check=True, capture_output=True).stdout, np.float32).reshape(-1, 2)


def record(path, expression, seconds):
    subprocess.run([FFMPEG, "-v", "error", "-y", "-f", "lavfi", "-i", f"aevalsrc='{expression}':d={seconds}", str(path)], check=True)
    return path


@pytest.mark.parametrize("piece", list_music_pieces(), ids=lambda piece: piece.name)
def test_a_piece_is_what_its_list_says_and_sounds_like_music(piece):
    path = MUSIC_FOLDER / piece.file
    sound = decoded(path)
    assert file_sha256(path) == piece.sha256
    assert path.stat().st_size <= 800_000
    assert len(sound) == round(piece.length_s * RATE) or abs(len(sound) / RATE - piece.length_s) < 0.001
    assert np.abs(sound).max() < 0.95
    assert np.corrcoef(sound.T)[0, 1] < 0.95, "it is stereo"
    blocks = sound[: len(sound) // RATE * RATE].reshape(-1, RATE * 2).std(axis=1)
    assert 20 * np.log10(blocks.min() / blocks.max()) > -15, "it has no hole"
    beats = round(piece.length_s * piece.bpm / 60)
    assert beats % 16 == 0, "it is made of whole phrases of four bars"
    assert beats * 60 / piece.bpm == pytest.approx(piece.length_s, abs=0.001)


@pytest.mark.system
@pytest.mark.parametrize("piece", sample(list_music_pieces(), list_music_pieces()[0]), ids=lambda piece: piece.name)
def test_a_piece_goes_round_without_a_seam(piece, tmp_path):
    path = MUSIC_FOLDER / piece.file
    seam = len(decoded(path))
    music = MusicBed(path=str(path), sha256=piece.sha256, gain_db=0.0, ducked_db=0.0, fade_out_s=0.5)
    bed = decode_music(music, seam / RATE + 4, tmp_path / "music.f32", lambda _: None)
    write_mixdown(tmp_path / "mix.f32", seam + 4 * RATE, [], [], bed, lambda _: None)
    sound = np.fromfile(tmp_path / "mix.f32", np.float32).reshape(-1, 2)
    bend = np.abs(np.diff(sound, n=2, axis=0)).max(axis=1)
    assert bend[seam - 480 : seam + 480].max() <= bend[RATE : seam - RATE].max(), "no step that the piece itself does not have"
    before, after = sound[seam - RATE // 4 : seam].std(), sound[seam : seam + RATE // 4].std()
    assert 20 * np.log10(min(before, after) / sound.std()) > -20, "no hole"
    first, second = sound[RATE : 2 * RATE, 0], sound[seam + RATE : seam + 2 * RATE, 0]
    assert np.corrcoef(first, second)[0, 1] > 0.99, "the second round is the first again"


def test_a_mood_gets_its_music_and_a_story_keeps_it():
    for mood in ("unhurried", "lively", "calm", "warm"):
        chosen = {choose_music("auto", mood, f"story {n}") for n in range(30)}
        assert {path.stem for path in chosen} == {piece.name for piece in list_music_pieces() if mood in piece.moods}
    assert choose_music("auto", "unhurried", "potatoes") == choose_music("auto", "unhurried", "potatoes")
    assert choose_music("auto", "a mood nobody wrote for", "potatoes").is_file()


def test_no_music_is_a_choice():
    assert choose_music("none", "lively", "potatoes") is None


def test_a_file_of_the_users_is_taken(tmp_path):
    song = record(tmp_path / "山歌 [1].mp3", "0.2*sin(2*PI*330*t)", 4)
    assert choose_music(str(song), "lively", "potatoes") == song


def test_what_is_not_music_is_refused_by_name(tmp_path):
    text, empty, photo = tmp_path / "song.mp3", tmp_path / "empty.wav", tmp_path / "photo.png"
    text.write_text("la la la\n" * 50)
    empty.touch()
    subprocess.run([FFMPEG, "-v", "error", "-f", "lavfi", "-i", "color=red:s=32x32", "-frames:v", "1", str(photo)], check=True)
    jingle = record(tmp_path / "jingle.wav", "0.2*sin(2*PI*330*t)", 0.5)
    for path in (text, empty, photo, jingle, tmp_path / "gone.mp3", tmp_path):
        with pytest.raises(UserMistake, match=path.name):
            choose_music(str(path), "lively", "potatoes")


@pytest.mark.system
def test_loud_and_quiet_recordings_of_a_song_make_the_same_bed(tmp_path):
    store = Store(tmp_path / "cache")
    song = "sin(2*PI*330*t)*(1+sin(2*PI*2*t))*0.5"
    voice_like = {}
    for name, level in (("loud", 0.9), ("quiet", 0.03)):
        path = record(tmp_path / f"{name}.wav", f"{level}*{song}", 6)
        music = MusicBed(path=str(path), sha256=file_sha256(path), gain_db=-10.0, ducked_db=6.0, fade_out_s=0.5)
        voice_like[name] = render_sound(SoundPlan(length_s=5, voices=(), music=music, target_lufs=-20), store=store).gain_db
    assert voice_like["loud"] == pytest.approx(voice_like["quiet"], abs=0.2)
    assert voice_like["loud"] == pytest.approx(6, abs=1), "-16 for speech, the bed ten below it"
