"""Manifests of a content store: found, held against their digests, and joined with what their configs tell."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from pullwatch.pulls.reported import Told
from pullwatch.pulls.runtime import StoredManifest
from pullwatch.sources.containerd import documents
from pullwatch.sources.containerd.documents import Manifests
from tests.containerd.images import MIB, encoded, image, many
from tests.pulls.made_images import digest
from tests.sources.containerd.given import Given, connected

if TYPE_CHECKING:
    import pytest


def manifests(given: Given) -> tuple[Manifests, Counter[str]]:
    """Return a reader and what it counted."""
    trouble: Counter[str] = Counter()

    def count(reason: str) -> None:
        trouble[reason] += 1

    return Manifests(given.client, architecture="amd64", trouble=count), trouble


async def test_finds_the_manifest_among_what_a_lease_keeps(tmp_path: Path) -> None:
    """Of index, config, layers and manifest only the manifest is one, by its labels."""
    app = image("team/app", base=8 * MIB, top=2 * MIB)
    async with connected(tmp_path) as given:
        given.store.begin(app)
        given.store.finish(app, 0)
        reader, trouble = manifests(given)

        found = await reader.among([app.layers[0], app.config, app.index, app.manifest])

        assert isinstance(found, StoredManifest)
        assert found.table.digest == app.manifest
        assert [layer.instruction for layer in found.table.layers] == ["RUN make base", "RUN make top"]
        assert found.chain_ids == app.chain_ids
        assert found.sources == (("registry.example", "team/app"),)
        assert trouble == {}


async def test_resolves_an_index_to_the_platform_that_is_there(tmp_path: Path) -> None:
    """The other platforms of an index are not on the node; this machine's is asked for first."""
    app = image(base=8 * MIB)
    async with connected(tmp_path) as given:
        given.store.documents(app)
        reader, trouble = manifests(given)

        found = await reader.of_image(app.index)

        assert found is not None
        assert (found.table.digest, found.index_digest) == (app.manifest, app.index)
        assert given.tally.outcomes["Content/Info", "not_found"] == 0
        assert trouble == {}


async def test_an_index_of_foreign_platforms_resolves_to_what_was_pulled(tmp_path: Path) -> None:
    """A platform that was chosen on purpose is found behind those that are missing."""
    app = image(base=8 * MIB)
    async with connected(tmp_path) as given:
        given.store.documents(app)
        reader = Manifests(given.client, architecture="arm64", trouble=lambda _: None)

        found = await reader.of_image(app.index)

        assert found is not None
        assert found.table.digest == app.manifest


async def test_tells_a_manifest_as_it_lies_there(tmp_path: Path) -> None:
    """The bytes are those that the digests name, so that whoever gets them need not trust this node."""
    app = image("team/app", base=8 * MIB)
    async with connected(tmp_path) as given:
        given.store.documents(app)
        reader, trouble = manifests(given)

        told = await reader.told(app.manifest)

        assert told == Told(app.manifest, app.documents[app.manifest], app.documents[app.config])
        assert trouble == {}


async def test_tells_nothing_of_what_is_gone_or_no_manifest(tmp_path: Path) -> None:
    """An index, a digest that is not here, and a digest that is none are counted, and do no harm."""
    app = image("team/app", base=8 * MIB)
    async with connected(tmp_path) as given:
        given.store.documents(app)
        reader, trouble = manifests(given)

        assert [await reader.told(named) for named in (app.index, digest("gone"), app.config)] == [None, None, None]
        assert trouble == {"not_told": 1, "gone": 1, "not_a_manifest": 1}


