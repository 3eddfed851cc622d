"""Whose a bearer token is, asked of a simulated API server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from pullwatch.sim import refusals
from pullwatch.sim.apiserver import ApiServer
from pullwatch.sim.faults import Fault
from pullwatch.sim.store import Store
from pullwatch.sim.tokenreviews import Issued
from pullwatch.sources import errors, tokens
from pullwatch.sources.kube import Session
from pullwatch.sources.tokens import Identity, NotReviewed, TokenReviews
from tests.sources import rawserver
from tests.sources.rawserver import Token, access_to, whole

ASKED = ("create", "tokenreviews")
AGENT = "system:serviceaccount:pullwatch-agent:pullwatch-agent"


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Reviewed:
    """Reviews beside the server that answers them."""

    def __init__(self, api: ApiServer, session: Session) -> None:
        self.api = api
        self.clock = Clock()
        self.reviews = TokenReviews(session, audience="pullwatch", monotonic=self.clock)

    @property
    def asked(self) -> int:
        return self.api.requests[ASKED]


@pytest_asyncio.fixture
async def reviewed() -> AsyncIterator[Reviewed]:
    """Gives an API server that knows one good token of an agent."""
    async with ApiServer(Store(), "secret") as api, Session(access_to(api.url, Token("secret"))) as session:
        api.issued["good"] = Issued(node="node-a")
        reviewed = Reviewed(api, session)
        yield reviewed
        await reviewed.reviews.close()


async def test_it_tells_whose_a_token_is(reviewed: Reviewed) -> None:
    """The account, and the node of its pod where the server tells it."""
    reviewed.api.issued["older"] = Issued(user="somebody")

    assert await reviewed.reviews.identity("good") == Identity(AGENT, "node-a")
    assert await reviewed.reviews.identity("older") == Identity("somebody", None)


async def test_a_token_that_is_not_good_is_nobodys(reviewed: Reviewed) -> None:
    """Forged, expired, or meant for somebody else."""
    reviewed.api.issued["old"] = Issued(expired=True)
    reviewed.api.issued["foreign"] = Issued(audiences=("https://kubernetes.default.svc",))

    assert [await reviewed.reviews.identity(token) for token in ("forged", "old", "foreign")] == [None, None, None]


async def test_a_server_that_knows_no_audiences_proves_nothing() -> None:
    """Its answer holds for any audience, so the token may have been made for another one."""
    body = b'{"status":{"authenticated":true,"user":{"username":"somebody"}}}'
    async with rawserver.serving(whole("201 Created", body)) as server, Session(access_to(server.url)) as session:
        assert await TokenReviews(session, audience="pullwatch", monotonic=Clock()).identity("good") is None


@pytest.mark.parametrize("token", ["", "a b\n", "é", "x" * 20_000])
async def test_what_is_no_token_is_not_asked_about(reviewed: Reviewed, token: str) -> None:
    """Nothing that a header could not carry, or that no server issues, gets to the API server."""
    assert await reviewed.reviews.identity(token) is None
    assert reviewed.asked == 0


async def test_answers_are_remembered_for_a_minute(reviewed: Reviewed) -> None:
    """A token that was taken back is good no longer than that."""
    for _ in range(3):
        await reviewed.reviews.identity("good")
    assert reviewed.asked == 1
    del reviewed.api.issued["good"]
    reviewed.clock.seconds = 59.9
    assert await reviewed.reviews.identity("good") is not None

    reviewed.clock.seconds = 60.0

    assert await reviewed.reviews.identity("good") is None
    assert reviewed.asked == 2


async def test_bad_tokens_are_remembered_for_less(reviewed: Reviewed) -> None:
    """Long enough that nobody makes us ask at will, and short for an account created a moment too late."""
    for _ in range(3):
        assert await reviewed.reviews.identity("new") is None
    assert reviewed.asked == 1
    reviewed.api.issued["new"] = Issued()

    reviewed.clock.seconds = tokens.BAD_SECONDS

    assert await reviewed.reviews.identity("new") is not None


async def test_the_same_token_is_asked_about_once_at_a_time(reviewed: Reviewed) -> None:
    """Reports that come together share the answer."""
    found = await asyncio.gather(*(reviewed.reviews.identity("good") for _ in range(20)))

    assert set(found) == {Identity(AGENT, "node-a")}
    assert reviewed.asked == 1


async def test_a_limited_number_of_answers_is_kept(reviewed: Reviewed, monkeypatch: pytest.MonkeyPatch) -> None:
    """A flood of tokens, good ones or forged, takes no memory."""
    monkeypatch.setattr(tokens, "CAPACITY", 2)
    monkeypatch.setattr(tokens, "BAD_CAPACITY", 2)
    for prefix in ("good", "forged"):
        if prefix == "good":
            reviewed.api.issued |= {f"good-{number}": Issued() for number in range(3)}
        asked = reviewed.asked
        for number in (0, 1, 2, 0):
            await reviewed.reviews.identity(f"{prefix}-{number}")
        assert reviewed.asked - asked == 4


async def test_forged_tokens_do_not_make_good_ones_forgotten(reviewed: Reviewed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sends many of them does not make the API server be asked about every agent again."""
    monkeypatch.setattr(tokens, "CAPACITY", 3)
    monkeypatch.setattr(tokens, "BAD_CAPACITY", 3)
    await reviewed.reviews.identity("good")
    for number in range(10):
        assert await reviewed.reviews.identity(f"forged-{number}") is None

    assert await reviewed.reviews.identity("good") == Identity(AGENT, "node-a")
    assert reviewed.asked == 11


