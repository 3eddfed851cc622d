"""`replay` and `demo`: a simulated API server plays a recording, or a made cluster, to the real exporter.

Nothing of the exporter knows that the cluster is simulated, and a real Prometheus and Alertmanager stand behind it where
this machine has them (`alerting`). What the person sees is `stage`.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import TYPE_CHECKING

from pullwatch.app import demo_agents, log
from pullwatch.app.serve import serving
from pullwatch.app.stage import Stage
from pullwatch.app.wrong import Wrong
from pullwatch.publish.listening import ListenError
from pullwatch.settings import AddressError, Agents, Play, address
from pullwatch.sim import cluster as simulated
from pullwatch.sim import made, recording
from pullwatch.sources import inputs
from pullwatch.sources.access import ClusterAccess, NoCredentials

if TYPE_CHECKING:
    from pathlib import Path

    from pullwatch.sim.recording import Recording

FAST = 20.0

LONGEST_GAP_SECONDS = 60.0
"""A recording's silence is cut to this: nothing is to be seen in it."""


def run(file: Path | None, options: Play) -> None:
    """Play a recording, or the made cluster without one. Raises Wrong with the line for the user."""
    log.configure(options.log)
    try:
        played = made.recording() if file is None else recording.load(file)
        host, port = address(options.listen)
        asyncio.run(_play(played, options, title="demo" if file is None else str(file), host=host, port=port, is_made=file is None))
    except ListenError as error:
        raise Wrong(f"{error}: name another address with --listen") from error
    except recording.RecordingError as error:
        raise Wrong(f"{error}; replay reads watch frames, or what {inputs.EXPECTED} prints") from error
    except AddressError as error:
        raise Wrong(str(error)) from error


async def _play(played: Recording, options: Play, *, title: str, host: str, port: int, is_made: bool) -> None:
    stage = Stage(title)
    stop = asyncio.Event()
    # SIGHUP comes from a terminal that is closed; what we started would outlive us.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    speed = FAST if options.fast else 1.0
    async with simulated.running(played, speed=speed, max_gap_seconds=LONGEST_GAP_SECONDS, progress=stage.progress) as cluster:
        access = ClusterAccess(url=cluster.url, credentials=NoCredentials(), origin=f"simulated: {title}")
        async with (
            serving(access, host=host, port=port, agents=demo_agents.SETTINGS if is_made else Agents()) as (exporter, server),
            demo_agents.agents(cluster.server, server.url, speed=speed) if is_made else contextlib.nullcontext(),
            asyncio.TaskGroup() as tasks,
        ):
            showing = tasks.create_task(stage.show(exporter, server, stop), name="show")
            judging = tasks.create_task(stage.alerting.run(server.url), name="alerting")
            ending = tasks.create_task(stop.wait(), name="wait for a signal")
            await asyncio.wait({cluster.performance, ending} if options.exit_at_end else {ending}, return_when=asyncio.FIRST_COMPLETED)
            if options.exit_at_end and cluster.performance.done():
                settling = tasks.create_task(stage.alerting.settle(), name="settle")
                await asyncio.wait({settling, ending}, return_when=asyncio.FIRST_COMPLETED)
                settling.cancel()
            stage.end(exporter)
            for task in (showing, judging, ending):
                task.cancel()
