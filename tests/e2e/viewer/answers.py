"""Answers in place of Prometheus', by what is asked: so that a panel can be seen in states that no cluster of ours is in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from aiohttp import web

NOTHING, BROKEN = "nothing", "broken"
"""Queries with no answer, and with an error."""

Labels = Mapping[str, str]


class Answers:
    """Answers each query with the series of that name; remembers what was asked."""

    def __init__(self, series: Mapping[str, Iterable[Labels]]) -> None:
        self._series = series
        self.asked: list[dict[str, str]] = []

    async def answer(self, request: web.Request) -> web.Response:
        """Be an `Ask` of the site."""
        parameters = dict(request.query)
        self.asked.append(parameters)
        query = parameters.get("query", "")
        if query == BROKEN:
            body = {"status": "error", "errorType": "bad_data", "error": "1:1: parse error: no <b>such</b> function"}
            return web.json_response(body, status=400)
        if request.path.endswith("/values"):
            return _answer([])
        found = [] if query == NOTHING else self._series.get(query, [{}])
        if request.path.endswith("/query_range"):
            start, end, step = (float(parameters[name]) for name in ("start", "end", "step"))
            moments = [start + step * number for number in range(int((end - start) / step) + 1)]
            result = [{"metric": labels, "values": [[at, "1"] for at in moments]} for labels in found]
            return _answer({"resultType": "matrix", "result": result})
        vector = [{"metric": labels, "value": [float(parameters["time"]), "1"]} for labels in found]
        return _answer({"resultType": "vector", "result": vector})


def _answer(data: Any) -> web.Response:
    return web.Response(body=msgspec.json.encode({"status": "success", "data": data}), content_type="application/json")
