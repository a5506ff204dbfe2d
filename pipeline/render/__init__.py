"""`Edit` and `Look` in, a finished `Rendition` out, by way of a `RenderPlan` that is pure content.

The picture is made in content-addressed chunks, the sound in one pass; both are joined without touching a pixel.
"""

from pipeline.render.plan import plan_picture, plan_render
from pipeline.render.render import render
from pipeline.render.sound import choose_music
from pipeline.render.sound_plan import plan_sound

__all__ = ["choose_music", "plan_picture", "plan_render", "plan_sound", "render"]
