"""Makes files that do harm to whoever reads them: headers that ask for the impossible, contents that nobody expects."""

import struct
from collections.abc import Callable
from pathlib import Path

import h5py
import netCDF4
import numpy as np

from tests.engine.readers import layouts
from tests.engine.readers.layouts import Damage

Make = Callable[[Path], object]


def good(path: Path, file_format: str = "NETCDF4", count: int = 2) -> Path:
    """Write a good HYCOM box of `count` days."""
    box = (layouts.LAT, layouts.LON, layouts.days(count))
    return layouts.write_hycom(path, layouts.hycom_fields(count), *box, file_format=file_format)


def damaged(damage: Damage, file_format: str = "NETCDF4") -> Make:
    """Return what writes a good file and then changes it with the library's own means."""

    def make(path: Path) -> None:
        with netCDF4.Dataset(good(path, file_format), "a") as data:
            damage(data)

    return make


def edited(old: bytes, new: bytes, file_format: str) -> Make:
    """Return what writes a good file and replaces the first `old` in it by `new`, of the same length."""

    def make(path: Path) -> None:
        content = good(path, file_format).read_bytes()
        assert old in content and len(old) == len(new)
        path.write_bytes(content.replace(old, new, 1))

    return make


def raw(content: bytes) -> Make:
    """Return what writes these bytes."""
    return lambda path: path.write_bytes(content)


def box(lat: np.ndarray, lon: np.ndarray, levels: int = 1, dtype: str = "i2", **options: object) -> Make:
    """Return what writes a surface temperature or stack on these axes that holds next to nothing but compressed zeros."""

    def make(path: Path) -> None:
        with netCDF4.Dataset(path, "w") as data:
            axes = {"time": np.array([0.0]), "depth": np.arange(levels) * 10.0, "lat": lat, "lon": lon}
            units = {"time": "days since 2014-03-05", "depth": "m", "lat": "degrees_north", "lon": "degrees_east"}
            for name, values in axes.items():
                data.createDimension(name, values.size)
                data.createVariable(name, "f8", (name,), zlib=True)[:] = values
                data[name].units = units[name]
            for name in ("water_temp", "salinity"):
                variable = data.createVariable(name, dtype, tuple(axes), zlib=True, fill_value=-30000, **options)
                variable.units = "degC" if name == "water_temp" else "psu"
                variable.scale_factor, variable.add_offset = 0.001, 20.0
                variable.set_auto_maskandscale(False)
                variable[:, 0, 0, 0] = 1

    return make


def endless_axis(data: netCDF4.Dataset) -> None:
    """Let time have ten million steps."""
    data["time"][10_000_000] = 1.0


def deep_groups(data: netCDF4.Dataset) -> None:
    """Put a hundred groups into each other."""
    group: netCDF4.Dataset = data
    for _ in range(100):
        group = group.createGroup("g")


def many_names(data: netCDF4.Dataset) -> None:
    """Add five thousand variables."""
    for number in range(5000):
        data.createVariable(f"v{number}", "i1", ())


def wide_chunk(data: netCDF4.Dataset) -> None:
    """Add a variable in chunks of two gigabytes."""
    data.createDimension("endless", None)
    data.createVariable("wide", "f8", ("endless",), chunksizes=(2**28 - 1,), zlib=True)


def in_another_file(how: str) -> Make:
    """Return what writes a good file whose salinity lies in another one: as raw bytes, as a view, or as a link."""

    def make(path: Path) -> None:
        other = path.with_name("secret")
        with h5py.File(good(path), "a") as data, h5py.File(other, "w") as secret:
            shape = data["salinity"].shape
            secret["x"] = np.zeros(shape, "i2")
            axes = [scale[0].name for scale in data["salinity"].dims]
            attributes = {name: data["salinity"].attrs[name] for name in ("units", "scale_factor", "add_offset")}
            del data["salinity"]
            if how == "a link":
                data["salinity"] = h5py.ExternalLink(str(other), "x")
                return
            if how == "a view":
                layout = h5py.VirtualLayout(shape, "i2")
                layout[:] = h5py.VirtualSource(str(other), "x", shape)
                variable = data.create_virtual_dataset("salinity", layout)
            else:
                variable = data.create_dataset("salinity", shape, "i2", external=[(str(other), 0, 2 * int(np.prod(shape)))])
            variable.attrs.update(attributes)
            for number, axis in enumerate(axes):
                variable.dims[number].attach_scale(data[axis])

    return make


