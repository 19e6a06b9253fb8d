"""A real browser for tests of pages: Debian's chromium without a window, driven over its DevTools protocol on the loopback interface.

Every request other than of the page's own file, every message on the console and every exception is kept, so that a test can ask for none.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions", "--hide-scrollbars", "--mute-audio",
    "--remote-debugging-port=0", "--remote-allow-origins=*", "--disable-dev-shm-usage", "--lang=en-US",
)  # fmt: skip
PATIENCE = 60.0
"""Seconds until a browser that does not answer is an error; the machine may be busy."""


class Tab:
    """One page. requests: addresses asked for · errors: console errors and uncaught exceptions, in the order seen."""

    def __init__(self, address: str) -> None:
        import websocket

        self._line = websocket.create_connection(address, timeout=PATIENCE, suppress_origin=True)
        self._number = 0
        self.requests: list[str] = []
        self.errors: list[str] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")

    def close(self) -> None:
        """Ends the conversation, not the browser."""
        self._line.close()

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Answer to one command; what happens meanwhile is kept."""
        self._number += 1
        self._line.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            said = json.loads(self._next())
            if said.get("id") == self._number:
                if "error" in said:
                    raise RuntimeError(f"{method}: {said['error']}")
                found: dict[str, Any] = said["result"]
                return found
            self._heard(said)

    def _next(self) -> str:
        """One message. A machine that stood still may have used up the patience with the message already there: it is asked for once more."""
        import websocket

        try:
            return str(self._line.recv())
        except websocket.WebSocketTimeoutException:
            return str(self._line.recv())

    def _heard(self, said: dict[str, Any]) -> None:
        method, params = said.get("method"), said.get("params", {})
        if method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description") or details["text"])
        elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.errors.append(params["entry"]["text"])
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "assert"):
            self.errors.append(" ".join(str(a.get("value", a.get("description"))) for a in params["args"]))

    def ask(self, expression: str) -> Any:
        """Value of a JavaScript expression; promises are awaited."""
        said = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in said:
            raise AssertionError(said["exceptionDetails"].get("exception", {}).get("description", said["exceptionDetails"]["text"]))
        return said["result"].get("value")

    def until(self, expression: str, seconds: float = PATIENCE) -> Any:
        """Waits for a true value."""
        end = time.monotonic() + seconds
        while not (found := self.ask(expression)):
            if time.monotonic() > end:
                raise AssertionError(f"never true: {expression}; errors: {self.errors}")
            time.sleep(0.05)
        return found

    def open(self, address: str) -> None:
        """Loads a page from the beginning and waits until its views stand."""
        self.send("Page.navigate", url="about:blank")
        self.until("document.readyState === 'complete' && location.href === 'about:blank'")
        self.requests.clear()
        self.errors.clear()
        self.send("Page.navigate", url=address)
        self.until("location.href !== 'about:blank' && document.readyState === 'complete'")

    def size(self, width: int, height: int = 900, mobile: bool = False) -> None:
        """Of the window in CSS pixels."""
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)

    def colours(self, scheme: str) -> None:
        """What the system prefers: light or dark."""
        self.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def click(self, selector: str) -> None:
        """A real mouse click on the middle of an element."""
        box = self.ask(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)}); e.scrollIntoView({{block: 'center'}}); "
            "const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; })()"
        )
        self.click_at(*box)

    def click_at(self, x: float, y: float) -> None:
        """A real mouse click."""
        self.send("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def drag(self, start: tuple[float, float], end: tuple[float, float], steps: int = 8) -> None:
        """Press, move, release."""
        self.send("Input.dispatchMouseEvent", type="mouseMoved", x=start[0], y=start[1])
        self.send("Input.dispatchMouseEvent", type="mousePressed", x=start[0], y=start[1], button="left", clickCount=1)
        for n in range(1, steps + 1):
            x, y = (a + (b - a) * n / steps for a, b in zip(start, end, strict=True))
            self.send("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y, button="left", buttons=1)
        self.send("Input.dispatchMouseEvent", type="mouseReleased", x=end[0], y=end[1], button="left", clickCount=1)

    def press(self, key: str) -> None:
        """A key, by its name: ArrowDown, Tab, c."""
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, "ArrowUp": 38, "ArrowDown": 40, "Home": 36, "End": 35}
        text = {"text": key} if len(key) == 1 else {"text": "\r"} if key == "Enter" else {}
        self.send("Input.dispatchKeyEvent", type="keyDown", key=key, windowsVirtualKeyCode=codes.get(key, ord(key[0].upper())), **text)
        self.send("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=codes.get(key, ord(key[0].upper())))

    def picture(self, whole: bool = False) -> bytes:
        """PNG of the window or of the whole page."""
        return base64.b64decode(self.send("Page.captureScreenshot", format="png", captureBeyondViewport=whole, **self._clip(whole))["data"])

    def _clip(self, whole: bool) -> dict[str, Any]:
        if not whole:
            return {}
        size = self.send("Page.getLayoutMetrics")["cssContentSize"]
        return {"clip": {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}}

    def paper(self) -> bytes:
        """PDF as printed."""
        return base64.b64decode(self.send("Page.printToPDF", printBackground=True, preferCSSPageSize=True)["data"])


@contextmanager
def browser(folder: Path) -> Iterator[Tab]:
    """A tab of a new browser with its profile in `folder`; the browser ends with it."""
    assert CHROMIUM is not None
    profile = folder / "profile"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
    own = subprocess.Popen(
        [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
        env={**os.environ, "HOME": str(folder)},
        start_new_session=True,
        **quiet,
    )
    tab = None
    try:
        tab = Tab(_address(profile, own))
        yield tab
    finally:
        if tab is not None:
            tab.close()
        own.terminate()
        try:
            own.wait(10)
        except subprocess.TimeoutExpired:
            own.kill()
            own.wait(10)


def _address(profile: Path, own: subprocess.Popen[bytes]) -> str:
    """WebSocket address of the first page."""
    from urllib.request import ProxyHandler, build_opener

    direct = build_opener(ProxyHandler({}))
    said, end = profile / "DevToolsActivePort", time.monotonic() + PATIENCE
    while time.monotonic() < end and own.poll() is None:
        if said.is_file() and (port := said.read_text().splitlines()[:1]):
            with direct.open(f"http://127.0.0.1:{port[0]}/json/list", timeout=PATIENCE) as answer:
                pages = [p for p in json.load(answer) if p["type"] == "page"]
            if pages:
                return str(pages[0]["webSocketDebuggerUrl"])
        time.sleep(0.05)
    raise RuntimeError("the browser did not start")
