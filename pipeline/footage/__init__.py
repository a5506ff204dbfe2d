"""Takes a dropped folder, makes `Clips`: the facts of every usable clip, and every other file set aside with a reason."""

from pipeline.footage.ingest import ingest_folder

__all__ = ["ingest_folder"]
