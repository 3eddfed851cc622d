"""Fixtures of the tests of what others read."""

from __future__ import annotations

import pytest

from tests.publish.given import Exporter


@pytest.fixture
def exporter() -> Exporter:
    """Gives empty metrics."""
    return Exporter()
