"""Images of the day: repositories whose tags follow each other every two hours and grow."""

from __future__ import annotations

from pullwatch.sim import builds, catalogue
from pullwatch.sim.builds import Build
from pullwatch.sim.catalogue import Image
from pullwatch.sim.workloads import Workload

HOUR = 3600.0
TAG_SECONDS = 2 * HOUR


def _tags(repository: str, first: str, *, bytes_each: tuple[int, ...]) -> tuple[Image, ...]:
    """Return images of these sizes; the last number of the first tag goes up."""
    head, dot, last = first.rpartition(".")
    return tuple(Image(f"{repository}:{head}{dot}{int(last) + number}", size) for number, size in enumerate(bytes_each))


WEB = _tags("registry.example.com/shop/web", "2.14", bytes_each=(94_120_331, 121_655_004, 188_201_477, 262_950_118, 301_774_020))
LOG_AGENT = _tags("registry.example.com/platform/log-agent", "3.2", bytes_each=(48_073_645, 63_410_977))
TRAINER = _tags("registry.slow.example/ml/trainer", "1.8", bytes_each=(1_912_551_208, 2_233_018_334, 2_608_771_090, 3_104_210_555))
EMBEDDER = _tags("registry.slow.example/ml/embedder", "0.4", bytes_each=(610_220_187, 640_871_224, 702_118_630, 745_090_002, 790_414_118))
SHOWN = EMBEDDER[-1]
"""Of which at the end pulls run, wait, ended lately and fail: the image to look at."""
FEATURES = _tags("registry.slow.example/ml/feature-store", "2026.1", bytes_each=(1_104_617_993, 1_131_020_440, 1_188_904_721))
REPORT = Image("registry.example.com/batch/report:latest", 61_204_666)
CATALOGUE = Image("registry.example.com/shop/catalogue:5.0", 664_310_772)
GPU_METRICS = catalogue.GPU_METRICS
STUCK = catalogue.VISION_STUCK
TYPO = catalogue.CHECKOUT_TYPO
CHECKOUT = catalogue.CHECKOUT
PRIVATE = Image("ghcr.io/example/billing:7.0", 0)
"""That nobody may pull who does not say who he is."""
EDGE_CACHE = _tags("quay.io/example/edge-cache", "3.1", bytes_each=(210_338_904, 214_702_118, 260_411_350, 271_019_447, 312_660_215))
"""Of nodes whose runtime tells sizes as they are unpacked."""
NGINX = _tags("nginx", "1.27", bytes_each=(72_195_292, 73_018_845))

EVERYDAY = (
    _tags("registry.example.com/shop/search", "8.3", bytes_each=(142_018_455, 151_770_211, 163_204_718, 190_336_007, 204_118_950)),
    _tags("registry.example.com/shop/mail", "3.0", bytes_each=(38_550_103, 38_910_556, 39_204_770, 40_118_002, 40_310_255)),
    _tags("registry.example.com/batch/import", "12", bytes_each=(210_077_140, 222_404_118, 231_800_466, 262_117_905, 280_551_403)),
    _tags("ghcr.io/example/feature-flags", "1.31", bytes_each=(64_288_754, 66_710_338, 71_020_114, 71_404_552, 72_990_138)),
    _tags("registry.example.com/platform/gateway", "2.9", bytes_each=(57_431_019, 58_002_447, 61_880_314, 62_115_906, 64_402_711)),
    _tags("quay.io/example/etl-runner", "6.2", bytes_each=(388_246_810, 402_771_035, 455_090_188, 471_330_207, 480_118_904)),
    _tags("ghcr.io/example/schema-migrate", "4.18", bytes_each=(22_117_902, 22_404_110, 22_871_554, 23_118_470, 23_440_018)),
    _tags("redis", "7.4", bytes_each=(46_910_345, 47_118_200, 47_303_911, 48_020_447, 48_110_930)),
    _tags("quay.io/example/exporter", "0.28", bytes_each=(14_903_356, 15_118_003, 15_440_200, 15_871_334, 16_020_118)),
    _tags("postgres", "17.2", bytes_each=(158_404_117, 158_990_332, 159_118_050, 160_771_904, 161_020_337)),
)
"""Repositories of the ordinary coming and going, most wanted first."""

APPS = tuple(Image(f"registry.example.com/apps/{name}:1.0", size) for name, size in {
    "accounts": 200_948_110, "badges": 163_761_176, "calendar": 215_914_368, "drafts": 150_310_481, "exports": 224_238_884,
    "forms": 178_112_430, "guides": 156_601_393, "hints": 169_218_527, "invites": 206_823_538, "labels": 187_465_143,
    "maps": 242_940_400, "notes": 153_007_267,
}.items())  # fmt: skip
"""What moves when a node is drained: none of the nodes that it goes to has it."""


def newest(tags: tuple[Image, ...], *, at: float, later_seconds: float = 0.0) -> Image:
    """Return the tag that is deployed at a moment; a repository's next one may come later than others'."""
    return tags[max(0, min(len(tags) - 1, int((at - later_seconds) // TAG_SECONDS)))]


def known() -> dict[str, Build]:
    """Return how all images are built, by their canonical reference."""
    tags = (WEB, LOG_AGENT, TRAINER, EMBEDDER, FEATURES, EDGE_CACHE, NGINX, *EVERYDAY)
    images = [*(image for each in tags for image in each), *APPS, CATALOGUE, REPORT, GPU_METRICS, STUCK, CHECKOUT]
    return {image.canonical: builds.build(image) for image in images}


def deployed(image: Image) -> Workload:
    """Return the workload that runs an image, named after it."""
    *_, project, name = ("platform", *image.repository.split("/")) if image.registry == "docker.io" else image.repository.split("/")
    return Workload("Deployment", "platform" if project in ("library", "example") else project, name, image)
