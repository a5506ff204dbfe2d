"""A style's own pictures, drawn from its recipe: bands, ornaments and grounds out of geometry, and its colour table.

In: the recipe under `draw` and `grade` in template.yaml, and the style's colours. Out: PNG files and a .cube file beside it. A motif is
a small class in one of the motif files and a name in `recipe.Motif`.
"""

from pipeline.brand.drawing.grade import Grade
from pipeline.brand.drawing.pictures import draw_pictures, painted_files, recipe_is_drawn
from pipeline.brand.drawing.recipe import Recipe

__all__ = ["Grade", "Recipe", "draw_pictures", "painted_files", "recipe_is_drawn"]
