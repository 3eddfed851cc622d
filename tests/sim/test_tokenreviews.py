"""Tokens that the simulated API server reviews."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from pullwatch.sim import tokenreviews
from pullwatch.sim.apiserver import ApiServer
from pullwatch.sim.store import Store
from pullwatch.sim.tokenreviews import Issued

OURS = {"Authorization": "Bearer secret"}


@pytest_asyncio.fixture
async def api() -> AsyncIterator[ApiServer]:
    """Gives a server that issued one token."""
    async with ApiServer(Store(), "secret") as server:
        server.issued["good"] = Issued(node="node-a", audiences=("pullwatch", "other"))
        yield server


async def review(api: ApiServer, body: bytes, headers: dict[str, str] | None = None) -> tuple[int, dict[str, Any]]:
    async with (
        aiohttp.ClientSession() as client,
        client.post(api.url + tokenreviews.PATH, data=body, headers=OURS if headers is None else headers) as answer,
    ):
        return answer.status, json.loads(await answer.read())


def asked(token: str, *audiences: str) -> bytes:
    return json.dumps({"kind": "TokenReview", "spec": {"token": token, "audiences": audiences}}).encode()


async def test_a_good_token_is_told_with_its_node_and_audiences(api: ApiServer) -> None:
    """Of the audiences that were asked for those that it is good for."""
    status, told = await review(api, asked("good", "pullwatch", "third"))

    assert status == 201
    assert told["status"]["audiences"] == ["pullwatch"]
    assert told["status"]["user"]["username"] == "system:serviceaccount:pullwatch-agent:pullwatch-agent"
    assert told["status"]["user"]["extra"] == {"authentication.kubernetes.io/node-name": ["node-a"]}
    assert api.requests["create", "tokenreviews"] == 1


@pytest.mark.parametrize(("token", "audience"), [("forged", "pullwatch"), ("good", "third"), ("old", "pullwatch")])
async def test_a_bad_token_is_an_answer_too(api: ApiServer, token: str, audience: str) -> None:
    """With what is wrong with it, and without a user."""
    api.issued["old"] = Issued(expired=True)
    status, told = await review(api, asked(token, audience))

    assert status == 201
    assert "authenticated" not in told["status"]
    assert told["status"]["error"].startswith("[invalid bearer token, ")


async def test_a_stranger_may_not_ask(api: ApiServer) -> None:
    """As for each other request; nor may somebody without the right."""
    assert (await review(api, asked("good", "pullwatch"), {}))[0] == 401
    api.forbidden.add("tokenreviews")
    assert (await review(api, asked("good", "pullwatch")))[0] == 403


@pytest.mark.parametrize("body", [b"{", b"[]", b"x" * (tokenreviews.BODY_LIMIT + 1)], ids=["broken", "list", "large"])
async def test_what_is_no_review_is_refused(api: ApiServer, body: bytes) -> None:
    """With a Status; the server goes on."""
    status, told = await review(api, body)
    assert (status, told["kind"]) == (400, "Status")

    assert (await review(api, asked("good", "pullwatch")))[0] == 201
