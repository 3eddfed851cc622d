"""Each setting is a flag, an environment variable and a key of the configuration file, and docs/settings.md lists it."""

from __future__ import annotations

import dataclasses
import os
import typing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import pytest

from pullwatch import settings, settings_page
from pullwatch.app import agent, doctor, registry, render, replay, report, serve
from tests.app.given import exit_code

if TYPE_CHECKING:
    from collections.abc import Iterator

VERBS: dict[str, Any] = {
    "report": settings.Report,
    "serve": settings.Serve,
    "agent": settings.Agent,
    "render": settings.Render,
    "replay": settings.Play,
    "demo": settings.Play,
    "doctor": settings.Doctor,
    "registry": settings.Registry,
}
FILES = {"replay": ["recording.jsonl"]}
"""What a verb needs beside its settings."""


class Setting(NamedTuple):
    """A field of the settings tree; `path` leads to it."""

    verb: str
    path: tuple[str, ...]
    kind: Any

    @property
    def flag(self) -> str:
        return self.path[-1].replace("_", "-")

    @property
    def variable(self) -> str:
        return f"PULLWATCH_{self.path[-1].upper()}"

    def of(self, options: Any) -> Any:
        for name in self.path:
            options = getattr(options, name)
        return options


def tree(verb: str, kind: Any, path: tuple[str, ...] = ()) -> Iterator[Setting]:
    """Yield the settings below a class."""
    kinds = typing.get_type_hints(kind)
    for field in dataclasses.fields(kind):
        own = kinds[field.name]
        if dataclasses.is_dataclass(own):
            yield from tree(verb, own, (*path, field.name))
        else:
            yield Setting(verb, (*path, field.name), own)


SETTINGS = [setting for verb, kind in VERBS.items() for setting in tree(verb, kind)]


class Given(NamedTuple):
    """A value other than the default, in the three ways of writing it."""

    value: Any
    flags: list[str]
    variable: str
    key: str