async def test_an_answer_that_cannot_be_read_proves_nothing() -> None:
    """Whatever stands between us and the API server, and however deep it is."""
    for body in (b"<html>", b'{"x":' + b"[" * 100_000):
        async with rawserver.serving(whole("201 Created", body)) as server, Session(access_to(server.url)) as session:
            with pytest.raises(NotReviewed, match="no TokenReview"):
                await TokenReviews(session, audience="pullwatch", monotonic=Clock()).identity("good")


async def test_our_own_credentials_that_cannot_be_had_prove_nothing() -> None:
    """A program of a kubeconfig that fails is no answer, and no error of the request."""

    class Broken(Token):
        async def authorization(self) -> str:
            raise errors.AccessError("the program that gives credentials failed")

    async with Session(access_to("http://127.0.0.1:1", Broken("secret"))) as session:
        with pytest.raises(NotReviewed, match="the program that gives credentials failed"):
            await TokenReviews(session, audience="pullwatch", monotonic=Clock()).identity("good")


async def test_a_flood_of_tokens_is_turned_away(reviewed: Reviewed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for nothing is told so, and the API server is not asked."""
    monkeypatch.setattr(tokens, "MOST_WAITING", 5)
    found = await asyncio.gather(*(reviewed.reviews.identity(f"forged-{n}") for n in range(50)), return_exceptions=True)

    assert sum(isinstance(one, NotReviewed) for one in found) == 45
    assert reviewed.asked == 5


@pytest.mark.parametrize("fault", [refusals.ServerError(), refusals.Unauthorized(), refusals.Throttled(), refusals.BadGateway()])
async def test_no_answer_is_never_a_good_one(reviewed: Reviewed, fault: Fault) -> None:
    """A server or a proxy that fails: nobody knows, and nothing is remembered."""
    reviewed.api.faults.add(fault)
    with pytest.raises(NotReviewed):
        await reviewed.reviews.identity("good")
    reviewed.api.faults.clear()

    assert await reviewed.reviews.identity("good") is not None


async def test_a_missing_right_is_no_answer(reviewed: Reviewed) -> None:
    """The text names it."""
    reviewed.api.forbidden.add("tokenreviews")

    with pytest.raises(NotReviewed, match="cannot create resource"):
        await reviewed.reviews.identity("good")


async def test_a_server_that_is_gone_is_no_answer() -> None:
    """Neither is one that answers with something else."""
    async with rawserver.serving(whole("201 Created", b"<html>")) as server, Session(access_to(server.url)) as session:
        with pytest.raises(NotReviewed, match="no TokenReview"):
            await TokenReviews(session, audience="pullwatch", monotonic=Clock()).identity("good")
    async with Session(access_to(server.url)) as session:
        with pytest.raises(NotReviewed):
            await TokenReviews(session, audience="pullwatch", monotonic=Clock()).identity("good")


async def test_nothing_else_is_ever_sent(reviewed: Reviewed) -> None:
    """The only path that takes a body is the one for reviews."""
    async with Session(access_to(reviewed.api.url, Token("secret"))) as session:
        with pytest.raises(ValueError, match="nothing is sent to"):
            await session.post_json("/api/v1/namespaces/shop/pods", b"{}")


async def test_our_own_token_is_renewed() -> None:
    """As for each other request: a 401 is for us, not for the token that is asked about."""
    async with ApiServer(Store(), "new") as api, Session(access_to(api.url, Token("old", "new"))) as session:
        api.issued["good"] = Issued(node="node-a")

        assert await TokenReviews(session, audience="pullwatch", monotonic=Clock()).identity("good") == Identity(AGENT, "node-a")
