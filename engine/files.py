"""From files of whatever kind to what can be looked at: recognised by what they hold, checked, then taken in."""

from collections.abc import Sequence
from pathlib import Path

from engine.errors import InputError
from engine.grid import Grid
from engine.ingest import PRODUCTS, ingest
from engine.progress import Progress, no_progress
from engine.sources.boundary import reading
from engine.sources.hycom import HYCOM
from engine.sources.kept import keep_altimetry
from engine.sources.observed import ALTIMETRY
from engine.sources.reading import held, open_checked

ALTIMETRY_KIND = "altimetry"
KINDS = (*PRODUCTS, ALTIMETRY_KIND)

_LABELS = {**{name: product.label for name, product in PRODUCTS.items()}, ALTIMETRY_KIND: "gridded altimetry"}


def kind_of(file: Path) -> str:
    """Return whose file it is: hycom, glorys or altimetry.

    Its variables tell; names that HYCOM and GLORYS share belong to HYCOM where the file's own attributes name it. Raises
    InputError for a file that is damaged, is not NetCDF, or holds nothing of the three.
    """
    with open_checked(file) as data, reading(file):
        names, words = set(data.variables), " ".join(str(data.getncattr(name)) for name in data.ncattrs())
        content = held(data)
    if names & set(ALTIMETRY[0].names):
        return ALTIMETRY_KIND
    if any(want.names[0] in names for want in HYCOM.wanted):
        return "hycom"
    if any(name in names for want in HYCOM.wanted for name in want.names):
        return "hycom" if "HYCOM" in words else "glorys"
    raise InputError(
        f"{file} holds {content}; expected HYCOM (water_temp, salinity, water_u, water_v, surf_el), GLORYS (thetao, so, uo, vo, "
        "zos) or gridded altimetry (adt, ugos, vgos): choose another file"
    )


def take_in(
    files: Sequence[Path],
    kind: str = "",
    identifier: str | None = None,
    grid: Grid | None = None,
    progress: Progress = no_progress,
) -> Path:
    """Make an analysis store of HYCOM or GLORYS files, a source of each file of altimetry, and return the (last) folder.

    `kind` is recognised where it is not given; `identifier` names a store. Raises InputError for an unknown kind, for files of
    several kinds and for what cannot be used.
    """
    if kind and kind not in KINDS:
        raise InputError(f"the files are said to be of {kind!r}; expected one of {', '.join(KINDS)}")
    kinds = {file: kind or kind_of(file) for file in files}
    if len(set(kinds.values())) > 1:
        told = ", ".join(f"{file.name} is {_LABELS[found]}" for file, found in kinds.items())
        raise InputError(f"{told}; expected files of one kind at a time: add each kind on its own")
    found = next(iter(kinds.values()))
    if found != ALTIMETRY_KIND:
        return ingest(found, files, identifier, progress, grid)
    if identifier:
        raise InputError(f"altimetry is to be called {identifier!r}; day and content make its name: leave the name out")
    folders = []
    for number, file in enumerate(files):

        def one(fraction: float, doing: str, number: int = number) -> None:
            progress((number + fraction) / len(files), doing)

        folders.append(keep_altimetry(file, grid, one))
    return folders[-1]
