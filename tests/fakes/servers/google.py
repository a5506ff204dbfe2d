"""How Google's services say no, and tell a time."""

from datetime import datetime

from tests.fakes.servers.http_wire import Answer


def when(text: str) -> datetime | None:
    """A time of RFC 3339; None for anything else."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


def no(status: int, reason: str, *, domain: str = "youtube") -> Answer:
    """An error of a service: `errors[0].reason` tells what it is."""
    words = {401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED"}.get(status, "INVALID_ARGUMENT")
    one = {"domain": domain, "reason": reason, "message": f"{reason}."}
    return Answer(status, data={"error": {"code": status, "message": one["message"], "errors": [one], "status": words}}, code=reason)


def oauth_no(error: str, status: int = 400) -> Answer:
    """An error of the token endpoint (RFC 6749, 5.2)."""
    return Answer(status, data={"error": error, "error_description": error.replace("_", " ")}, code=error)
