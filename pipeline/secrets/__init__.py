"""Secrets: the key of this machine's user, the encrypted vault of a workspace, and a string type that is never printed."""
