"""Pulls as they run: which there are, and what a look at the store says of their layers."""

from __future__ import annotations

import pytest

from pullwatch.pulls.pull_progress import FROZEN_SECONDS, UNPACK_FROZEN_SECONDS
from pullwatch.pulls.reported import LayerState
from pullwatch.pulls.runtime import Ingest, Lease, Resource, SnapshotEvent, SnapshotKind
from tests.containerd.images import MIB, Image, image, many
from tests.containerd.node import Node
from tests.containerd.store import GENERATIONS, Store

QUEUED, DOWNLOADING, DOWNLOADED = LayerState.QUEUED, LayerState.DOWNLOADING, LayerState.DOWNLOADED
UNPACKING, DONE, PRESENT = LayerState.UNPACKING, LayerState.DONE, LayerState.PRESENT

every_generation = pytest.mark.parametrize("version", GENERATIONS)


def started(node: Node, app: Image, *, layers: tuple[int, ...] = (0,)) -> None:
    """Begin a pull and open these layers."""
    node.store.begin(app)
    node.store.prepare(app, 0)
    for layer in layers:
        node.store.open(app, layer)


@every_generation
def test_follows_each_layer_through_its_states(version: str) -> None:
    """Each generation's events and ingests lead to the same states, bytes and seconds."""
    node, app = Node(version=version), image(base=4 * MIB, top=2 * MIB)
    started(node, app, layers=(0, 1))

    node.look(after=0.1)
    assert node.states == [DOWNLOADING, DOWNLOADING]
    node.store.wait(0.9)
    node.store.grow(app, 0, 1 * MIB)
    node.store.grow(app, 1, 1 * MIB)
    node.look(after=0.1)
    assert [layer.downloaded_bytes for layer in node.pull.layers] == [1 * MIB, 1 * MIB]
    node.store.wait(0.9)
    node.store.finish(app, 1)
    node.look()
    assert node.states == [DOWNLOADING, DOWNLOADED]
    assert node.layer(1).download_seconds == pytest.approx(2.0)
    node.store.wait(1.0)
    node.store.finish(app, 0)
    node.look(after=0.5)
    assert node.states == [UNPACKING, DOWNLOADED]
    assert node.layer(0).download_seconds == pytest.approx(3.0)
    assert node.layer(0).unpack_seconds == pytest.approx(0.5)
    node.store.wait(0.5)
    node.store.commit(app, 0)
    node.store.prepare(app, 1)
    node.look(after=0.25)
    assert node.states == [DONE, UNPACKING]
    assert [layer.unpack_seconds for layer in node.pull.layers] == pytest.approx([1.0, 0.25])
    node.store.commit(app, 1)
    assert node.running == ()


def test_making_a_snapshot_is_part_of_unpacking() -> None:
    """On a busy disk it takes a while from the end of the layer below to the snapshot of the next one."""
    node, app = Node(), image(base=4 * MIB, top=2 * MIB)
    started(node, app, layers=(0, 1))
    node.look(after=0.1)
    node.store.finish(app, 0)
    node.store.finish(app, 1)
    node.look(after=0.1)
    node.store.commit(app, 0)
    node.store.wait(0.2)
    node.store.prepare(app, 1)
    node.store.wait(0.3)
    node.store.commit(app, 1)
    node.look()

    (ended,) = node.ended
    assert ended.layers[1].unpack_seconds == pytest.approx(0.5)


@every_generation
def test_names_a_pull_by_registry_repository_and_manifest(version: str) -> None:
    """The lease's contents lead to the platform's manifest, and its labels to the place; the registry has no port there."""
    node, app = Node(version=version), image("team/five", base=4 * MIB)
    started(node, app)

    node.look()

    pull = node.pull
    assert (pull.registry, pull.repository, pull.digest) == ("registry.example", "team/five", app.manifest)
    assert pull.started_at == node.store.leases["lease-1"].created_at


@every_generation
def test_a_pull_that_ended_is_gone_at_once(version: str) -> None:
    """The last layer's commit ends a pull, before anything is asked again; afterwards nothing comes back."""
    node, app = Node(version=version), image(base=2 * MIB)
    started(node, app)
    node.look()
    node.store.finish(app, 0)
    node.look(after=0.5)
    assert node.running

    node.store.commit(app, 0)

    assert node.running == ()
    assert node.look() == ()
    node.store.end(app)
    assert node.look() == ()
    assert [[layer.state for layer in pull.layers] for pull in node.ended] == [[DONE]]


