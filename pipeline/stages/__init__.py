"""One file a stage: it takes its documents from the story's folder, hands them to its rooms, and writes what comes back.

Their order is in `registry.py`.
"""
