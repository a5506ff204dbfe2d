"""Limits that planning keeps and the inspection checks: each stands here once, so that nothing is planned that cannot pass."""

CODE_READABLE_S = 3.0
"""Seconds that a QR code must be read: a viewer needs them to raise a phone, open the scanner and aim."""
SILENCE_LUFS = -60.0
"""Below this a track is silence: programme loudness gates at -70 (ITU-R BS.1770), phones' own noise lies above -60."""
LOUDNESS_TOLERANCE_LU = 0.5
"""How far the finished loudness may be from its target."""
SECOND_SIZE = 0.5
"""Size of a second language over the first, so that two lines of it take the room of one: 11 pixels of a phone 360 wide."""
READ_CPS = 7.0
"""Full-width characters a second that everybody can follow (Latin counts half); speech is often faster. Netflix's Simplified Chinese timed
text style guide: 9 for adults, 7 for children; its English one: 20 Latin characters."""
SUBTITLE_LINES = 2
"""Lines of a subtitle at most: the space that other layers leave free."""
