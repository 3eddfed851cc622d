"""What can be done to a connection's socket so that its peer has trouble."""

from __future__ import annotations

import asyncio
import ctypes
import socket
import struct
import sys

_LINGER_NOT = struct.pack("ii", 1, 0)
"""SO_LINGER on with zero seconds: closing sends RST instead of FIN."""

_SO_ATTACH_FILTER = 26
"""Linux; the socket module does not name it."""

_DROP_ALL = struct.pack("HBBI", 0x06, 0, 0, 0)
"""A socket filter of one instruction, "return 0": keep no byte of what arrives."""


def reset(transport: asyncio.WriteTransport) -> None:
    """Ends a connection with RST, whatever was still to be sent."""
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
    transport.abort()


async def acknowledged(transport: asyncio.WriteTransport) -> None:
    """Waits a moment for the peer to have acknowledged all that was sent (on Linux)."""
    connection = transport.get_extra_info("socket")
    end = asyncio.get_running_loop().time() + 1.0
    # The system tells how much is left and never when it is none.
    while connection is not None and _unacknowledged_bytes(connection.fileno()) and asyncio.get_running_loop().time() < end:  # noqa: ASYNC110
        await asyncio.sleep(0.005)


def deafen(transport: asyncio.WriteTransport) -> bool:
    """Drops all that arrives on a connection from now on, before TCP could acknowledge it; False where that is not possible.

    To the peer this is a machine that lost its power: no answer, no FIN, no RST, and silence to keepalive probes.
    """
    connection = transport.get_extra_info("socket")
    if connection is None or sys.platform != "linux":
        return False
    program = ctypes.create_string_buffer(_DROP_ALL, len(_DROP_ALL))
    connection.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("@HP", 1, ctypes.addressof(program)))
    return True


def _unacknowledged_bytes(descriptor: int) -> int:
    if sys.platform != "linux" or descriptor < 0:
        return 0
    import fcntl  # On other systems there is none.
    import termios

    answer = fcntl.ioctl(descriptor, termios.TIOCOUTQ, bytes(4))
    return int.from_bytes(answer, sys.byteorder)
