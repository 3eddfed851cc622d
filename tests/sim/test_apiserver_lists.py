"""Lists and single reads: shape, pages, selectors, rights."""

from __future__ import annotations

import asyncio

import pytest

from pullwatch.sim.apiserver import ApiServer
from pullwatch.sim.store import Store
from tests.sim.given import Client, event, node, pod


async def test_it_lists_as_a_real_server_does(store: Store, client: Client) -> None:
    """Kind, version as text, and items without a kind of their own."""
    store.create("events", event("a"))

    status, answer = await client.get("/api/v1/events")

    assert (status, answer["kind"], answer["metadata"]) == (200, "EventList", {"resourceVersion": "101"})
    assert "kind" not in answer["items"][0]
    assert answer["items"][0]["metadata"]["resourceVersion"] == "101"


async def test_it_pages_one_consistent_state(store: Store, client: Client) -> None:
    """What is written between two pages does not show in the later one."""
    for name in ("a", "b", "c", "d", "e"):
        store.create("events", event(name))
    _, first = await client.get("/api/v1/events", limit="2")
    store.delete("events", ("shop", "d"))
    store.create("events", event("bb"))

    _, second = await client.get("/api/v1/events", limit="2", **{"continue": first["metadata"]["continue"]})
    rest = await client.names("/api/v1/events", limit="2", **{"continue": second["metadata"]["continue"]})

    names = [item["metadata"]["name"] for item in first["items"] + second["items"]]
    assert [*names, *rest] == ["a", "b", "c", "d", "e"]
    assert first["metadata"]["remainingItemCount"] == 3
    assert first["metadata"]["resourceVersion"] == second["metadata"]["resourceVersion"] == "105"


async def test_it_answers_410_to_a_page_of_a_compacted_list(store: Store, client: Client) -> None:
    """The Status is Expired and brings a token that goes on with what there is now."""
    for name in ("a", "b", "c"):
        store.create("events", event(name))
    _, first = await client.get("/api/v1/events", limit="1")
    store.create("events", event("bb"))
    store.compact()

    status, gone = await client.get("/api/v1/events", limit="1", **{"continue": first["metadata"]["continue"]})
    rest = await client.names("/api/v1/events", **{"continue": gone["metadata"]["continue"]})

    assert (status, gone["kind"], gone["reason"], gone["code"]) == (410, "Status", "Expired", 410)
    assert rest == ["b", "bb", "c"]


async def test_it_answers_410_to_an_exact_list_of_a_compacted_version(store: Store, client: Client) -> None:
    """The text is the real server's."""
    store.create("events", event("a"))
    store.compact()

    status, gone = await client.get("/api/v1/events", resourceVersion="100", resourceVersionMatch="Exact")

    assert (status, gone["message"]) == (410, "The resourceVersion for the provided list is too old.")


async def test_it_ignores_the_limit_at_version_zero_where_a_cache_answers(store: Store, client: Client) -> None:
    """Pods come whole from the watch cache, events in pages from etcd."""
    for name in ("a", "b"):
        store.create("events", event(name))
        store.create("pods", pod(name))

    assert await client.names("/api/v1/pods", resourceVersion="0", limit="1") == ["a", "b"]
    assert await client.names("/api/v1/events", resourceVersion="0", limit="1") == ["a"]


