"""The write side of analyses, which grow: days in any order, further days later, days that are missing and why."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np
import zarr

from engine.runtime.errors import InputError
from engine.schema.constants import DAY
from engine.schema.grid import Grid
from engine.schema.variables import PROGNOSTIC
from engine.stores.growth import lengthen, widen
from engine.stores.integrity import FIXED, RECORD, FileRecord, file_record
from engine.stores.layout import flush, read_attributes, replace_attributes, shard_path
from engine.stores.validity import Missing, missing_days, with_missing
from engine.stores.writer import StoreWriter, cannot_write


class AnalysisStore(StoreWriter):
    """An analysis, or the air of forecasts, on its own grid, global or regional: dims time, depth, lat, lon.

    A day is finished, or missing for a reason that the validity list gives, or still to come.
    """

    @classmethod
    def create(
        cls,
        folder: Path,
        grid: Grid,
        times: np.ndarray,
        attrs: Mapping[str, Any],
        variables: Iterable[str] = PROGNOSTIC,
        kind: str = "analysis",
    ) -> Self:
        """Make an empty store of kind analysis or forcing for `times` (n,) datetime64, in place of any of that name."""
        return cls._create(folder, grid, kind, variables, times.astype("datetime64[s]"), attrs)

    def lead_of(self, day: np.datetime64) -> int | None:
        """Return the lead of a date, None where the axis has none."""
        number = int((day.astype("datetime64[D]") - self.reader.init_time.astype("datetime64[D]")) / DAY)
        return number if number in self.reader.all_leads else None

    def continue_to(self, day: np.datetime64, missing: Mapping[np.datetime64, Missing] | None = None) -> None:
        """Make `day` the last of the axis, every day after the present last on it; nothing where it is on it already.

        Of the new days those `missing` are entered into the validity list in the same step. Raises InputError for a store of an
        earlier version, ResourceError where the disk is full.
        """
        leads = self.reader.all_leads
        last = self.reader.valid_time(leads[-1])
        added = int((day.astype("datetime64[D]") - last.astype("datetime64[D]")) / DAY)
        if added <= 0:
            return
        if RECORD not in read_attributes(self.folder):
            raise InputError(
                f"store {self.folder.name} was made by an earlier version, which keeps no record of its files; expected one of "
                "this version: ingest the further days under another name"
            )
        known = np.array([self.reader.valid_time(lead) for lead in leads])
        times = np.concatenate([known, last + DAY * np.arange(1, added + 1)])
        attributes = read_attributes(self.folder)
        listed = with_missing(attributes, missing_days(attributes) | dict(missing or {}))
        self._change(lambda: lengthen(self.folder, times, {**listed, "status": "partial"}))

    @property
    def mask_is_recorded(self) -> bool:
        """Return whether the record holds the files of the mask: a change that was killed left it without."""
        record = read_attributes(self.folder).get(RECORD)
        return record is None or {"wet/zarr.json", "deptho/zarr.json"} <= record[FIXED].keys()

    def add_water(self, wet: np.ndarray, deptho: np.ndarray) -> None:
        """Make `wet` (z, h, w), at least the present mask, the mask, `deptho` (h, w) the sea floor in m."""
        self._change(lambda: widen(self.folder, wet, deptho))

    def _change(self, change: Callable[[], None]) -> None:
        try:
            change()
        except OSError as error:
            raise cannot_write(self.folder.name, "its axes", error) from error
        self._group = zarr.open_group(self.folder, mode="r+", zarr_format=3)

    def append_packed(self, lead: int, shards: Mapping[str, bytes | None], attributes: Mapping[str, Any]) -> None:
        """Write a lead whose fields `packed_shard` made, and `attributes` in the same step; it is finished when this returns.

        Raises InputError where fields are not those of the store, ResourceError where the disk is full.
        """
        if shards.keys() != set(self.reader.variables):
            raise InputError(
                f"lead {lead} of {self.folder.name} came with {', '.join(shards)}; expected {', '.join(self.reader.variables)}"
            )
        position = self.reader.all_leads.index(lead)
        written: dict[str, FileRecord] = {}
        try:
            for name, content in shards.items():
                path = shard_path(name, position, 4 if self.reader.depths(name) else 3)
                written[path] = self._put(path, content)
            self._finish_lead(lead, written, attributes)
        except OSError as error:
            raise cannot_write(self.folder.name, f"lead {lead}", error) from error

    def _put(self, path: str, content: bytes | None) -> FileRecord:
        file = self.folder / path
        file.unlink(missing_ok=True)
        if content is None:  # missing values alone
            return None
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        flush(file)
        return file_record(file)

    def mark_missing(self, days: Mapping[np.datetime64, Missing]) -> None:
        """Enter days into the validity list, in place of what it said of them; finished days are left out."""
        finished = {self.reader.valid_time(lead).astype("datetime64[D]") for lead in self.reader.leads}
        attributes = read_attributes(self.folder)
        known = missing_days(attributes)
        entered = known | {day: missing for day, missing in days.items() if day not in finished}
        if entered != known:
            try:
                replace_attributes(self.folder, with_missing(attributes, entered))
            except OSError as error:
                raise cannot_write(self.folder.name, "its list of missing days", error) from error

    def to_come(self) -> list[int]:
        """Return the leads that are neither finished nor missing."""
        listed = missing_days(self.reader.attrs)
        return [lead for lead in super().to_come() if self.reader.valid_time(lead).astype("datetime64[D]") not in listed]