@every_generation
def test_a_cancelled_pull_leaves_nothing(version: str) -> None:
    """With its lease a cancelled pull is gone, whether a removed snapshot was told of or not."""
    node, app = Node(version=version), image(base=8 * MIB, top=8 * MIB)
    started(node, app, layers=(0, 1))
    node.look()
    node.store.grow(app, 0, 2 * MIB)
    assert node.look(after=1)

    node.store.cancel()

    assert node.look(after=1) == ()
    assert node.ended == []
    assert node.fetched.fetched_bytes == 0


def test_a_removed_snapshot_ends_a_pull_before_its_lease_goes() -> None:
    """Since 1.7 a failed pull gives up its snapshot at once: the next movement would have to prove it anew."""
    node, app = Node(), image(base=8 * MIB)
    started(node, app)
    node.look(after=0.5)
    node.store.wait(0.5)

    node.store.tell(SnapshotEvent(SnapshotKind.REMOVED, node.store.key(app, 0), node.store.now))

    assert node.running == ()
    assert node.look(after=1) == ()
    node.store.grow(app, 0, 1 * MIB)
    assert node.look(after=1)


# What proves nothing.


def crashed(version: str = "v2.2.9") -> tuple[Store, Image]:
    """Return a store as a crash leaves it: a lease, ingests, a half unpacked layer, and nothing that runs."""
    store, app = Store(version), image(base=8 * MIB, top=4 * MIB, tip=MIB // 2)
    store.wait(-3600)
    store.begin(app)
    store.prepare(app, 0)
    for layer in (0, 1, 2):
        store.open(app, layer)
    store.grow(app, 0, 3 * MIB)
    store.finish(app, 2)
    store.wait(3600)
    return store, app


@every_generation
def test_what_a_crash_left_is_no_pull(version: str) -> None:
    """Leases, ingests and half unpacked layers that do not move are not shown, however often they are seen."""
    store, _ = crashed(version)
    node = Node(store)

    assert [node.look(after=1) for _ in range(20)] == [()] * 20
    assert not node.progress.is_stirred(store.now)


@every_generation
def test_an_ingest_that_moves_proves_a_pull_that_was_there_before(version: str) -> None:
    """An agent that starts in mid-pull shows it as soon as a byte comes, with all that the store tells of before."""
    store, app = Store(version), image(base=8 * MIB, top=4 * MIB, tip=MIB)
    store.begin(app)
    store.wait(0.5)
    store.prepare(app, 0)
    for layer in range(3):
        store.open(app, layer)
    store.wait(2.0)
    store.finish(app, 2)
    store.grow(app, 0, 2 * MIB)
    node = Node(store)
    assert node.look(after=0.5) == ()

    store.grow(app, 0, 3 * MIB)
    node.look(after=0.5)

    assert node.states == [DOWNLOADING, DOWNLOADING, DOWNLOADED]
    assert node.layer(0).downloaded_bytes == 3 * MIB
    assert node.layer(0).download_seconds == pytest.approx(3.0, abs=0.01)
    assert (node.layer(2).downloaded_bytes, node.layer(2).download_seconds) == (MIB, None), "its start is not known any more"
    store.finish(app, 0)
    node.look(after=1.0)
    assert node.layer(0).state is UNPACKING
    assert node.layer(0).unpack_seconds == pytest.approx(1.0)


@every_generation
def test_a_pull_that_resumes_counts_from_what_it_found(version: str) -> None:
    """The ingest keeps the start of the broken pull: neither its hour nor its bytes are this pull's."""
    store, app = crashed(version)
    node = Node(store)
    node.look(after=1)
    store.begin(app, lease="lease-2")
    store.open(app, 0, lease="lease-2")
    store.prepare(app, 0, lease="lease-2")
    node.look(after=0.1)
    for offset in (4, 5, 6):
        store.wait(1)
        store.grow(app, 0, offset * MIB)
        node.look()

    assert node.layer(0).downloaded_bytes == 6 * MIB
    assert node.layer(0).download_seconds == pytest.approx(3.1)
    assert node.pull.bytes_per_second == pytest.approx(MIB, rel=0.05)
    assert node.layer(2).state is DOWNLOADED
    assert node.layer(2).download_seconds is None
    store.wait(1)
    store.finish(app, 0, lease="lease-2")
    node.look()
    assert node.fetched.fetched_bytes == 5 * MIB


def test_what_moves_belongs_to_the_newest_lease_that_keeps_it() -> None:
    """A dead lease keeps the ingest that a pull of another image goes on with; its own image is not pulled."""
    store, app = crashed()
    other = image("team/other", base=8 * MIB, more=2 * MIB)
    node = Node(store)
    node.look(after=1)
    store.begin(other, lease="lease-2")
    store.open(other, 0, lease="lease-2")
    store.wait(1)
    store.grow(other, 0, 4 * MIB)

    node.look()

    assert app.layers[0] == other.layers[0]
    assert [pull.repository for pull in node.running] == ["team/other"]


def test_a_restart_of_the_runtime_ends_what_ran() -> None:
    """Whatever ran is gone with the process; it is not shown again before it is pulled again."""
    node, app = Node(), image(base=8 * MIB)
    started(node, app)
    node.store.grow(app, 0, MIB)
    assert node.look(after=1)

    node.progress.lost()
    assert node.running == ()
    node.store.wait(5)
    node.connect()

    assert [node.look(after=1) for _ in range(5)] == [()] * 5
    node.store.begin(app, lease="lease-2")
    node.store.open(app, 0, lease="lease-2")
    assert node.look(after=0.1)


@every_generation
def test_an_image_that_is_present_is_no_pull(version: str) -> None:
    """A pull of an image that is there lasts some milliseconds, fetches nothing and shows nothing."""
    node, app = Node(version=version), image(base=2 * MIB, top=MIB)
    node.store.whole(app)
    node.look(after=5)

    node.store.begin(app, lease="again")

    assert node.look(after=0.02) == ()
    node.store.end(app, lease="again")
    assert node.look(after=0.02) == ()
    assert [pull for pull in node.ended if pull.started_at > node.store.now - 1] == []


def test_a_container_is_no_pull() -> None:
    """Each container prepares a snapshot of its own, whose key names no layer."""
    node = Node()
    node.store.wait(60)

    node.store.tell(SnapshotEvent(SnapshotKind.PREPARED, "0a1b2c", node.store.now, parent="sha256:ab"))

    assert not node.progress.is_stirred(node.store.now)


def test_a_lease_without_an_image_is_no_pull() -> None:
    """Others keep things by leases too; without a manifest there is nothing to show, and nobody looks for long."""
    node = Node()
    node.store.leases["other"] = Lease("other", node.store.now)
    node.store.resources["other"] = [Resource("sha256:" + "0" * 64, "content"), Resource("x", "something/else")]

    assert node.look(after=1) == ()
    assert node.look(after=20) == ()
    assert not node.progress.is_stirred(node.store.now)


def test_a_download_at_which_nothing_moves_any_more_is_gone() -> None:
    """A client that was killed leaves its lease: past the runtime's own limit nothing is believed, until it moves again."""
    node, app = Node(), image(base=8 * MIB)
    started(node, app)
    node.store.grow(app, 0, MIB)
    node.look(after=1)

    assert node.look(after=FROZEN_SECONDS - 30)
    assert node.look(after=60) == ()
    assert not node.progress.is_stirred(node.store.now)
    node.store.grow(app, 0, 2 * MIB)
    assert node.look(after=1)


def test_a_long_unpacking_stays() -> None:
    """Nothing can be seen of a layer that is unpacked until it is done, which may take long."""
    node, app = Node(), image(base=8 * MIB)
    started(node, app)
    node.store.finish(app, 0)
    node.look(after=1)

    assert node.look(after=UNPACK_FROZEN_SECONDS - 60)
    assert node.layer(0).state is UNPACKING
    assert node.look(after=120) == ()


# Layers.


def test_a_small_layer_is_seen_when_it_is_over() -> None:
    """Layers below 1 MiB never show a byte, and those between two looks no ingest: the blob tells when they were done."""
    node, app = Node(version="v1.7.24"), image(base=8 * MIB, tiny=1000, small=MIB - 1)
    started(node, app)
    node.store.open(app, 2)
    node.look(after=0.1)
    assert node.layer(2).downloaded_bytes == 0

    node.store.wait(0.4)
    node.store.finish(app, 2)
    node.store.finish(app, 1)
    node.look(after=0.5)

    assert node.states == [DOWNLOADING, DOWNLOADED, DOWNLOADED]
    assert (node.layer(1).downloaded_bytes, node.layer(1).download_seconds) == (1000, None)
    assert node.layer(2).downloaded_bytes == MIB - 1
    assert node.layer(2).download_seconds == pytest.approx(0.5)


def test_bytes_do_not_go_back_while_a_look_is_under_way() -> None:
    """A scrape may come when an ingest is gone and nobody has asked yet what became of it: what was known last stays."""
    node, app = Node(), image(base=8 * MIB, top=4 * MIB)
    started(node, app, layers=(0, 1))
    node.store.grow(app, 0, 7 * MIB)
    node.look(after=1)
    node.store.finish(app, 0)

    node.progress.look([*node.store.ingests.values()], [*node.store.leases.values()], now=node.store.now)
    node.progress.weigh()
    node.progress.attribute()

    assert (node.layer(0).state, node.layer(0).downloaded_bytes) == (DOWNLOADING, 7 * MIB)
    for digest in node.progress.blobs_to_ask():
        node.progress.stored(digest, node.store.blobs.get(digest))
    assert (node.layer(0).state, node.layer(0).downloaded_bytes) == (UNPACKING, 8 * MIB)


def test_a_layer_with_all_its_bytes_is_downloaded() -> None:
    """For some milliseconds the digest of what came is checked, and the ingest is still there."""
    node, app = Node(), image(base=8 * MIB)
    started(node, app)
    node.store.grow(app, 0, 8 * MIB)

    node.look(after=1)

    assert (node.layer(0).state, node.layer(0).downloaded_bytes) == (DOWNLOADED, 8 * MIB)


def test_bytes_of_an_ingest_that_became_nothing_are_gone() -> None:
    """A layer that failed has nothing, and is fetched from its beginning."""
    node, app = Node(), image(base=8 * MIB, top=4 * MIB)
    started(node, app, layers=(0, 1))
    node.store.grow(app, 0, 7 * MIB)
    node.look(after=1)
    node.store.ingests.pop(f"layer-{app.layers[0]}")

    node.look(after=1)

    assert (node.layer(0).state, node.layer(0).downloaded_bytes) == (QUEUED, 0)


def test_a_layer_that_waits_for_a_slot_has_not_begun() -> None:
    """In 2.x all ingests are open from the start: one that had to wait begins when another one ends."""
    node, app = Node(), image(a=8 * MIB, b=8 * MIB, c=2 * MIB, d=4 * MIB)
    started(node, app, layers=(0, 1, 2, 3))
    node.look(after=0.1)
    assert node.states == [DOWNLOADING, DOWNLOADING, DOWNLOADING, QUEUED]
    assert node.layer(3).download_seconds is None
    for second in (1, 2):
        node.store.wait(1)
        for layer in (0, 1):
            node.store.grow(app, layer, second * MIB)
    node.store.finish(app, 2)
    node.look(after=1)
    assert node.states == [DOWNLOADING, DOWNLOADING, DOWNLOADED, DOWNLOADING]
    node.store.wait(1)
    node.store.grow(app, 3, MIB)
    node.look()
    node.store.wait(2)
    node.store.finish(app, 3)

    node.look()

    # It was opened at 0 and began at 2.1, with the end of the third.
    assert node.layer(3).download_seconds == pytest.approx(4.0)
    assert node.layer(2).download_seconds == pytest.approx(2.1)


def test_more_layers_at_a_time_than_by_default_did_not_wait() -> None:
    """Where five move at once there are five slots: none of them waited, and none of the next pull's does."""
    node = Node()
    app = image("team/app", a=2 * MIB, b=2 * MIB, c=2 * MIB, d=2 * MIB, e=2 * MIB)
    other = image("team/other", f=MIB, g=MIB, h=MIB, i=MIB, j=MIB)
    started(node, app, layers=(0, 1, 2, 3, 4))
    node.store.wait(1)
    for layer in range(5):
        node.store.grow(app, layer, MIB)
    node.look()
    node.store.wait(1)
    for layer in range(5):
        node.store.finish(app, layer)
    node.look()

    assert [node.layer(number).download_seconds for number in range(5)] == [pytest.approx(2.0)] * 5
    node.store.begin(other, lease="lease-2")
    node.store.prepare(other, 0, lease="lease-2")
    for layer in range(5):
        node.store.open(other, layer, lease="lease-2")
    node.look(after=0.1)
    (second,) = [pull for pull in node.running if pull.repository == "team/other"]
    assert [layer.state for layer in second.layers] == [DOWNLOADING] * 5


def test_a_layer_that_moves_was_not_waiting() -> None:
    """The highest one was taken to wait, and its first byte shows that a lower one does: its bytes count from then on."""
    node, app = Node(), image(a=8 * MIB, waits=4 * MIB, c=8 * MIB, d=4 * MIB)
    started(node, app, layers=(0, 1, 2, 3))
    node.look(after=0.1)
    assert node.states == [DOWNLOADING, DOWNLOADING, DOWNLOADING, QUEUED]
    node.store.wait(1)
    for layer in (0, 2, 3):
        node.store.grow(app, layer, MIB)

    node.look()

    assert node.states == [DOWNLOADING, QUEUED, DOWNLOADING, DOWNLOADING]


def test_a_lower_layer_that_waits_is_found_by_others_that_moved() -> None:
    """Slots are not given in order: what has not moved while three others ended or grew had to wait."""
    node, app = Node(), image(a=8 * MIB, waits=4 * MIB, c=8 * MIB, d=MIB // 2, e=2 * MIB)
    started(node, app, layers=(0, 1, 2, 3, 4))
    node.look(after=0.1)
    node.store.wait(0.4)
    node.store.finish(app, 3)
    node.store.wait(1.0)
    for layer in (0, 2):
        node.store.grow(app, layer, MIB)
    node.store.finish(app, 4)
    node.look(after=0.1)
    node.store.wait(1.9)
    node.store.grow(app, 1, 2 * MIB)
    node.look()
    node.store.finish(app, 1)

    node.look()

    # Opened at 0; the slot came at 1.5, when the last of the others ended.
    assert node.layer(1).download_seconds == pytest.approx(2.0)


@pytest.mark.parametrize("version", ["1.6.20~ds1", "v1.7.24"])
def test_before_2_0_an_ingest_is_a_download(version: str) -> None:
    """There only what is being fetched has an ingest, however many there are."""
    node, app = Node(version=version), image(a=8 * MIB, b=8 * MIB, c=8 * MIB, d=8 * MIB, e=8 * MIB)
    started(node, app, layers=(0, 1, 2, 3))

    node.look(after=0.1)

    assert node.states == [DOWNLOADING] * 4 + [QUEUED]


def test_layers_that_were_there_move_nothing() -> None:
    """A base that another image brought is present: it counts neither as bytes nor towards the end."""
    node, old, new = Node(), image("team/old", base=8 * MIB), image("team/new", base=8 * MIB, top=4 * MIB)
    node.store.whole(old)
    node.look(after=5)
    node.store.begin(new, lease="new")
    node.store.prepare(new, 1, lease="new")
    node.store.open(new, 1, lease="new")

    node.look(after=0.1)

    assert node.states == [PRESENT, DOWNLOADING]
    assert (node.layer(0).downloaded_bytes, node.layer(0).download_seconds, node.layer(0).unpack_seconds) == (0, None, None)


def test_a_layer_whose_blob_is_missing_is_present_by_its_snapshot() -> None:
    """2.2 does not fetch what it has unpacked, so that a node may run a layer whose blob it lacks."""
    node, old, new = Node(), image("team/old", base=8 * MIB), image("team/new", base=8 * MIB, top=4 * MIB)
    node.store.whole(old)
    del node.store.blobs[old.layers[0]]
    node.look(after=5)
    node.store.begin(new, lease="new")
    node.store.prepare(new, 1, lease="new")
    node.store.open(new, 1, lease="new")

    node.look(after=0.1)

    assert node.states == [PRESENT, DOWNLOADING]


def test_blobs_that_go_when_they_are_unpacked_stay_known() -> None:
    """With discard_unpacked_layers a blob is gone after its commit: sizes come from the manifest, and the layer is done."""
    node, app = Node(), image(base=8 * MIB, top=4 * MIB)
    started(node, app, layers=(0, 1))
    node.look(after=0.1)
    node.store.wait(1)
    node.store.finish(app, 0)
    node.store.commit(app, 0)
    del node.store.blobs[app.layers[0]]
    node.store.prepare(app, 1)

    node.look(after=0.1)

    assert node.states == [DONE, DOWNLOADING]
    assert (node.layer(0).size_bytes, node.layer(0).downloaded_bytes) == (8 * MIB, 8 * MIB)
    assert (node.layer(0).download_seconds, node.layer(0).unpack_seconds) == (None, None)


def test_parallel_unpacking_tells_no_seconds() -> None:
    """An empty parent above the first layer means that all are unpacked at once, and commits come in a burst at the end."""
    node, app = Node(), image(base=8 * MIB, top=4 * MIB)
    started(node, app, layers=(0, 1))
    node.store.prepare(app, 1, parallel=True)
    node.look(after=0.1)
    node.store.finish(app, 1)
    node.look(after=1)
    assert node.states == [DOWNLOADING, UNPACKING]
    assert node.layer(1).unpack_seconds is None
    node.store.finish(app, 0)
    node.look(after=1)
    assert node.layer(0).unpack_seconds == pytest.approx(1.0)


@every_generation
def test_a_layer_listed_twice_is_fetched_once(version: str) -> None:
    """Both places show the same bytes; rates and counters take them once."""
    node, app = Node(version=version), image(base=8 * MIB, empty=2 * MIB, twin=True)
    started(node, app, layers=(0, 1))
    node.look(after=0.1)
    node.store.wait(1)
    node.store.finish(app, 1)

    node.look()

    assert [layer.downloaded_bytes for layer in node.pull.layers] == [0, 2 * MIB, 2 * MIB]
    assert node.fetched.fetched_bytes == 2 * MIB


@every_generation
def test_a_manifest_that_lies_about_sizes_is_not_believed(version: str) -> None:
    """What is fetched is what the runtime says; that the manifest differs is counted once."""
    node, app = Node(version=version), image(base=8 * MIB, claimed=[1])
    started(node, app)
    node.store.grow(app, 0, 2 * MIB)

    node.look(after=1)
    node.look(after=1)

    assert (node.layer(0).size_bytes, node.layer(0).downloaded_bytes) == (8 * MIB, 2 * MIB)
    assert node.progress.trouble["size_differs"] == 1


def test_a_blob_of_another_size_than_claimed_is_counted() -> None:
    """A layer that passed between two looks is found in the store with its true size."""
    node, app = Node(), image(base=8 * MIB, top=MIB, claimed=[8 * MIB, 5])
    started(node, app)
    node.store.open(app, 1)
    node.store.finish(app, 1)

    node.look(after=1)
    node.look(after=1)

    assert (node.layer(1).size_bytes, node.layer(1).downloaded_bytes) == (MIB, MIB)
    assert node.progress.trouble["size_differs"] == 1


def test_a_size_that_the_runtime_does_not_know_is_the_manifest_s() -> None:
    """A registry without Content-Length leaves total at 0; more bytes than claimed are shown as what they are."""
    node, app = Node(), image(base=8 * MIB, claimed=[MIB])
    node.store.begin(app)
    node.store.open(app, 0, total=0)
    node.look(after=0.1)
    assert node.layer(0).size_bytes == MIB

    node.store.grow(app, 0, 3 * MIB)
    node.look(after=1)

    assert (node.layer(0).size_bytes, node.layer(0).downloaded_bytes) == (3 * MIB, 3 * MIB)
    assert node.layer(0).state is DOWNLOADING, "nobody knows how many are to come"


def test_a_manifest_that_is_gone_costs_its_pull_only() -> None:
    """The garbage collector takes content between two calls: what cannot be read is not shown, the other pull is."""
    node, lost, app = Node(), image("team/lost", base=8 * MIB), image("team/app", other=4 * MIB)
    node.store.begin(lost, lease="lost")
    node.store.open(lost, 0, lease="lost")
    node.store.blobs.pop(lost.manifest)
    started(node, app)

    node.look(after=1)

    assert [pull.repository for pull in node.running] == ["team/app"]


def test_a_config_that_is_gone_costs_the_unpacking_only() -> None:
    """Without a config no chain ID is known: bytes and download stay right, and the pull ends with its lease."""
    node, app = Node(), image(base=8 * MIB)
    node.store.begin(app)
    node.store.contents.pop(app.config)
    node.store.prepare(app, 0)
    node.store.open(app, 0)
    node.look(after=1)
    assert node.states == [DOWNLOADING]
    node.store.finish(app, 0)
    node.look(after=1)
    assert (node.layer(0).state, node.layer(0).unpack_seconds) == (DOWNLOADED, None)

    node.store.commit(app, 0)
    node.store.release()

    assert node.look() == ()


# Several pulls.


@every_generation
def test_a_pull_waits_for_another_one_that_fetches_its_layer(version: str) -> None:
    """Two pulls share their first layer: one fetches it, the other can do nothing until it is unpacked, and says so."""
    node, one, two = Node(version=version), image("team/one", base=8 * MIB, a=4 * MIB), image("team/two", base=8 * MIB, b=2 * MIB)
    started(node, one, layers=(0, 1))
    node.store.wait(0.01)
    node.store.begin(two, lease="lease-2")
    node.look(after=0.1)
    first, second = node.running
    assert (first.repository, first.waits_for_pull) == ("team/one", False)
    assert (second.repository, second.waits_for_pull) == ("team/two", True)
    assert [(layer.state, layer.downloaded_bytes) for layer in second.layers] == [(QUEUED, None), (QUEUED, 0)]

    node.store.wait(2)
    node.store.finish(one, 0)
    node.store.commit(one, 0)
    node.store.prepare(one, 1)
    node.store.prepare(two, 1, lease="lease-2")
    node.store.open(two, 1, lease="lease-2")
    node.look(after=0.1)

    first, second = node.running
    assert [layer.state for layer in first.layers] == [DONE, DOWNLOADING]
    assert [layer.state for layer in second.layers] == [PRESENT, DOWNLOADING]
    assert not second.waits_for_pull
    assert second.layers[1].download_seconds == pytest.approx(0.1)
    assert node.fetched.fetched_bytes == 8 * MIB


def test_a_pull_goes_on_when_the_one_that_it_waited_for_fails() -> None:
    """What another pull no longer fetches is fetched by the one that waited, and counted as its own."""
    node, one, two = Node(), image("team/one", base=8 * MIB), image("team/two", base=8 * MIB, b=2 * MIB)
    started(node, one)
    node.store.wait(0.01)
    node.store.begin(two, lease="lease-2")
    node.look(after=0.1)
    node.store.cancel()
    node.store.open(two, 0, lease="lease-2")
    node.store.wait(1)
    node.store.grow(two, 0, 2 * MIB)

    node.look()

    assert node.pull.repository == "team/two"
    assert (node.layer(0).state, node.layer(0).downloaded_bytes) == (DOWNLOADING, 2 * MIB)
    assert not node.pull.waits_for_pull


def test_a_pull_that_waits_long_stays() -> None:
    """As long as the other pull works, the one that waits is no leftover, although it does nothing for minutes."""
    node, one, two = Node(), image("team/one", base=80 * MIB), image("team/two", base=80 * MIB, b=2 * MIB)
    started(node, one)
    node.store.wait(0.01)
    node.store.begin(two, lease="lease-2")
    for step in range(1, 30):
        node.store.wait(30)
        node.store.grow(one, 0, step * MIB)
        node.look()

    assert [(pull.repository, pull.waits_for_pull) for pull in node.running] == [("team/one", False), ("team/two", True)]
    node.store.wait(FROZEN_SECONDS + 1)
    assert node.look() == ()


def test_two_pulls_of_one_image_are_one() -> None:
    """Two tags of one manifest in one repository would be the same series: that which did something last is shown."""
    node, app = Node(), image(base=8 * MIB)
    started(node, app)
    node.store.wait(0.01)
    node.store.begin(app, lease="lease-2")
    node.store.wait(1)
    node.store.grow(app, 0, MIB)

    node.look()

    assert node.pull.started_at == node.store.leases["lease-1"].created_at
    assert node.layer(0).downloaded_bytes == MIB


# Rate and end.


@every_generation
def test_tells_rate_and_time_left_of_the_last_seconds(version: str) -> None:
    """After 2 MiB the rate is known; what is missing at that rate is the time left."""
    node, app = Node(version=version), image(base=20 * MIB, top=10 * MIB)
    started(node, app, layers=(0, 1))
    node.look(after=0.1)
    assert (node.pull.bytes_per_second, node.pull.eta_seconds) == (None, None)
    for step in range(1, 9):
        node.store.wait(0.5)
        node.store.grow(app, 0, step * MIB)
        node.look()

    assert node.pull.bytes_per_second == pytest.approx(2 * MIB, rel=0.05)
    assert node.pull.eta_seconds == pytest.approx(22 / 2, rel=0.05)


def test_a_pull_that_waited_has_not_been_slow() -> None:
    """The seconds in which another pull held a layer are in no rate."""
    node, one, two = Node(version="1.6.20"), image("team/one", base=8 * MIB), image("team/two", base=8 * MIB, b=20 * MIB)
    started(node, one)
    node.store.wait(0.01)
    node.store.begin(two, lease="lease-2")
    node.look(after=0.1)
    node.store.wait(30)
    node.store.finish(one, 0)
    node.store.commit(one, 0)
    node.store.end(one)
    node.store.open(two, 1, lease="lease-2")
    node.look()
    for step in (2, 4, 6):
        node.store.wait(1)
        node.store.grow(two, 1, step * MIB)
        node.look()

    assert node.pull.bytes_per_second == pytest.approx(2 * MIB, rel=0.01)


# What was fetched.


@every_generation
def test_counts_what_was_fetched_and_what_was_fetched_again(version: str) -> None:
    """Each layer counts once, when it is there; one that the node had before counts as fetched again."""
    node, app = Node(version=version), image(base=8 * MIB, top=2 * MIB)
    for lease in ("first", "second"):
        node.store.begin(app, lease=lease)
        node.store.prepare(app, 0, lease=lease)
        for layer in (0, 1):
            node.store.open(app, layer, lease=lease)
        node.look(after=0.1)
        node.store.wait(1)
        for layer in (0, 1):
            node.store.finish(app, layer, lease=lease)
        node.store.commit(app, 0, lease=lease)
        node.store.unpack(app, 1, lease=lease)
        node.store.end(app, lease=lease)
        node.look(after=0.1)
        node.store.collect(app)
        node.look(after=60)

    assert (node.fetched.fetched_bytes, node.fetched.repulled_bytes) == (20 * MIB, 10 * MIB)
    assert len(node.ended) == 2


# Limits.


def test_leases_beyond_the_limit_are_the_oldest() -> None:
    """A node with hundreds of dead leases is looked at in bounded time, and its newest pull is seen."""
    node, app = Node(), image(base=8 * MIB)
    for number in range(500):
        lease = Lease(f"dead-{number}", node.store.now - 1000 + number)
        node.store.leases[lease.id] = lease
        node.store.resources[lease.id] = []
    started(node, app)

    node.look(after=1)

    node.look(after=1)
    assert node.pull.digest == app.manifest
    assert len(node.progress._pulls) == 200
    assert node.progress.trouble["leases_dropped"] == 301


def test_leases_of_a_crash_are_read_once() -> None:
    """What nobody keeps and what does not move makes nobody read hundreds of leases again at each look."""
    store, _ = crashed()
    node = Node(store)
    node.look(after=1)
    store.ingests["layer-sha256:lost"] = Ingest("layer-sha256:lost", 0, 9, 1.0, 1.0)
    node.look(after=1)

    node.progress.look([*store.ingests.values()], [*store.leases.values()], now=store.now)

    assert node.progress.leases_to_read() == []


def test_a_thousand_layers_are_asked_for_in_parts() -> None:
    """One look at a huge image makes a bounded number of calls."""
    node, app = Node(version="v1.7.24"), many(1000, MIB)
    started(node, app)
    node.progress.look([*node.store.ingests.values()], [*node.store.leases.values()], now=node.store.now)
    node.progress.holds("lease-1", node.store.resources["lease-1"])
    node.progress.weigh()
    stored = node.manifest(list(app.documents))
    assert stored is not None
    node.progress.identify("lease-1", stored, source=("r", "p"))
    node.progress.attribute()

    asked = node.progress.blobs_to_ask()

    assert len(asked) <= 108
