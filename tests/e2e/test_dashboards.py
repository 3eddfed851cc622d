"""Dashboards on a real Prometheus: each query runs on the made cluster and finds something there."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import re
import socket
import time
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from pullwatch.app.serve import serving
from pullwatch.pack import dashboards, mixin
from pullwatch.sim import catalogue, made
from pullwatch.sim import cluster as simulated
from pullwatch.sim.recording import Recording
from pullwatch.sources.access import ClusterAccess, NoCredentials
from tests.e2e import programs
from tests.e2e.started import fetched, started, until

BEGIN_SECONDS = 18.0
"""Where in the story the live part begins: shortly before a rollout, two failures, and a container whose image is there."""

HASTE = 15
"""The exporter's own clock runs faster by this, so that the first minute of a counter, in which it shows 0, takes 4 s."""

WINDOW = "20s"
"""What stands for Grafana's intervals."""

WITHOUT_DATA = {
    "Events that contradict": "no Event of the made cluster contradicts its pod",
    "watches begun again": "no watch of the simulated API server breaks",
}
"""Legends of queries that find nothing, and why."""

Ask = Callable[[str, Mapping[str, Any]], Any]


async def test_every_query_finds_something(tmp_path: Path) -> None:
    """No panel and no variable stays empty in a cluster where something happens, but for those listed with a reason."""
    async with prometheus(tmp_path) as ask:
        asked = [query for _, text in dashboards.render() for query in queries(json.loads(text))]
        for query in asked:
            if query["legend"] in WITHOUT_DATA:
                assert await asyncio.to_thread(find, ask, query) == [], f"{query} finds something: list it no longer"
            else:
                await asyncio.to_thread(until, partial(find, ask, query), what=f"an answer to {query}")
        of_alert = {"cluster": "made", "namespace": "ml", "image": catalogue.VISION_STUCK.canonical, "registry": "registry.slow.example"}
        stuck = next(query for query in asked if query["title"] == "How many pulls are stuck?")
        counted = await asyncio.to_thread(find, ask, stuck, of_alert)

    # The link of the alert ImagePullStuck sets these variables; it shows the pull that it is about.
    assert [series["value"][1] for series in counted] == ["1"]


def queries(model: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all that a dashboard asks for."""
    of_panels = [
        {"title": panel["title"], "expr": target["expr"], "legend": target["legendFormat"], "instant": target["instant"]}
        for panel in model["panels"]
        for target in panel.get("targets", ())
    ]
    of_variables = [
        {"title": variable["name"], "values": variable["query"], "legend": ""}
        for variable in model["templating"]["list"]
        if variable["type"] == "query"
    ]
    of_annotations = [
        {"title": annotation["name"], "expr": annotation["expr"], "legend": "", "instant": False}
        for annotation in model["annotations"]["list"]
    ]
    return of_panels + of_variables + of_annotations


def find(ask: Ask, query: Mapping[str, Any], chosen: Mapping[str, str] | None = None) -> list[Any]:
    """Return what Prometheus finds, as Grafana would ask for it: with all values of the variables, or those chosen."""
    now = time.time()
    if "values" in query:
        found = re.fullmatch(r"label_values\((.*), (\w+)\)", filled(query["values"], chosen))
        assert found
        return list(ask(f"label/{found[2]}/values", {"match[]": found[1], "start": now - 60, "end": now}))
    if query["instant"]:
        series = ask("query", {"query": filled(query["expr"], chosen)})["result"]
        return [one for one in series if one["value"][1] != "NaN"]
    series = ask("query_range", {"query": filled(query["expr"], chosen), "start": now - 60, "end": now, "step": 1})["result"]
    return [one for one in series if any(value != "NaN" for _, value in one["values"])]


def filled(text: str, chosen: Mapping[str, str] | None) -> str:
    """Return a query with Grafana's variables replaced; a value is a regular expression there."""
    text = text.replace("$__rate_interval", WINDOW).replace("$__range", WINDOW)
    return re.sub(
        r"\$(\w+)", lambda name: re.escape((chosen or {})[name[1]]).replace("\\", "\\\\") if name[1] in (chosen or {}) else ".*", text
    )


@contextlib.asynccontextmanager
async def prometheus(tmp_path: Path) -> AsyncIterator[Ask]:
    """Play the made cluster to a real exporter, and let a real Prometheus scrape it and evaluate the mixin."""
    program = programs.prometheus()
    async with simulated.running(later(made.recording(), BEGIN_SECONDS)) as cluster:
        access = ClusterAccess(url=cluster.url, credentials=NoCredentials(), origin="made")
        async with serving(access, host="127.0.0.1", port=0, monotonic=lambda: time.monotonic() * HASTE) as (_, server):
            (tmp_path / "rules.json").write_text(json.dumps({"groups": mixin.groups()}))
            (tmp_path / "prometheus.yml").write_text(json.dumps(configuration(tmp_path, target=urlsplit(server.url).netloc)))
            with socket.create_server(("127.0.0.1", 0)) as free:
                address = f"127.0.0.1:{free.getsockname()[1]}"
            command = [
                str(program),
                f"--config.file={tmp_path}/prometheus.yml",
                f"--storage.tsdb.path={tmp_path}/data",
                f"--web.listen-address={address}",
            ]
            with started(command, output=tmp_path / "prometheus.txt"):
                await asyncio.to_thread(until, lambda: fetched(f"http://{address}/-/ready"), what="Prometheus to be ready")
                yield partial(answered, f"http://{address}/api/v1")


def configuration(folder: Path, *, target: str) -> dict[str, Any]:
    """Return a configuration of Prometheus that scrapes and evaluates once a second."""
    job = {"job_name": "pullwatch", "honor_labels": True, "static_configs": [{"targets": [target], "labels": {"cluster": "made"}}]}
    return {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(folder / "rules.json")],
        "scrape_configs": [job],
    }


def later(recording: Recording, seconds: float) -> Recording:
    """Return a recording whose live part begins later: what came before is history."""
    steps = tuple(dataclasses.replace(step, offset_seconds=step.offset_seconds - seconds) for step in recording.steps)
    return dataclasses.replace(recording, started_at=recording.started_at + seconds, steps=steps)


def answered(url: str, path: str, parameters: Mapping[str, Any]) -> Any:
    """Return Prometheus' answer; a query that it does not take fails the test with its text."""
    text = fetched(f"{url}/{quote(path)}?{urlencode(parameters)}")
    assert text is not None, f"Prometheus refuses {parameters}"
    return json.loads(text)["data"]
