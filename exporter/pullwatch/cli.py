"""The verbs: what a user types, and the one line he reads when something is wrong.

Exit codes: 0 ok; 1 the report found what it was asked to look for; 2 wrong usage or unreadable input. What a verb does
stands in `app`; it is imported when the verb runs, so that the others start fast.
"""

from __future__ import annotations

import os
import sys
import tomllib
from pathlib import Path
from typing import Annotated, NoReturn

import cyclopts
from cyclopts import App, Parameter

import pullwatch
from pullwatch import settings
from pullwatch.app.wrong import Wrong

OK, FOUND, WRONG = 0, 1, 2

app = App(
    name="pullwatch",
    help="Shows every image pull of a Kubernetes cluster: how long, how big, and why slow.",
    version=pullwatch.__version__,
    help_format="plaintext",
    config=cyclopts.config.Env(settings.ENVIRONMENT_PREFIX, command=False),
)


@app.command
def report(
    *files: Annotated[Path, Parameter(allow_leading_hyphen=True)],
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
def replay(file: Path, /, options: settings.Play | None = None) -> int:
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
    app.config = [environment]
    if config is not None:
        if wrong := _unreadable(config):
            return complain(wrong)
        app.config = [environment, cyclopts.config.Toml(config, must_exist=True, use_commands_as_keys=True)]
    return int(app(tokens, exit_on_error=False, print_error=False, result_action="return_value") or OK)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the console script."""
    try:
        code = int(app.meta(arguments, exit_on_error=False, print_error=False, result_action="return_value") or OK)
    except cyclopts.CycloptsError as error:
        code = complain(" ".join(str(error).split()) + f" See {_help_of(error)}.")
    except Wrong as error:
        code = complain(str(error))
    except KeyboardInterrupt:
        # The shell's convention for a program that Ctrl-C ended.
        code = 130
    except BrokenPipeError:
        # `pullwatch report | head` closed the pipe; the interpreter must not complain again when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = OK
    sys.exit(code)


def _unreadable(config: Path) -> str | None:
    """Return what is wrong with a configuration file, None if it is TOML."""
    try:
        tomllib.loads(config.read_text(encoding="utf-8"))
    except OSError as error:
        return f"{config}: {error.strerror}: --config and PULLWATCH_CONFIG name a TOML file"
    except ValueError as error:
        return f"{config}: not TOML: {error}"
    return None


def complain(line: str) -> int:
    """Print the one line that says what is wrong, where, and what to do."""
    print(f"pullwatch: {line}", file=sys.stderr)  # noqa: T201 - this is the user interface
    return WRONG


def _help_of(error: cyclopts.CycloptsError) -> str:
    chain = [name for name in (error.command_chain or ()) if name]
    return " ".join(["pullwatch", *chain, "--help"])
