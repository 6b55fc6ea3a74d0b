"""The output of a command: a progress bar and errors on standard error, the result on standard output, an exit code."""

import json
import numbers
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from engine.runtime.errors import InputError, ResourceError
from engine.runtime.failures import failure_of

INPUT_EXIT, MODEL_EXIT, CANCELLED_EXIT = 2, 3, 130


class Report:
    """Collects the result of a command while `progress` draws a bar."""

    def __init__(self) -> None:
        self.result: dict[str, Any] = {}
        self.details: dict[str, Any] = {}
        """Additional entries of the JSON, for which a screen has `notes`."""
        self.notes: list[str] = []
        self._bar: Any = None

    def progress(self, fraction: float, doing: str) -> None:
        """Draw the bar at `fraction` (0 to 1); on a screen alone, so that a log stays readable."""
        if self._bar is None:
            from tqdm import tqdm

            layout = "{percentage:3.0f}%|{bar}| {elapsed}<{remaining} {desc}"
            self._bar = tqdm(total=1.0, bar_format=layout, disable=None, file=sys.stderr)
        self._bar.set_description_str(doing, refresh=False)
        self._bar.update(fraction - self._bar.n)

    def tell(self, sentence: str) -> None:
        """Print a sentence before the long part of the command."""
        print(f"note: {sentence}", file=sys.stderr, flush=True)

    def missing(self, attributes: Mapping[str, Any]) -> None:
        """Print counts of missing values, and missing days, from the attributes of a store or the report of a source."""
        from engine.readers.values.tally import described, report_in
        from engine.stores.validity import MISSING
        from engine.stores.validity import described as missing_in_words

        found = report_in(attributes)
        self.details |= found | {name: attributes[name] for name in (MISSING,) if name in attributes}
        self.notes += [*described(found), *missing_in_words(attributes)]

    def close(self) -> None:
        """End the bar."""
        if self._bar is not None:
            self._bar.close()


def air_in_words(attributes: Mapping[str, Any]) -> list[str]:
    """Return a sentence on the winds of a forecast with those of a store, none for another."""
    if "forcing_source" not in attributes:
        return []
    gaps = attributes.get("forcing_gaps")
    without = f", without day {', '.join(map(str, gaps))}" if gaps else ""
    kind, store, until = (attributes[f"forcing_{name}"] for name in ("kind", "source", "until"))
    return [f"winds of {store} ({kind}) to day {until} of {attributes['days']}{without}"]


@contextmanager
def reporting(as_json: bool, goes_on: str = "run the command again") -> Iterator[Report]:
    """Run a command: print its result, or as one line of JSON; end the process with 2 on bad input, 3 on a failed model.

    A disk or memory that does not suffice is 3, too, and like an interruption ends with `goes_on`: what is kept, and how this
    command goes on. With JSON a failure ends in one line: `error` and `exit_code`.
    """
    report = Report()
    try:
        # Imported here, so that help is fast.
        from sample_data.provider import register

        register()
        yield report
    except KeyboardInterrupt:
        _fail(report, f"interrupted; {goes_on}", CANCELLED_EXIT, as_json)
    except Exception as error:
        failure = failure_of(error)
        if failure is None:
            report.close()
            raise
        message = f"{failure}; {goes_on}" if isinstance(failure, ResourceError) else str(failure)
        _fail(report, message, INPUT_EXIT if isinstance(failure, InputError) else MODEL_EXIT, as_json)
    report.close()
    if as_json:
        print(json.dumps({**report.result, **report.details}, default=_plain), flush=True)
    else:
        for name, value in report.result.items():
            print(f"{name.replace('_', ' ')}: {_words(value)}")
        for note in report.notes:
            print(f"note: {note}")


def _plain(value: Any) -> Any:
    """Return a number of numpy as one of Python, anything else as text."""
    return value.item() if isinstance(value, numbers.Number) and hasattr(value, "item") else str(value)


def _words(value: Any) -> str:
    """Return a result for a screen: no brackets, quotes or names of types."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_words(each)}" for name, each in value.items()) or "none"
    return ", ".join(map(_words, value)) or "none" if isinstance(value, list | tuple) else str(value)


def _fail(report: Report, message: str, exit_code: int, as_json: bool) -> None:
    report.close()
    print(f"goms: {message}", file=sys.stderr)
    if as_json:
        print(json.dumps({"error": message, "exit_code": exit_code}), flush=True)
    raise SystemExit(exit_code)
