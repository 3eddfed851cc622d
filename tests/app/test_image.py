"""`pullwatch image` beside a made server: what is printed, and the one line where there is nothing to print."""

from __future__ import annotations

import json
import os
from typing import Any

import msgspec
import pytest
from aiohttp import web

from tests.app.given import exit_code
from tests.madeserver import EMPTY, MadeServer, answering
from tests.publish.images import TRAINER, trainer

SIZE_ONLY = "docker.io/library/python:3.12"


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the environment of whoever runs the tests out."""
    for name in [name for name in os.environ if name.startswith("PULLWATCH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "80")


def known() -> MadeServer:
    row: dict[str, Any] = msgspec.to_builtins(trainer())
    other = row | {"platform": "linux/arm64", "size_bytes": 5}
    return MadeServer(images={TRAINER: [row, other], SIZE_ONLY: [{"image": SIZE_ONLY, "size_bytes": 7_000_000}]})


def asked(made: MadeServer, *arguments: str) -> int:
    with answering(made) as address:
        return exit_code("image", *arguments, "--server", f"http://{address}")


def test_it_prints_the_layers(capsys: pytest.CaptureFixture[str]) -> None:
    """The server is asked by the canonical name; each platform has a table, unless one is chosen."""
    made = known()

    assert asked(made, "registry.example.com/ml/trainer:2.4", "--platform", "linux/amd64") == 0

    printed = capsys.readouterr().out
    assert printed.startswith("Layer 3, 3.1 GB, `RUN pip install torch`, is 84 % of 3.7 GB and is fetched\nalone.\n")
    assert printed.count("Layers, from the base upwards") == 1
    assert made.asked == [f"/api/v1/images?image={TRAINER}"]
    assert asked(known(), TRAINER) == 0
    assert capsys.readouterr().out.count("Layers, from the base upwards") == 2


def test_an_image_that_is_pulled_for_the_first_time_leads_to_top(capsys: pytest.CaptureFixture[str]) -> None:
    """No node holds it yet, and whoever is paged for it asks just then."""
    made = known()
    made.running = EMPTY | {"pulls": [{"image": "docker.io/library/postgres:17", "state": "pulling"}], "unmatched": []}

    assert asked(made, "postgres:17") == 2
    assert capsys.readouterr().err.endswith(
        "does not know docker.io/library/postgres:17 yet: it is pulled right now, and `pullwatch top` shows its layers\n"
    )


def test_a_short_name_is_the_one_that_a_runtime_takes(capsys: pytest.CaptureFixture[str]) -> None:
    """`python:3.12` is docker.io's, and a node that was named is asked for, too."""
    made = known()

    assert asked(made, "python:3.12", "--node", "node-a") == 2
    assert made.asked[0] == f"/api/v1/images?image={SIZE_ONLY}&node=node-a"
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("output", "begins"), [("json", "{"), ("markdown", "# Layers of"), ("html", "<!doctype html>")])
def test_it_has_outputs_for_others(output: str, begins: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Programs, issues, and a file that works offline."""
    assert asked(known(), TRAINER, "-o", output) == 0

    printed = capsys.readouterr().out
    assert printed.startswith(begins)
    if output == "json":
        assert json.loads(printed)["images"][0]["layers"][3]["size_bytes"] == 3_110_000_000


@pytest.mark.parametrize(
    ("made", "arguments", "says"),
    [
        (
            known(),
            ("Not/Valid:1",),
            "Not/Valid:1 is no image reference: write it as a pod would, such as registry.example.com/team/web:1.0",
        ),
        (known(), ("me:secret@host/x",), "(redacted) is no image reference: write it as a pod would"),
        (known(), ("x\x1b[31m",), "x�[31m is no image reference"),
        (known(), ("registry.example.com/ml/trainer:9",), f"does not know registry.example.com/ml/trainer:9; it knows {TRAINER}"),
        (known(), ("postgres",), "does not know docker.io/library/postgres:latest, nor any like it among 3 images"),
        (known(), (SIZE_ONLY,), f"knows {SIZE_ONLY}, but not its layers. Layers come from `pullwatch agent` on the nodes"),
        (
            known(),
            (TRAINER, "--platform", "linux/s390x"),
            f"{TRAINER}: not known for linux/s390x, but for linux/amd64, linux/arm64: choose one with --platform",
        ),
        (MadeServer(), ("nginx",), "knows no image yet, as nothing told it of one. Layers come from"),
    ],
)
def test_what_cannot_be_shown_is_one_line(
    made: MadeServer, arguments: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, what is wrong, and what to do."""
    code = asked(made, *arguments)

    printed = capsys.readouterr()
    assert (code, printed.out) == (2, "")
    assert says in printed.err
    assert printed.err.startswith("pullwatch: ")
    assert printed.err.count("\n") == 1
    assert "secret" not in printed.err


def test_a_server_without_layers_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """An older one knows no such path."""
    assert asked(MadeServer(raw=web.Response(status=404, text="nothing here\n")), "nginx") == 2
    assert "serves no layers: it is no pullwatch serve, or one of an older version. Layers come from" in capsys.readouterr().err
