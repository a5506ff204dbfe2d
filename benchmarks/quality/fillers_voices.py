"""Speaks the sentences of fillers_stories.yaml into a folder: the step before `benchmarks/quality/fillers.py`.

    python benchmarks/quality/fillers_voices.py package/voices OUT

Needs the voices and packages that the head of `words_voices.py` names.
"""

import re
import sys
from pathlib import Path

import yaml
from words_voices import Voices, speak_story

STORIES = Path(__file__).with_name("fillers_stories.yaml")


def main(styles: Path, folder: Path) -> None:
    """Speak every story that the folder does not have yet."""
    folder.mkdir(parents=True, exist_ok=True)
    voices = Voices(styles)
    for number, story in enumerate(yaml.safe_load(STORIES.read_text("utf-8"))):
        if not (folder / f"{story['id']}.wav").exists():
            spoken = story | {"say": [re.sub(r"[\[\]]", "", sentence).replace("嗯", "恩") for sentence in story["say"]]}
            print(story["id"], speak_story(voices, spoken, folder, seed=20261201 + number), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
