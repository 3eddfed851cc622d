"""Remote write by hand: the bytes are those that the documents of protobuf and Snappy ask for."""

from __future__ import annotations

import struct

import pytest

from tests.history import remote_write
from tests.history.remote_write import STALE, Samples

MOMENT = 1_767_225_600.0


def test_a_series_is_a_message_of_its_labels_and_samples() -> None:
    """A request has one series with its sorted labels and all its samples, tag and length before each."""
    samples = Samples()
    series = remote_write.encoded({"node": "a", "__name__": "up", "empty": ""})
    samples.add(series, remote_write.number(1), remote_write.at(MOMENT))
    samples.add(series, STALE, remote_write.at(MOMENT + 30))

    (body,) = samples.requests()

    name, node = b"\x0a\x0e\x0a\x08__name__\x12\x02up", b"\x0a\x09\x0a\x04node\x12\x01a"
    first = b"\x12\x10\x09" + struct.pack("<d", 1) + b"\x10" + b"\x80\xd0\xea\xb6\xb7\x33"
    second = b"\x12\x10\x09\x02\x00\x00\x00\x00\x00\xf0\x7f\x10" + b"\xb0\xba\xec\xb6\xb7\x33"
    content = name + node + first + second
    assert body == b"\x0a" + bytes([len(content)]) + content
    assert samples.count == 2


def test_a_block_of_snappy_is_its_length_and_one_literal() -> None:
    """What is sent is the length of the content, then the tag of a literal whose length takes four bytes, then the content."""
    assert remote_write.snappy(b"a" * 200) == b"\xc8\x01" + b"\xfc" + b"\xc7\x00\x00\x00" + b"a" * 200


def test_a_time_of_another_century_is_refused() -> None:
    """The length of a sample is written once for all, so that a moment of another length is a mistake of the test."""
    with pytest.raises(AssertionError, match="century"):
        remote_write.at(1.0)


def test_many_series_are_several_requests() -> None:
    """No request is larger than a few MiB, and none of the samples is lost between two."""
    samples = Samples()
    for number in range(3):
        series = remote_write.encoded({"__name__": f"of_{number}"})
        for step in range(150_000):
            samples.add(series, remote_write.number(step), remote_write.at(MOMENT + step))

    sizes = [len(body) for body in samples.requests()]

    assert len(sizes) == 2
    assert sum(sizes) > 3 * 150_000 * 18
