"""`pullwatch doctor` beside a made Prometheus: what is asked, what is said, and each way in which it cannot be asked."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from pullwatch.pack import rules
from pullwatch.pulls import installed_rules
from tests.app.given import exit_code

TARGET = {"job": "pullwatch", "instance": "10.0.0.7:9436", "namespace": "monitoring", "node": "node-a"}
BUILD = {"__name__": "pullwatch_build_info", "version": "0.1.0", **TARGET}
BY_DEFAULT = {alert for alert, there in rules.configuration()["enabled"].items() if there}
CONFIG = "scrape_configs:\n- job_name: pullwatch\n  honor_labels: true\n"


@dataclass
class MadePrometheus:
    """Answers as Prometheus does; each answer can be replaced."""

    exporters: list[dict[str, str]] = field(default_factory=lambda: [BUILD])
    renamed: tuple[str, ...] = ()
    """Labels that arrived as exported_."""
    proven: tuple[str, ...] = ()
    """Labels of which there are series."""
    config: str | None = CONFIG
    alerts: dict[str, str] | None = None
    """Errors of alerts by their names; None where they may not be asked for."""
    recording: Collection[str] = installed_rules.BOARDS
    """Groups that record something."""
    raw: web.Response | None = None
    """Instead of every answer."""
    asked: list[str] = field(default_factory=list)
    authorization: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.authorization = request.headers.get("Authorization", "")
        if self.raw is not None:
            return web.Response(status=self.raw.status, text=self.raw.text)
        path = request.path.partition("/api/v1/")[2]
        if path == "query":
            return self._success({"resultType": "vector", "result": [{"metric": one, "value": [0, "1"]} for one in self._found(request)]})
        if path == "targets":
            return self._success(
                {"activeTargets": [{"labels": TARGET, "scrapePool": "pullwatch", "scrapeUrl": "http://x", "lastError": ""}]}
            )
        if path == "rules" and self.alerts is not None:
            alerts = [{"type": "alerting", "name": name, "lastError": error} for name, error in self.alerts.items()]
            records = [{"name": name, "rules": [{"type": "recording", "name": "x:y:z", "lastError": ""}]} for name in self.recording]
            return self._success({"groups": [{"name": "g", "rules": alerts}, *records]})
        if path == "status/config" and self.config is not None:
            return self._success({"yaml": self.config})
        return web.json_response({"status": "error", "errorType": "forbidden", "error": "not here"}, status=403)

    def _success(self, data: Any) -> web.Response:
        return web.json_response({"status": "success", "data": data})

    def _found(self, request: web.Request) -> list[dict[str, str]]:
        query = request.query["query"]
        self.asked.append(query)
        if query == "pullwatch_build_info":
            return self.exporters
        renamed = any(f'exported_{label}!=""' in query for label in self.renamed)
        proven = any(f',{label}!=""' in query for label in self.proven)
        return [{"job": "pullwatch", "instance": "10.0.0.7:9436"}] if renamed or proven else []


@contextlib.contextmanager
def answering(made: MadePrometheus) -> Iterator[str]:
    """Serve from a thread of its own, since the verb runs an event loop of its own."""
    loop = asyncio.new_event_loop()
    app = web.Application()
    app.router.add_get("/{path:.*}", made.answer)
    runner = web.AppRunner(app, access_log=None)
    loop.run_until_complete(runner.setup())
    loop.run_until_complete(web.TCPSite(runner, "127.0.0.1", 0).start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{runner.addresses[0][1]}/prom"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(runner.cleanup())
        loop.close()


def kinds(made: MadePrometheus, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    with answering(made) as address:
        code = exit_code("doctor", "--prometheus", f"http://{address}", "-o", "json")
    return code, [finding["kind"] for finding in json.loads(capsys.readouterr().out)["findings"]]


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (MadePrometheus(), (0, [])),
        (MadePrometheus(config=CONFIG.replace("true", "false")), (1, ["labels_not_honored"])),
        (MadePrometheus(config=CONFIG.replace("  honor_labels: true\n", ""), renamed=("node",)), (1, ["labels_renamed"])),
        (MadePrometheus(config=None, renamed=("node",)), (1, ["labels_renamed"])),
        (MadePrometheus(config=None, proven=("node",)), (0, [])),
        (MadePrometheus(config=None), (1, ["not_known"])),
        (MadePrometheus(exporters=[]), (1, ["not_scraped"])),
        (MadePrometheus(exporters=[BUILD | {"exported_version": "0.1.0"}], config=None, renamed=("version",)), (1, ["labels_renamed"])),
        (MadePrometheus(exporters=[BUILD | {'exported_we"ird': "x"}], config=None, proven=("node",)), (0, [])),
        (MadePrometheus(exporters=[{"job": "pullwatch", "instance": "i", "version": "0.1.0"}], config=None), (0, [])),
    ],
)
def test_it_tells_whether_labels_are_kept(
    made: MadePrometheus, expected: tuple[int, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    """By series, targets and configuration, as far as each may be read."""
    assert kinds(made, capsys) == expected


@pytest.mark.parametrize(
    ("alerts", "expected", "missing"),
    [
        (dict.fromkeys(BY_DEFAULT, ""), (0, []), []),
        (
            dict.fromkeys(BY_DEFAULT - {"ImagePullFailing", "KubeletImagePullSlow"}, ""),
            (0, []),
            ["ImagePullFailing", "KubeletImagePullSlow"],
        ),
        (dict.fromkeys(BY_DEFAULT, "") | {"SlowImagePull": "many-to-many\x07 matching"}, (1, ["rules_failing"]), []),
        ({"Watchdog": ""}, (1, ["rules_missing"]), sorted(BY_DEFAULT)),
    ],
)
def test_it_tells_which_alerts_are_there(
    alerts: dict[str, str], expected: tuple[int, list[str]], missing: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """All that the pack has by default are known, those that are missing named; that none is there, or one breaks, is a finding."""
    with answering(MadePrometheus(alerts=alerts)) as address:
        code = exit_code("doctor", "--prometheus", f"http://{address}", "-o", "json")

    document = json.loads(capsys.readouterr().out)
    assert (code, [finding["kind"] for finding in document["findings"]]) == expected
    assert document["alerts"] == {"there": sorted(alerts.keys() & BY_DEFAULT), "missing": missing}


@pytest.mark.parametrize(("recording", "recorded"), [(installed_rules.BOARDS, True), ((), False)])
def test_it_tells_whether_dashboards_stay_empty(recording: Collection[str], recorded: bool, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: FBT001 - a column of the table
    """They read recorded series: without those rules they would be empty without a word. No finding, as whoever has no Grafana leaves them out."""
    with answering(MadePrometheus(alerts=dict.fromkeys(BY_DEFAULT, ""), recording=recording)) as address:
        code = exit_code("doctor", "--prometheus", f"http://{address}", "-o", "json")

    assert (code, json.loads(capsys.readouterr().out)["boards"]) == (0, recorded)


def test_only_labels_that_the_target_bears_are_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """Two labels are four queries beside the first, whatever else the metrics bear."""
    made = MadePrometheus()

    kinds(made, capsys)

    assert [query.count("!=") for query in made.asked] == [0, 1, 1, 1, 1]


def test_a_user_in_the_address_is_used_and_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """A Prometheus behind a password can be asked; the output can be shown to others."""
    made = MadePrometheus()
    with answering(made) as address:
        code = exit_code("doctor", "--prometheus", f"http://me:secret@{address}")

    said = capsys.readouterr().out
    assert (code, made.authorization) == (0, "Basic bWU6c2VjcmV0")
    assert said.startswith(f"scrape: ok. 1 exporter in http://{address}, labels")
    assert "secret" not in said


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (web.Response(text="<html>"), "the answer is not Prometheus': expected Prometheus' address, such as http://"),
        (web.Response(text='{"status":"success","data":7}'), "the answer is not Prometheus': expected"),
        (web.Response(text="[" * 100_000), "the answer is not Prometheus': expected"),
        (web.Response(status=404, text="404 page not found"), "answered 404: expected Prometheus' address, such as http://"),
        (web.Response(status=400, text='{"status":"error","error":"bad\\nquery"}'), "answered 400: bad query"),
        (web.Response(status=502, text="<html>"), "answered 502: expected"),
    ],
)
def test_what_is_no_prometheus_is_one_line(raw: web.Response, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It names the address that was asked, and what was expected there."""
    with answering(MadePrometheus(raw=raw)) as address:
        code = exit_code("doctor", "--prometheus", f"http://me:secret@{address}")

    printed = capsys.readouterr()
    assert (code, printed.out) == (2, "")
    assert printed.err.startswith(f"pullwatch: http://{address}/api/v1/query: {says}")
    assert printed.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "doctor needs Prometheus' address: --prometheus http://prometheus.monitoring:9090"),
        (("--prometheus", "prometheus:9090"), "--prometheus is no http or https URL: expected Prometheus' address"),
        (("--prometheus", "me:secret@prometheus:9090"), "--prometheus is no http or https URL: expected Prometheus' address"),
        (("--prometheus", "http://[::1"), "--prometheus is no URL ("),
        (("--prometheus", "http://127.0.0.1:1"), "http://127.0.0.1:1/api/v1/query: no connection (Connection refused); check the address"),
    ],
)
def test_a_wrong_address_is_one_line(arguments: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, the reason, and an example."""
    code = exit_code("doctor", *arguments)

    printed = capsys.readouterr()
    assert (code, printed.out) == (2, "")
    assert printed.err.startswith(f"pullwatch: {says}")
    assert "secret" not in printed.err
    assert printed.err.count("\n") == 1
