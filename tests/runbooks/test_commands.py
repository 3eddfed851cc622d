"""Every command line on a page is one that its program takes."""

from __future__ import annotations

import concurrent.futures
import subprocess

import pytest

from tests.runbooks import commands, pages, shell


def told(text: str) -> list[tuple[str, ...]]:
    """Return the command lines of a page that can be judged, those in sentences too."""
    texts = [block.text for block in pages.blocks(text) if block.language == "sh"]
    found = [command for block in texts for command in shell.commands(block)]
    for piece in pages.inline(text):
        if len(piece.split()) > 2 and "..." not in piece and commands.known(piece.split()):
            found += shell.commands(piece)
    return [tuple(command) for command in found if commands.known(command)]


def test_every_command_line_is_taken() -> None:
    """Verbs and flags exist in kubectl, ctr, crictl, helm, systemctl, journalctl and pullwatch itself."""
    asked: dict[tuple[str, ...], str] = {}
    for page in pages.ALL:
        for words in told(page.read_text(encoding="utf-8")):
            asked.setdefault(words, page.relative_to(pages.RUNBOOKS).as_posix())
    ours = [words for words in asked if words[0] == "pullwatch"]
    others = [words for words in asked if words[0] != "pullwatch"]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        against = dict(zip(others, pool.map(commands.refused, others), strict=True)) | {words: commands.refused(words) for words in ours}

    assert asked
    assert {(asked[words], " ".join(words)): said for words, said in against.items() if said} == {}


def test_every_block_parses() -> None:
    """bash understands each block; a quote that is missing shows here and not at night."""
    wrong = {}
    for page in pages.ALL:
        for block in pages.blocks(page.read_text(encoding="utf-8")):
            if block.language == "sh":
                checked = subprocess.run(["bash", "-n"], input=block.text, capture_output=True, check=False, text=True)
                if checked.returncode:
                    wrong[page.stem, block.line] = checked.stderr
    assert wrong == {}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("kubectl get pods --al-namespaces", "unknown flag"),
        ("kubectl gett pods", "cannot be placed before plugin"),
        ("kubectl --namespace x get pods --output wide", ""),
        ("kubectl drain node-a --ignore-daemonsets --delete-emptydir-data", ""),
        ("kubectl drain node-a --delete-local-dat", "unknown flag"),
        ("ctr --namespace k8s.io images ls --nope", "not defined"),
        ("ctr --namespace k8s.io content active", ""),
        ("ctr imagez ls", "No help topic"),
        ("crictl pull --optoci x", "has no flag --optoci"),
        ("crictl --runtime-endpoint unix:///x images", ""),
        ("crictl imagez", "has no command imagez"),
        ("helm upgrade --instal a b", "has no flag --instal"),
        ("helm upgrade --install a b/c --version 1 --set d=e", ""),
        ("journalctl --untis containerd", "not known"),
        ("systemctl restrat containerd", "not known"),
        ("pullwatch render --set expectedBytesPerSecond=1", ""),
        ("pullwatch render --set enabled.SlowImagePull=false", ""),
        ("pullwatch render --set noSuchKey=1", "no such key"),
        ("pullwatch top --onze", "nknown"),
        ("pullwatch tops", "nknown"),
    ],
)
def test_a_planted_mistake_is_found(line: str, said: str) -> None:
    """Each judge refuses what its program would refuse, and takes what it would take."""
    (words,) = shell.commands(line)

    found = commands.refused(words)

    assert said in found
    assert bool(said) == bool(found)
