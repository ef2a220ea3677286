"""The settings of an estimator, as scikit-learn reads and changes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self


class Settings:
    """`get_params` and `set_params` as scikit-learn has them, for estimators that must not import it."""

    @classmethod
    def _names(cls) -> Iterable[str]:
        code = cls.__init__.__code__
        return code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the settings by name."""
        return {name: getattr(self, name) for name in self._names()}

    def set_params(self, **settings: Any) -> Self:
        """Change settings.

        Raises
        ------
        ValueError
            For a setting that does not exist.
        """
        for name, value in settings.items():
            if name not in self._names():
                raise ValueError(f"unknown setting {name!r}; wanted one of {', '.join(self._names())}")
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={value!r}" for name, value in self.get_params().items())
        return f"{type(self).__name__}({settings})"
