"""Text as editors on Chinese machines save it."""

import codecs

UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decode(data: bytes) -> str:
    """The text of a file in UTF-8 with or without mark, UTF-16 with its mark, or GB18030 (of which GBK and GB2312 are parts).

    Notepad offers all of these, and its "ANSI" on a Chinese Windows is GBK. Raises UnicodeDecodeError for anything else.
    """
    if data.startswith(UTF_16_MARKS):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")
