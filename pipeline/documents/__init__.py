"""The frozen models that every room speaks. One file a subject; import from the files."""
