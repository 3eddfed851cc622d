"""Prometheus' HTTP API: instant queries, targets and configuration, each failure as one line.

Only read. What the answers mean is decided elsewhere.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self, TypeVar

import aiohttp
import msgspec
import yarl

from pullwatch.pulls import observed
from pullwatch.pulls.installed_rules import Rule
from pullwatch.pulls.scrape import Target
from pullwatch.sources import connections, errors

TIMEOUT = aiohttp.ClientTimeout(total=60, sock_connect=10)

MOST_BYTES = 128 * 1024 * 1024
"""Largest answer that is read: the targets of a large Prometheus have some 20 MB."""

EXAMPLE = "expected Prometheus' address, such as http://prometheus.monitoring:9090"

_Data = TypeVar("_Data")


class PrometheusError(errors.SourceError):
    """The address is not one, nothing answers there, or what answers is no Prometheus."""


class NotAllowed(PrometheusError):
    """It answers, but not to this."""


class _Answer(msgspec.Struct):
    status: str
    data: msgspec.Raw = msgspec.Raw()
    error: str = ""


class _Series(msgspec.Struct):
    metric: dict[str, str]


class _Result(msgspec.Struct):
    result: list[_Series]


class _Target(msgspec.Struct, rename="camel"):
    labels: dict[str, str]
    scrape_pool: str = ""
    scrape_url: str = ""
    last_error: str = ""


class _Targets(msgspec.Struct, rename="camel"):
    active_targets: list[_Target]


class _Config(msgspec.Struct):
    yaml: str


class _Rule(msgspec.Struct, rename="camel"):
    name: str
    type: str
    last_error: str = ""


class _Group(msgspec.Struct):
    name: str
    rules: list[_Rule]


class _Groups(msgspec.Struct):
    groups: list[_Group]


class Prometheus:
    """One Prometheus as long as the context is open."""

    def __init__(self, url: str) -> None:
        """Take its address; raises PrometheusError where it is none."""
        try:
            self._url = yarl.URL(url)
        except ValueError as error:
            raise PrometheusError(f"--prometheus is no URL ({error}): {EXAMPLE}") from error
        if self._url.scheme not in {"http", "https"} or not self._url.host:
            # Not repeated: where a password stands in such a text is not known.
            raise PrometheusError(f"--prometheus is no http or https URL: {EXAMPLE}")
        self._session: aiohttp.ClientSession

    @property
    def shown(self) -> str:
        """The address without user and password."""
        return observed.clean(str(self._url.with_user(None)))

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=TIMEOUT)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._session.close()

    async def series(self, query: str) -> list[dict[str, str]]:
        """Return the labels of each series that a query finds now. Raises PrometheusError."""
        found = await self._data("api/v1/query", _Result, query=query)
        return [{name: observed.clean(value) for name, value in series.metric.items()} for series in found.result]

    async def targets(self) -> list[Target] | None:
        """Return what is scraped; None where that may not be asked."""
        try:
            found = await self._data("api/v1/targets", _Targets, state="active")
        except NotAllowed:
            return None
        return [_target(target) for target in found.active_targets]

    async def honored(self) -> dict[str, bool] | None:
        """Return of each scrape job whether it honors labels; None where the configuration may not be read."""
        try:
            config = await self._data("api/v1/status/config", _Config)
        except NotAllowed:
            return None
        return honored(config.yaml)

    async def rules(self) -> list[Rule] | None:
        """Return all rules, with the errors of their last evaluation; None where they may not be asked for."""
        try:
            found = await self._data("api/v1/rules", _Groups)
        except NotAllowed:
            return None
        return [_rule(group, rule) for group in found.groups for rule in group.rules]

    async def _data(self, path: str, kind: type[_Data], **parameters: str) -> _Data:
        where = f"{self.shown.rstrip('/')}/{path}"
        status, body = await self._get(path, where, parameters)
        try:
            answer = msgspec.json.decode(body, type=_Answer)
            if status == 200 and answer.status == "success":
                return msgspec.json.decode(answer.data, type=kind)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            if status == 200:
                raise PrometheusError(f"{where}: the answer is not Prometheus': {EXAMPLE}") from error
            raise NotAllowed(f"{where}: answered {status}: {EXAMPLE}") from error
        raise NotAllowed(f"{where}: answered {status}: {observed.clean(' '.join(answer.error.split())[:200])}")

    async def _get(self, path: str, where: str, parameters: dict[str, str]) -> tuple[int, bytes]:
        try:
            async with self._session.get(self._url / path, params=parameters) as response:
                body = b""
                async for chunk in response.content.iter_chunked(1 << 20):
                    body += chunk
                    if len(body) > MOST_BYTES:
                        raise NotAllowed(f"{where}: the answer has more than {MOST_BYTES >> 20} MiB")
                return response.status, body
        except TimeoutError as error:
            raise PrometheusError(f"{where}: no answer in {TIMEOUT.total:.0f} s; check that Prometheus runs there") from error
        except aiohttp.ClientConnectorError as error:
            raise PrometheusError(
                f"{where}: no connection ({connections.why(error)}); check the address, and that Prometheus runs there"
            ) from error
        except (aiohttp.ClientError, ValueError, OSError) as error:
            raise PrometheusError(f"{where}: no answer ({connections.why(error)}); {EXAMPLE}") from error


def honored(text: str) -> dict[str, bool] | None:
    """Return of each scrape job in a configuration whether it honors labels; None where the text is none."""
    # Only this verb needs it.
    import yaml

    # libyaml reads a configuration of some MB in a second, where there is one.
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        config = yaml.load(text, Loader=loader)  # noqa: S506 - a safe one
        return {str(job["job_name"]): job.get("honor_labels") is True for job in config.get("scrape_configs") or ()}
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, RecursionError):
        return None


def _rule(group: _Group, rule: _Rule) -> Rule:
    error = observed.clean(" ".join(rule.last_error.split())[:200])
    return Rule(observed.clean(group.name), observed.clean(rule.name), alerts=rule.type == "alerting", error=error)


def _target(target: _Target) -> Target:
    return Target(
        pool=observed.clean(target.scrape_pool),
        url=observed.clean(target.scrape_url),
        job=observed.clean(target.labels.get("job", "")),
        instance=observed.clean(target.labels.get("instance", "")),
        error=observed.clean(" ".join(target.last_error.split())[:200]),
    )