def group_in_itself(path: Path) -> None:
    """Write a good file with a group that holds the whole file, itself included."""
    with h5py.File(good(path), "a") as data:
        data.create_group("inner")["outer"] = data["/"]


def of_type(kind: str) -> Damage:
    """Give salinity another type: text, compound or lists of any length."""

    def damage(data: netCDF4.Dataset) -> None:
        data.renameVariable("salinity", "old")
        compound = np.dtype([("a", "f8"), ("b", "i4")])
        types = {
            "text": lambda: str,
            "letters": lambda: "S1",
            "compound": lambda: data.createCompoundType(compound, "pair"),
            "lists": lambda: data.createVLType(np.float32, "list"),
            "names": lambda: data.createEnumType(np.int8, "names", {"zero": 0, "one": 1}),
        }
        data.createVariable("salinity", types[kind](), data["old"].dimensions).units = "psu"

    return damage


def attribute(variable: str, name: str, value: object) -> Damage:
    """Give a variable an attribute."""
    return lambda data: data[variable].setncattr(name, value)


def values(variable: str, value: float) -> Damage:
    """Fill a variable with one value."""

    def damage(data: netCDF4.Dataset) -> None:
        data[variable].set_auto_maskandscale(False)
        data[variable][:] = value

    return damage


def big_attributes(data: netCDF4.Dataset) -> None:
    """Add a text of a million letters."""
    data.title = "x" * 1_000_000


def _classic5(dimensions: bytes, attributes: bytes, variables: bytes = bytes(12)) -> bytes:
    return b"CDF\x05" + struct.pack(">Q", 0) + dimensions + attributes + variables


_NONE = bytes(12)
_NAME = struct.pack(">Q", 1) + b"a\0\0\0"


def _list(tag: int, count: int) -> bytes:
    return struct.pack(">IQ", tag, count)


def _zeros(content: bytes) -> Make:
    """Return what writes a header and, behind it, a gigabyte of zeros that takes no place on the disk."""

    def make(path: Path) -> None:
        with path.open("wb") as file:
            file.write(content)
            file.truncate(1 << 30)

    return make


HEADERS: dict[str, Make] = {
    "2^60 attributes": raw(_classic5(_NONE, _list(12, 2**60)) + bytes(200)),
    "2^60 attributes in a gigabyte of zeros": _zeros(_classic5(_NONE, _list(12, 2**60), b"")),
    "2^60 dimensions": _zeros(_classic5(_list(10, 2**60), b"", b"")),
    "2^60 variables": _zeros(_classic5(_NONE, _NONE, _list(11, 2**60))),
    "2^40 axes": _zeros(_classic5(_NONE, _NONE, _list(11, 1) + _NAME + struct.pack(">Q", 2**40))),
    "a name of 2^63 letters": raw(_classic5(_list(10, 1) + struct.pack(">Q", 2**63), b"") + bytes(64)),
    "an attribute of 2^62 numbers": raw(_classic5(_NONE, _list(12, 1) + _NAME + struct.pack(">IQ", 6, 2**62)) + bytes(64)),
    "an axis of 2^62": raw(
        _classic5(
            _list(10, 1) + _NAME + struct.pack(">Q", 2**62), _NONE,
            _list(11, 1) + _NAME + struct.pack(">QQ", 1, 0) + _NONE + struct.pack(">IQQ", 6, 0, 200),
        ) + bytes(64)
    ),
    "type 77": raw(_classic5(_NONE, _list(12, 1) + _NAME + struct.pack(">IQ", 77, 1)) + bytes(64)),
    "tag 99": raw(_classic5(_list(99, 1) + _NAME + struct.pack(">Q", 1), _NONE) + bytes(64)),
    "a dimension that is not there": raw(
        _classic5(
            _NONE, _NONE, _list(11, 1) + _NAME + struct.pack(">QQ", 1, 7) + _NONE + struct.pack(">IQQ", 6, 8, 100)
        ) + bytes(64)
    ),
    "two variables in one place": raw(
        _classic5(
            _NONE, _NONE, _list(11, 2) + 2 * (_NAME + struct.pack(">Q", 0) + _NONE + struct.pack(">IQQ", 6, 8, 200))
        ) + bytes(164)
    ),
    "a record that the header leaves out": edited(b"CDF\x01\0\0\0\x02", b"CDF\x01\0\0\0\x01", "NETCDF3_CLASSIC"),
    "a signature alone": raw(b"\x89HDF\r\n\x1a\n"),
    "a signature and noise": raw(b"\x89HDF\r\n\x1a\n" + np.random.default_rng(0).bytes(4000)),
}  # fmt: skip
"""Headers that are wrong by themselves; none of these files is read by any library."""

