"""What all tests share: how long a made example takes is never judged, and no test inherits another one's log."""

from __future__ import annotations

from collections.abc import Iterator

import hypothesis
import pytest
import structlog

hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def _logs_to_nobody_elses_stream() -> Iterator[None]:
    """Forget the log of a verb that was run: its standard error was this test's, and is closed."""
    yield
    if structlog.is_configured():
        structlog.reset_defaults()
