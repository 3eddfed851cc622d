"""One layer of one pull: what was seen of it, and where it therefore is.

A layer is fetched by an ingest, becomes a blob, is unpacked into a snapshot, and each of these can have been there before, be
another pull's, or pass between two looks. Traps: an ingest that a broken pull left keeps its old start; since containerd 2.0
those that wait for a slot are open from the beginning; a blob can be gone as soon as it is unpacked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullwatch.pulls.reported import LayerProgress, LayerState
from pullwatch.pulls.slots import Download

if TYPE_CHECKING:
    from pullwatch.pulls.layers import Layer
    from pullwatch.pulls.runtime import Blob, Ingest


class TrackedLayer:
    """What is known of a layer of a pull that was asked for at `asked_at`."""

    def __init__(self, layer: Layer, *, position: int, chain_id: str, asked_at: float, below: TrackedLayer | None = None) -> None:
        self.layer = layer
        self._below = below
        self.position = position
        self.chain_id = chain_id
        self._asked_at = asked_at
        self.size_bytes = layer.size_bytes
        self.ingest: Ingest | None = None
        self.asked_times = 0
        """How often the store was asked for the blob."""
        self._is_unseen = False
        """Whether its ingest is gone, and nobody has asked yet whether it became a blob."""
        self.is_queued = False
        """Whether its ingest waits for a slot."""
        self.is_foreign = False
        """Whether another pull fetches it."""
        self.is_present = False
        self.ended_at: float | None = None
        """When its last byte was there."""
        self.prepared_at: float | None = None
        self.committed_at: float | None = None
        self.unpacks_in_parallel = False
        self._opened_at: float | None = None
        self._left_bytes = 0
        """What an earlier, broken pull had fetched."""
        self._grown_by: float | None = None
        """Moment of a step that this pull made; the first one was not later."""
        self._was_queued = False
        self.slot_at: float | None = None
        """When it got a slot, where its ingest may have waited for one."""

    # What was seen.

    def ingested(self, ingest: Ingest) -> bool:
        """Take the state of this pull's own ingest; tell whether its size is another one than the manifest says."""
        if self._opened_at is None:
            resumed = ingest.started_at < self._asked_at
            self._opened_at = self._asked_at if resumed else ingest.started_at
            self._left_bytes = ingest.offset if resumed else 0
        lies = ingest.total > 0 and ingest.total != self.size_bytes
        if ingest.total > 0:
            # What is fetched is what the runtime says; a manifest can say anything.
            self.size_bytes = ingest.total
        if self._grown_by is None and ingest.offset > self._left_bytes:
            self._grown_by = ingest.updated_at
            # Whoever was taken to wait for a slot had one.
            self.is_queued = False
        self.ingest = ingest
        self._is_unseen = False
        self.is_foreign = False
        return lies

    def unseen(self) -> None:
        """Take that its ingest is not there any more. Until the store says what became of it, what was known last is shown."""
        self._is_unseen = self.ingest is not None

    def queue(self, *, is_waiting: bool, has_waited: bool) -> None:
        """Take whether its ingest waits for a slot, and whether it must have before."""
        self.is_queued = is_waiting
        self._was_queued |= is_waiting or has_waited

    def stored(self, blob: Blob | None) -> bool:
        """Take what the store has of it; tell whether its size is another one than the manifest says."""
        self.asked_times += 1
        if blob is None:
            if self._is_unseen:
                self.ingest = None
            return False
        lies = blob.size_bytes not in {0, self.size_bytes}
        self.ingest = None
        self.is_queued = False
        self.size_bytes = blob.size_bytes or self.size_bytes
        self.ended_at = blob.created_at
        if blob.created_at < self._asked_at:
            self._left_bytes = self.size_bytes
            # Without a chain ID nothing tells whether it is unpacked.
            self.is_present |= not self.chain_id
        return lies

    def prepared(self, at: float, *, parent: str) -> None:
        """Take that the snapshot was made that it is unpacked into."""
        if self.prepared_at is None and not self.is_present and (self.committed_at is None or at <= self.committed_at):
            self.prepared_at = at
            self.unpacks_in_parallel = self.position > 0 and not parent

    def unpacked(self, at: float) -> None:
        """Take that its snapshot was complete at that moment."""
        if at < self._asked_at:
            self.is_present = True
        else:
            self.committed_at = at

    # What it means.

    @property
    def may_be_stored(self) -> bool:
        """Whether the store may have it by now."""
        return (self.ingest is None or self._is_unseen) and self.ended_at is None and not self.is_present

    @property
    def has_grown(self) -> bool:
        return self._grown_by is not None

    @property
    def moves(self) -> bool:
        """Whether this pull, or one that it waits for, does or did anything with it."""
        fetched = self.ended_at is not None and self.ended_at >= self._asked_at
        return self.ingest is not None or self.prepared_at is not None or self.is_foreign or fetched

    @property
    def is_finished(self) -> bool:
        """Whether nothing remains to be done with it."""
        return self.is_present or self.committed_at is not None

    @property
    def is_there(self) -> bool:
        """Whether all its bytes are there, or were and are unpacked."""
        return self.is_finished or self.ended_at is not None

    @property
    def fetched_bytes(self) -> int:
        """Bytes that this pull fetched."""
        if self.is_present or self.is_foreign:
            return 0
        return max(0, (self.downloaded_bytes or 0) - self._left_bytes)

    @property
    def left_bytes(self) -> int:
        """Bytes that were there when this pull began with it."""
        return self._left_bytes

    @property
    def missing_bytes(self) -> int:
        """Bytes that this pull has to fetch."""
        if self.is_there or self.is_foreign:
            return 0
        return max(0, self.size_bytes - (self.downloaded_bytes or 0))

    @property
    def downloaded_bytes(self) -> int | None:
        """Bytes that are there through this pull or an earlier, broken one; None where another pull fetches them."""
        if self.is_present:
            return 0
        if self.is_foreign:
            return None
        if self.is_there:
            return self.size_bytes
        return self.ingest.offset if self.ingest else 0

    @property
    def last_step_at(self) -> float | None:
        """When its bytes moved last."""
        if self.ended_at is not None:
            return self.ended_at
        return self.ingest.updated_at if self.ingest else None

    @property
    def state(self) -> LayerState:
        if self.is_present or (self.is_foreign and self.committed_at is not None):
            return LayerState.PRESENT
        if self.committed_at is not None:
            return LayerState.DONE
        if self.ended_at is not None:
            return LayerState.UNPACKING if self.prepared_at is not None else LayerState.DOWNLOADED
        if self.ingest is None or self.is_queued:
            return LayerState.QUEUED
        # With its last byte there an ingest becomes a blob once its digest is checked.
        return LayerState.DOWNLOADED if self.ingest.offset >= self.ingest.total > 0 else LayerState.DOWNLOADING

    @property
    def download(self) -> Download | None:
        """This pull's own download, once a byte of it came."""
        moments = [at for at in (self._grown_by, self.ended_at) if at is not None]
        if self._opened_at is None or not moments or self.is_present or self.is_foreign:
            return None
        return Download(self._opened_at, min(moments), self.ended_at)

    def progress(self, now: float) -> LayerProgress:
        """Return what there is to tell."""
        return LayerProgress(
            self.position,
            self.layer.digest,
            max(self.size_bytes, self.downloaded_bytes or 0),
            self.state,
            self.downloaded_bytes,
            self._download_seconds(now),
            self._unpack_seconds(now),
            self.layer.instruction,
        )

    def _download_seconds(self, now: float) -> float | None:
        """Return the time between opening, or getting a slot, and the last byte."""
        if self._opened_at is None or self.state is LayerState.QUEUED or self.is_present or self.is_foreign:
            return None
        end = self.ended_at
        if end is None:
            if self.committed_at is not None:
                return None  # The blob went before anybody asked when it was complete.
            end = now
        if self.slot_at is None and self._was_queued:
            return None
        return max(0.0, end - (self._opened_at if self.slot_at is None else self.slot_at))

    def _unpack_seconds(self, now: float) -> float | None:
        """Return the time between having all that is needed and the commit; unknown in parallel, where commits come in a burst."""
        if self.prepared_at is None or self.ended_at is None or self.unpacks_in_parallel or self.is_foreign or self.is_present:
            return None
        end = now if self.committed_at is None else self.committed_at
        return max(0.0, end - max(self._turn_at(self.prepared_at), self.ended_at))

    def _turn_at(self, prepared_at: float) -> float:
        """Return when its turn to be unpacked came: with the end of the layer below, as making the snapshot is work, too."""
        below = self._below.committed_at if self._below is not None else None
        return prepared_at if below is None else min(prepared_at, below)
