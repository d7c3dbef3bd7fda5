"""The Hugging Face hub: whether there is a way to it, asked before a library tries for a minute."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit
from urllib.request import getproxies

from huggingface_hub import constants


def hub_is_out_of_reach() -> bool:
    """True offline, and where the hub's name has no address: then what is on the disk is all there is.

    A proxy looks names up by itself.
    """
    if constants.HF_HUB_OFFLINE:
        return True
    if getproxies():
        return False
    try:
        socket.getaddrinfo(urlsplit(constants.ENDPOINT).hostname, None)
    except socket.gaierror:
        return True
    return False
