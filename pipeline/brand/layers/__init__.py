"""All layers, from the lowest up. A new one is a new file, a line here and a test."""

from pipeline.brand.layers.base import LayerDesign
from pipeline.brand.layers.card import CardLayer
from pipeline.brand.layers.end_card import EndCardLayer
from pipeline.brand.layers.lower_third import LowerThirdLayer
from pipeline.brand.layers.mark import LabelLayer, MarkLayer
from pipeline.brand.layers.title import TitleLayer

LAYERS: tuple[type[LayerDesign], ...] = (
    TitleLayer,
    LowerThirdLayer,
    CardLayer,
    EndCardLayer,
    MarkLayer,
    LabelLayer,
)
