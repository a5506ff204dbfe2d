"""What stands in the title: from the note's first line and the offer."""

import re
from unicodedata import normalize

from pipeline.documents.offer import Brief, Offer

_PLACEHOLDER = re.compile(
    r"\d*(?:"
    r"新建文件夹|未命名文件夹|未命名|无标题|newfolder|untitledfolder|untitled|"  # desktops
    r"dcim|camera|apple|media|andro|canon|gopro|相机|相机胶卷|相册|"  # cameras
    r"img|vid|dsc|dscn|mvi|pxl|mmexport|screenrecord|录屏|"
    r"weixin|wechat|微信|微信文件|qq|qqfile|filerecv|download|downloads|下载|桌面|desktop|documents|文档|"  # programs
    r"clips?|videos?|footage|raw|素材|视频|短视频|影片|录像|照片|图片|手机|手机视频|手机素材|原片|原始|"  # what lies in them
    r"inbox|input|output|tmp|temp|test|测试|试试|demo|new|新|今天|昨天|上午|下午|第.{1,3}[条个次]"
    r")*\d*"
)
"""Names that machines give, and names of what lies in any such folder, alone or behind one another."""
LONGEST = 18
"""Characters of a title that a viewer takes in within its two and a half seconds."""


def headline(brief: Brief, offer: Offer | None, story: str) -> tuple[str, str]:
    """(title, line under it). The product's name leads; the note's first line says where and whose."""
    words = brief.headline.replace("，", " ").replace(",", " ").split()
    if offer is not None:
        known = {offer.name, *offer.aliases}
        rest = [word for word in words if word not in known]
        return offer.name, " ".join(rest)[:LONGEST] or offer.origin
    if words:
        return words[0][:LONGEST], " ".join(words[1:])[:LONGEST]
    return ("" if is_placeholder(story) else story.replace("-", " ")[:LONGEST]), ""


def is_placeholder(name: str) -> bool:
    """Whether a folder's name was given by a machine or says nothing: 新建文件夹 (2), DCIM, 100APPLE, IMG_2031, 20261018, clips."""
    plain = normalize("NFKC", name).casefold()
    bare = re.sub(r"[\s_\-()\[\]【】.,、·]+|副本|copy|的$", "", plain)
    return not re.sub(r"\d+", "", bare) or len(bare) <= 1 or _PLACEHOLDER.fullmatch(bare) is not None
