"""Damaged files by chance: what a phone, a cable, a chat app and a bad card leave behind."""
