"""Readers of single cells that hold neither a price nor a date: a currency, a list, a stock, a link.

Each raises ValueError for what it cannot read without guessing.
"""

import re
from urllib.parse import quote, urlsplit, urlunsplit

from pipeline.catalog.spreadsheet import normalize_text
from pipeline.catalog.vocabulary import cell_says
from pipeline.chinese import currency_code

MAX_LINK_LENGTH = 2000
_ADDRESS = re.compile(r"https://[^\s<>\"'「」【】《》，。！；、￥（）\u2190-\u2bff]+", re.I)
_SHARED = re.compile(r"复制|点击|打开|搜索|口令|下单|快来|查看|抢购")
"""Words of the texts that apps share a link in; without a blank they run on behind the address."""


def read_currency(text: str) -> str:
    """Return the three-letter code of `CNY`, `人民币`, `元`, `$`; any other three letters are returned as they are, in capitals."""
    if code := currency_code(normalize_text(text)):
        return code
    if re.fullmatch(r"[A-Za-z]{3}", text.strip()):
        return text.strip().upper()
    raise ValueError(text)


def read_items(text: str) -> tuple[str, ...]:
    """Return the items of a list cell in order, without repetitions; separators inside brackets do not count."""
    parts = re.split(r"[|｜;；、,，\n/／](?![^(（\[]*[)）\]])", text)
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def read_stock(text: str) -> int | None:
    """Read how many there are: `600`, `1,200箱`, `1.2万`; `售罄`, `无` and less than none are 0, `充足` and `约600` no number."""
    plain = normalize_text(text)
    if (noted := re.fullmatch(r"(.+?)\s*[(\[【](.+)[)\]】]", plain)) and noted[1] in ("0", "零", "无") and cell_says(noted[2], "sold_out"):
        return 0
    if (
        cell_says(text, "sold_out")
        or re.fullmatch(r"零\D{1,3}", plain)
        or (plain[-1:] == "0" and cell_says(plain[:-1].strip(), "sold_out"))
    ):
        return 0
    if cell_says(text, "in_stock"):
        return None
    match = re.fullmatch(
        r"(?P<vague>约|大约|剩余?|余|还[剩有]|仅剩|共)?\s*(?P<number>-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*(?P<ten_thousand>万)?(?:/\s*\d+)?\D{0,4}",
        plain,
    )
    if not match:
        raise ValueError(text)
    number = float(match["number"].replace(",", "")) * (10_000 if match["ten_thousand"] else 1)
    if abs(number - round(number)) > 1e-6 and not match["ten_thousand"]:
        raise ValueError(text)
    return None if match["vague"] in ("约", "大约") else max(0, round(number))


def read_link(text: str) -> str:
    """Return the one https address of a cell, also inside a text as apps share it, in the form that browsers and QR readers agree on."""
    plain = re.sub(r"(?<=https)\s*：\s*//", "://", text.strip(), flags=re.I)
    found = dict.fromkeys(_end_of_address(match[0]) for match in _ADDRESS.finditer(plain))
    if len(found) != 1 or len(re.findall(r"https?://", plain, re.I)) != 1:
        raise ValueError(text)
    return _plain_address(found.popitem()[0])


def has_several_links(text: str) -> bool:
    """Tell whether a cell holds more than one address."""
    return len(set(re.findall(r"https?[:：]//[^\s,，;；]+", text, re.I))) > 1


def _end_of_address(text: str) -> str:
    """Cut off what a text says behind an address."""
    if shared := _SHARED.search(text):
        ascii_end = re.match(r"[!-~]+", text[: shared.start()])
        text = ascii_end[0] if ascii_end else text[: shared.start()]
    text = re.sub(r"#[^\x00-\x7f].*$", "", text, flags=re.S)  # 链接#分享
    if "https://" in text[8:].lower():
        raise ValueError(text)
    return text.rstrip(".,;:!?)]}")


def _plain_address(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme.lower() != "https" or not parts.hostname or "." not in parts.hostname:
        raise ValueError(address)
    if parts.username or parts.password or len(address) > MAX_LINK_LENGTH:
        raise ValueError(address)
    host = parts.hostname.encode("idna").decode()  # UnicodeError is a ValueError
    port = f":{parts.port}" if parts.port else ""
    safe = "/:@!$&()*+,;=-._~%"
    return urlunsplit(
        ("https", host + port, quote(parts.path, safe=safe), quote(parts.query, safe=safe + "?"), quote(parts.fragment, safe=safe + "?"))
    )


def read_product_number(text: str) -> str:
    """Return a platform's own number of a product, which stands in a link column where the platform has a cart of its own."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{3,64}", text):
        raise ValueError(text)
    return text


def is_in_scientific_notation(text: str) -> bool:
    """Tell whether a text is like 7.301E+18, which a spreadsheet makes of a long number when it saves CSV."""
    mantissa, e, power = text.upper().partition("E+")
    return bool(e) and power.isdigit() and mantissa.replace(".", "").isdigit()
