"""What is read from Prometheus' own configuration; its answers are in tests/app/test_doctor.py."""

from __future__ import annotations

import pytest

from pullwatch.sources.prometheus import honored


@pytest.mark.parametrize(
    ("text", "jobs"),
    [
        ("scrape_configs:\n- job_name: a\n  honor_labels: true\n- job_name: b\n", {"a": True, "b": False}),
        ("global: {}\n", {}),
        ("scrape_configs: 7", None),
        ("scrape_configs: [{}]", None),
        ("[", None),
        ("text", None),
    ],
)
def test_a_configuration_is_read_or_not_known(text: str, jobs: dict[str, bool] | None) -> None:
    """What is no configuration tells nothing, rather than that no job honors labels."""
    assert honored(text) == jobs
