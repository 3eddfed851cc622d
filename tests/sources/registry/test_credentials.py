"""Users and passwords from a Docker config file."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from pullwatch.sources.registry.credentials import Credentials, CredentialsError, read
from tests.sources.registry.fakeregistry import basic

AUTH = base64.b64encode(b"reader:se:cret").decode()


def config(directory: Path, content: Any) -> Path:
    file = directory / "config.json"
    file.write_text(json.dumps(content))
    return file


@pytest.mark.parametrize(
    ("key", "host"),
    [
        ("ghcr.io", "ghcr.io"),
        ("https://index.docker.io/v1/", "docker.io"),
        ("docker.io", "docker.io"),
        ("registry-1.docker.io", "docker.io"),
        ("https://registry.internal:5000/v2/", "registry.internal:5000"),
        ("http://Registry.Internal", "registry.internal"),
    ],
)
def test_reads_the_entry_of_a_host(tmp_path: Path, key: str, host: str) -> None:
    """Keys are as docker login and kubectl write them; the password may hold a colon."""
    assert read(config(tmp_path, {"auths": {key: {"auth": AUTH}}})) == {host: basic("reader", "se:cret")}


def test_reads_user_and_password(tmp_path: Path) -> None:
    """kubectl create secret docker-registry writes both forms."""
    assert read(config(tmp_path, {"auths": {"ghcr.io": {"username": "reader", "password": "x", "email": "e"}}})) == {
        "ghcr.io": basic("reader", "x")
    }


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"auths": {}, "credsStore": "desktop"}, "credsStore and credHelpers run programs, which pullwatch does not: write auths with user and password"),
        ({"credHelpers": {"gcr.io": "gcloud"}}, "credsStore and credHelpers run programs, which pullwatch does not: write auths with user and password"),
        ({"auths": {"*.example": {"auth": AUTH}}}, "'*.example' in auths is no single host: write one as in images, such as ghcr.io"),
        ({"auths": {"ghcr.io/team": {"auth": AUTH}}}, "'ghcr.io/team' in auths is no single host: write one as in images, such as ghcr.io"),
        ({"auths": {"ghcr.io": {"auth": "secret!"}}}, "auth of ghcr.io is not base64 of USER:PASSWORD"),
        ({"auths": {"ghcr.io": {"auth": "c2VjcmV0"}}}, "auth of ghcr.io is not base64 of USER:PASSWORD"),
        ({"auths": {"ghcr.io": {}}}, "auth of ghcr.io is not base64 of USER:PASSWORD"),
        ({"auths": {"ghcr.io": {"identitytoken": "x"}}}, "ghcr.io has a token of a login, which is not supported: write auth, of user and password"),
        ({"auths": 7}, "no Docker config: expected JSON with auths, as docker login writes it"),
        ("secret", "no Docker config: expected JSON with auths, as docker login writes it"),
    ],
)  # fmt: skip
def test_refuses_what_it_cannot_use(tmp_path: Path, content: Any, says: str) -> None:
    """The line names the file and never a password."""
    file = config(tmp_path, content)

    with pytest.raises(CredentialsError) as refused:
        read(file)

    assert str(refused.value) == f"{file}: {says}"
    assert "secret" not in str(refused.value).removeprefix(str(file))


def test_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    """The line names the setting."""
    with pytest.raises(CredentialsError, match=r"No such file or directory: --docker-config names a Docker config file$"):
        Credentials(tmp_path / "none" / "config.json")


def test_waits_for_a_file_in_a_folder_that_is_there(tmp_path: Path) -> None:
    """An optional secret of Kubernetes is an empty folder until somebody creates it."""
    time = [0.0]
    credentials = Credentials(tmp_path / "config.json", monotonic=lambda: time[0])
    before = credentials.of("ghcr.io")
    config(tmp_path, {"auths": {"ghcr.io": {"auth": AUTH}}})
    time[0] += 11

    assert (credentials.missing, before, credentials.of("ghcr.io")) == (True, None, basic("reader", "se:cret"))


def test_reads_a_file_again_that_was_replaced(tmp_path: Path) -> None:
    """Cloud registries' passwords are renewed twice a day; a file in the middle of being written leaves the old ones, and is counted."""
    file = config(tmp_path, {"auths": {"ghcr.io": {"auth": AUTH}}})
    time, unread = [0.0], []
    credentials = Credentials(file, monotonic=lambda: time[0], on_unread=lambda: unread.append(1))
    seen = [credentials.of("ghcr.io")]

    for content in ('{"auths": {"ghcr', json.dumps({"auths": {"ghcr.io": {"username": "reader", "password": "new"}}})):
        other = tmp_path / "other.json"
        other.write_text(content)
        other.replace(file)
        seen.append(credentials.of("ghcr.io"))
        time[0] += 11
        seen.append(credentials.of("ghcr.io"))

    old, new = basic("reader", "se:cret"), basic("reader", "new")
    assert seen == [old, old, old, old, new]
    assert unread == [1]


def test_knows_no_other_host(tmp_path: Path) -> None:
    """An entry is for its host alone, not for those below it."""
    credentials = Credentials(config(tmp_path, {"auths": {"example.com": {"auth": AUTH}}}))

    assert [credentials.of(host) for host in ("evil.example.com", "example.com:5000", "example.co")] == [None] * 3
    assert Credentials(None).of("example.com") is None
