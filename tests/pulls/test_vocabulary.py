"""Short texts in few bytes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pullwatch.pulls.vocabulary import Vocabulary


@given(st.lists(st.text(max_size=3_000), max_size=20))
def test_each_text_comes_back_as_it_was(texts: list[str]) -> None:
    """Those from before something was learned, and those after."""
    vocabulary = Vocabulary()
    squeezed = [vocabulary.squeeze(text) for text in texts]

    assert [vocabulary.loosen(edition, content) for edition, content in squeezed] == texts


def test_it_learns_from_the_first_texts() -> None:
    """Later ones of the same words take less room than the first."""
    vocabulary = Vocabulary()
    texts = [f"RUN install-our-tools --from https://artifacts.example.com/team-{n} --into /srv/platform/current" for n in range(20)]
    sizes = [len(vocabulary.squeeze(text)[1]) for text in texts]

    assert sizes[-1] < sizes[0] / 3
