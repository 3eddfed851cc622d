"""The table panel: which field of Grafana's becomes which column."""

from __future__ import annotations

from typing import Any

import pytest

from pullwatch.pack.tables import Column, Table


def organized(*columns: Column) -> dict[str, Any]:
    """Return how the fields of a table are named, ordered and left out."""
    table = Table(title="Which?", description="", labels={"image": "Image"}, hidden=["pod"], columns=columns, sort_by=columns[0].title)
    (options,) = [one["options"] for one in table.transformations() if one["id"] == "organize"]
    return dict(options)


@pytest.mark.parametrize(
    ("columns", "fields"),
    [
        ([Column("Age", "a")], {"image": "Image", "Value": "Age"}),
        ([Column("Age", "a"), Column("Limit", "b")], {"image": "Image", "Value #A": "Age", "Value #B": "Limit"}),
    ],
    ids=["one query", "two queries"],
)
def test_values_become_columns(columns: list[Column], fields: dict[str, str]) -> None:
    """Grafana names the values by the query's letter, and of one query alone without a letter."""
    assert organized(*columns)["renameByName"] == fields


def test_labels_come_before_numbers() -> None:
    """What is hidden still tells rows apart; the stamp of the query is shown nowhere."""
    options = organized(Column("Age", "a"), Column("Limit", "b"))

    assert sorted(options["indexByName"], key=options["indexByName"].__getitem__) == ["image", "Value #A", "Value #B"]
    assert options["excludeByName"] == {"Time": True, "pod": True}
