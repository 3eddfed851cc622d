"""What the text of a kubelet Event says about an image.

Each text is read by its grammar: a Go-quoted string, Go durations, a size. The texts by kubelet version are those of
kubernetes `pkg/kubelet/images` (image_manager.go, events.go); failures are named by `reason`. Nothing raises, and the
cost is linear: a text outside the grammar is `UNPARSED`, one that is about something else is `UNRELATED`.
"""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING

import msgspec

from pullwatch.pulls import reason as reasons
from pullwatch.pulls.pull import REFUSALS, Reason

if TYPE_CHECKING:
    from collections.abc import Callable

COMBINED = "(combined from similar events): "
"""client-go's prefix of an Event that stands for several; each state of it carries the newest text only."""


class Kind(enum.Enum):
    """What a text says."""

    PULLING = enum.auto()
    PULLED = enum.auto()
    PRESENT = enum.auto()
    FAILED = enum.auto()
    REFUSED = enum.auto()
    BACK_OFF = enum.auto()
    CONTAINER_ERROR = enum.auto()
    """`Error: ErrImagePull` and the like: the container's echo of a failure that has an Event of its own."""
    UNRELATED = enum.auto()
    UNPARSED = enum.auto()


class Message(msgspec.Struct, frozen=True, gc=False):
    """A text's meaning; durations in seconds, the size in bytes, None where the text does not tell."""

    kind: Kind
    image: str = ""
    pull_seconds: float | None = None
    total_seconds: float | None = None
    size_bytes: int | None = None
    reason: Reason | None = None
    combined: bool = False
    sandbox: bool = False
    """The image of the pod's sandbox, which no container names."""

    @property
    def wait_seconds(self) -> float | None:
        """The kubelet's queue; None where the two durations contradict each other by more than their rounding."""
        pull, total = self.pull_seconds, self.total_seconds
        if pull is None or total is None or total < pull - 0.002:
            return None
        return round(total - pull, 9) if total > pull else 0.0


UNRELATED = Message(Kind.UNRELATED)
UNPARSED = Message(Kind.UNPARSED)

REASONS = frozenset(
    {"Pulling", "Pulled", "Failed", "BackOff", "ErrImageNeverPull", "InspectFailed", "FailedCreatePodSandBox"},
)
"""Event reasons whose texts can be about an image; all others are not looked at."""


def concerns_image(reason: str, text: str) -> bool:
    """Tell cheaply whether an Event is worth keeping: neither another reason, nor a crash, nor a container's echo."""
    return reason in REASONS and not text.startswith(("Back-off restarting ", "Error: "))


def parse(reason: str, text: str) -> Message:
    """Return what an Event of this reason says with this text."""
    read = _READERS.get(reason)
    if read is None:
        return UNRELATED
    if text.startswith(COMBINED):
        return msgspec.structs.replace(read(text[len(COMBINED) :]), combined=True)
    return read(text)


def _pulling(text: str) -> Message:
    image, rest = _quoted_after(text, "Pulling image ")
    if image is None or rest:
        return UNPARSED
    return Message(Kind.PULLING, image)


def _pulled(text: str) -> Message:
    image, rest = _quoted_after(text, "Successfully pulled image ")
    if image is not None:
        return _success(image, rest)
    image, rest = _quoted_after(text, "Container image ")
    if image is not None and rest.startswith(" already present on machine"):
        return Message(Kind.PRESENT, image)
    return UNPARSED


# Most durations are plain seconds, which need no second look; a group of its own for them and for all others.
_TIME = r"(?:([0-9]{1,9}(?:\.[0-9]{1,9})?)s|([0-9.a-zµμ]{1,40}))"
_SUCCESS = re.compile(
    rf" in {_TIME}(?: \({_TIME} including waiting\))?(?=[. ]|\Z)(?:\.? ?Image size: ([0-9]{{1,18}}) bytes(?![0-9A-Za-z]))?"
)


def _success(image: str, rest: str) -> Message:
    if not rest:
        return Message(Kind.PULLED, image)
    found = _SUCCESS.match(rest)
    if not found:
        return UNPARSED
    first_seconds, first_other, second_seconds, second_other, size = found.groups()
    first = float(first_seconds) if first_seconds else duration(first_other)
    # The kubelet writes 0 where it could not ask the runtime for the size.
    size_bytes = int(size) or None if size else None
    if not second_seconds and not second_other:
        # Up to kubelet 1.25 the only duration includes the queue.
        return UNPARSED if first is None else Message(Kind.PULLED, image, None, first, size_bytes)
    second = float(second_seconds) if second_seconds else duration(second_other)
    return UNPARSED if first is None or second is None else Message(Kind.PULLED, image, first, second, size_bytes)


def _failed(text: str) -> Message:
    if text.startswith("Error: "):
        return Message(Kind.CONTAINER_ERROR)
    image, rest = _quoted_after(text, "Failed to pull image ")
    if image is None:
        return UNPARSED if text.startswith("Failed to pull image") else UNRELATED
    if not rest.startswith(": "):
        return UNPARSED
    return _attempt(image, rest[2:])


