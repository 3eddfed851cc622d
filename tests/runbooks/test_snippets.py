"""Configuration on a page can be pasted: it parses, and its program knows the keys where they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.runbooks import pages, snippets


@pytest.mark.parametrize("page", pages.ALL, ids=lambda page: page.relative_to(pages.RUNBOOKS).as_posix())
def test_snippets_are_what_their_programs_read(page: Path) -> None:
    """Objects are valid for the API, keys of kubelet and containerd stand in the table that is read."""
    blocks = [block for block in pages.blocks(page.read_text(encoding="utf-8")) if block.language in {"yaml", "toml", "json"}]

    assert [(block.line, said) for block in blocks for said in snippets.wrong(block.language, block.text)] == []


CRI = "plugins.'io.containerd.cri.v1.images'"
JOB = "apiVersion: apps.kruise.io/{version}\nkind: ImagePullJob\nmetadata: {{name: a}}\nspec: {{image: a, completionPolicy: {{type: Always}}{more}}}\n"


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("yaml", "a: [", "does not parse"),
        ("toml", "a = ", "does not parse"),
        ("json", "{", "does not parse"),
        ("yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, imagee: b}]}\n", "imagee"),
        ("yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: b}]}\n", ""),
        ("yaml", "serializeImagePulls: 'no'\n", "not a bool"),
        ("yaml", "kind: KubeletConfiguration\nmaxParalelImagePulls: 3\n", "no such key"),
        ("yaml", JOB.format(version="v1alpha1", more=""), "v1beta1"),
        ("yaml", JOB.format(version="v1beta1", more=", paralelism: 3"), "paralelism"),
        ("yaml", JOB.format(version="v1beta1", more=", parallelism: 3"), ""),
        ("toml", f"version = 3\n[{CRI}]\nmax_concurrent_unpacks = 4\n", "no such key"),
        ("toml", "version = 2\n[plugins.'io.containerd.grpc.v1.cri'.containerd]\nmax_concurrent_downloads = 10\n", "no such key"),
        ("toml", f"version = 2\n[{CRI}]\nmax_concurrent_downloads = 4\n", "no such key"),
        ("toml", f"[{CRI}]\nmax_concurrent_downloads = 4\n", "begins with its version"),
        ("toml", "version = 3\n[plugins.'io.containerd.snapshotter.v1.stargz']\nsnapshotter = 'stargz'\n", "no such key"),
        ("toml", "server = 'https://a'\n[host.'https://b']\ncapabilites = ['pull']\n", "no such key"),
    ],
)
def test_planted_mistakes_are_found(language: str, text: str, said: str) -> None:
    """A key in the wrong table, of the wrong type or misspelt is found, and what is right is not."""
    found = snippets.wrong(language, text)

    assert said in " ".join(found)
    assert bool(found) == bool(said)
