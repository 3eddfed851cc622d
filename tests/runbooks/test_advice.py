"""Advice that is found everywhere and never worked, or that shows a login, stands on a page only where it is called wrong.

It is called wrong in a section `Do not`, `What makes it worse` or `When it makes it worse`, or in a paragraph or list item with
the word "Wrong"; never in a block that can be pasted.
"""

from __future__ import annotations

import re

import pytest

from tests.runbooks import pages

WRONG = {
    r"docker pull": "in a pod it lands in another store than the kubelet's",
    r"--optoci": "the flag of ctr-remote is --oci",
    r"kubelet_docker_operations": "gone since Kubernetes 1.24",
    r'operation_type="PullImage"': "the label's value is pull_image",
    r"image-cached/": "a label that nobody sets",
    r"registry-mirrors": "a key of dockerd alone",
    r"apps\.kruise\.io/v1alpha1": "ImagePullJob is v1beta1",
    r"io\.containerd\.snapshotter\.v1\.stargz": "stargz is a proxy plugin",
    r"apk add .*py3-pip": "its Python is not that of the base image",
    r"requiredDuringSchedulingIgnoredDuringExecution": "the pod stays Pending where no node has the image",
    r"--property Environment(?! \| sed)": "the proxy's password stands in it",
    r"cat \S*hosts\.toml": "a login may stand in its headers",
    r"kubectl drain \"(?![^\n`]*--ignore-daemonsets)": "it refuses wherever a DaemonSet runs",
}
SECTIONS = {"Do not", "What makes it worse", "When it makes it worse"}


def recommended(text: str) -> list[str]:
    """Return the wrong advice that a page gives without calling it wrong."""
    found = [bad for bad in WRONG for block in pages.blocks(text) if re.search(bad, block.text)]
    section = ""
    for part in re.split(r"\n(?=## |### |- |\d+\. )|\n\n", re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
        if part.startswith("## "):
            section = part.splitlines()[0].removeprefix("## ")
        if section not in SECTIONS and not re.search(r"\bwrong\b", part, re.IGNORECASE):
            found += [bad for bad in WRONG if re.search(bad, part)]
    return found


def test_wrong_advice_is_called_wrong() -> None:
    """Nobody follows at night what never worked."""
    said = {page.relative_to(pages.RUNBOOKS).as_posix(): recommended(page.read_text(encoding="utf-8")) for page in pages.ALL}

    assert {page: advice for page, advice in said.items() if advice} == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("## What to do\n\nSet `registry-mirrors`.\n", ["registry-mirrors"]),
        ("## What to do\n\n- Wrong: `registry-mirrors`.\n- Use `--optoci`.\n", ["--optoci"]),
        ("## Do not\n\n- Set `registry-mirrors`.\n\n## Risk\n\nNone.\n", []),
        ("## Do not\n\n```sh\ndocker pull x\n```\n", ["docker pull"]),
        ("## Diagnosis\n\n```sh\nsystemctl show containerd --property Environment\n```\n", [r"--property Environment(?! \| sed)"]),
        ('## What to do\n\n```sh\nkubectl drain "$NODE" --force\n```\n', [r"kubectl drain \"(?![^\n`]*--ignore-daemonsets)"]),
        ('## What to do\n\n```sh\nkubectl drain "$NODE" --ignore-daemonsets\n```\n', []),
    ],
)
def test_planted_mistakes_are_found(text: str, found: list[str]) -> None:
    """Advice counts as called wrong in its own item or section only, and never within a block."""
    assert recommended(text) == found
