"""Rendering: `Edit` and `Look` in, a finished `Rendition` out, by way of a `RenderPlan` that is pure content.

The picture is rendered in content-addressed chunks, as many side by side as the `CpuBudget` allows, the sound in one pass; both are
joined by stream copy. `render_all` makes several videos at once and what they share once; `choose_encoder` finds hardware that works;
`batches_of` divides chunks for other machines.
"""

from pipeline.render.batches import batch_requests, batches_of, chunk_batch, chunk_seconds
from pipeline.render.bounds import cuts_out_of_bounds
from pipeline.render.chunks import Sharing, chunk_requests, make_requests
from pipeline.render.cpu_budget import ALL_CORES, CpuBudget
from pipeline.render.encoder import choose_encoder
from pipeline.render.music import beat_s, beats_to_cut_on, choose_music
from pipeline.render.plan import plan_picture, plan_render
from pipeline.render.render import render, render_all
from pipeline.render.sound_plan import plan_sound

__all__ = [
    "ALL_CORES",
    "CpuBudget",
    "Sharing",
    "batch_requests",
    "batches_of",
    "beat_s",
    "beats_to_cut_on",
    "choose_encoder",
    "choose_music",
    "chunk_batch",
    "chunk_requests",
    "chunk_seconds",
    "cuts_out_of_bounds",
    "make_requests",
    "plan_picture",
    "plan_render",
    "plan_sound",
    "render",
    "render_all",
]
