"""Takes a dropped folder, makes `Clips`: the facts of every usable clip, and every other file set aside with a reason."""

from pipeline.footage.ingest import ingest_folder
from pipeline.footage.photos import PhotoFilms

__all__ = ["PhotoFilms", "ingest_folder"]
