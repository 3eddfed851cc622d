"""Lists for a report, and single pods."""

from __future__ import annotations

import pytest

from pullwatch.sources import errors, listing, resources
from tests.sources import given
from tests.sources.scripted import Scripted, Time


def answering(*answers: bytes | errors.ApiError) -> Scripted:
    return Scripted(Time(), pages=lambda number: answers[number], watches=lambda _: [])


async def test_it_reads_all_pages() -> None:
    """Pages of 500, each with the token of the one before; odd objects are counted."""
    first = given.listed(given.pod("a"), {"metadata": {"name": 5}}, continue_="token")
    session = answering(first, given.listed(given.pod("b")))
    everything = await listing.read_once(session, resources.pods())

    assert ([pod.name for pod in everything.items], everything.undecoded) == (["a", "b"], 1)
    assert [request.params for request in session.requests] == [{"limit": "500"}, {"limit": "500", "continue": "token"}]


async def test_it_reads_events_with_their_selector() -> None:
    """A report reads what the watch would."""
    session = answering(given.listed(given.event()))
    await listing.read_once(session, resources.events("shop"))

    assert session.requests[0].path == "/api/v1/namespaces/shop/events"
    assert session.requests[0].params["fieldSelector"] == resources.EVENT_SELECTOR


async def test_it_starts_again_in_one_piece_where_a_page_expired() -> None:
    """What the first pages brought does not come twice."""
    session = answering(given.listed(given.pod("a"), continue_="t"), errors.Gone("too old"), given.listed(given.pod("a"), given.pod("b")))
    everything = await listing.read_once(session, resources.pods())

    assert [pod.name for pod in everything.items] == ["a", "b"]
    assert "limit" not in session.requests[-1].params


async def test_it_stops_at_a_token_that_repeats() -> None:
    """A broken server does not keep us for ever."""
    session = answering(given.listed(given.pod("a"), continue_="t"), given.listed(given.pod("b"), continue_="t"))

    assert len((await listing.read_once(session, resources.pods())).items) == 2


@pytest.mark.parametrize("body", [b"<html></html>", b"{}", b'{"metadata":{"resourceVersion":""}}', b"[]"])
async def test_it_does_not_take_something_else_for_an_empty_list(body: bytes) -> None:
    """An answer without a version is no list."""
    with pytest.raises(errors.Undecodable, match="check that this address is an API server"):
        await listing.read_once(answering(body), resources.nodes())


async def test_it_reads_one_pod() -> None:
    """A name with odd characters stays within its path."""
    import json

    session = answering(json.dumps(given.pod()).encode())
    pod = await listing.read_pod(session, namespace="shop/../x", name="api 0?a=b")

    assert pod is not None
    assert session.requests[0].path == "/api/v1/namespaces/shop%2F..%2Fx/pods/api%200%3Fa%3Db"


@pytest.mark.parametrize("answer", [errors.NotFound("gone"), b"{}", b"<html>"])
async def test_it_has_no_pod_where_there_is_none(answer: bytes | errors.ApiError) -> None:
    """Deleted meanwhile, or nothing that can be used."""
    assert await listing.read_pod(answering(answer), namespace="shop", name="api-0") is None
