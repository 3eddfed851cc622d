"""Field selectors as the API server reads them: equal and not equal, joined by commas, only on fields it knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pullwatch.sim import statuses
from pullwatch.sim.resources import Object, Resource


@dataclass(frozen=True, slots=True)
class Requirement:
    """One term of a selector."""

    path: tuple[str, ...]
    value: str
    equal: bool

    def holds(self, object_: Object) -> bool:
        """Tells whether an object meets the term; an absent field counts as the empty text."""
        return (_text(object_, self.path) == self.value) is self.equal


@dataclass(frozen=True, slots=True)
class Selection:
    """What a list or watch asks for: a resource, perhaps one namespace, perhaps a selector."""

    resource: Resource
    namespace: str
    requirements: Sequence[Requirement]

    @property
    def everything(self) -> bool:
        """Tells whether no object is left out, so that shared frames can be sent as they are."""
        return not self.namespace and not self.requirements

    def matches(self, object_: Object) -> bool:
        """Tells whether an object is asked for."""
        if self.namespace and object_["metadata"].get("namespace") != self.namespace:
            return False
        return all(requirement.holds(object_) for requirement in self.requirements)


def parse(text: str, resource: Resource) -> tuple[Requirement, ...]:
    """Reads a fieldSelector; raises a 400 Status for what the server would refuse."""
    return tuple(_requirement(term, resource) for term in text.split(",") if term)


def _requirement(term: str, resource: Resource) -> Requirement:
    for operator in ("!=", "==", "="):
        label, found, value = term.partition(operator)
        if found:
            return Requirement(path=_path(label, resource), value=value, equal=operator != "!=")
    raise statuses.bad_request(f"invalid selector: '{term}'; can't understand '{term}'")


def _path(label: str, resource: Resource) -> tuple[str, ...]:
    path = resource.fields.get(label)
    if path is None:
        raise statuses.bad_request(f"field label not supported: {label}")
    return path


def _text(object_: Object, path: tuple[str, ...]) -> str:
    value: object = object_
    for name in path:
        if not isinstance(value, dict):
            return ""
        value = value.get(name)
    return "" if value is None else str(value)