def _attempt(image: str, error: str) -> Message:
    why = reasons.of_error(error, image=image)
    return Message(Kind.REFUSED if why in REFUSALS else Kind.FAILED, image, reason=why)


def _back_off(text: str) -> Message:
    image, _ = _quoted_after(text, "Back-off pulling image ")
    if image is not None:
        return Message(Kind.BACK_OFF, image)
    return UNPARSED if text.startswith("Back-off pulling image") else UNRELATED


def _never_pull(text: str) -> Message:
    image, rest = _quoted_after(text, "Container image ")
    if image is None or "pull policy of Never" not in rest[:200]:
        return UNPARSED
    return Message(Kind.REFUSED, image, reason=Reason.POLICY)


def _inspect_failed(text: str) -> Message:
    image, rest = _quoted_after(text, "Failed to apply default image tag ")
    if image is not None and rest.startswith(": "):
        return Message(Kind.REFUSED, image, reason=Reason.INVALID_NAME)
    image, rest = _quoted_after(text, "Failed to inspect image ")
    if image is not None and rest.startswith(": "):
        # The runtime did not answer; nothing was asked of a registry, but the container cannot start either.
        return Message(Kind.FAILED, image, reason=Reason.RUNTIME)
    return UNPARSED


_SANDBOX_MARKS = ("failed to get sandbox image ", "unable to pull image ", "unable to pull pause image ", "failed pulling image ")
_SANDBOX_SOURCE = re.compile(r"[ :][Ii]nitializing source docker://([^\s\"]+): ")


def _sandbox(text: str) -> Message:
    """Read a sandbox failure; only one that names the sandbox image is about a pull.

    containerd: `failed to get sandbox image "X": failed to pull image "X": ...` (internal/cri/server/images); dockershim:
    `failed pulling image "X": ...`; CRI-O names it as the source that it could not read.
    """
    if not text.startswith(("Failed to create pod sandbox: ", "Failed create pod sandbox: ")):
        return UNRELATED
    mark = next((mark for mark in _SANDBOX_MARKS if f": {mark}" in text or f" = {mark}" in text), None)
    if mark is None:
        source = _SANDBOX_SOURCE.search(text)
        return msgspec.structs.replace(_attempt(source[1], text[source.end() :]), sandbox=True) if source else UNRELATED
    image, rest = _quoted_after(text[text.index(mark) :], mark)
    if image is None or not rest.startswith(": "):
        return UNPARSED
    return msgspec.structs.replace(_attempt(image, rest[2:]), sandbox=True)


_READERS: dict[str, Callable[[str], Message]] = {
    "Pulling": _pulling,
    "Pulled": _pulled,
    "Failed": _failed,
    "BackOff": _back_off,
    "ErrImageNeverPull": _never_pull,
    "InspectFailed": _inspect_failed,
    "FailedCreatePodSandBox": _sandbox,
}


def _quoted_after(text: str, prefix: str) -> tuple[str | None, str]:
    """Return the Go-quoted string that follows the prefix, and what follows it; None if there is none."""
    if not text.startswith(prefix):
        return None, ""
    return unquote(text, len(prefix))


def unquote(text: str, start: int) -> tuple[str | None, str]:
    r"""Read a string as Go's `%q` writes it (strconv.Quote: \a \b \f \n \r \t \v \\ \" \xHH \uHHHH \UHHHHHHHH)."""
    if not text.startswith('"', start):
        return None, ""
    end = text.find('"', start + 1)
    if end < 0:
        return None, ""
    if "\\" not in text[start:end]:
        return text[start + 1 : end], text[end + 1 :]
    quoted = _QUOTED.match(text, start)
    if not quoted:
        return None, ""
    return _ESCAPE.sub(_unescape, quoted[1]), text[quoted.end() :]


_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", '"': '"'}
_ESCAPE = re.compile(r'\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U(000[0-9a-f]{5}|0010[0-9a-f]{4})|([abfnrtv\\"]))')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"')


def _unescape(found: re.Match[str]) -> str:
    code = found[1] or found[2] or found[3]
    return chr(int(code, 16)) if code else _ESCAPES[found[4]]


_DURATION = re.compile(r"(?:([0-9]{1,7})h)?(?:([0-9]{1,9})m(?!s))?(?:([0-9]{1,12}(?:\.[0-9]{1,9})?)(s|ms|us|µs|μs|ns))?\Z")
_UNIT_SECONDS = {"s": 1.0, "ms": 1e3, "us": 1e6, "µs": 1e6, "μs": 1e6, "ns": 1e9}
_LONGEST_SECONDS = 9.3e9
"""Go's time.Duration ends at 292 years."""


def duration(text: str) -> float | None:
    """Return the seconds of a Go duration (time.Duration.String: h m s ms us ns), None for anything else."""
    found = _DURATION.match(text)
    if not found or not text:
        return None
    hours, minutes, number, unit = found.groups()
    # Dividing the decimal number once keeps `275ms` equal to 0.275, which multiplying by 0.001 does not.
    seconds = float(number) / _UNIT_SECONDS[unit] if number else 0.0
    if hours or minutes:
        seconds = round(int(hours or 0) * 3600 + int(minutes or 0) * 60 + seconds, 9)
    return seconds if seconds < _LONGEST_SECONDS else None
