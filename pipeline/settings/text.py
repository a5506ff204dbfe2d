"""Decodes text as editors on Chinese computers save it."""

import codecs

UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decode_text(data: bytes) -> str:
    """Decode a file in UTF-8 with or without BOM, UTF-16 with BOM, or GB18030 (of which GBK and GB2312 are subsets).

    Notepad offers all of these, and its "ANSI" on a Chinese Windows is GBK. Raises UnicodeDecodeError for anything else.
    """
    if data.startswith(UTF_16_MARKS):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")
