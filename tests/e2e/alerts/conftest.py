"""Stories: what happens in a cluster, told once, and looked at by several tests.

Nearly all of a story's time is waiting, so those that the chosen tests need are told side by side, each in a chain of its own,
before the first of these tests runs.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e import programs

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from pathlib import Path

    Story = Callable[[Path], Awaitable[Any]]

STORY_SECONDS = 240
"""All stories together take a fourth of it on two idle cores."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the test that comes first the time that all stories take."""
    for item in items:
        if _story(item):
            item.add_marker(pytest.mark.timeout(STORY_SECONDS))


@pytest.fixture(scope="session")
def stories(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[Story, Any]:
    """What each story found, or how it failed."""
    programs.prometheus()
    programs.alertmanager()
    wanted = {story for item in request.session.items if (story := _story(item))}
    return asyncio.run(_told(wanted, tmp_path_factory.mktemp("stories")))


@pytest.fixture
def told(request: pytest.FixtureRequest, stories: dict[Story, Any]) -> Any:
    """What the story of this test's module found; fails as the story did."""
    found = stories[request.module.tell]
    if isinstance(found, BaseException):
        raise found
    return found


def _story(item: pytest.Item) -> Story | None:
    """Return the story that a test looks at: the function `tell` of its module. Tests elsewhere have nothing to do with these."""
    if not isinstance(item, pytest.Function) or "told" not in item.fixturenames:
        return None
    module: Any = item.module
    story: Story | None = module.tell if module.__package__ == __package__ else None
    return story


async def _told(wanted: Iterable[Story], folder: Path) -> dict[Story, Any]:
    chosen = list(wanted)
    told = (story(folder / story.__module__.rpartition(".")[2]) for story in chosen)
    found = await asyncio.gather(*told, return_exceptions=True)
    return dict(zip(chosen, found, strict=True))