async def test_a_large_config_costs_the_lines_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report has a limit, and the sizes are in the manifest; a manifest that is too large is not told at all."""
    app = image("team/app", base=8 * MIB)
    async with connected(tmp_path) as given:
        given.store.documents(app)
        reader, trouble = manifests(given)
        monkeypatch.setattr(documents, "MAX_TOLD_CONFIG_BYTES", 10)

        assert await reader.told(app.manifest) == Told(app.manifest, app.documents[app.manifest])

        monkeypatch.setattr(documents, "MAX_TOLD_BYTES", 10)

        assert await reader.told(app.manifest) is None
        assert trouble == {"not_told": 1}


async def test_reads_a_manifest_once(tmp_path: Path) -> None:
    """A second pull of it costs no read; where it comes from is asked for each time."""
    app = image("team/app", base=8 * MIB)
    async with connected(tmp_path) as given:
        given.store.documents(app)
        reader, _ = manifests(given)
        await reader.of_image(app.manifest)
        given.store.documents(app, place="team/app,team/copy")

        again = await reader.of_image(app.manifest)

        assert again is not None
        assert again.sources == (("registry.example", "team/app"), ("registry.example", "team/copy"))
        assert given.containerd.asked["Content/Read"] == 2


async def test_what_is_gone_is_nothing(tmp_path: Path) -> None:
    """Collected between two calls, a manifest is counted and a config costs its lines only."""
    one, two = image("team/one", base=8 * MIB), image("team/two", other=8 * MIB)
    async with connected(tmp_path) as given:
        given.store.documents(one)
        given.store.documents(two)
        given.store.contents.pop(one.manifest)
        given.store.contents.pop(two.config)
        reader, trouble = manifests(given)

        assert await reader.of_image(digest("never there")) is None
        assert await reader.of_image(one.manifest) is None
        found = await reader.of_image(two.manifest)

        assert found is not None
        assert ([layer.instruction for layer in found.table.layers], found.chain_ids) == ([None], ())
        assert trouble == {"gone": 2}


async def test_a_config_that_is_still_to_come_is_waited_for(tmp_path: Path) -> None:
    """A pull is known once its config is there too; what was told of the image before is not what is told for ever."""
    app = image("team/app", base=8 * MIB)
    async with connected(tmp_path) as given:
        given.store.documents(app)
        content = given.store.contents.pop(app.config)
        reader, trouble = manifests(given)
        assert await reader.among([app.manifest]) is None
        assert trouble == {}
        early = await reader.of_image(app.manifest)
        given.store.contents[app.config] = content

        found = await reader.among([app.manifest])

        assert early is not None
        assert early.table.platform is None
        assert found is not None
        assert (found.table.platform, found.chain_ids) == ("linux/amd64", app.chain_ids)
        assert await reader.of_image(app.manifest) == found


async def test_what_is_not_what_its_digest_says_is_refused(tmp_path: Path) -> None:
    """Bytes are held against their digest before they are read."""
    app = image(base=8 * MIB)
    async with connected(tmp_path) as given:
        given.store.documents(app)
        given.store.contents[app.manifest] += b" "
        reader, trouble = manifests(given)

        assert await reader.of_image(app.manifest) is None
        assert trouble == {"digest_mismatch": 1}


async def test_ten_thousand_layers_are_refused(tmp_path: Path) -> None:
    """A manifest beyond the limit is counted by its reason and shown nowhere."""
    app = many(10_000, 1)
    async with connected(tmp_path) as given:
        given.store.documents(app)
        reader, trouble = manifests(given)

        assert await reader.of_image(app.manifest) is None
        assert await reader.among([app.manifest]) is None
        assert trouble == {"too_many": 1}
        assert given.containerd.asked["Content/Read"] == 1


async def test_layers_are_not_asked_for_ever_whether_they_are_manifests(tmp_path: Path) -> None:
    """Labels come a moment after the bytes, so content is asked twice, and no more."""
    app = image(base=8 * MIB)
    async with connected(tmp_path) as given:
        given.store.begin(app)
        given.store.finish(app, 0)
        reader, _ = manifests(given)
        for _ in range(5):
            assert await reader.among([app.layers[0], app.config]) is None

        assert given.containerd.asked["Content/Info"] == 4
        assert await reader.among([app.layers[0], app.manifest]) is not None


async def test_indexes_end_somewhere(tmp_path: Path) -> None:
    """An index of an index of an index is nobody's image, and digests that name each other cannot hold up a node."""
    async with connected(tmp_path) as given:
        inner = digest("bottom")
        given.store.put(inner, 2)
        for _ in range(10):
            entry = {"mediaType": "application/vnd.oci.image.index.v1+json", "digest": inner, "size": 2}
            content = encoded(schemaVersion=2, mediaType="application/vnd.oci.image.index.v1+json", manifests=[entry])
            inner = digest(content)
            given.store.contents[inner] = content
            given.store.put(inner, len(content))
        reader, trouble = manifests(given)

        assert await reader.of_image(inner) is None
        assert trouble == {"too_deep": 1}
        assert given.containerd.asked["Content/Read"] == 4
