"""Names near to one that is not known."""

from __future__ import annotations

from pullwatch.pulls.near import near

KNOWN = [
    "docker.io/library/nginx:1.25",
    "registry.example.com/ml/trainer:2.3",
    "registry.example.com/ml/trainer:2.4",
    "mirror.example.com/ml/trainer:2.4",
    "registry.example.com/team/web:1.0",
]


def test_the_same_repository_comes_first() -> None:
    """Who mistook the tag finds the tags that there are, then the same image elsewhere."""
    assert near("registry.example.com/ml/trainer:9", KNOWN) == [
        "registry.example.com/ml/trainer:2.3",
        "registry.example.com/ml/trainer:2.4",
        "mirror.example.com/ml/trainer:2.4",
    ]


def test_a_registry_left_out_is_found() -> None:
    """`trainer` alone means docker.io/library/trainer to a runtime, and the one in the team's registry to a person."""
    assert near("trainer", KNOWN, most=1) == ["mirror.example.com/ml/trainer:2.4"]


def test_a_wrong_letter_is_found() -> None:
    """Two letters swapped in the last part."""
    assert near("ngnix:1.25", KNOWN) == ["docker.io/library/nginx:1.25"]


def test_what_is_like_nothing_has_nothing_near() -> None:
    """No name is proposed that somebody cannot have meant."""
    assert near("postgres", KNOWN) == []
    assert near("postgres", []) == []


def test_it_is_quick_on_a_large_cluster() -> None:
    """Each last component is compared once, however many tags it has: 20,000 names of 200 repositories."""
    many = [f"registry.example.com/team/service-{index % 200}:{index}" for index in range(20_000)]

    assert len(near("registry.example.com/team/service-17:x", many)) == 3
