"""What a user asks of a provider: days, fields and a box, checked against what it has."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np

from engine.providers.protocols.provider import SURFACE, Box, Part, Provider, columns_in, levels_needed, rows_in
from engine.runtime.errors import InputError

_EXPECTED_BOX = "expected SOUTH,NORTH,WEST,EAST in degrees such as 20,50,122,180"


@dataclass(frozen=True)
class Request:
    """Days, fields and box of a provider, checked: raises InputError for what it does not have.

    `days` (n,) datetime64[D] in order; `fields` names of the schema; `box` None for all there is.
    """

    provider: Provider
    start: np.datetime64
    end: np.datetime64
    fields: tuple[str, ...]
    box: Box | None = None
    address: str = ""
    sampling: str = ""
    days: np.ndarray = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        unknown = [name for name in self.fields if name not in self.provider.names]
        if unknown or not self.fields:
            raise InputError(
                f"{self.provider.label} has no field {', '.join(unknown) or 'of no name'}; expected some of "
                f"{', '.join(self.provider.names)}: correct --fields"
            )
        first = np.datetime64(self.provider.first, "D")
        last = np.datetime64(self.provider.last or "today", "D")
        if not first <= self.start <= self.end <= last:
            raise InputError(
                f"{self.provider.label} is asked for {self.start} to {self.end}; expected days in order from {first} to "
                f"{self.provider.last or 'today'}: correct --start and --end"
            )
        if self.sampling and self.sampling not in self.provider.samplings:
            raise InputError(
                f"--sampling is {self.sampling!r}; {self.provider.label} has {' and '.join(self.provider.samplings)}: choose one"
            )
        if self.box is not None:
            _check_box(self.box)
            if not self.provider.cuts:
                raise InputError(f"{self.provider.label} comes as files of the whole globe; expected no box: leave --region out")
        object.__setattr__(self, "days", np.arange(self.start, self.end + np.timedelta64(1, "D")))

    @property
    def root(self) -> str:
        """Return the address in use, without a slash at its end: as asked, of the environment, or the provider's own."""
        return self.provider.root(self.address)

    @property
    def way(self) -> str:
        """Return how a day is made of its times: as asked, else as the provider's days usually are."""
        return self.sampling or next(iter(self.provider.samplings))

    @property
    def hours(self) -> tuple[int, ...]:
        """Return the hours of a day that are taken."""
        return self.provider.samplings[self.way]

    def parts(self, day: np.datetime64) -> list[tuple[Part, tuple[str, ...]]]:
        """Return the parts that hold the fields of a day, each with the fields to take from it."""
        found: list[tuple[Part, tuple[str, ...]]] = []
        left = list(self.fields)
        for part in self.provider.parts:
            here = tuple(name for name in left if name in part.fields) if part.holds(day) else ()
            if here:
                found.append((part, here))
                left = [name for name in left if name not in here]
        return found

    def bytes_a_day(self) -> int:
        """Return how much is sent for a day, by the arithmetic of the layout."""
        provider = self.provider
        rows = np.arange(provider.lat.values.size) if provider.whole_levels else rows_in(provider.lat.values, self.box)
        columns = (
            np.arange(provider.lon.values.size)
            if provider.whole_rows or provider.whole_levels
            else columns_in(provider.lon.values, self.box)
        )
        levels = len(provider.depths) if provider.whole_stack else len(levels_needed(np.array(provider.depths or (0.0,))))
        stacks = sum(1 if name in SURFACE else levels for name in self.fields)
        return int(stacks * rows.size * columns.size * provider.value_bytes * len(self.hours))


class Getter(Protocol):
    """Gets the days of one request."""

    def files(self, day: np.datetime64, folder: Path) -> list[Path]:
        """Put the files of a day into a folder and return them; raises DayMissing where the provider has none."""
        ...


def request_of(
    provider: Provider, start: str, end: str, fields: str | None, region: str | None, address: str = "", sampling: str = ""
) -> Request:
    """Return a request of texts: dates, names with commas, SOUTH,NORTH,WEST,EAST; raises InputError for what they cannot mean."""
    days = [_date(name, text) for name, text in (("--start", start), ("--end", end))]
    names = tuple(name.strip() for name in fields.split(",") if name.strip()) if fields else tuple(provider.names)
    box: Box | None = None
    if region:
        try:
            south, north, west, east = (float(each) for each in region.split(","))
        except ValueError as error:
            raise InputError(
                f"--region is {region!r}; expected SOUTH,NORTH,WEST,EAST in degrees such as 20,50,122,180"
            ) from error
        box = (south, north, west, east)
    return Request(provider, days[0], days[1], names, box, address, sampling)


def _check_box(box: Box) -> None:
    south, north, west, east = box
    if not (-90 <= south < north <= 90 and -360 <= west <= 360 and -360 <= east <= 360):
        raise InputError(f"--region is {','.join(f'{each:g}' for each in box)}; {_EXPECTED_BOX}")


def _date(option: str, text: str) -> np.datetime64:
    try:
        day = np.datetime64(text, "D")
    except ValueError as error:
        raise InputError(f"{option} is {text!r}; expected a date such as 2012-03-01") from error
    if np.isnat(day) or len(text) < len("2012-03-01"):
        raise InputError(f"{option} is {text!r}; expected a date such as 2012-03-01")
    return day
