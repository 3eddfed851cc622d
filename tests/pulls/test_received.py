"""What is believed of the reports of agents."""

from __future__ import annotations

import base64
import contextlib
import json
from typing import Any

import pytest

from pullwatch.pulls import manifest, received
from pullwatch.pulls.received import Refusal, Refused
from pullwatch.pulls.reported import Told
from tests.pulls import made_images
from tests.pulls.made_images import digest

GOOD = digest("good")


def images(*held: dict[str, Any], node: str = "a") -> bytes:
    return json.dumps({"node": node, "images": held}).encode()


def running(**changes: Any) -> bytes:
    """Return a report of one pull with one layer; `layer` changes that."""
    layer = {"position": 0, "digest": GOOD, "size_bytes": 10, "state": "downloading", "downloaded_bytes": 5} | changes.pop("layer", {})
    pull = {"registry": "docker.io", "repository": "library/nginx", "digest": GOOD, "started_at": 1.7e9, "layers": [layer]}
    return json.dumps({"node": "a", "pulls": [pull | changes]}).encode()


def test_it_reads_what_an_agent_sends() -> None:
    """The images of a node, as they are."""
    node, held, refused = received.images_of(images({"names": ["nginx:1"], "digest": GOOD, "index_digest": digest("index")}))

    assert (node, held[0].names, held[0].digest, held[0].index_digest) == ("a", ("nginx:1",), GOOD, digest("index"))
    assert not refused


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        b"[]",
        b'{"node":1,"images":[]}',
        b'{"node":"a"}',
        b'{"node":"a","images":[{"digest":"x"}]}',
        b'{"node":"\xff","images":[]}',
        b'{"node":"\\ud800","images":[]}',
        b'{"node":"a","images":' + b"[" * 100_000,
        b'{"node":"a","other":' + b"[" * 100_000 + b"]" * 100_000 + b',"images":[]}',
    ],
    ids=["empty", "html", "list", "number", "incomplete", "image", "utf-8", "surrogate", "nested", "nested elsewhere"],
)
def test_what_is_no_report_is_refused(content: bytes) -> None:
    """Broken JSON, another shape, invalid UTF-8, lone surrogates and endless nesting: with one line each."""
    with pytest.raises(Refused) as refused:
        received.images_of(content)

    assert refused.value.refusal is Refusal.UNREADABLE
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("bad", ["", "sha256:short", "sha256:" + "G" * 64, f"{GOOD}\n", GOOD.upper(), "md5:" + "0" * 32])
def test_an_image_with_a_bad_digest_is_left_out(bad: str) -> None:
    """The others stay."""
    fine = {"names": ["a:1"], "digest": GOOD}
    _, held, refused = received.images_of(images({"names": [], "digest": bad}, {"names": [], "digest": GOOD, "index_digest": bad}, fine))

    assert [one.digest for one in held] == [GOOD]
    assert refused == {Refusal.BAD_DIGEST: 2}


def test_names_are_cleaned_and_limited() -> None:
    """Control characters do not reach a terminal, and a thousand names of an image are cut."""
    _, held, refused = received.images_of(images({"names": ["a\x1b[31m", *["b"] * 1_000], "digest": GOOD}, node="n\x1b"))

    assert len(held[0].names) == 50
    assert "\x1b" not in held[0].names[0]
    assert refused == {Refusal.TOO_MANY: 951}


def test_a_node_has_a_limited_number_of_names() -> None:
    """Parsing them takes time that a report must not have."""
    _, held, refused = received.images_of(images(*[{"names": ["a"] * 50, "digest": digest(str(n))} for n in range(101)]))

    assert sum(len(one.names) for one in held) == 5_000
    assert refused == {Refusal.TOO_MANY: 50}


def test_a_node_has_a_limited_number_of_images() -> None:
    """What is beyond is counted."""
    _, held, refused = received.images_of(images(*[{"names": [], "digest": digest(str(n))} for n in range(1_003)]))

    assert len(held) == 1_000
    assert refused == {Refusal.TOO_MANY: 3}


def told(content: bytes, name: str | None = None, config: bytes | None = None) -> Told:
    """Return a manifest as an agent tells it: sent as JSON, bytes as base64."""
    sent = {"digest": name or digest(content), "manifest": base64.b64encode(content).decode()}
    if config is not None:
        sent["config"] = base64.b64encode(config).decode()
    (manifest_told,) = received.layers_of(json.dumps({"node": "a", "manifests": [sent]}).encode())[1]
    return manifest_told


def test_a_manifest_gives_its_layers() -> None:
    """With the lines of its Dockerfile from the config that it names."""
    config, config_digest = made_images.config([{"created_by": "RUN make"}])
    content, name = made_images.manifest_of(made_images.described({"base": 5}), config_digest=config_digest)

    table = received.table_of(told(content, config=config))

    assert (table.digest, table.layers[0].size_bytes, table.layers[0].instruction) == (name, 5, "RUN make")


