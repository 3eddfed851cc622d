"""Which calls are made at all: reading ones, and none that costs containerd much."""

from __future__ import annotations

import re
from pathlib import Path

from pullwatch.sources import containerd
from pullwatch.sources.containerd import calls

PACKAGE = Path(containerd.__file__).parent
EXPORTER = PACKAGE.parents[1]

CHANGING = (
    *("Content/Update", "Content/Delete", "Content/Write", "Content/Abort"),
    *("Leases/Create", "Leases/Delete", "Leases/AddResource", "Leases/DeleteResource"),
    *("Images/Create", "Images/Update", "Images/Delete"),
    *("Snapshots/Prepare", "Snapshots/View", "Snapshots/Commit", "Snapshots/Remove", "Snapshots/Update", "Snapshots/Cleanup"),
    *("Events/Publish", "Events/Forward", "ImageService/RemoveImage", "ImageService/PullImage", "Transfer/Transfer"),
    *("Tasks/", "Containers/", "Namespaces/", "Diff/", "RuntimeService/"),
)


def test_no_call_changes_anything() -> None:
    """The socket has no read-only mode, so the code has: no path of a writing call occurs anywhere in the package."""
    texts = {path: path.read_text(encoding="utf-8") for path in [*EXPORTER.rglob("*.py"), *EXPORTER.rglob("*.proto")]}

    assert {call.method for call in calls.CALLS}.isdisjoint(CHANGING)
    assert [(path, call) for path, text in texts.items() for call in CHANGING if f".{call}" in text] == []


def test_content_is_never_listed() -> None:
    """A list of all content costs containerd 40 ms at 3,000 blobs."""
    assert [path for path in PACKAGE.rglob("*.py") if 'Content/List"' in path.read_text(encoding="utf-8")] == []


def test_every_path_stands_in_the_table() -> None:
    """No call is made beside the table that is looked at here."""
    named = {path for source in PACKAGE.glob("*.py") for path in re.findall(r'"(/containerd\.[\w./]+)"', source.read_text())}

    assert named == {call.path for call in calls.CALLS}
    assert [path for path in EXPORTER.rglob("*.py") if '"/containerd.' in path.read_text() and path.parent != PACKAGE] == []


def test_calls_have_short_names() -> None:
    """Metrics name a call by service and method."""
    assert [call.method for call in (calls.LIST_STATUSES, calls.SUBSCRIBE)] == ["Content/ListStatuses", "Events/Subscribe"]
