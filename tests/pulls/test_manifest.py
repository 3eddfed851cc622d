"""Manifests: what is read of them, and what is refused for which reason."""

from __future__ import annotations

import contextlib
import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullwatch.pulls import manifest
from pullwatch.pulls.manifest import Index, Manifest, Reason, Unusable
from tests.pulls.made_images import LAYER, config, described, digest, document, manifest_of

STEPS: list[dict[str, Any]] = [
    {"created_by": "/bin/sh -c #(nop) ADD file:1234 in / "},
    {"created_by": "/bin/sh -c #(nop)  ENV A=1", "empty_layer": True},
    {"created_by": "RUN /bin/sh -c pip install torch # buildkit", "comment": "buildkit.dockerfile.v0"},
]


def _read(content: bytes) -> Manifest:
    found = manifest.read(content, digest=digest(content))
    assert isinstance(found, Manifest)
    return found


def _refused(content: bytes) -> Reason:
    with pytest.raises(Unusable) as refused:
        manifest.read(content, digest=digest(content))
    return refused.value.reason


@pytest.mark.parametrize("media_type", [manifest.OCI_MANIFEST, manifest.DOCKER_MANIFEST, None])
def test_both_formats_give_the_same_table(media_type: str | None) -> None:
    """It reads Docker's schema 2, OCI, and an OCI manifest that names no type, alike."""
    content, named = manifest_of(described({"base": 100, "app": 20}), media_type=media_type)

    table = manifest.table(_read(content), digest=named, config=None)

    assert (table.digest, table.media_type) == (named, media_type or manifest.OCI_MANIFEST)
    assert [(layer.digest, layer.size_bytes, layer.media_type) for layer in table.layers] == [
        (digest("base"), 100, LAYER),
        (digest("app"), 20, LAYER),
    ]


@pytest.mark.parametrize("media_type", [manifest.OCI_INDEX, manifest.DOCKER_INDEX, None])
def test_an_index_is_told_from_a_manifest(media_type: str | None) -> None:
    """It goes by the media type, or by what there is where none is named."""
    named = {} if media_type is None else {"mediaType": media_type}
    entry = {"digest": digest("m"), "size": 9, "platform": {"os": "linux", "architecture": "arm64", "variant": "v8"}}
    content, _ = document({"schemaVersion": 2, **named, "manifests": [entry]})

    found = manifest.read(content, digest=digest(content))

    assert isinstance(found, Index)
    assert [str(one.platform) for one in found.manifests] == ["linux/arm64/v8"]


@pytest.mark.parametrize(
    "media_type",
    [
        "application/vnd.oci.image.layer.v1.tar+zstd",
        "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
        "application/vnd.docker.image.rootfs.diff.tar.gzip",
        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
    ],
)
def test_every_kind_of_layer_is_one(media_type: str) -> None:
    """It takes zstd, estargz (which is gzip with annotations), Docker's and foreign layers."""
    content, _ = manifest_of(described({"base": 100}, media_type=media_type))

    assert _read(content).layers[0].media_type == media_type


def test_lines_of_the_dockerfile_stand_at_their_layers() -> None:
    """It skips steps that made no layer, and takes off what builders write around a line."""
    told, config_digest = config(STEPS)
    content, named = manifest_of(described({"base": 100, "torch": 3000}), config_digest=config_digest)

    table = manifest.table(_read(content), digest=named, config=told)

    assert table.platform == "linux/amd64"
    assert [layer.instruction for layer in table.layers] == ["ADD file:1234 in /", "RUN pip install torch"]


@pytest.mark.parametrize("steps", [None, [], STEPS[:1], [*STEPS, {"created_by": "COPY . ."}]])
def test_a_history_that_does_not_fit_gives_no_line_at_all(steps: list[dict[str, Any]] | None) -> None:
    """It does not guess which layer a line belongs to, as with squashed images and foreign builders."""
    told, config_digest = config(steps)
    content, named = manifest_of(described({"base": 100, "torch": 3000}), config_digest=config_digest)

    table = manifest.table(_read(content), digest=named, config=told)

    assert [layer.instruction for layer in table.layers] == [None, None]


