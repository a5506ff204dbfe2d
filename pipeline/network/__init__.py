"""The network for publishing and notices: one HTTP client, one way to send a request, its errors, and redaction of answers and logs."""