_ROUND = np.arange(0, 360.0, 0.25)
SIZES: dict[str, Make] = {
    "6000 x 6000 x 3 compressed": box(np.linspace(-30, 29.99, 6000), np.linspace(100, 159.99, 6000), 3),
    "a box across the meridian with steps of 1e-4 degrees": box(np.arange(40) * 0.1, -0.002 + 1e-4 * np.arange(40)),
    "a box across the meridian with steps of 1e-9 degrees": box(np.arange(40) * 0.1, -2e-8 + 1e-9 * np.arange(40)),
    "50,000 columns": box(np.arange(4.0), np.linspace(1, 300, 50_000)),
    "10,000 levels": box(np.arange(4.0), np.arange(4.0), 10_000),
    "ten million times": damaged(endless_axis),
    "chunks of 2 GB": damaged(wide_chunk),
    "groups a hundred deep": damaged(deep_groups),
    "5000 variables": damaged(many_names),
    "an attribute of 40 MB": damaged(attribute("salinity", "flag", np.zeros(5_000_000))),
    "4000 x 4000 x 40 of nothing": box(np.linspace(-20, 19.99, 4000), np.linspace(100, 139.99, 4000), 40),
}
"""Files that are in order, and larger than any that is read."""

LINKS: dict[str, Make] = {
    **{f"salinity in another file as {how}": in_another_file(how) for how in ("raw bytes", "a view", "a link")},
    "a group within itself": group_in_itself,
}
"""Files that lead the library elsewhere, or round in circles."""

CONTENTS: dict[str, Make] = {
    **{f"salinity of {kind}": damaged(of_type(kind)) for kind in ("text", "letters", "compound", "lists", "names")},
    "a scale of text": damaged(attribute("salinity", "scale_factor", "a thousandth")),
    "a scale of 1e308": damaged(attribute("salinity", "scale_factor", 1e308)),
    "a scale of NaN": damaged(attribute("salinity", "scale_factor", np.nan)),
    "a scale of two numbers": damaged(attribute("salinity", "scale_factor", np.array([1.0, 2.0]))),
    "units of numbers": damaged(attribute("salinity", "units", np.arange(3))),
    "a calendar of numbers": damaged(attribute("time", "calendar", np.arange(3))),
    "an unknown calendar": damaged(attribute("time", "calendar", "of the french republic")),
    "time 1e300": damaged(values("time", 1e300)),
    "time NaN": damaged(values("time", np.nan)),
    "latitude inf": damaged(values("lat", np.inf)),
    "latitude 1e300": damaged(values("lat", 1e300)),
    "longitude NaN": damaged(values("lon", np.nan)),
    "longitude 1e300": damaged(values("lon", 1e300)),
    "depth NaN": damaged(values("depth", np.nan)),
    "one depth everywhere": damaged(values("depth", 5.0)),
    "units that are no text": edited(b"degC", b"\xff\xfe\x80\x81", "NETCDF3_CLASSIC"),
    "a name that is no text": edited(b"salinity", b"\xff\xfe\x80\x81\xff\xfe\x80\x81", "NETCDF3_CLASSIC"),
    "a fill value of text": damaged(attribute("surf_el", "missing_value", "none")),
    "a text of a million letters": damaged(big_attributes),
}
"""Files whose header is in order and whose content nobody expects; a few can be read nevertheless."""
