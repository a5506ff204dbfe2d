"""What reading speech costs beside bare recognition: `python -m benchmarks.quality.words_cost SOUND ... [--threads N]`.

The sounds (WAV, spoken Mandarin) are recognised by faster-whisper alone with its own settings, and then by the product's process, which
recognises, decodes and scores. Both are processes of their own with the bundled model, loading included. Printed are seconds of processor a
minute of sound, their ratio, and the peak memory of each. Linux and macOS only.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import wave
from pathlib import Path

from pipeline.media.decode import read_sound
from pipeline.media.voice import speech_spans
from pipeline.speech.model import find_model
from pipeline.speech.worker import RecognitionJob, RecognitionTask
from pipeline.store.user_store import user_store

BARE = """
import sys
from faster_whisper import WhisperModel
model = WhisperModel(sys.argv[1], device="cpu", compute_type="int8", cpu_threads=int(sys.argv[2]), local_files_only=True)
for sound in sys.argv[3:]:
    segments, _ = model.transcribe(sound, language="zh", condition_on_previous_text=False)
    print("".join(segment.text for segment in segments))
"""
BYTES_OF_RSS = 1024 if sys.platform == "linux" else 1


def spent(command: list[str]) -> tuple[float, float]:
    """Run a command. Returns its seconds of processor and its peak memory in MB. Raises ChildProcessError where it fails."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env={**os.environ, "HF_HUB_OFFLINE": "1"})
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise ChildProcessError(" ".join(command[:4]))
    return used.ru_utime + used.ru_stime, used.ru_maxrss * BYTES_OF_RSS / 1e6


def main() -> None:
    """Print what both cost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sounds", type=Path, nargs="+")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--glossary", nargs="*", default=())
    given = parser.parse_args()
    model = find_model(user_store())
    minutes = sum(_seconds(sound) for sound in given.sounds) / 60
    with tempfile.TemporaryDirectory() as folder:
        job = RecognitionJob(
            model=str(model.folder),
            language="zh",
            threads=given.threads,
            tasks=tuple(
                RecognitionTask(clip_id=sound.stem, path=str(sound), stream=0, speech=tuple(speech_spans(read_sound(sound, 0))))
                for sound in given.sounds
            ),
            glossary=tuple(given.glossary),
        )
        (Path(folder) / "job.json").write_text(job.model_dump_json(), encoding="utf-8")
        bare_s, bare_mb = spent([sys.executable, "-c", BARE, str(model.folder), str(given.threads), *map(str, given.sounds)])
        whole_s, whole_mb = spent([sys.executable, "-m", "pipeline.speech.worker", str(Path(folder) / "job.json"), folder])
    print(f"{minutes:.1f} minutes of sound, seconds of processor a minute, peak memory")
    print(f"  faster-whisper alone       {bare_s / minutes:5.1f} s  {bare_mb:4.0f} MB")
    print(f"  recognised, decoded, scored{whole_s / minutes:5.1f} s  {whole_mb:4.0f} MB  {whole_s / bare_s:.2f} times")


def _seconds(sound: Path) -> float:
    with wave.open(str(sound)) as file:
        return file.getnframes() / file.getframerate()


if __name__ == "__main__":
    main()