def test_a_forged_config_costs_its_lines_only() -> None:
    """It is held against the digest in the manifest, as that is against its own."""
    content, _ = made_images.manifest_of(made_images.described({"base": 5}))

    assert received.table_of(told(content, config=b"{}")).layers[0].instruction is None


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (made_images.manifest_of(made_images.described({"base": 5}))[0], GOOD, manifest.Reason.DIGEST_MISMATCH),
        (made_images.manifest_of(made_images.described({"base": 5}))[0], "sha256:x", manifest.Reason.BAD_DIGEST),
        (made_images.manifest_of(made_images.described({"base": -5}))[0], None, manifest.Reason.BAD_SIZE),
        (made_images.manifest_of(made_images.described({"base": 1 << 60}))[0], None, manifest.Reason.BAD_SIZE),
        (made_images.manifest_of(made_images.described([("base", 5), ("base", 6)]))[0], None, manifest.Reason.BAD_SIZE),
        (made_images.manifest_of(made_images.described({str(n): 5 for n in range(10_000)}))[0], None, manifest.Reason.TOO_MANY),
        (made_images.document({"schemaVersion": 2, "manifests": []})[0], None, manifest.Reason.NOT_A_MANIFEST),
        (b"<html>", None, manifest.Reason.NOT_JSON),
    ],
    ids=["mismatch", "digest", "negative", "petabytes", "two sizes", "10,000 layers", "index", "html"],
)
def test_a_manifest_that_cannot_be_used_is_refused(content: bytes, name: str | None, reason: manifest.Reason) -> None:
    """Another digest, lying sizes, 10,000 layers, an index, no JSON: each by its name."""
    with pytest.raises(manifest.Unusable) as unusable:
        received.table_of(told(content, name))

    assert unusable.value.reason is reason
    assert Refusal(reason.value)


def test_broken_base64_is_no_report() -> None:
    """As any other field of another shape."""
    with pytest.raises(Refused):
        received.layers_of(b'{"node":"a","manifests":[{"digest":"x","manifest":"?"}]}')


def test_a_running_pull_that_is_sound_is_taken() -> None:
    """With all it says."""
    _, (pull,), refused = received.running_of(running(bytes_per_second=1e6, eta_seconds=3.5))

    assert (pull.bytes_per_second, pull.layers[0].downloaded_bytes) == (1e6, 5)
    assert not refused


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"digest": "sha256:x"}, Refusal.BAD_DIGEST),
        ({"layer": {"digest": "x"}}, Refusal.BAD_DIGEST),
        ({"layer": {"size_bytes": -1}}, Refusal.BAD_NUMBER),
        ({"layer": {"size_bytes": 1 << 51}}, Refusal.BAD_NUMBER),
        ({"layer": {"downloaded_bytes": 11}}, Refusal.BAD_NUMBER),
        ({"layer": {"downloaded_bytes": -1}}, Refusal.BAD_NUMBER),
        ({"layer": {"position": 1_000}}, Refusal.BAD_NUMBER),
        ({"layer": {"position": -1}}, Refusal.BAD_NUMBER),
        ({"layer": {"download_seconds": -0.5}}, Refusal.BAD_NUMBER),
        ({"layer": {"unpack_seconds": 1e300}}, Refusal.BAD_NUMBER),
        ({"layer": {"instruction": "RUN a\x1b[2J"}}, Refusal.BAD_TEXT),
        ({"layer": {"instruction": "RUN a\nb"}}, Refusal.BAD_TEXT),
        ({"layer": {"instruction": "x" * 201}}, Refusal.BAD_TEXT),
        ({"started_at": -1.0}, Refusal.BAD_NUMBER),
        ({"started_at": 1e300}, Refusal.BAD_NUMBER),
        ({"bytes_per_second": -1.0}, Refusal.BAD_NUMBER),
        ({"eta_seconds": 1e300}, Refusal.BAD_NUMBER),
        ({"registry": "<b>"}, Refusal.BAD_NAME),
        ({"registry": ""}, Refusal.BAD_NAME),
        ({"registry": "_invalid", "repository": "_invalid"}, Refusal.BAD_NAME),
        ({"repository": "a\nb"}, Refusal.BAD_NAME),
        ({"repository": "a@sha256:x"}, Refusal.BAD_NAME),
        ({"repository": "app:tag"}, Refusal.BAD_NAME),
        ({"layers": [{"position": 0, "digest": GOOD, "size_bytes": 1, "state": "done"}] * 1_001}, Refusal.TOO_MANY),
    ],
)
def test_a_running_pull_that_cannot_be_is_left_out(changes: dict[str, Any], refusal: Refusal) -> None:
    """Numbers out of all bounds, names that no runtime has."""
    _, pulls, refused = received.running_of(running(**changes))

    assert pulls == ()
    assert refused == {refusal: 1}


@pytest.mark.parametrize("registry", ["ghcr.io", "docker.io", "localhost", "kind-registry", "10.0.0.7"])
def test_a_registry_has_lost_its_port(registry: str) -> None:
    """`kind-registry:5000/team/app` is pulled from `kind-registry`, which is a registry all the same."""
    _, pulls, refused = received.running_of(running(registry=registry, repository="team/app"))

    assert ([pull.registry for pull in pulls], refused) == ([registry], {})


@pytest.mark.parametrize("number", [b"1e999", b"NaN", b"Infinity", b"123456789012345678901234567890"])
def test_numbers_that_are_none_are_refused(number: bytes) -> None:
    """Nothing that is not finite gets in."""
    with contextlib.suppress(Refused):
        assert received.running_of(running(eta_seconds=12321).replace(b"12321", number))[1] == ()


def test_a_node_has_a_limited_number_of_running_pulls() -> None:
    """What is beyond is counted."""
    one = json.loads(running())["pulls"][0]
    _, pulls, refused = received.running_of(json.dumps({"node": "a", "pulls": [one] * 203}).encode())

    assert len(pulls) == 200
    assert refused == {Refusal.TOO_MANY: 3}
