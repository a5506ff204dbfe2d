"""What is kept secret: the key of this machine's user, the vault of a workspace, and texts that never show themselves."""
