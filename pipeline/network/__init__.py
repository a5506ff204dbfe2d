"""The network as publishing and notices use it: one client, one way to send, and what of an answer may be written down."""
