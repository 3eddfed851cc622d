"""Calls to a containerd on a socket: what comes back, and how each failure is told."""

from __future__ import annotations

import asyncio
import os
import socket as sockets
from pathlib import Path

import grpclib
import pytest

from pullwatch.pulls import manifest
from pullwatch.pulls.runtime import Ingest, Lease, Resource, Snapshot, StoredImage
from pullwatch.sources.containerd import errors
from pullwatch.sources.containerd.client import Containerd
from pullwatch.sources.containerd.connection import Connection
from tests.containerd.images import MIB, image
from tests.containerd.store import T0
from tests.pulls.made_images import digest
from tests.sources.containerd.given import connected


async def test_answers_become_values(tmp_path: Path) -> None:
    """What is in the store comes over the socket unchanged, to the fraction of a second."""
    app = image(base=8 * MIB)
    async with connected(tmp_path) as given:
        given.store.wait(0.25)
        given.store.begin(app)
        given.store.open(app, 0)
        given.store.prepare(app, 0)
        given.store.grow(app, 0, 3 * MIB)
        ref, key = f"layer-{app.layers[0]}", given.store.key(app, 0)

        assert await given.client.version() == "v2.2.9"
        assert await given.client.ingests() == [Ingest(ref, 3 * MIB, 8 * MIB, T0 + 0.25, T0 + 0.25)]
        assert await given.client.leases() == [Lease("lease-1", T0 + 0.25)]
        assert Resource(ref, "ingests") in await given.client.resources("lease-1")
        assert await given.client.blob(app.manifest) == given.store.blobs[app.manifest]
        assert await given.client.read(app.manifest) == app.documents[app.manifest]
        assert await given.client.snapshot(key, snapshotter="overlayfs") == Snapshot(key, T0 + 0.25)
        given.store.end(app)
        assert StoredImage("registry.example/team/app:1", app.index) in await given.client.images()


async def test_every_call_names_the_namespace_of_kubernetes(tmp_path: Path) -> None:
    """containerd refuses a call without one, and another one's content is not ours to see."""
    async with connected(tmp_path) as given:
        await given.client.ingests()
        await given.client.images()

        assert given.containerd.namespaces == {"k8s.io"}


async def test_hostile_text_is_cleaned(tmp_path: Path) -> None:
    """Names come from whoever pushed an image: control characters and endless ones do not get further than here."""
    async with connected(tmp_path) as given:
        given.store.images["x"] = StoredImage("evil\x1b[31m" + "x" * 10_000, "sha256:\u202e")

        (found,) = await given.client.images()

        assert "\x1b" not in found.name
        assert len(found.name) == 4096
        assert "\u202e" not in found.digest


async def test_a_document_without_end_is_cut(tmp_path: Path) -> None:
    """No more than one byte beyond the limit of a manifest is read, which is enough to refuse it."""
    huge = b"x" * (manifest.MAX_BYTES + 5000)
    async with connected(tmp_path) as given:
        given.store.contents["sha256:huge"] = huge

        content = await given.client.read("sha256:huge")

        assert len(content) <= manifest.MAX_BYTES + 1000
        with pytest.raises(manifest.Unusable, match="at most"):
            manifest.read(content, digest=digest(huge))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (grpclib.Status.NOT_FOUND, errors.NotFound),
        (grpclib.Status.UNAVAILABLE, errors.Unavailable),
        (grpclib.Status.DEADLINE_EXCEEDED, errors.TimedOut),
        (grpclib.Status.PERMISSION_DENIED, errors.Denied),
        (grpclib.Status.INTERNAL, errors.Refused),
    ],
)
async def test_each_status_is_one_error(status: grpclib.Status, kind: type[errors.RuntimeTrouble], tmp_path: Path) -> None:
    """A failure names socket, method and status in one line, and counts under its own outcome."""
    async with connected(tmp_path) as given:
        given.containerd.failing["Content/ListStatuses"] = status

        with pytest.raises(kind, match=rf"c\.sock: Content/ListStatuses: {status.name}: made to fail") as raised:
            await given.client.ingests()

        assert type(raised.value) is kind
        assert given.tally.outcomes == {("Content/ListStatuses", kind.label): 1}


async def test_what_is_gone_is_not_found(tmp_path: Path) -> None:
    """The garbage collector takes content between two calls."""
    async with connected(tmp_path) as given:
        for asking in (given.client.blob("sha256:x"), given.client.read("sha256:x"), given.client.resources("x")):
            with pytest.raises(errors.NotFound):
                await asking


async def test_a_missing_socket_is_named(tmp_path: Path) -> None:
    """The line says which path, and what to do."""
    async with Connection(tmp_path / "none.sock") as connection:
        with pytest.raises(errors.NoSocket, match=r"none\.sock: no such socket: name containerd's with --containerd"):
            await Containerd(connection).version()


async def test_a_socket_on_which_nobody_listens_is_named(tmp_path: Path) -> None:
    """A file that a containerd left which was killed."""
    with sockets.socket(sockets.AF_UNIX) as left:
        left.bind(str(tmp_path / "left.sock"))
    async with Connection(tmp_path / "left.sock") as connection:
        with pytest.raises(errors.NoSocket, match=r"is containerd running\?"):
            await Containerd(connection).version()


@pytest.mark.parametrize("name", ["folder", "file"])
async def test_what_is_no_socket_is_called_that(tmp_path: Path, name: str) -> None:
    """The folder of the socket, or another file: nobody has to look whether containerd runs."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    async with Connection(tmp_path / name) as connection:
        with pytest.raises(errors.NoSocket, match=rf"{name}: no socket: name containerd's with --containerd"):
            await Containerd(connection).version()


async def test_a_socket_that_keeps_us_out_is_denied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another group owns it: the line says which right is missing."""

    async def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, os.strerror(13))

    async with Connection(tmp_path / "c.sock") as connection:
        # Tests may run as root, whom no permission keeps out.
        monkeypatch.setattr(asyncio.get_running_loop(), "create_unix_connection", refuse)
        with pytest.raises(errors.Denied, match="the group that owns the socket"):
            await Containerd(connection).version()


async def test_a_server_that_speaks_no_grpc_is_told(tmp_path: Path) -> None:
    """Another service's socket ends in an error of ours and in no traceback."""

    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await reader.read(1000)
        writer.close()

    path = tmp_path / "other.sock"
    server = await asyncio.start_unix_server(babble, path=path)
    async with server, Connection(path) as connection:
        with pytest.raises(errors.RuntimeTrouble, match=r"other\.sock"):
            await Containerd(connection).version()
