"""Speech on the timeline becomes cues."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.chinese import SELLER_WORDS
from pipeline.documents.edit import Edit, Heard
from pipeline.documents.look import Typography
from pipeline.documents.subtitles import Cue, Subtitles
from pipeline.documents.transcript import Phrase, Transcript
from pipeline.store import content_key, file_sha256
from pipeline.subtitles.line_breaks import READ_CPS, SHORT_S, Broken, broken
from pipeline.subtitles.tokens import Letter, line_of, tokens_of, width

VERSION = 1
TRUSTED = 0.69
"""Mean probability of a cue's words under which it is held for a person. Of 125 cues (two narrated stories, ten recordings of people,
three other synthetic voices, two of them in noise) the five under it are all wrong, in 20 to 90 % of their characters; no cue that is
right has less than 0.73. Most cues with a wrong word lie higher: a threshold finds mumbling, not mistakes."""
CLOSE_S = 0.2
"""A shorter gap between two cues flickers, so the first stays until the second."""
LINGER_S = 0.5
"""How long a cue may stay after its last word so that it can be read."""
_FILLERS = frozenset([*"嗯呃额啊哦唉诶哎呀", "um", "uh", "er", "hm"])


@dataclass
class _Draft:
    """A cue before its end is settled; frames on the timeline."""

    start: int
    end: int
    limit: int
    """Last frame that it may reach: the end of its speech on the timeline, and a little."""
    lines: tuple[str, ...]
    clip_id: str
    source_start_s: float
    source_end_s: float
    confidence: float


def cues_key(edit: Edit, transcripts: Mapping[str, Transcript], typography: Typography) -> str:
    """Address of what `make_cues` makes of these. Loading the words that lines may be broken between takes longer than all the rest."""
    return content_key(
        step="cues", version=VERSION, lexicon=file_sha256(SELLER_WORDS), edit=edit, transcripts=dict(transcripts), typography=typography
    )


def make_cues(edit: Edit, transcripts: Mapping[str, Transcript], typography: Typography) -> Subtitles:
    """Subtitles for everything that is said on the edit's timeline; nothing is shown over the end card.

    A word is on the timeline when its middle is. Cues do not overlap, close small gaps, and last long enough to be read where the
    next one leaves time.
    """
    last = _frames_with_footage(edit)
    drafts: list[_Draft] = []
    for heard in sorted((heard for heard in edit.heard if heard.kind == "speech"), key=lambda heard: heard.at_frame):
        transcript = transcripts.get(heard.clip_id)
        if transcript is not None:
            drafts.extend(_drafts(heard, transcript, edit.fps, typography.line_width, last))
    settled = _settle(_joined(drafts, typography.line_width, edit.fps), edit.fps)
    return Subtitles(fps=edit.fps, cues=tuple(_cue(draft) for draft in settled if draft.end > draft.start))


def _drafts(heard: Heard, transcript: Transcript, fps: int, line_width: float, last: int) -> Iterator[_Draft]:
    """The cues of one stretch of speech, none of them past the frame `last`."""
    names = {repair.written for repair in transcript.repairs if repair.why == "glossary"}
    for phrase in transcript.phrases:
        for cue in broken(tokens_of(_letters(phrase, heard, fps), names), line_width):
            draft = _draft(cue, heard, fps, last)
            if draft is not None:
                yield draft


def _frames_with_footage(edit: Edit) -> int:
    at = 0
    for cut in edit.cuts:
        if cut.role != "end_card":
            at += cut.frames
            continue
        break
    return at or edit.frames


def _letters(phrase: Phrase, heard: Heard, fps: int) -> list[Letter]:
    """The characters of a phrase that are heard, with times shared out over each word."""
    end_s = heard.source_start_s + heard.frames / fps
    letters: list[Letter] = []
    for word in phrase.words:
        if not heard.source_start_s <= (word.start_s + word.end_s) / 2 < end_s:
            continue
        # A sentence's first word competes with every opening there is, so its probability says little.
        probability = max(word.probability, phrase.confidence) if word is phrase.words[0] else word.probability
        step_s = (word.end_s - word.start_s) / max(len(word.text), 1)
        letters += [
            Letter(character, word.start_s + at * step_s, word.start_s + (at + 1) * step_s, probability)
            for at, character in enumerate(word.text)
        ]
    return letters


def _draft(cue: Broken, heard: Heard, fps: int, last: int) -> _Draft | None:
    tokens = cue.tokens
    lines = tuple(line for line in (line_of(part) for part in cue.lines) if line)
    if not lines or "".join(lines).lower() in _FILLERS:
        return None
    finish = min(heard.at_frame + heard.frames, last)
    start = heard.at_frame + round((tokens[0].start_s - heard.source_start_s) * fps)
    end = heard.at_frame + round((tokens[-1].end_s - heard.source_start_s) * fps)
    letters = sum(len(token.text) for token in tokens)
    return _Draft(
        start=min(max(start, heard.at_frame), finish),
        end=min(max(end, heard.at_frame), finish),
        limit=min(finish + round(LINGER_S * fps), last),
        lines=lines,
        clip_id=heard.clip_id,
        source_start_s=round(tokens[0].start_s, 3),
        source_end_s=round(tokens[-1].end_s, 3),
        confidence=sum(token.probability * len(token.text) for token in tokens) / letters,
    )


def _joined(drafts: Sequence[_Draft], line_width: float, fps: int) -> list[_Draft]:
    """Cues of one character, and cues that would flash by, join a neighbour that stands close enough."""
    joined: list[_Draft] = []
    for draft in drafts:
        if joined and _may_join(joined[-1], draft, line_width, fps):
            joined[-1] = _together(joined[-1], draft, line_width)
        else:
            joined.append(draft)
    return [draft for draft in joined if width("".join(draft.lines)) >= 2 or "".join(draft.lines).isascii()]


def _may_join(first: _Draft, second: _Draft, line_width: float, fps: int) -> bool:
    if first.clip_id != second.clip_id or second.start - first.end > fps * 0.6 or second.source_start_s < first.source_start_s:
        return False
    small = any(width("".join(draft.lines)) < 2 for draft in (first, second))
    hurried = second.start - first.start < SHORT_S * fps or second.end - second.start < 0.4 * fps
    one_line = len(first.lines) == len(second.lines) == 1
    return one_line and (small or (hurried and width(first.lines[0]) + width(second.lines[0]) + 0.5 <= 2 * line_width))


def _together(first: _Draft, second: _Draft, line_width: float) -> _Draft:
    one = f"{first.lines[0]} {second.lines[0]}"
    lines = (one,) if width(one) <= line_width else (*first.lines, *second.lines)
    if min(width(line) for line in lines) < 2:
        lines = (one,)
    lengths = [width("".join(draft.lines)) or 1.0 for draft in (first, second)]
    return _Draft(
        start=first.start,
        end=second.end,
        limit=second.limit,
        lines=lines,
        clip_id=first.clip_id,
        source_start_s=first.source_start_s,
        source_end_s=second.source_end_s,
        confidence=(first.confidence * lengths[0] + second.confidence * lengths[1]) / sum(lengths),
    )


def _settle(drafts: Sequence[_Draft], fps: int) -> list[_Draft]:
    """Ends that give time to read, close small gaps, and never reach into the next cue."""
    for at, draft in enumerate(drafts):
        following = drafts[at + 1].start if at + 1 < len(drafts) else draft.limit
        wanted_s = max(SHORT_S, width("".join(draft.lines)) / READ_CPS)
        draft.end = max(draft.end, min(draft.start + round(wanted_s * fps), draft.limit))
        if at + 1 < len(drafts):
            draft.end = min(draft.end, following)
            if following - draft.end < CLOSE_S * fps:
                draft.end = following
    return list(drafts)


def _cue(draft: _Draft) -> Cue:
    return Cue(
        start_frame=draft.start,
        end_frame=draft.end,
        lines=draft.lines,
        clip_id=draft.clip_id,
        source_start_s=draft.source_start_s,
        source_end_s=draft.source_end_s,
        confidence=round(draft.confidence, 3),
        held=draft.confidence < TRUSTED,
    )