@pytest.mark.parametrize(
    ("path", "selector", "names"),
    [
        ("/api/v1/events", "involvedObject.kind=Pod,source=kubelet", ["a", "b"]),
        ("/api/v1/events", "source==kubelet,reason!=Started", ["a"]),
        ("/api/v1/events", "involvedObject.name=c", ["c"]),
        ("/api/v1/events", "type!=Normal", []),
        ("/api/v1/namespaces/ops/events", "", ["c"]),
        ("/api/v1/pods", "status.phase=Pending", ["p"]),
        ("/api/v1/pods", "spec.nodeName=node-02,metadata.namespace=shop", ["q"]),
        ("/api/v1/nodes", "metadata.name=node-01", ["node-01"]),
    ],
)
async def test_it_selects_by_fields_and_namespace(store: Store, client: Client, path: str, selector: str, names: list[str]) -> None:
    """Terms are joined by AND."""
    for made in (event("a"), event("b", reason="Started"), event("c", namespace="ops", source="scheduler")):
        store.create("events", made)
    store.create("pods", pod("p"))
    store.create("pods", pod("q", phase="Running", node="node-02"))
    store.create("nodes", node("node-01"))

    assert await client.names(path, fieldSelector=selector) == names


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("/api/v1/events", {"fieldSelector": "message=x"}, 400),
        ("/api/v1/events", {"fieldSelector": "reason"}, 400),
        ("/api/v1/events", {"labelSelector": "app=web"}, 400),
        ("/api/v1/events", {"limit": "many"}, 400),
        ("/api/v1/events", {"continue": "%%%"}, 400),
        ("/api/v1/events", {"resourceVersion": "abc"}, 500),
        ("/api/v1/events", {"resourceVersion": "999"}, 504),
        ("/api/v1/secrets", {}, 404),
        ("/apis/apps/v1/deployments", {}, 404),
        ("/api/v1/pods/web", {}, 404),
        ("/api/v1/namespaces/shop/pods/web", {}, 404),
        ("/api/v1/nodes/node-09", {}, 404),
    ],
)
async def test_it_answers_what_it_cannot_serve_with_a_status(client: Client, path: str, query: dict[str, str], code: int) -> None:
    """Each refusal is a Status whose code is the HTTP status."""
    status, answer = await client.get(path, **query)

    assert (status, answer["kind"], answer["status"], answer["code"]) == (code, "Status", "Failure", code)


async def test_it_reads_single_objects(store: Store, client: Client) -> None:
    """A single object carries its kind."""
    store.create("pods", pod("web"))
    store.create("nodes", node("node-01"))

    _, web = await client.get("/api/v1/namespaces/shop/pods/web")
    _, first = await client.get("/api/v1/nodes/node-01")

    assert (web["kind"], web["metadata"]["name"]) == ("Pod", "web")
    assert (first["kind"], first["apiVersion"]) == ("Node", "v1")


async def test_it_asks_for_the_token(server: ApiServer, client: Client) -> None:
    """Without the right token there is a 401, and its Status says no more than that."""
    server.token = "right"

    status, answer = await client.get("/api/v1/events")

    assert (status, answer["message"], answer["reason"]) == (401, "Unauthorized", "Unauthorized")


async def test_it_names_verb_and_resource_when_it_forbids(server: ApiServer, client: Client) -> None:
    """The 403 tells an operator which right is missing."""
    server.forbidden = {"events", "pods"}

    status, cluster_wide = await client.get("/api/v1/events", watch="true")
    _, in_namespace = await client.get("/api/v1/namespaces/shop/pods/web")

    assert status == 403
    assert 'cannot watch resource "events" in API group "" at the cluster scope' in cluster_wide["message"]
    assert 'pods "web" is forbidden' in in_namespace["message"]
    assert in_namespace["message"].endswith('cannot get resource "pods" in API group "" in the namespace "shop"')


async def test_it_counts_requests_by_verb_and_resource(server: ApiServer, client: Client) -> None:
    """Refused requests count too: they are load."""
    await client.get("/api/v1/events")
    await client.get("/api/v1/nodes/none")
    await client.get("/version")
    server.token = "right"
    await client.get("/api/v1/events")

    assert server.requests == {("list", "events"): 2, ("get", "nodes"): 1, ("get", "/version"): 1}


async def _raw(server: ApiServer, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


async def test_it_keeps_a_connection_for_the_next_request(server: ApiServer) -> None:
    """Two requests on one connection get two answers."""
    answer = await _raw(server, b"GET /readyz HTTP/1.1\r\n\r\n" + b"GET /readyz HTTP/1.1\r\nConnection: close\r\n\r\n")

    assert answer.count(b"HTTP/1.1 200 OK") == 2
    assert answer.endswith(b"\r\n\r\nok")


@pytest.mark.parametrize(
    "request_bytes",
    [b"POST /api/v1/pods HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", b"GET /api/v1/pods HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}"],
)
async def test_it_allows_nothing_but_get_without_a_body(server: ApiServer, request_bytes: bytes) -> None:
    """Anything else is a 405 Status and the end of the connection."""
    answer = await _raw(server, request_bytes)

    assert answer.startswith(b"HTTP/1.1 405 Method Not Allowed\r\n")
    assert b'"reason":"MethodNotAllowed"' in answer


async def test_it_answers_400_to_what_is_not_http(server: ApiServer) -> None:
    """TLS spoken to the plain port and other noise get one answer and a closed connection."""
    answer = await _raw(server, b"\x16\x03\x01 noise\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
