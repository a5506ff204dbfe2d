"""Small faults planted in the source, to see whether the tests notice."""
