"""The verbs: what a user types, and the one line he reads when something is wrong.

Exit codes: 0 ok; 1 the report or doctor found what it was asked to look for; 2 wrong usage or unreadable input; 130 Ctrl-C. What a
verb does stands in `app`; it is imported when the verb runs, so that the others start fast.
"""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import cyclopts
from cyclopts import App, Parameter

import pullwatch
from pullwatch import settings
from pullwatch.app.wrong import Wrong

OK, FOUND, WRONG, INTERRUPTED = 0, 1, 2, 130

app = App(
    name="pullwatch",
    help="Shows every image pull of a Kubernetes cluster: how long, how big, and why slow.",
    version=pullwatch.__version__,
    help_format="markdown",
    default_parameter=Parameter(negative_iterable=()),
    config=cyclopts.config.Env(settings.ENVIRONMENT_PREFIX, command=False),
)
# Ctrl-C is `main`'s to handle, or it would look like the SystemExit by which rich tells of a closed pipe.
app.suppress_keyboard_interrupt = app.meta.suppress_keyboard_interrupt = False


@app.command
def report(
    *files: Annotated[Path, Parameter(show_env_var=False)],
    options: settings.Report | None = None,
) -> int:
    """Sum up image pulls: the slowest, the running, the failing, by image, node, registry and workload.

    Reads what `kubectl get events,pods,nodes -A -o json` prints, also as an array, as JSON lines of objects or watch
    frames, and gzipped.

    Parameters
    ----------
    files:
        Files to read; - or none reads standard input.
    """
    import pullwatch.app.report as verb

    found_slow = verb.run(files, options or settings.Report())
    return FOUND if found_slow else OK


@app.command
def serve(options: settings.Serve | None = None) -> int:
    """Watch a cluster and serve /metrics, pages and JSON."""
    import pullwatch.app.serve as verb

    verb.run(options or settings.Serve())
    return OK


@app.command
def agent(options: settings.Agent | None = None) -> int:
    """Watch one node's containerd: sizes of layers, and how far each layer of a running pull is."""
    import pullwatch.app.agent as verb

    verb.run(options or settings.Agent())
    return OK


@app.command
def render(options: settings.Render | None = None) -> int:
    """Write alerts in the form that your Prometheus reads, what tells people of them, and dashboards, with your values."""
    import pullwatch.app.render as verb

    for file in verb.run(options or settings.Render()):
        print(file)  # noqa: T201 - what was written is what a script goes on with
    return OK


@app.command
def replay(file: Annotated[Path, Parameter(show_env_var=False)], /, options: settings.Play | None = None) -> int:
    """Play a recording through a simulated API server to the real exporter.

    Parameters
    ----------
    file:
        Watch frames or objects as JSON lines, or what kubectl prints.
    """
    import pullwatch.app.replay as verb

    verb.run(file, options or settings.Play())
    return OK


@app.command
def demo(options: settings.Play | None = None) -> int:
    """Show a made cluster of 20 nodes with slow, stuck and failing pulls, without any cluster."""
    import pullwatch.app.replay as verb

    verb.run(None, options or settings.Play())
    return OK


@app.command
def doctor(options: settings.Doctor | None = None) -> int:
    """Find what is set up wrongly in Prometheus: scrape jobs that replace the metrics' own labels, and alerts that are not there or break.

    Exits with 0 if all is well, 1 if something was found, 2 if Prometheus cannot be asked.
    """
    import pullwatch.app.doctor as verb

    found = verb.run(options or settings.Doctor())
    return FOUND if found else OK


@app.command
def image(reference: Annotated[str, Parameter(show_env_var=False)], /, options: settings.Image | None = None) -> int:
    """Show the layers of an image: which is big, what made it, which other images have it, what a release moves.

    Parameters
    ----------
    reference:
        The image as a pod would write it, such as registry.example.com/team/web:1.0.
    """
    import pullwatch.app.image as verb

    verb.run(reference, options or settings.Image())
    return OK


@app.command
def top(options: settings.Top | None = None) -> int:
    """Show the pulls that run now, with the progress of each layer where an agent watches the node; q ends it."""
    import pullwatch.app.top as verb

    verb.run(options or settings.Top())
    return OK


@app.command
def registry(options: settings.Registry | None = None) -> int:
    """Answer which layers images have, from registries that you allow: a process of its own, without access to a cluster."""
    import pullwatch.app.registry as verb

    verb.run(options or settings.Registry())
    return OK


@app.meta.default
def _launch(
    *tokens: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
    config: Path | None = None,
) -> int:
    """Run a verb with its settings from flags, then environment variables, then the configuration file.

    Parameters
    ----------
    config:
        TOML file with a table for each verb, such as [serve].
    """
    environment = cyclopts.config.Env(settings.ENVIRONMENT_PREFIX, command=False)
    app.config = [environment] if config is None else [environment, _configured(config)]
    return int(app(tokens, exit_on_error=False, print_error=False, result_action="return_value") or OK)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the console script."""
    _open_standard_streams()
    try:
        code = _run(sys.argv[1:] if arguments is None else arguments)
    except cyclopts.CycloptsError as error:
        code = complain(_explained(error))
    except Wrong as error:
        code = complain(str(error))
    except KeyboardInterrupt:
        code = INTERRUPTED
    except (BrokenPipeError, SystemExit):
        # `pullwatch report | head` has seen enough; rich turns that into an exit with 1, which means something else here.
        code = OK
    _flush()
    sys.exit(code)


def complain(line: str) -> int:
    """Print the one line that says what is wrong, where, and what to do."""
    print(f"pullwatch: {line}", file=sys.stderr)  # noqa: T201 - this is the user interface
    return WRONG


def _run(arguments: Sequence[str]) -> int:
    # To cyclopts a lone hyphen is an option without a name; as a path it is the file that it stands for.
    given = ["./-" if argument == "-" else argument for argument in arguments]
    # A file that an earlier run in this process named is not this one's.
    app.config = [cyclopts.config.Env(settings.ENVIRONMENT_PREFIX, command=False)]
    return int(app.meta(given, exit_on_error=False, print_error=False, result_action="return_value") or OK)


def _configured(file: Path) -> cyclopts.config.Toml:
    """Return the configuration file as a source of settings. Raises Wrong where it is none."""
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Wrong(f"{file}: {error.strerror}: --config and PULLWATCH_CONFIG name a TOML file") from error
    except ValueError as error:
        raise Wrong(f"{file}: not TOML: {error}") from error
    verbs = [name for name in app if not name.startswith("-")]
    # cyclopts looks at the table of the verb that runs and at no other, so a misspelt one would be ignored.
    for name, table in tables.items():
        if name not in verbs or not isinstance(table, dict):
            raise Wrong(f"{file}: {name} is no table of settings: write {', '.join(f'[{verb}]' for verb in verbs)} and the settings below")
    return cyclopts.config.Toml(file, must_exist=True, use_commands_as_keys=True, source=str(file))


def _explained(error: cyclopts.CycloptsError) -> str:
    chain = [name for name in (error.command_chain or ()) if name]
    see = f"see {' '.join(['pullwatch', *chain, '--help'])}"
    if isinstance(error, cyclopts.UnusedCliTokensError):
        return f"one argument too many: {' '.join(error.unused_tokens or ())}: {see}"
    return f"{' '.join(str(error).split()).rstrip('.')}: {see}"


def _open_standard_streams() -> None:
    """Make up for streams that whoever started us closed; Python has None in their place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - open as long as we run


def _flush() -> None:
    """Write what is left, or drop it where that fails: the interpreter would try again, and complain."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
