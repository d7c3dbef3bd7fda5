"""An app's terminal as bytes: what would be sent down the line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from textual.app import App
from textual.drivers.headless_driver import HeadlessDriver
from textual.pilot import Pilot


class Wire(HeadlessDriver):
    """Keeps what is written."""

    sent: list[str]

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.sent = []

    @property
    def is_headless(self) -> bool:
        """Not as far as the app knows, which writes nothing otherwise."""
        return False

    def write(self, data: str) -> None:
        """Keep it."""
        self.sent.append(data)


def take_bytes(app: App[Any]) -> int:
    """How many bytes were sent since this was last asked."""
    assert isinstance(app._driver, Wire)
    sent, app._driver.sent = "".join(app._driver.sent), []
    return len(sent.encode())


async def on_the_wire(
    app: App[Any], size: tuple[int, int], act: Callable[[Pilot[Any]], Awaitable[None]]
) -> None:
    """Run an app made with ``driver_class=Wire`` and act in it; what goes wrong there is raised here."""
    wrong: list[BaseException] = []

    async def acted(pilot: Pilot[Any]) -> None:
        try:
            await act(pilot)
        except BaseException as error:
            wrong.append(error)
        app.exit()

    await app.run_async(headless=False, size=size, auto_pilot=acted)
    if wrong:
        raise wrong[0]
