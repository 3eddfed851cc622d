"""The rendered files of deploy/, for those who install without Python: rules and what Alertmanager needs, with the default values.

`python -m pullwatch.pack.deployed` writes them anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullwatch.pack import formats, installation, manifests, rules
from pullwatch.pack.ruleobjects import Named

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = ("plain", "prometheusrule", "alertmanager")


def files() -> dict[str, bytes]:
    """Return the content of each file by its path below deploy/."""
    named = Named(namespace=installation.NAME, labels={})
    pack = formats.Pack(groups=rules.groups(), config=rules.configuration(), named=named)
    return {path: file.content for path, file in formats.files(pack, FORMATS).items()}


def write(folder: Path = manifests.FOLDER) -> None:
    """Write the files that are committed."""
    for path, content in files().items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(content)


if __name__ == "__main__":
    write()
