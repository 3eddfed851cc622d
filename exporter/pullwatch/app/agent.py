"""`agent`: settings held against what they must be, and the agent run until a signal."""

from __future__ import annotations

import asyncio
import signal
import socket
import urllib.parse
from typing import TYPE_CHECKING

import structlog

from pullwatch.app import log
from pullwatch.app.node_counts import NodeReads
from pullwatch.app.wrong import Wrong
from pullwatch.publish.delivery import Delivery, DeliveryError
from pullwatch.publish.listening import ListenError
from pullwatch.settings import AddressError, address
from pullwatch.sources.errors import AccessError

if TYPE_CHECKING:
    from pullwatch.settings import Agent

logger = structlog.get_logger()

EXTRA = {"grpclib", "google", "h2", "hpack", "hyperframe", "multidict"}
"""What the extra `agent` brings."""


def run(options: Agent) -> None:
    """Run until SIGTERM or Ctrl-C. Raises Wrong with the line for the user."""
    try:
        import pullwatch.app.node  # noqa: F401  # to find out whether it can be
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in EXTRA:
            raise
        raise Wrong(f"the agent needs {error.name}: pip install 'pullwatch[agent]'") from error
    try:
        host, port = address(options.listen)
        node, delivery, witnesses = options.node or socket.gethostname(), _delivery(options), NodeReads(options.witnesses)
        log.configure(options.log)
        asyncio.run(_until_signal(options, node=node, host=host, port=port, delivery=delivery, witnesses=witnesses))
    except ListenError as error:
        raise Wrong(f"{error}: name another address with --listen") from error
    except (AddressError, DeliveryError, AccessError) as error:
        raise Wrong(str(error)) from error


def _delivery(options: Agent) -> Delivery | None:
    """Return where reports go; raises Wrong or DeliveryError where they cannot."""
    if options.server is None:
        if options.server_token or options.server_ca:
            raise Wrong("--server-token and --server-ca are for a server: name it with --server")
        return None
    if not _is_address(options.server):
        raise Wrong("--server is no address of pullwatch serve, such as https://pullwatch.monitoring:9436")
    delivery = Delivery(options.server, token=options.server_token, ca=options.server_ca)
    delivery.check()
    return delivery


def _is_address(server: str) -> bool:
    try:
        parts = urllib.parse.urlsplit(server)
        named = bool(parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0)
    except ValueError:
        return False
    return named and "@" not in server and not parts.query and not parts.fragment


async def _until_signal(options: Agent, *, node: str, host: str, port: int, delivery: Delivery | None, witnesses: NodeReads) -> None:
    from pullwatch.app.node import serving

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    wanted = witnesses if witnesses.wanted else None
    async with serving(options.containerd, node=node, host=host, port=port, delivery=delivery, witnesses=wanted):
        await stop.wait()
        logger.info("stopping")
