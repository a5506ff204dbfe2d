"""Messages of the word rules: why words are a problem, and what to do when a rule has no replacement."""

from pipeline.documents.message import M, Message


def reason_message(reason: str, words: str) -> Message:
    """Return the message for a rule's reason. Raises KeyError for an unknown reason."""
    return _REASONS[reason].model_copy(update={"values": {"words": words}})


def advice_message(reason: str, words: str, instead: str | None) -> Message:
    """Return what to write or to do instead. instead: the rule's replacement, if it has one."""
    if instead:
        return M("Write “{instead}”.", instead=instead)
    advice = _ADVICE.get(reason)
    if advice is None:
        return M("Leave “{words}” out.", words=words)
    return advice.model_copy(update={"values": {"words": words}}) if "{words}" in advice.text else advice


_REASONS: dict[str, Message] = {
    "superlative": M("“{words}” puts the product above all others; the advertising law forbids such words.", words=""),
    "superlative_perhaps": M("“{words}” may be read as putting the product above all others.", words=""),
    "disease": M("“{words}” says that food prevents or cures an illness; only medicine may say so.", words=""),
    "health_function": M("“{words}” promises an effect on the body that only registered health food may promise.", words=""),
    "health_folk": M("“{words}” may be taken for a promise of an effect on the body, which ordinary food may not make.", words=""),
    "health_near": M("“{words}” sets food beside an illness, which may be taken for a promise to cure it.", words=""),
    "absolute": M("“{words}” promises something without any limit, and that must be provable.", words=""),
    "natural": M("“{words}” must be provable: by records of growing or by a test of this batch.", words=""),
    "certificate": M("“{words}” needs a certificate that is valid for this very product.", words=""),
    "grade": M("“{words}” is a grade of a product standard and must be true by that standard.", words=""),
    "numbers": M("“{words}” is a figure or a proof from elsewhere, so its source must be named and be right.", words=""),
    "state": M("“{words}” uses the state or a title that may not be advertised with.", words=""),
    "state_perhaps": M("“{words}” may be taken for the state's recommendation.", words=""),
    "others": M("“{words}” may be read as running down other sellers.", words=""),
    "bait": M("“{words}” says of the price what nobody can prove: it is no reason to buy that the law allows.", words=""),
    "gift": M("“{words}” is a special offer that the product sheet does not know.", words=""),
    "real_footage": M("“{words}” is not true: parts of this video were generated.", words=""),
}
_ADVICE: dict[str, Message] = {
    "superlative": M(
        "Say what it is like instead of how it compares: taste, place, time of harvest.",
    ),
    "superlative_perhaps": M("Keep it only if it is a fact with its place and time that you can prove; else say what the product is like."),
    "disease": M("Leave “{words}” out; taste, place and care may be praised.", words=""),
    "health_function": M("Leave “{words}” out; taste, place and care may be praised.", words=""),
    "health_folk": M("Better say how it tastes and how it is cooked."),
    "health_near": M("Leave “{words}” out; taste, place and care may be praised.", words=""),
    "absolute": M("Leave “{words}” out, or say exactly what you stand for and for how long.", words=""),
    "natural": M("Say what you do instead: how it is grown, who grows it. Keep it only with a test report at hand."),
    "certificate": M("Keep it only with the certificate at hand, and name it with its number."),
    "grade": M("Name the standard with it, or leave the grade out."),
    "numbers": M("Name the source and the time with it, or leave it out."),
    "state_perhaps": M("Let the person speak about the place and the people, not recommend the product; or leave it out."),
    "others": M("Praise your own, leave the others out."),
    "bait": M("Name the price with its unit, and leave “{words}” out.", words=""),
    "gift": M("Make sure that the shop really gives it, and say what, how much and until when."),
    "real_footage": M("Leave “{words}” out.", words=""),
}