def other_value(setting: Setting) -> Given:
    """Return a value that no setting of this kind has by default."""
    flag = f"--{setting.flag}"
    kinds = [kind for kind in (typing.get_args(setting.kind) or (setting.kind,)) if kind is not type(None)]
    if typing.get_origin(kinds[0]) is Literal and typing.get_origin(setting.kind) is tuple:
        one, other = typing.get_args(kinds[0])[-2:]
        return Given((one, other), [flag, one, flag, other], f"{one} {other}", f'["{one}", "{other}"]')
    if typing.get_origin(setting.kind) is tuple:
        return Given(("a", "b"), [flag, "a", flag, "b"], "a b", '["a", "b"]')
    if bool in kinds:
        return Given(True, [flag], "true", "true")  # noqa: FBT003 - the value of the setting itself
    if int in kinds:
        return Given(7, [flag, "7"], "7", "7")
    if Path in kinds:
        return Given(Path("some/file"), [flag, "some/file"], "some/file", '"some/file"')
    if str in kinds:
        return Given("some-text", [flag, "some-text"], "some-text", '"some-text"')
    literal = setting.kind if typing.get_origin(setting.kind) is Literal else kinds[0]
    last = str(typing.get_args(literal)[-1])
    return Given(last, [flag, last], last, f'"{last}"')


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return the settings of each run of a verb, none of which does anything."""
    for name in [name for name in os.environ if name.startswith("PULLWATCH_")]:
        monkeypatch.delenv(name)
    options: list[Any] = []
    monkeypatch.setattr(report, "run", lambda _, given: options.append(given))
    monkeypatch.setattr(serve, "run", options.append)
    monkeypatch.setattr(agent, "run", options.append)
    monkeypatch.setattr(doctor, "run", options.append)
    monkeypatch.setattr(registry, "run", options.append)

    def write_nothing(given: settings.Render) -> list[Path]:
        options.append(given)
        return []

    monkeypatch.setattr(render, "run", write_nothing)
    monkeypatch.setattr(replay, "run", lambda _, given: options.append(given))
    return options


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: f"{setting.verb} {setting.flag}")
def test_each_setting_can_be_given_in_three_ways(
    setting: Setting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runs: list[Any]
) -> None:
    """Flag, variable and key set the same field and no other."""
    given = other_value(setting)
    config = tmp_path / "config.toml"
    config.write_text(f"[{setting.verb}]\n{setting.flag} = {given.key}\n")
    verb = [setting.verb, *FILES.get(setting.verb, [])]

    codes = [exit_code(*verb), exit_code(*verb, *given.flags), exit_code(*verb, "--config", config)]
    monkeypatch.setenv(setting.variable, given.variable)
    codes.append(exit_code(*verb))

    assert codes == [0] * 4
    default, by_flag, by_key, by_variable = runs
    assert default == VERBS[setting.verb]()
    assert setting.of(default) != setting.of(by_flag) == given.value
    assert by_flag == by_key == by_variable


def test_a_flag_wins_over_a_variable_and_that_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runs: list[Any]) -> None:
    """What is typed now counts most, what lies in a file least."""
    config = tmp_path / "config.toml"
    config.write_text('[serve]\nlisten = "file:1"\nlog-level = "error"\nnamespace = ["file"]\n')
    monkeypatch.setenv("PULLWATCH_CONFIG", str(config))
    monkeypatch.setenv("PULLWATCH_LISTEN", "variable:1")
    monkeypatch.setenv("PULLWATCH_NAMESPACE", "variable")

    exit_code("serve", "--namespace", "flag")

    (given,) = runs
    assert (given.cluster.namespace, given.listen, given.log.log_level) == (("flag",), "variable:1", "error")


def test_a_flag_can_switch_off_what_the_file_switches_on(tmp_path: Path, runs: list[Any]) -> None:
    """A file shared by many runs can be overruled in one of them."""
    config = tmp_path / "config.toml"
    config.write_text("[demo]\nfast = true\nexit-at-end = true\n")

    exit_code("demo", "--config", config, "--no-fast")

    (given,) = runs
    assert (given.fast, given.exit_at_end) == (False, True)


def test_service_links_of_kubernetes_set_nothing(monkeypatch: pytest.MonkeyPatch, runs: list[Any]) -> None:
    """A Service named pullwatch puts variables into every pod of its namespace; they are not ours."""
    links = {
        "PULLWATCH_SERVICE_HOST": "10.0.0.1",
        "PULLWATCH_SERVICE_PORT": "9436",
        "PULLWATCH_SERVICE_PORT_METRICS": "9436",
        "PULLWATCH_PORT": "tcp://10.0.0.1:9436",
        "PULLWATCH_PORT_9436_TCP": "tcp://10.0.0.1:9436",
        "PULLWATCH_PORT_9436_TCP_PROTO": "tcp",
        "PULLWATCH_PORT_9436_TCP_PORT": "9436",
        "PULLWATCH_PORT_9436_TCP_ADDR": "10.0.0.1",
    }
    for name, value in links.items():
        monkeypatch.setenv(name, value)

    assert [exit_code(verb, *FILES.get(verb, [])) for verb in VERBS] == [0] * len(VERBS)
    assert runs == [kind() for kind in VERBS.values()]


def test_the_page_is_the_settings() -> None:
    """docs/settings.md is what `make docs` writes."""
    assert settings_page.PAGE.read_text() == settings_page.page()


@pytest.mark.parametrize("verb", VERBS)
def test_the_page_lists_every_setting(verb: str) -> None:
    """A table has a row for each field, with its flag, variable, key and the text that stands below it in the code."""
    table = settings_page.page().split(f"\n## pullwatch {verb}\n")[1].split("\n## ")[0]

    rows = [row.strip("| ").split(" | ") for row in table.splitlines() if row.startswith("| `--")]
    own = [setting for setting in SETTINGS if setting.verb == verb]
    assert [row[:3] for row in rows] == [[f"`--{setting.flag}`", f"`{setting.variable}`", f"`{setting.flag}`"] for setting in own]
    assert all(row[-1].endswith(".") for row in rows), "each has its meaning"
