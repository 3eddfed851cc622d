"""A headless Chromium that opens pages and tells all that goes wrong in them, over its DevTools protocol.

The protocol: a WebSocket of JSON messages `{"id", "sessionId", "method", "params"}`, answered by id; events bear no id. See
https://chromedevtools.github.io/devtools-protocol/.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.e2e import programs
from tests.e2e.started import DEADLINE_SECONDS, POLL_SECONDS, started, until

_TWO_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""In the first one a page learns of its new size, in the second it is drawn."""

_DIALOGS = "Page.javascriptDialogOpening"


@dataclass
class Page:
    """A page in a tab of its own."""

    browser: Browser
    session: str
    wrong: list[str] = field(default_factory=list)
    """Exceptions that nobody caught, what was written to the console as an error, and requests that failed."""

    async def open(self, url: str, *, width: int, height: int = 1000) -> None:
        """Load a page; it goes on loading after this returns."""
        await self._resize(width, height)
        await self.browser.call("Page.navigate", {"url": url}, session=self.session)

    async def value(self, expression: str) -> Any:
        """Return what an expression of JavaScript is, once it is something; fails after `DEADLINE_SECONDS`."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while True:
            answer = await self.browser.call("Runtime.evaluate", {"expression": expression, "returnByValue": True}, session=self.session)
            if (found := answer["result"].get("value")) is not None:
                return found
            assert time.monotonic() < deadline, f"waited {DEADLINE_SECONDS} s for {expression}; meanwhile: {self.wrong}"
            await asyncio.sleep(POLL_SECONDS)

    async def picture(self, *, width: int, height: int) -> bytes:
        """Return a PNG of the page from its top."""
        await self._resize(width, height)
        frames = {"expression": _TWO_FRAMES, "awaitPromise": True}
        await self.browser.call("Runtime.evaluate", frames, session=self.session)
        parameters = {"format": "png", "clip": {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}}
        answer = await self.browser.call("Page.captureScreenshot", parameters, session=self.session)
        return base64.b64decode(answer["data"])

    def hear(self, method: str, parameters: dict[str, Any]) -> None:
        """Take an event of this page."""
        match method:
            case "Runtime.exceptionThrown":
                thrown = parameters["exceptionDetails"]
                self.wrong.append(thrown.get("exception", {}).get("description") or thrown["text"])
            case "Runtime.consoleAPICalled" if parameters["type"] in {"error", "assert"}:
                said = (each.get("description") or str(each.get("value")) for each in parameters["args"])
                self.wrong.append(" ".join(said))
            case "Log.entryAdded" if parameters["entry"]["level"] == "error":
                self.wrong.append(f"{parameters['entry']['text']} ({parameters['entry'].get('url')})")
            case "Page.javascriptDialogOpening":
                self.wrong.append(f"a script of the page asks: {parameters['message']}")
            case _:
                pass

    async def _resize(self, width: int, height: int) -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        await self.browser.call("Emulation.setDeviceMetricsOverride", metrics, session=self.session)


class Browser:
    """The connection to a running Chromium."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._asked: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._pages: dict[str, Page] = {}

    @contextlib.asynccontextmanager
    async def page(self) -> AsyncIterator[Page]:
        """Open a tab, and close it with the context."""
        target = (await self.call("Target.createTarget", {"url": "about:blank"}))["targetId"]
        session = (await self.call("Target.attachToTarget", {"targetId": target, "flatten": True}))["sessionId"]
        page = self._pages[session] = Page(self, session)
        for domain in ("Page", "Runtime", "Log"):
            await self.call(f"{domain}.enable", session=session)
        try:
            yield page
        finally:
            del self._pages[session]
            await self.call("Target.closeTarget", {"targetId": target})

    async def call(self, method: str, parameters: dict[str, Any] | None = None, *, session: str | None = None) -> dict[str, Any]:
        number = next(self._numbers)
        self._asked[number] = asyncio.get_running_loop().create_future()
        message = {"id": number, "method": method, "params": parameters or {}} | ({"sessionId": session} if session else {})
        await self._socket.send_json(message)
        return await asyncio.wait_for(self._asked[number], DEADLINE_SECONDS)

    async def listen(self) -> None:
        """Take all that the browser says, until it is gone."""
        async for message in self._socket:
            said = json.loads(message.data)
            if "id" in said:
                self._answer(said)
            elif page := self._pages.get(said.get("sessionId", "")):
                page.hear(said["method"], said["params"])
                if said["method"] == _DIALOGS:
                    # A page stands still until somebody answers.
                    await self._socket.send_json(
                        {"id": 0, "sessionId": page.session, "method": "Page.handleJavaScriptDialog", "params": {"accept": True}}
                    )

    def _answer(self, said: dict[str, Any]) -> None:
        waiting = self._asked.pop(said["id"], None)
        if waiting is None or waiting.done():
            return
        if "error" in said:
            waiting.set_exception(RuntimeError(said["error"]["message"]))
        else:
            waiting.set_result(said["result"])


@contextlib.asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Browser]:
    """Run a Chromium whose profile lies in a folder, or skip the test where there is none."""
    profile = folder / "profile"
    command = [
        str(programs.chromium()),
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--force-color-profile=srgb",
        "--font-render-hinting=none",
        "--remote-debugging-port=0",
        f"--user-data-dir={profile}",
        "about:blank",
    ]
    with started(command, output=folder / "chromium.txt"):
        address = await asyncio.to_thread(until, lambda: _address(profile / "DevToolsActivePort"), what="Chromium")
        async with aiohttp.ClientSession() as client, client.ws_connect(address, max_msg_size=0) as socket:
            browser = Browser(socket)
            listening = asyncio.create_task(browser.listen(), name="listen to Chromium")
            try:
                yield browser
                await browser.call("Browser.close")
            finally:
                listening.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await listening


def _address(file: Path) -> str | None:
    """Return the socket that Chromium opened: its file has the port in the first line and the path in the second."""
    lines = file.read_text().splitlines() if file.exists() else []
    return f"ws://127.0.0.1:{lines[0]}{lines[1]}" if len(lines) == 2 else None
