"""What is said of an image: which layer is big, who else has it, and what a change of release moves.

The first sentence answers the question that somebody asks who waits for the image.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullwatch.publish.report import words
from pullwatch.publish.report.content import Column, Content, Kind, Row, Section, Tone
from pullwatch.pulls import breakdown as judged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullwatch.pulls.breakdown import Breakdown, BrokenDownLayer, Dominant

HOW_TO_KNOW = (
    "Layers come from `pullwatch agent` on the nodes (serve --agents) or from `pullwatch registry` (serve --layers-from); docs/agent.md"
    " tells which of them to take."
)

MOST_LAYERS = 256
"""Layers shown; no runtime mounts more, and the JSON has them all."""

MOST_OTHERS = 10
"""Images shown that share layers, and releases."""

MOST_INSTRUCTION = 60
"""Characters of a Dockerfile line within a sentence; the list has more of it."""

MOST_IMAGE = 90
"""Characters of the image within a title."""


def compose(found: Breakdown, *, node: str | None = None) -> Content:
    """Return the content; texts are plain, but not escaped for any output. `node` is the one that was asked for."""
    largest = judged.dominant(found.layers)
    sections = (_layers(found, largest), _releases(found), _others(found))
    return Content(
        title=f"Layers of {words.shorten_image(words.plain(name(found)), MOST_IMAGE)}",
        headline=headline(found, largest),
        facts=(*_facts(found, largest), *_on_node(found, node)),
        sections=tuple(section for section in sections if section.rows),
        coverage=", ".join(_grounds(found)) + ".",
        lead="Source",
    )


def name(found: Breakdown) -> str:
    """Return what to call the image."""
    if found.image:
        return found.image
    named = "/".join(part for part in (found.registry, found.repository) if part)
    return f"{named}@{found.digest}" if named and found.digest else named or found.digest or "an image without a name"


def headline(found: Breakdown, largest: Dominant | None) -> str:
    """Return the one sentence about its largest layer."""
    if not found.layers:
        size = "" if found.size_bytes is None else f" It has {words.size(found.size_bytes)} in all."
        return f"The layers of this image are not known.{size}"
    if largest is None:
        return f"{_count(found)}, all of them empty."
    layer = largest.layer
    line = f", `{words.shorten(words.plain(layer.instruction), MOST_INSTRUCTION)}`" if layer.instruction else ""
    what = f"ayer {layer.position}, {words.size(layer.size_bytes)}{line}"
    whole = words.size(sum(one.size_bytes for one in judged.unique(found.layers)))
    if len(found.layers) == 1:
        return f"L{what}, is all of the image and is fetched alone."
    part = f"{words.percent(largest.share)} of {whole}"
    if largest.alone:
        return f"L{what}, is {part} and is fetched alone."
    if largest.outlasts:
        return f"L{what}, is {part} and is fetched longer than all others."
    return f"No layer dominates: the largest, l{what}, is {part}."


def _facts(found: Breakdown, largest: Dominant | None) -> Iterator[str]:
    yield f"{words.shorten_image(words.plain(name(found)), 2 * MOST_IMAGE)}: {_measures(found)}."
    if not found.layers:
        yield HOW_TO_KNOW
        return
    if largest is not None and largest.outlasts and len(found.layers) > 1:
        yield (
            f"A pull fetches {judged.CONNECTIONS} layers at a time: when the others are there, {words.size(largest.alone_bytes)} of this one are"
            " still to come, by one connection."
        )
    if found.shared_bytes == 0:
        yield "No other known image has any of its layers."
        return
    if largest is not None and largest.layer.images is not None:
        others = largest.layer.images - 1
        yield (
            f"{words.counted(others, 'other known image has', 'other known images have')} layer {largest.layer.position}, too: a node that holds"
            " one of them does not fetch it again."
            if others > 0
            else f"No other known image has layer {largest.layer.position}."
        )
    if found.shared_bytes is not None and found.size_bytes:
        yield f"{words.size(found.shared_bytes)} of it ({words.percent(found.shared_bytes / found.size_bytes)}) are in other known images, too."


def _on_node(found: Breakdown, node: str | None) -> Iterator[str]:
    if node is None:
        return
    name = words.shorten_middle(words.plain(node), MOST_INSTRUCTION)
    if found.unique_bytes is None:
        yield f"What {name} would lose with it is not known: it does not hold the image, or holds others of unknown layers."
    else:
        yield f"{words.size(found.unique_bytes)} would go from {name} with it: no other image there has these layers."


def _measures(found: Breakdown) -> str:
    parts = [_count(found)] if found.layers or found.layer_count is not None else []
    kind = "" if found.size_kind in ("compressed", "unknown") else f" {found.size_kind}"
    if found.size_bytes is not None:
        parts.append(f"{words.size(found.size_bytes)}{kind}")
    if found.platform:
        parts.append(words.shorten(words.plain(found.platform), 40))
    if found.nodes is not None:
        parts.append(f"on {words.counted(found.nodes, 'node')}")
    return ", ".join(parts) or "nothing more is known of it"


def _count(found: Breakdown) -> str:
    return words.counted(len(found.layers) or found.layer_count or 0, "layer")


def _layers(found: Breakdown, largest: Dominant | None) -> Section:
    total = sum(layer.size_bytes for layer in judged.unique(found.layers))
    shared = any(layer.images is not None for layer in found.layers)
    told = any(layer.instruction for layer in found.layers)
    columns = (
        Column(title="Layer"),
        Column(title="Size"),
        Column(title="Share", rank=1),
        Column(title="Bar", kind=Kind.BAR, rank=3),
        *((Column(title="Images", rank=2),) if shared else ()),
        Column(title="Dockerfile line" if told else "Digest", kind=Kind.LINE),
    )
    repeated = _repeated(found.layers)
    rows = tuple(
        Row(
            (
                str(layer.position),
                words.size(layer.size_bytes),
                words.percent(layer.size_bytes / total) if total else words.UNKNOWN,
                f"{layer.size_bytes / total:.9f}" if total else "",
                *((words.UNKNOWN if layer.images is None else words.number(layer.images),) if shared else ()),
                _line(layer, told=told, first=repeated.get(layer.position)),
            ),
            Tone.LARGE if largest is not None and largest.alone and layer.position == largest.layer.position else Tone.PLAIN,
        )
        for layer in found.layers[:MOST_LAYERS]
    )
    return Section(title="Layers, from the base upwards", columns=columns, rows=rows, left_out=len(found.layers[MOST_LAYERS:]))


def _repeated(layers: tuple[BrokenDownLayer, ...]) -> dict[int, int]:
    """Return for each position whose layer stood before where that was."""
    first: dict[str, int] = {}
    return {layer.position: first[layer.digest] for layer in layers if first.setdefault(layer.digest, layer.position) != layer.position}


def _line(layer: BrokenDownLayer, *, told: bool, first: int | None) -> str:
    text = words.plain(layer.instruction or "" if told else layer.digest)
    return text if first is None else f"(the same as layer {first}) {text}"


def _releases(found: Breakdown) -> Section:
    columns = (Column(title="Fetched"), Column(title="Kept"), Column(title="For", kind=Kind.IMAGE))
    rows = tuple(
        Row((words.size(release.fetched_bytes), words.size(release.kept_bytes), words.plain(release.image)))
        for release in found.releases[:MOST_OTHERS]
    )
    return Section(
        title="What a node that holds this image fetches for another release",
        columns=columns,
        rows=rows,
        left_out=len(found.releases[MOST_OTHERS:]),
    )


def _others(found: Breakdown) -> Section:
    columns = (Column(title="Shared"), Column(title="Of this"), Column(title="Image", kind=Kind.IMAGE))
    rows = tuple(
        Row(
            (
                words.size(other.shared_bytes),
                words.percent(other.shared_bytes / found.size_bytes if found.size_bytes else None),
                words.plain(other.image),
            )
        )
        for other in found.others[:MOST_OTHERS]
    )
    return Section(title="Images that share layers", columns=columns, rows=rows, left_out=len(found.others[MOST_OTHERS:]))


_SOURCES = {"agent": "layers told by an agent", "registry": "layers told by the registry", "containerd": "layers read from containerd"}


def _grounds(found: Breakdown) -> Iterator[str]:
    yield _SOURCES.get(found.layers_from or "", "no layers known")
    if found.size_kind == "compressed":
        yield "bytes as a registry holds them (compressed)"
    if found.digest:
        yield f"manifest {words.plain(found.digest)}"
