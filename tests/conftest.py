"""What all tests share: how long a made example takes is never judged, and no test inherits another one's log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import hypothesis
import pytest
import structlog

if TYPE_CHECKING:
    from tests.history.stored import History

hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def _logs_to_nobody_elses_stream() -> Iterator[None]:
    """Forget the log of a verb that was run: its standard error was this test's, and is closed."""
    yield
    if structlog.is_configured():
        structlog.reset_defaults()


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    """Run a Prometheus that holds hours of a made cluster; tests that ask for it are of the group `e2e`, which shares one worker."""
    from tests.history import day, stored

    with stored.prometheus(tmp_path_factory.mktemp("history"), day.made()) as filled:
        yield filled
