"""One type for every family of plugins: layouts, checks, architectures, transforms."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from typing import Generic, TypeVar

from thirdeye.errors import UsageError

T = TypeVar("T")


class Registry(Generic[T]):
    """Named plugins of one family.

    Args:
        family: what the plugins are, in the singular ("layout"); used in messages, and outsiders join
            through the entry-point group ``thirdeye.<family>``.
    """

    def __init__(self, family: str) -> None:
        self.family = family
        self._known: dict[str, T] = {}
        self._outsiders_loaded = False

    def register(self, name: str) -> Callable[[T], T]:
        """Decorator that enters a plugin under `name`.

        Raises:
            ValueError: the name is taken.
        """

        def enter(plugin: T) -> T:
            if name in self._known:
                known = self._known[name]
                raise ValueError(f"a {self.family} named '{name}' is already registered: {known!r}")
            self._known[name] = plugin
            return plugin

        return enter

    def get(self, name: str) -> T:
        """The plugin called `name`.

        Raises:
            UsageError: there is none; the message lists the nearest names.
        """
        self._load_outsiders()
        if name in self._known:
            return self._known[name]
        near = difflib.get_close_matches(name, self._known, n=3) or sorted(self._known)
        raise UsageError(f"no {self.family} is called '{name}'; did you mean {', '.join(near)}?")

    def names(self) -> list[str]:
        """All names, in the order in which they were registered."""
        self._load_outsiders()
        return list(self._known)

    def __iter__(self) -> Iterator[tuple[str, T]]:
        self._load_outsiders()
        return iter(list(self._known.items()))

    def _load_outsiders(self) -> None:
        if self._outsiders_loaded:
            return
        self._outsiders_loaded = True
        for point in entry_points(group=f"thirdeye.{self.family}"):
            self.register(point.name)(point.load())
