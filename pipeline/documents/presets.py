"""The qualities of a video that are on offer, by the words people write."""

from unicodedata import normalize

_NAMED = {
    "draft": "draft", "草稿": "draft", "样片": "draft", "standard": "standard", "标准": "standard", "普通": "standard",
    "best": "best", "最好": "best", "高清": "best",
}  # fmt: skip


def preset_named(text: str) -> str | None:
    """Return the preset of 草稿, 标准, 最好, draft, …; None for anything else."""
    return _NAMED.get(normalize("NFKC", text).strip().lower())
