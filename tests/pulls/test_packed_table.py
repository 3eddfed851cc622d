"""Layer tables in few bytes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pullwatch.pulls import observed, packed_table
from pullwatch.pulls.layers import Layer, LayerTable
from pullwatch.pulls.vocabulary import Vocabulary
from tests.pulls import made_images

texts = st.text(max_size=150).map(observed.clean)
layers = st.builds(
    Layer,
    digest=st.integers(0, 5).map(lambda n: made_images.digest(str(n))),
    size_bytes=st.integers(0, 1 << 50),
    media_type=texts,
    instruction=st.none() | texts,
)
tables = st.builds(
    LayerTable,
    digest=st.just(made_images.digest("manifest")),
    media_type=texts,
    config_digest=st.sampled_from([made_images.digest("config"), "sha512:" + "ab" * 64]),
    layers=st.lists(layers, max_size=5).map(tuple),
    platform=st.none() | texts,
)


@given(tables)
def test_a_table_comes_back_as_it_was(table: LayerTable) -> None:
    """Empty texts and unknown ones stay apart, sizes are exact, and any cleaned text is kept."""
    vocabulary = Vocabulary()
    packed = packed_table.pack(table, range(len(table.layers)), vocabulary)
    digests = [layer.digest for layer in table.layers]

    assert packed_table.unpack(packed, vocabulary, digest=table.digest, layers=digests) == table
    assert list(packed_table.numbers(packed)) == list(range(len(table.layers)))
    assert list(packed_table.sizes(packed)) == [layer.size_bytes for layer in table.layers]


def test_the_head_tells_the_figures() -> None:
    """Bytes of all layers, of the largest, and how many there are."""
    packed = packed_table.pack(made_images.table(base=100, app=5_000_000_000), [0, 1], Vocabulary())

    assert packed_table.head(packed) == packed_table.Head(5_000_000_100, 5_000_000_000, 2)
