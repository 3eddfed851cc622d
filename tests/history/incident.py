"""What goes wrong in the course of the day, most of it in its last hour and a half, until all of it does at once."""

from __future__ import annotations

from pullwatch.sim import texts
from pullwatch.sim.catalogue import Image
from pullwatch.sim.workloads import Workload
from tests.history import shelf
from tests.history.shelf import HOUR
from tests.history.site import BATCH, GENERAL, GPU, Site
from tests.history.weather import END, FULL_NODE, WORN_FROM, WORN_NODE


def worn(place: Site) -> None:
    """Keep the node with the worn disk busy."""
    at, number = WORN_FROM, 0
    while at < END - 2200:
        tags = shelf.EVERYDAY[number % 5]
        place.launch(at, shelf.deployed(tags[number % len(tags)]), WORN_NODE, lives_seconds=1800)
        at, number = at + 130, number + 1


def drained(place: Site) -> None:
    """Move what ran on drained nodes to others, of which one has the worn disk."""
    for number, image in enumerate(shelf.APPS):
        for node in (WORN_NODE, *GENERAL[2:6]):
            place.launch(END - 1700 + 95 * number, shelf.deployed(image), node)


def large(place: Site) -> None:
    """Roll out two large images: one from a registry that keeps up, one from the registry that is slow now."""
    cache = Workload("DaemonSet", "ml", "embedder-cache", shelf.EMBEDDER[-1])
    for number, node in enumerate(node for node in GENERAL if node != WORN_NODE):
        place.launch(END - 2900 + 31 * number, shelf.deployed(shelf.CATALOGUE), node)
        place.launch(END - 1500 + 40 * number, cache, node)


def odd(place: Site) -> None:
    """Say what contradicts a pod, what nobody understands, and what is left of repeated texts."""
    web = Workload("Deployment", "shop", "web", shelf.WEB[0])
    for at in (0.7 * HOUR, 2.2 * HOUR, 5.5 * HOUR, END - 1300):
        place.lie(at, web, GENERAL[2], claimed=GENERAL[3])
    for at in (1.2 * HOUR, 6.4 * HOUR, END - 1000):
        place.say(at, web, GENERAL[5], "Pulled", "Image obtained in no time at all")
    for at in (2.9 * HOUR, 5.8 * HOUR, END - 1600):
        place.say(at, web, GENERAL[6], "Pulled", texts.present(web.image.reference))
        combined = f"(combined from similar events): {texts.failed(shelf.TYPO.reference, texts.not_found(shelf.TYPO.canonical))}"
        place.say(at, Workload("Job", "batch", "sweep", shelf.TYPO), GENERAL[0], "Failed", combined, counts=(12, 15, 19))


def ended(place: Site) -> None:
    """Let all go wrong at the end: stuck, queued, failing and refused."""
    ml, shop = "ml", "shop"
    place.launch(END - 1500, Workload("Deployment", ml, "vision", shelf.STUCK), GPU[4])
    place.launch(END - 600, Workload("DaemonSet", "platform", "gpu-metrics", shelf.GPU_METRICS), GPU[4])
    place.launch(END - 560, Workload("Job", ml, "trainer", shelf.TRAINER[-1]), BATCH[1])
    for number, tags in enumerate(shelf.EVERYDAY[:4]):
        place.launch(END - 540 + 20 * number, Workload("Deployment", shop, f"late-{number}", tags[-1]), BATCH[1])
    for at, node in ((120, GPU[2]), (90, BATCH[1]), (1100, FULL_NODE)):
        place.launch(END - at, Workload("Deployment", ml, "embedder", shelf.SHOWN), node)
    for number in (6, 1):
        place.launch(END - 1400 - number, Workload("Deployment", shop, "checkout", shelf.TYPO), GENERAL[number])
    place.launch(END - 2000, Workload("Deployment", "billing", "billing", shelf.PRIVATE), GENERAL[9])
    place.launch(END - 1090, shelf.deployed(shelf.EVERYDAY[8][-1]), GENERAL[10])
    place.launch(END - 1300, shelf.deployed(shelf.EVERYDAY[7][-1]), GENERAL[13])
    odd = Image("registry.example.com/Shop/basket:1", 0)
    text = f'Failed to apply default image tag "{odd.reference}": couldn\'t parse image name "{odd.reference}": invalid reference format'
    place.refuse(END - 3000, Workload("Deployment", shop, "basket", odd), GENERAL[4], reason="InspectFailed", text=text)
    held = shelf.CHECKOUT
    text = f'Container image "{held.reference}" is not present with pull policy of Never'
    never = Workload("Deployment", shop, "checkout-canary", held, policy="Never")
    place.refuse(END - 2500, never, GENERAL[12], reason="ErrImageNeverPull", text=text)


ALL = (worn, drained, large, odd, ended)
