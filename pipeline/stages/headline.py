"""What stands in the title: from the note's first line and the offer."""

import re
from functools import cache
from unicodedata import normalize

from pipeline import edit as edit_room
from pipeline.documents.collected import Transcripts
from pipeline.documents.offer import Brief, Choice, Offer
from pipeline.publish.destinations import destination_names, load_destination
from pipeline.workspace import StoryContext

_WORDS = (
    # desktops
    "新建文件夹 新文件夹 新建 文件夹 未命名文件夹 未命名 无标题文件夹 无标题 newfolder untitledfolder folder untitled "
    "myfolder "
    # cameras and phones
    r"dcim camera cameraroll \d{3}apple media andro canon gopro pana panasonic sony nikon private avchd stream iphone ipad huawei "
    "xiaomi redmi oppo "
    "vivo honor 相机 相机胶卷 相册 图库 手机相册 华为手机 华为 小米 苹果手机 荣耀 最近项目 最近添加 最近删除 个人收藏 收藏 "
    "recents favorites "
    "img vid dsc dscn mvi pxl mmexport wxcamera wa screenrecord screenshot screenshots 录屏 屏幕录制 截屏 截图 "
    # programs
    "weixin wechat 微信 微信文件 微信图片 微信视频 wechatfiles qq qq文件 qqfile filerecv 钉钉 剪映 剪映草稿 "
    "telegramdesktop telegram airdrop "
    "icloud onedrive dropbox 百度网盘 baidunetdisk 阿里云盘 网盘 download downloads 下载 桌面 desktop documents 文档 "
    # what lies in them
    "clip clips video videos movie movies film films footage raw photo photos picture pictures image images 素材 视频 "
    "短视频 影片 录像 录制 "
    "照片 图片 手机 手机视频 手机素材 原片 原始 成片 剪辑 待剪辑 剪辑素材 我的 全部 所有 其他 其它 资料 杂项 回放 直播回放 "
    "导出 export exports "
    "inbox input output in out story stories tmp temp test 测试 试试 demo new my 新 今天 昨天 上午 下午 晚上 "
    "第.{1,3}[条个次] "
    # days
    r"\d+年 \d+月 \d+[日号] aa+ asdf? qwer(?:ty)? "
)
LONGEST = 18
"""Characters of a title that a viewer takes in within its two and a half seconds."""


def story_headline(context: StoryContext) -> tuple[str, str]:
    """(title, line under it) of a story at work, whose talk was heard."""
    brief, offer = context.read("brief.json", Brief), context.read("choice.json", Choice).offer
    heard = context.read("transcripts.json", Transcripts).by_clip if context.path("transcripts.json").is_file() else {}
    return headline(brief, offer, context.job.story, edit_room.spoken_title(heard))


def headline(brief: Brief, offer: Offer | None, story: str, spoken: str = "") -> tuple[str, str]:
    """(title, line under it). The product's name leads; the note's first line says where and whose.

    story: the folder's name, which stands where a person gave it. spoken: what else could be the title, out of the talk.
    """
    words = brief.headline.replace("，", " ").replace(",", " ").split()
    if offer is not None:
        known = {offer.name, *offer.aliases}
        rest = [word for word in words if word not in known]
        return offer.name, " ".join(rest)[:LONGEST] or offer.origin
    if words:
        return words[0][:LONGEST], " ".join(words[1:])[:LONGEST]
    return (spoken if is_placeholder(story) else story.replace("-", " "))[:LONGEST], ""


def is_placeholder(name: str) -> bool:
    """Whether a folder's name was given by a machine or says nothing: 新建文件夹 (2), DCIM, 100APPLE, IMG_2031, 20261018, clips."""
    plain = normalize("NFKC", name).casefold()
    bare = re.sub(r"[\s_\-()\[\]【】.,、·]+|副本|copyof|copy|的$", "", plain)
    return not re.sub(r"\d+", "", bare) or len(bare) <= 1 or _placeholder().fullmatch(bare) is not None


@cache
def _placeholder() -> "re.Pattern[str]":
    """Names that machines and platforms' apps give, and names of what lies in any such folder, alone or behind one another."""
    apps = (re.escape(label.casefold().replace(" ", "")) for name in destination_names() for label in load_destination(name).label.values())
    return re.compile(rf"(?:\d|{'|'.join(sorted([*_WORDS.split(), *apps], key=len, reverse=True))})*")
