"""The co-op's own sign and colours, which lie over any style."""

from pipeline.documents.base import Frozen


class CoopBrand(Frozen):
    """Empty texts change nothing. logo: absolute path of a picture. colour: of the call to buy and of lines. accent: of titles. #RRGGBB."""

    name: str = ""
    logo: str = ""
    colour: str = ""
    accent: str = ""
