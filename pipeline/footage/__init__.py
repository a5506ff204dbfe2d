"""Dropped files in, `Clips` out: the facts of every usable clip, and every other file set aside with a reason."""

from pipeline.footage.ingest import take_in

__all__ = ["take_in"]
