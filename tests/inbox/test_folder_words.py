"""The page beside the clips says what a volunteer can act on: no command, no place on the co-op's computer, no name of a channel."""

import re
import string

import polib
import pytest

from pipeline.documents.message import M, Message
from pipeline.inbox.folder_words import FOLDER, FOR_THE_COOP, folder_sentence, folder_sentences
from pipeline.language import say
from pipeline.resources import ASSETS

SHEET = "/home/somebody/workspace/货品.xlsx"
PRICE = M(
    "column “{column}”: “{value}” is not one exact price. Write one number only: eight yuan eighty is 8.8.", column="售价", value="6到7块"
)
QUESTION = M(
    "The story sells {product}, and the sheet does not say clearly how ({path}, line {line}): {question} Correct it, and run the same "
    "command again.",
    product="核桃",
    path=SHEET,
    line=5,
    question=PRICE,
)
FACES = M(
    "nothing is published before somebody has looked at them: fieldcut consent {story} shows them; then --clip NAME --who NAME "
    "--given-by NAME, or --clip NAME --no-child, or take the clip out of the folder",
    story="hetao",
)
CHANNEL = M("The address of {channel} is not known on this machine, so nothing is told there.", channel="wecom:合作社")
ENCODER = M("Make it again without this machine's own encoder: fieldcut render {story} --encoder x264", story="hetao")
COPY = M("{name} is empty (0 bytes). Copy it again from the phone.", name="院子.mp4")


def test_a_question_about_the_sheet_says_line_and_cell_and_whom_to_tell() -> None:
    told = folder_sentence(QUESTION, "zh")
    assert told == "商品表第 5 行（核桃）要改：“售价”写成了“6到7块”，要写一个数。请告诉管商品表的人；改好会自己接着做，不用你动手。"
    assert "再运行一次同样的命令" in say(QUESTION, "zh")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_only_the_co_op_can_do_is_one_sentence_without_commands(language: str) -> None:
    told = folder_sentences((COPY, FACES, CHANNEL, ENCODER, M("{name}: {reason}", name="a", reason=ENCODER), COPY), language)
    assert len(told) == 3
    assert told[-1] == say(FOR_THE_COOP, language)
    assert not re.search(r"fieldcut|--\w|wecom|/home", " ".join(told))


def test_a_file_is_named_and_not_its_place_on_another_computer() -> None:
    for path in ("/srv/village/clips/a b.mp4", r"C:\Users\coop\clips\a b.mp4"):
        message = M("{path} could not be read: {error}", path=path, error="locked")
        told = folder_sentence(message, "zh") or ""
        assert "a b.mp4" in told
        assert "village" not in told
        assert "Users" not in told


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_form_for_the_page_belongs_to_a_message_and_fills_only_its_places(language: str) -> None:
    known = {entry.msgid for entry in polib.pofile(str(ASSETS / "locale" / "zh.po")) if not entry.msgctxt}
    forms = [entry for entry in polib.pofile(str(ASSETS / "locale" / f"{language}.po")) if entry.msgctxt == FOLDER]
    assert len(forms) > 5
    for entry in forms:
        assert entry.msgid in known
        places = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (entry.msgid, entry.msgstr)]
        assert places[1] <= places[0], entry.msgid
        assert folder_sentence(Message(text=entry.msgid, values=dict.fromkeys(places[0], "x")), language)
        assert not re.search(r"fieldcut|--\w|命令", entry.msgstr)
