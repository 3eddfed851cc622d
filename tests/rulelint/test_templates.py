"""What texts of alerts ask for."""

from __future__ import annotations

import pytest

from tests.rulelint import templates
from tests.rulelint.templates import Query


def test_a_label_in_with_is_guarded() -> None:
    """What is asked for first need not be there."""
    text = "{{ with $labels.cluster }} of {{ . }}{{ end }} {{ $labels.image }}"

    assert templates.asked(text) == {"cluster", "image"}
    assert templates.labels(text) == {"image"}


def test_a_label_in_a_query_is_needed() -> None:
    """`with query` asks whether the query has an answer, not whether the label is there."""
    assert templates.labels("{{ with query (printf `up{x=%q}` $labels.node) }}{{ end }}") == {"node"}


@pytest.mark.parametrize(
    ("text", "queries"),
    [
        ('{{ query "up{x=\\"y\\"}" | first }}', [Query('up{x="y"}')]),
        ("{{ with query (printf `a{x=%q} > %d` $labels.x .Value) }}", [Query('a{x="x"} > 1')]),
        ("{{ query (printf `a % 5` ) }}", [Query("a % 5")]),
        ("no query (printf `a`) outside", []),
    ],
)
def test_it_finds_queries(text: str, queries: list[Query]) -> None:
    """Verbs get a value of their kind, so that what remains can be read."""
    assert templates.queries(text) == queries


def test_functions_are_told_from_labels_words_and_texts() -> None:
    """Only what is called counts."""
    assert templates.functions('{{ if eq $labels.value "len x" }}{{ .Labels.pod | title }}{{ else }}{{ $value | shout }}{{ end }}') == {
        "eq", "title", "shout",
    }  # fmt: skip
