"""From files of any supported kind to stores and sources: recognised by content, checked, then imported."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.ingest import PRODUCTS, ingest
from engine.readers.atmosphere.hourly import DAILY_MEAN
from engine.readers.atmosphere.products import BIOGEOCHEMISTRY, ECMWF, ERA5, HOURLY_PRODUCTS, NOBM, WAVES, HourlyProduct
from engine.readers.atmosphere.zarr_fields import is_zarr
from engine.readers.container.containers import netcdf_members
from engine.readers.glorys import GLORYS
from engine.readers.hycom import HYCOM
from engine.readers.netcdf import held, opened
from engine.readers.surface_temperature import SURFACE_TEMPERATURE
from engine.runtime.errors import InputError
from engine.runtime.progress import Progress, no_progress
from engine.schema.grid import Grid
from engine.sources.kept_altimetry import keep_altimetry
from engine.sources.observed import ALTIMETRY

ALTIMETRY_KIND = "altimetry"
KINDS = (*PRODUCTS, ALTIMETRY_KIND, *HOURLY_PRODUCTS)

_LABELS = {
    **{name: product.label for name, product in PRODUCTS.items()},
    ALTIMETRY_KIND: "gridded altimetry",
    **{name: product.label for name, product in HOURLY_PRODUCTS.items()},
}


def kind_of(file: Path) -> str:
    """Return the kind of a file: hycom, glorys, sst, altimetry, era5, ecmwf, waves, biogeochemistry or nobm.

    Its variables tell; names that HYCOM and GLORYS share belong to HYCOM where the file's own attributes name it, air to a
    forecast where it says so. Raises InputError for a file that is damaged, is not NetCDF, or holds nothing of these.
    """
    found = _recognised(file)
    if not found.kind:
        raise InputError(
            f"{file} holds {found.content}; expected HYCOM (water_temp, salinity, water_u, water_v, surf_el), GLORYS (thetao, "
            "so, uo, vo, zos), sea surface temperature (analysed_sst, or sst and anom), gridded altimetry (adt, ugos, vgos), "
            "air (u10, v10, t2m, msl, sp), waves (swh, VHM0) or biogeochemistry (chl, no3, fe; tot, dia): choose another file"
        )
    return found.kind


@dataclass(frozen=True)
class _Recognised:
    kind: str
    certain: bool
    names: frozenset[str]
    content: str


def _recognised(file: Path) -> _Recognised:
    """Return the kind of a file and whether that is certain, by names or attributes that no other provider has."""
    names, standard, types = set[str](), set[str](), set[str]()
    words, content = "", []
    for member in netcdf_members(file) or [""]:
        with opened(file, member) as data:
            names |= set(data.variables)
            words += " ".join(str(data.getncattr(name)) for name in data.ncattrs()).upper()
            standard |= {str(getattr(variable, "standard_name", "")) for variable in data.variables.values()}
            types |= {str(getattr(variable, "GRIB_dataType", "")) for variable in data.variables.values()} - {""}
            content.append(held(data))
    return _Recognised(*_kind_by(names, words, standard, types), frozenset(names), "; ".join(content))


def _kind_by(names: set[str], words: str, standard: set[str], types: set[str]) -> tuple[str, bool]:
    """Return the kind of a file by its variables, the words of its attributes, standard names and types of GRIB data, and whether
    it is certain."""
    if names & set(ALTIMETRY[0].names):
        return ALTIMETRY_KIND, True
    # ERA5 has a field `sst` too, but no anomaly of it beside it.
    if "analysed_sst" in names or {"sst", "anom"} <= names:
        return SURFACE_TEMPERATURE.name, True
    if any(want.names[0] in names for want in HYCOM.wanted):
        return "hycom", True
    if any(name in names for want in GLORYS.wanted for name in want.names):
        if "HYCOM" in words:
            return "hycom", True
        told = any(word in words for word in ("GLORYS", "MERCATOR", "COPERNICUS", "CMEMS"))
        return "glorys", told or "sea_water_potential_temperature" in standard
    if _holds(names, ERA5):
        return ECMWF.name if types == {"fc"} else ERA5.name, bool(types)
    if {"tot", "dia"} & names:
        return NOBM.name, True
    return next((product.name for product in (WAVES, BIOGEOCHEMISTRY) if _holds(names, product)), ""), False


def _holds(names: Collection[str], product: HourlyProduct) -> bool:
    return any(name in names for want in product.wanted for name in want.names)


def _told_apart(file: Path, kind: str) -> None:
    """Raise InputError where a file is certainly of another provider than `kind`."""
    found, said = _recognised(file), HOURLY_PRODUCTS.get(kind)
    # A file may hold air, waves and the ocean together; but a forecast is no reanalysis, and `chl` of NOBM is one of its groups.
    if said is not None and _holds(found.names, said) and not said.forcing_kind and found.kind != NOBM.name:
        return
    if found.certain and found.kind != kind:
        raise InputError(
            f"{file} is {_LABELS[found.kind]} (it holds {found.content}) but is said to be {_LABELS[kind]}, whose temperature "
            f"and times mean something else: say `goms ingest {found.kind}`"
        )


def day_of(text: str) -> np.datetime64:
    """Return the date in `text`; raises InputError for anything else."""
    try:
        if np.isnat(day := np.datetime64(text, "s")) or len(text) < len("2014-03-05"):
            raise ValueError
    except ValueError as error:
        raise InputError(f"--date is {text!r}; expected a day such as 2014-03-05 or 2014-03-05T12:00") from error
    return day


def take_in(
    files: Sequence[Path],
    kind: str = "",
    identifier: str | None = None,
    grid: Grid | None = None,
    progress: Progress = no_progress,
    date: str | None = None,
    scheduler: str | None = None,
    keep_going: bool = False,
    sampling: str = DAILY_MEAN,
) -> Path:
    """Make an analysis store of HYCOM or GLORYS files, a forcing store of files of air, a source of each file of altimetry.

    Returns the (last) folder. `kind` is recognised where it is not given; `identifier` names a store, also one that has days
    already; `date`, such as 2014-03-05, is the day of a file without a time; `sampling` (daily mean, 12 UTC or given) says how a
    day of air is made of its hours; `scheduler` and `keep_going` as in `engine.ingest.ingest_days`. Raises InputError for an
    unknown kind, for files of several kinds or of another kind than given, and for files that cannot be used.
    """
    if kind and kind not in KINDS:
        raise InputError(f"the files are said to be of {kind!r}; expected one of {', '.join(KINDS)}")
    day = None if date is None else day_of(date)
    if kind:
        for file in files:
            if not is_zarr(file):
                _told_apart(file, kind)
    kinds = {file: kind or kind_of(file) for file in files}
    if len(set(kinds.values())) > 1:
        told = ", ".join(f"{file.name} is {_LABELS[found]}" for file, found in kinds.items())
        raise InputError(f"{told}; expected files of one kind at a time: add each kind on its own")
    found = next(iter(kinds.values()))
    if found != ALTIMETRY_KIND:
        return ingest(found, files, identifier, progress, grid, day, scheduler, keep_going, sampling)
    if identifier:
        raise InputError(f"altimetry is to be called {identifier!r}; day and content make its name: leave the name out")
    folders = []
    for number, file in enumerate(files):

        def one(fraction: float, doing: str, number: int = number) -> None:
            progress((number + fraction) / len(files), doing)

        folders.append(keep_altimetry(file, grid, one, day))
    return folders[-1]
