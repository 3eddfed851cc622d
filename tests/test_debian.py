"""`.ci/debian` fetches programs of other releases: from the archive of this machine, whichever form its sources have."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / ".ci" / "debian"

ONE_LINE = """\
# deb {archive} bookworm main
deb-src {archive} bookworm main
deb [ trusted=yes arch=all,{architecture} ] {archive} bookworm main contrib
deb [trusted=yes] {archive} bookworm-updates main
deb [trusted=yes] file:/nowhere bookworm stable
"""

DEB822 = """\
Types: deb deb-src
# its address
URIs: {archive}
Suites: bookworm
  bookworm-updates
Components: main
Trusted: yes

Enabled: no
Types: deb
URIs: file:/nowhere
Suites: bookworm
Components: main
"""


@pytest.fixture
def architecture() -> str:
    if not all(shutil.which(program) for program in ("apt-get", "dpkg-deb", "flock")):
        pytest.skip("no apt-get, dpkg-deb and flock: this is no Debian")
    return subprocess.run(["dpkg", "--print-architecture"], check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def archive(tmp_path: Path, architecture: str) -> Path:
    """Return an archive whose release trixie has a package `tool` with a program; other releases are empty."""
    package = tmp_path / "package"
    (package / "usr" / "bin").mkdir(parents=True)
    (package / "usr" / "bin" / "tool").write_text("#!/bin/sh\necho I am the tool of trixie\n")
    (package / "usr" / "bin" / "tool").chmod(0o755)
    control = f"Package: tool\nVersion: 1\nArchitecture: {architecture}\nMaintainer: nobody <nobody@example.com>\nDescription: a tool\n"
    (package / "DEBIAN").mkdir()
    (package / "DEBIAN" / "control").write_text(control)
    archive = tmp_path / "archive"
    archive.mkdir()
    subprocess.run(["dpkg-deb", "--root-owner-group", "--build", package, archive / "tool.deb"], check=True, capture_output=True)
    content = (archive / "tool.deb").read_bytes()
    entry = f"{control}Filename: tool.deb\nSize: {len(content)}\nSHA256: {hashlib.sha256(content).hexdigest()}\n\n"
    index = archive / "dists" / "trixie" / "main" / f"binary-{architecture}" / "Packages"
    index.parent.mkdir(parents=True)
    index.write_text(entry)
    listed = f" {hashlib.sha256(entry.encode()).hexdigest()} {len(entry)} main/binary-{architecture}/Packages"
    release = f"Suite: stable\nCodename: trixie\nArchitectures: {architecture}\nComponents: main\nSHA256:\n{listed}\n"
    (archive / "dists" / "trixie" / "Release").write_text(release)
    return archive


class Checkout:
    """A checkout with the script alone, on a machine with these sources."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "checkout"
        self._etc = folder / "etc"
        self._configuration = folder / "apt.conf"
        (self._etc / "sources.list.d").mkdir(parents=True)
        (self.root / ".ci").mkdir(parents=True)
        shutil.copy(SCRIPT, self.root / ".ci" / "debian")
        self._configuration.write_text(f'Dir::Etc "{self._etc}";\n')

    def sources(self, name: str, text: str) -> None:
        (self._etc / name).write_text(text)

    def fetch(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command: list[str | Path] = [self.root / ".ci" / "debian", "fetch", *arguments]
        environment = {**os.environ, "APT_CONFIG": str(self._configuration)}
        return subprocess.run(command, check=False, capture_output=True, text=True, env=environment, timeout=50)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.mark.parametrize(("name", "form"), [("sources.list", ONE_LINE), ("sources.list.d/debian.sources", DEB822)])
def test_fetches_of_another_release(checkout: Checkout, archive: Path, architecture: str, name: str, form: str) -> None:
    """The archive is the machine's own, the release another one; updates, other archives and what is switched off stay out."""
    checkout.sources(name, form.format(archive=f"file:{archive}", architecture=architecture))

    fetched = checkout.fetch("--suite", "trixie", "tool")

    folder = checkout.root / "build" / "debian" / "trixie" / "root" / "usr" / "bin"
    assert (fetched.returncode, fetched.stdout.strip()) == (0, str(folder)), fetched.stderr
    assert subprocess.run([folder / "tool"], check=True, capture_output=True, text=True).stdout == "I am the tool of trixie\n"
    # Done is done, also where the archive is gone by then.
    shutil.rmtree(archive)
    assert checkout.fetch("--suite", "trixie", "tool").returncode == 0


@pytest.mark.parametrize(
    ("sources", "reason"),
    [
        ("deb {archive} jammy main\n", "trixie: no source of this machine is a Debian archive; not fetched: other"),
        (ONE_LINE, "trixie: no package other in the lists of this machine's sources; is there a network?"),
    ],
)
def test_says_in_a_line_what_cannot_be_fetched(checkout: Checkout, archive: Path, architecture: str, sources: str, reason: str) -> None:
    """The reason is one line, and stays in a file for those who do without."""
    checkout.sources("sources.list", sources.format(archive=f"file:{archive}", architecture=architecture))

    fetched = checkout.fetch("--suite", "trixie", "other")

    assert fetched.returncode == 1
    assert fetched.stderr.splitlines()[-1] == f".ci/debian: {reason} (see build/debian/trixie/log)"
    assert (checkout.root / "build" / "debian" / "trixie" / "reason").read_text() == f"{reason}\n"


@pytest.mark.parametrize("arguments", [(), ("--suite", "trixie"), ("--suite", "../../etc", "tool"), ("--suite",)])
def test_refuses_wrong_usage(checkout: Checkout, arguments: tuple[str, ...]) -> None:
    """A release is a word: nothing is written elsewhere."""
    refused = checkout.fetch(*arguments)

    assert refused.returncode == 2
    assert not (checkout.root / "build").exists()
