"""Makes cues of the speech on an edit's timeline."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.chinese import SELLER_WORDS
from pipeline.chinese.number_style import NumberStyle, number_rewritings
from pipeline.documents.edit import Edit, Heard
from pipeline.documents.limits import READ_CPS, SUBTITLE_LINES
from pipeline.documents.look import Typography
from pipeline.documents.offer import StoryNames
from pipeline.documents.subtitles import Cue, Subtitles
from pipeline.documents.transcript import Transcript
from pipeline.store import content_key, file_sha256
from pipeline.subtitles.line_breaks import MIN_CUE_S, TokenCue, break_into_cues
from pipeline.subtitles.said_characters import said_characters
from pipeline.subtitles.tokenizer import TimedCharacter, join_tokens, text_width, tokenize

VERSION = 8
MIN_TRUST = 0.708
"""Probability that a phrase is right in number, unit, name, place, negation and sense, below which its cues are held for a person: the
one that holds three quarters of the wrong lines on which `benchmarks/quality/words_trust.py` fits; those with a doubtful amount are held
besides."""
MIN_CONFIDENCE = 0.69
"""The same for a phrase without a trust of its own: mean probability of a cue's words. Of 125 cues (two
narrated stories, ten recordings of people,
three other synthetic voices, two of them in noise) the five under it are all wrong, in 20 to 90 % of their characters; no cue that is
right has less than 0.73. Most cues with a wrong word lie higher: a threshold finds mumbling, not mistakes."""
MAX_CLOSED_GAP_S = 0.2
"""Seconds. A shorter gap between two cues would flicker, so the first stays until the second."""
LINGER_S = 0.5
"""Seconds that a cue may stay after its last word so that it can be read."""
_FILLERS = frozenset([*"嗯呃额啊哦唉诶哎呀", "um", "uh", "er", "hm"])


@dataclass
class _Draft:
    """A cue whose end is not final; frames on the timeline."""

    start: int
    end: int
    limit: int
    """Frame that it may last to: the end of its speech on the timeline plus LINGER_S."""
    lines: tuple[str, ...]
    clip_id: str
    source_start_s: float
    source_end_s: float
    confidence: float
    trust: float | None


@dataclass(frozen=True)
class CueForm:
    """How a story's cues are written. numbers: amounts and measures; the transcripts keep what was said. lines: that a cue may have, one
    or two. names: of goods and places, which no line end breaks."""

    numbers: NumberStyle = "figures"
    lines: int = SUBTITLE_LINES
    names: StoryNames = field(default_factory=StoryNames)


USUAL = CueForm()


def cues_key(edit: Edit, transcripts: Mapping[str, Transcript], typography: Typography, form: CueForm = USUAL) -> str:
    """Content key of what `make_cues` makes of these: a cached result saves loading the dictionary, which takes longest."""
    return content_key(
        step="cues",
        version=VERSION,
        lexicon=file_sha256(SELLER_WORDS),
        edit=edit,
        transcripts=dict(transcripts),
        typography=typography,
        numbers=form.numbers,
        lines=form.lines,
        names=form.names,
    )


def make_cues(edit: Edit, transcripts: Mapping[str, Transcript], typography: Typography, form: CueForm = USUAL) -> Subtitles:
    """Make subtitles for everything that is said on the edit's timeline; nothing is shown over the end card.

    A word is on the timeline when its middle is. Cues do not overlap, leave no small gaps, and last long enough to be read where the
    next one leaves time.
    """
    last_frame = frames_with_footage(edit)
    drafts: list[_Draft] = []
    for heard in sorted((heard for heard in edit.heard if heard.kind == "speech"), key=lambda heard: heard.at_frame):
        transcript = transcripts.get(heard.clip_id)
        if transcript is not None:
            drafts.extend(_drafts(heard, transcript, edit.fps, typography.line_width, last_frame, form))
    settled = _set_ends(_join_short(drafts, typography.line_width, edit.fps, form.lines), edit.fps)
    return Subtitles(fps=edit.fps, cues=tuple(_cue(draft) for draft in settled if draft.end > draft.start))


def _drafts(heard: Heard, transcript: Transcript, fps: int, line_width: float, last_frame: int, form: CueForm) -> Iterator[_Draft]:
    """The cues of one stretch of speech, none of them past the frame `last_frame`."""
    names = {repair.written for repair in transcript.repairs if repair.why == "glossary"}
    names |= {*form.names.products, *form.names.places}
    for phrase in transcript.phrases:
        letters = _in_number_style(said_characters(phrase, heard, fps, transcript.hesitations), form.numbers, names)
        for cue in break_into_cues(tokenize(letters, names), line_width, form.lines):
            draft = _draft(cue, heard, fps, last_frame, phrase.trust)
            if draft is not None:
                yield draft


def frames_with_footage(edit: Edit) -> int:
    """Return the length of the timeline before the end card, over which nothing is written."""
    frames = 0
    for cut in edit.cuts:
        if cut.role != "end_card":
            frames += cut.frames
            continue
        break
    return frames or edit.frames


def _in_number_style(letters: list[TimedCharacter], numbers: NumberStyle, names: set[str]) -> list[TimedCharacter]:
    """The characters with their numbers in one style; what is written anew shares the time and the mean probability of what it replaces."""
    written: list[TimedCharacter] = []
    at = 0
    for change in number_rewritings("".join(letter.text for letter in letters), numbers, names):
        said = letters[change.start : change.end]
        probability = sum(letter.probability for letter in said) / len(said)
        step_s = (said[-1].end_s - said[0].start_s) / len(change.written)
        written += letters[at : change.start]
        written += [
            TimedCharacter(character, said[0].start_s + index * step_s, said[0].start_s + (index + 1) * step_s, probability)
            for index, character in enumerate(change.written)
        ]
        at = change.end
    return written + letters[at:]


def _draft(cue: TokenCue, heard: Heard, fps: int, last_frame: int, trust: float | None) -> _Draft | None:
    tokens = cue.tokens
    lines = tuple(line for line in (join_tokens(part) for part in cue.lines) if line)
    if not lines or "".join(lines).lower() in _FILLERS:
        return None
    speech_end = min(heard.at_frame + heard.frames, last_frame)
    start = heard.at_frame + round((tokens[0].start_s - heard.source_start_s) * fps)
    end = heard.at_frame + round((tokens[-1].end_s - heard.source_start_s) * fps)
    if start >= last_frame:
        return None  # said under the end card
    letters = sum(len(token.text) for token in tokens)
    return _Draft(
        start=min(max(start, heard.at_frame), speech_end),
        end=min(max(end, heard.at_frame), speech_end),
        limit=min(speech_end + round(LINGER_S * fps), last_frame),
        lines=lines,
        clip_id=heard.clip_id,
        source_start_s=round(tokens[0].start_s, 3),
        source_end_s=round(tokens[-1].end_s, 3),
        confidence=sum(token.probability * len(token.text) for token in tokens) / letters,
        trust=trust,
    )


def _join_short(drafts: Sequence[_Draft], line_width: float, fps: int, lines: int) -> list[_Draft]:
    """Join cues of one character, and cues that would flash by, with a neighbour that is close enough."""
    joined: list[_Draft] = []
    for draft in drafts:
        if joined and _may_join(joined[-1], draft, line_width, fps, lines):
            joined[-1] = _merged(joined[-1], draft, line_width)
        else:
            joined.append(draft)
    return [draft for draft in joined if text_width("".join(draft.lines)) >= 2 or "".join(draft.lines).isascii()]


def _may_join(first: _Draft, second: _Draft, line_width: float, fps: int, lines: int) -> bool:
    if first.clip_id != second.clip_id or second.start - first.end > fps * 0.6 or second.source_start_s < first.source_start_s:
        return False
    if lines == 1 and text_width(f"{first.lines[0]} {second.lines[0]}") > line_width:
        return False
    too_short = any(text_width("".join(draft.lines)) < 2 for draft in (first, second))
    too_brief = second.start - first.start < MIN_CUE_S * fps or second.end - second.start < 0.4 * fps
    one_line = len(first.lines) == len(second.lines) == 1
    return one_line and (too_short or (too_brief and text_width(first.lines[0]) + text_width(second.lines[0]) + 0.5 <= 2 * line_width))


def _merged(first: _Draft, second: _Draft, line_width: float) -> _Draft:
    joined_line = f"{first.lines[0]} {second.lines[0]}"
    lines = (joined_line,) if text_width(joined_line) <= line_width else (*first.lines, *second.lines)
    if min(text_width(line) for line in lines) < 2:
        lines = (joined_line,)
    lengths = [text_width("".join(draft.lines)) or 1.0 for draft in (first, second)]
    return _Draft(
        start=first.start,
        end=second.end,
        limit=second.limit,
        lines=lines,
        clip_id=first.clip_id,
        source_start_s=first.source_start_s,
        source_end_s=second.source_end_s,
        confidence=(first.confidence * lengths[0] + second.confidence * lengths[1]) / sum(lengths),
        trust=min((draft.trust for draft in (first, second) if draft.trust is not None), default=None),
    )


def _set_ends(drafts: Sequence[_Draft], fps: int) -> list[_Draft]:
    """Set the ends so that there is time to read, small gaps are closed, and no cue reaches into the next."""
    for index, draft in enumerate(drafts):
        next_start = drafts[index + 1].start if index + 1 < len(drafts) else draft.limit
        reading_s = max(MIN_CUE_S, text_width("".join(draft.lines)) / READ_CPS)
        draft.end = max(draft.end, min(draft.start + round(reading_s * fps), draft.limit))
        if index + 1 < len(drafts):
            draft.end = min(draft.end, next_start)
            if next_start - draft.end < MAX_CLOSED_GAP_S * fps:
                draft.end = next_start
    return list(drafts)


def _cue(draft: _Draft) -> Cue:
    return Cue(
        start_frame=draft.start,
        end_frame=draft.end,
        lines=draft.lines,
        clip_id=draft.clip_id,
        source_start_s=draft.source_start_s,
        source_end_s=draft.source_end_s,
        confidence=round(draft.confidence if draft.trust is None else draft.trust, 3),
        held=draft.confidence < MIN_CONFIDENCE if draft.trust is None else draft.trust < MIN_TRUST,
    )
