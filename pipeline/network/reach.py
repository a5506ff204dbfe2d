"""Whether anything answers at an address, for a library that goes to the network by itself and asks many times before it gives up."""

import httpx

from pipeline.network.client import CONNECT_S, open_client

NETWORK_ERRORS = (httpx.HTTPError, OSError)
"""What a library that calls by httpx raises when the line or the other side fails."""


def try_to_reach(address: str) -> None:
    """Ask an address once, whatever it answers. Raises one of NETWORK_ERRORS when nothing does."""
    with open_client(answer_s=CONNECT_S) as client:
        client.head(address)