@pytest.mark.parametrize("told", [b"{", b"<html>", b'{"history": 7}', b'{"os": "plan9"}'])
def test_a_config_that_is_broken_or_another_costs_lines_only(told: bytes) -> None:
    """It keeps the sizes, and takes neither lines nor platform from what the manifest does not name."""
    content, named = manifest_of(described({"base": 100}))

    table = manifest.table(_read(content), digest=named, config=told)

    assert (table.platform, table.size_bytes, table.layers[0].instruction) == (None, 100, None)


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("/bin/sh -c apt-get update", "RUN apt-get update"),
        ("/bin/sh -c #(nop) COPY dir:1 in /app ", "COPY dir:1 in /app"),
        ("COPY . /app # buildkit", "COPY . /app"),
        ("RUN |1 TOKEN=x /bin/sh -c make # buildkit", "RUN |1 TOKEN=x /bin/sh -c make"),
        ("bazel build", "bazel build"),
        ("", None),
        ("RUN a\nb\tc", "RUN a b c"),
        ("RUN \x1b[2J\ud800", "RUN \N{REPLACEMENT CHARACTER}[2J?"),
        ("RUN " + "x" * 10_000, "RUN " + "x" * 195 + "…"),
    ],
)
def test_a_line_is_cut_and_clean(written: str, line: str | None) -> None:
    """It can be printed anywhere: an image's author writes it."""
    assert manifest.instruction(written) == line


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<html><body>Sign in</body></html>", Reason.NOT_JSON),
        (b"", Reason.NOT_JSON),
        (b"\xff\xfe", Reason.NOT_JSON),
        (b"[" * 100_000, Reason.NOT_A_MANIFEST),
        (b'{"schemaVersion": 2, "x": ' + b"[" * 200_000, Reason.NOT_JSON),
        (b"[]", Reason.NOT_A_MANIFEST),
        (b"{}", Reason.NOT_A_MANIFEST),
        (b'{"schemaVersion": 1, "fsLayers": [], "history": []}', Reason.NOT_A_MANIFEST),
        (b'{"mediaType": "application/vnd.docker.distribution.manifest.v1+prettyjws"}', Reason.NOT_A_MANIFEST),
        (b'{"schemaVersion": 2, "layers": {}}', Reason.NOT_A_MANIFEST),
        (b'{"schemaVersion": 2, "layers": []}', Reason.NOT_A_MANIFEST),
        (manifest_of(described({"chart": 9}, media_type="application/vnd.cncf.helm.chart.content.v1.tar+gzip"))[0], Reason.NOT_A_MANIFEST),
        (manifest_of([{"mediaType": LAYER, "digest": "sha256:../../etc/passwd", "size": 1}])[0], Reason.BAD_DIGEST),
        (manifest_of([{"mediaType": LAYER, "digest": "md5:" + "0" * 32, "size": 1}])[0], Reason.BAD_DIGEST),
        (manifest_of(described({"base": -1}))[0], Reason.BAD_SIZE),
        (manifest_of(described({"base": 1 << 60}))[0], Reason.BAD_SIZE),
        (manifest_of(described([("base", 1), ("base", 2)]))[0], Reason.BAD_SIZE),
        (manifest_of(described({"base": 1}))[0].replace(b'"size": 1}', b'"size": 1e400}'), Reason.NOT_A_MANIFEST),
        (manifest_of(described({f"layer {n}": n for n in range(10_000)}))[0], Reason.TOO_MANY),
        (document({"schemaVersion": 2, "manifests": described({f"m {n}": n for n in range(10_000)})})[0], Reason.TOO_MANY),
        (b'{"a": "' + b"x" * manifest.MAX_BYTES + b'"}', Reason.TOO_LARGE),
    ],
)
def test_what_is_no_manifest_is_refused_with_its_reason(content: bytes, reason: Reason) -> None:
    """It says why, so that each kind of bad input has a counter of its own."""
    assert _refused(content) == reason


def test_content_is_held_against_its_digest() -> None:
    """It reads nothing of what a registry sent instead."""
    content, _ = manifest_of(described({"base": 100}))

    with pytest.raises(Unusable, match="not that of sha256:") as refused:
        manifest.read(content, digest=digest("something else"))

    assert refused.value.reason == Reason.DIGEST_MISMATCH


def test_other_digests_than_sha256_are_checked_too() -> None:
    """It knows sha512, the other algorithm that the specification registers."""
    content, _ = manifest_of(described({"base": 100}))

    found = manifest.read(content, digest=f"sha512:{hashlib.sha512(content).hexdigest()}")

    assert isinstance(found, Manifest)


@pytest.mark.parametrize("named", ["", "sha256:", "sha256:" + "A" * 64, "sha256:" + "a" * 64 + "\n", "md5:" + "a" * 32])
def test_a_digest_that_is_none_is_refused(named: str) -> None:
    """It trusts no content that nothing vouches for."""
    with pytest.raises(Unusable) as refused:
        manifest.check(b"{}", digest=named)

    assert refused.value.reason == Reason.BAD_DIGEST


def test_a_chain_names_the_snapshot_of_each_layer() -> None:
    """It follows the specification: the first diff ID, then the digest of the chain so far, a blank and the next one."""
    first, second = digest("a"), digest("b")

    assert manifest.chain_ids([first, second]) == [first, digest(f"{first} {second}")]
    assert manifest.chain_ids([]) == []


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner)
    )
)
def test_any_document_is_read_or_refused(value: object) -> None:
    """It ends with a manifest, an index or a reason, whatever is sent."""
    content = json.dumps({"schemaVersion": 2, "layers": value, "manifests": value, "config": value}).encode()

    with contextlib.suppress(Unusable):
        assert isinstance(manifest.read(content, digest=digest(content)), Manifest | Index)
