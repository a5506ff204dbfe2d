"""Labels of the page. Each has a translation, like everything that a person reads."""

from pipeline.documents.edit import Role
from pipeline.documents.message import M, Message

FINISHED = M("The video is finished.")
FINISHED_WITH_ADVICE = M("The video is finished. Some things could be better next time: see below.")
NOT_FINISHED = M("The video is not finished: the check found something wrong.")
NO_VIDEO = M("There is no video yet.")

LABELS: dict[str, Message] = {
    "length": M("Length"),
    "product": M("Product"),
    "no_product": M("no product"),
    "price": M("Price"),
    "loudness": M("Loudness"),
    "silent": M("silent"),
    "size": M("Picture"),
    "again": M("Film again"),
    "again_none": M("Nothing needs to be filmed again."),
    "again_how": M("These clips could not be used, or only in part. Film them again as it says, and put the new clips into the folder."),
    "points": M("For the next trip: what the footage has, and what is missing"),
    "whole_clip": M("whole clip"),
    "look": M("Please look at this"),
    "held": M("Words that were not understood for certain. They are not on the picture: correct them in subtitles.srt, then make again."),
    "contents": M("What is in the video"),
    "videos": M("The finished videos"),
    "video": M("The finished video"),
    "not_passed": M("did not pass the check, so it was not put out"),
    "save": M("Save the video"),
    "figures": M("Figures"),
    "clip": M("clip"),
    "trainer": M("For the trainer: why it was cut like this"),
    "kept": M("Kept"),
    "dropped": M("Left out"),
    "places": M("Where title and card stand"),
    "windows": M("Which part of the picture is shown"),
    "aside": M("Files set aside"),
    "repairs": M("Words that were corrected by sound and sense. To take one back, put what was heard into as_heard in story.toml."),
    "scores": M("score before and after"),
    "heard": M("heard"),
    "written": M("written"),
    "why": M("rule"),
    "check": M("What the check found"),
    "check_none": M("The video has not been checked."),
    "wrong": M("wrong"),
    "fine": M("all right"),
    "remedy": M("What to do:"),
    "seconds": M("Time needed"),
    "total": M("altogether"),
    "card": M("product card"),
    "no_decisions": M("Nothing of this clip was looked at for the cut."),
}

LEADS: dict[str, Message] = {
    "talk": M("The talk leads: pauses are closed, and other pictures cover it."),
    "music": M("Nobody talks, so the pictures lead, unhurried, with music."),
}

ROLES: dict[Role, Message] = {
    "talk": M("speaker"),
    "cover": M("picture over the talk"),
    "scenic": M("scenery"),
    "opening": M("opening"),
    "end_card": M("end card"),
}

STAGES: dict[str, Message] = {
    "catalog": M("product sheet and note"),
    "footage": M("looking at the clips"),
    "analysis": M("judging picture and sound"),
    "speech": M("writing down what is said"),
    "commerce": M("offer and price"),
    "edit": M("choosing and cutting"),
    "brand": M("drawing title and cards"),
    "subtitles": M("setting subtitles"),
    "render": M("rendering"),
    "inspection": M("checking the finished video"),
    "deliver": M("putting it in the outbox"),
    "lesson": M("writing the report"),
}

CHECKS: dict[str, Message] = {
    "whole": M("whole file"),
    "length": M("length"),
    "size": M("picture size"),
    "frame_times": M("frame rate"),
    "codec": M("format"),
    "faststart": M("quick start"),
    "metadata": M("privacy"),
    "loudness": M("loudness"),
    "sound_length": M("sound length"),
    "silent": M("silence"),
    "black": M("black pictures"),
    "frozen": M("frozen pictures"),
    "footage": M("right clips"),
    "overlays": M("title and cards"),
    "qr": M("QR code"),
    "safe_area": M("safe area"),
    "subtitles": M("subtitles"),
}

REPAIR_RULES: dict[str, Message] = {
    "glossary": M("known name"),
    "price": M("price"),
    "unit": M("unit"),
    "sense": M("sound and sense"),
    "simplified": M("simplified characters"),
}
