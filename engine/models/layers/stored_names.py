"""Names of weights in files, where they differ from the names in the program: renaming a parameter keeps old files usable."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from torch import nn


def keep_stored_names(module: nn.Module, stored: Mapping[str, str]) -> None:
    """Let the state of `module` use stored names: `stored` gives, by present name, that of a parameter or part of the module."""
    module.register_state_dict_post_hook(partial(_to_stored, dict(stored)))
    module.register_load_state_dict_pre_hook(partial(_from_stored, {old: new for new, old in stored.items()}))


def _to_stored(names: dict[str, str], module: nn.Module, state: dict[str, Any], prefix: str, metadata: Any) -> None:
    _rename(names, state, prefix)


def _from_stored(names: dict[str, str], module: nn.Module, state: dict[str, Any], prefix: str, *rest: Any) -> None:
    _rename(names, state, prefix)


def _rename(names: dict[str, str], state: dict[str, Any], prefix: str) -> None:
    entries = list(state.items())
    state.clear()
    for key, value in entries:
        first, dot, others = key.removeprefix(prefix).partition(".")
        if key.startswith(prefix) and first in names:
            key = prefix + names[first] + dot + others
        state[key] = value
