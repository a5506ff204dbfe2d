"""The price tag that comes while the speaker says the price, where no card shows it already."""

from collections.abc import Iterator, Sequence

from pipeline.brand.content import LookContent
from pipeline.brand.layers.base import PlacedLayerDesign
from pipeline.brand.layers.mark import below_signs
from pipeline.brand.layers.price_tag import TAG_SCALES, draw_price_tag
from pipeline.brand.placement import LayerForm
from pipeline.brand.timing import Mention, Span
from pipeline.documents.message import M


class SpokenPriceLayer(PlacedLayerDesign):
    """One mention of the price; a mention that the card or an earlier tag still covers has no tag of its own."""

    name = "price_tag"
    turn = 3
    noun = M("price tag")
    left_out = M("The price is said and no price tag is shown: wherever it stood, a face or another layer would be under it.")

    def __init__(self, said: Mention) -> None:
        """said: the mention."""
        self.said = said

    def spans(self, content: LookContent) -> Sequence[Span]:
        """Return the times around the mention, none where the price stands on the picture anyway."""
        return content.times.spoken_price(self.said, content.priced_spans) if content.card is not None else ()

    def forms(self, content: LookContent) -> Iterator[LayerForm]:
        """Draw the tag under the signs, then a smaller one."""
        assert content.card is not None
        top = below_signs(content)
        for scale in TAG_SCALES:
            yield LayerForm(draw_price_tag(content.canvas, content.card, top, scale), self.spans(content))
