"""What a query's result is measured in."""

from __future__ import annotations

import pytest

from tests.dashlint import dimensions
from tests.dashlint.dimensions import BYTES_PER_SECOND, COUNT, MOMENT, PER_SECOND, SECONDS, Dimension
from tests.rulelint.reader import parse


@pytest.mark.parametrize(
    ("query", "dimension"),
    [
        ("max(pullwatch_last_pull_duration_seconds)", SECONDS),
        ("sum(increase(pullwatch_pull_wait_seconds_sum[5m]))", SECONDS),
        ("rate(pullwatch_pull_image_bytes_total[5m])", BYTES_PER_SECOND),
        ("rate(pullwatch_pull_duration_seconds_count[5m])", PER_SECOND),
        ("60 * rate(pullwatch_unseen_pulls_total[5m])", PER_SECOND),
        ("rate(pullwatch_node_wait_seconds_total[5m])", COUNT),
        ("pullwatch_pull_image_bytes_total / pullwatch_pull_sized_seconds_total", BYTES_PER_SECOND),
        ("pullwatch_pull_wait_seconds_sum / pullwatch_pull_wait_seconds_count", SECONDS),
        ("histogram_quantile(0.9, sum by (le) (rate(pullwatch_pull_wait_seconds_bucket[5m])))", SECONDS),
        ("count(pullwatch_last_pull_duration_seconds > 60)", COUNT),
        ("pullwatch_last_pull_duration_seconds > 60", SECONDS),
        ("pullwatch_last_pull_duration_seconds > bool 60", COUNT),
        ("pullwatch_last_pull_end_timestamp_seconds", MOMENT),
        ("time() - pullwatch_last_pull_end_timestamp_seconds", SECONDS),
        ("time() - 60", MOMENT),
        ("registry:pullwatch_pull_duration_seconds_sum:increase5m", SECONDS),
        ("registry:pullwatch_pull_duration_seconds_bucket:increase5m", COUNT),
        ("registry:pullwatch_pull_bytes_per_second_elsewhere:rate1h", BYTES_PER_SECOND),
        ("node:pullwatch_pulls_over_edge:ratio30m", COUNT),
        ("pullwatch_image_size_bytes * pullwatch_image_size_bytes", Dimension(bytes=2)),
        ("pullwatch_image_size_bytes or pullwatch_pending_pods", None),
        ("pullwatch_image_size_bytes + pullwatch_last_pull_wait_seconds", None),
    ],
)
def test_it_is_told_from_names_and_operations(query: str, dimension: Dimension | None) -> None:
    """Names of metrics end in their unit, and operations change it; what adds up seconds and bytes is none."""
    assert dimensions.of(parse(query)) == dimension
