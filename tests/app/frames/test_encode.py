"""Frames: what reaches the browser is the field, on the viewport's pixels, to within half a step."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from app.frames.encode import LEVELS, Viewport, make_body, window
from engine.runtime.errors import InputError

GLOBE = Viewport(-90, 90, 0, 360, 360, 180)


@dataclass
class Axes:
    lat: np.ndarray
    lon: np.ndarray


class Reader:
    """A store whose field is a function of lead, latitude and longitude."""

    def __init__(self, field: Callable[[int, np.ndarray, np.ndarray], np.ndarray], grid: Axes | None = None) -> None:
        self.grid = grid or Axes(np.arange(-89, 90, 2.0), np.arange(1, 360, 2.0))
        self.field = field
        self.reads: list[int] = []

    def read(self, variable: str, lead: int, depth_index: int) -> np.ndarray:
        self.reads.append(lead)
        lat, lon = np.meshgrid(self.grid.lat, self.grid.lon, indexing="ij")
        return self.field(lead, lat, lon).astype(np.float32)


def decode(body: bytes) -> tuple[dict, np.ndarray]:
    """Undo the folding as the browser does; returns the header and values (leads, height, width) with NaN."""
    line, _, rest = body.partition(b"\n")
    header = json.loads(line)
    shape = (len(header["leads"]), 2, header["height"], header["width"])
    planes = np.frombuffer(rest, np.uint8).reshape(shape).astype(np.int32)
    folded = planes[:, 0] | (planes[:, 1] << 8)
    differences = (folded >> 1) ^ -(folded & 1)
    numbers = np.cumsum(np.cumsum(differences, axis=2), axis=0)
    assert numbers.min(initial=0) >= 0
    assert numbers.max(initial=0) <= LEVELS
    values = header["offset"] + header["scale"] * numbers
    values = 10**values if header["log10"] else values
    return header, np.where(numbers == 0, np.nan, values)


def waves(lead: int, lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    field = 20 * np.cos(np.deg2rad(lat)) + np.sin(np.deg2rad(lon * 3 + 10 * lead))
    return np.where((lat > 30) & (lon < 40), np.nan, field)


def test_a_frame_with_room_for_every_cell_is_the_field_itself_north_first() -> None:
    reader = Reader(waves)
    header, values = decode(make_body(reader, "thetao", 0, [0, 1, 5], GLOBE))
    assert (header["height"], header["width"]) == (90, 180)
    for lead, frame in zip(header["leads"], values, strict=True):
        expected = reader.read("thetao", lead, 0)[::-1]
        assert np.array_equal(np.isnan(frame), np.isnan(expected))
        assert np.nanmax(np.abs(frame - expected)) <= header["scale"] * 0.51


def test_frames_are_never_finer_than_the_data() -> None:
    under = window(Reader(waves).grid, Viewport(-90, 90, 0, 360, 4000, 2000))
    assert under is not None
    assert under.shape == (90, 180)


def test_fewer_pixels_than_cells_take_the_mean_of_their_cells() -> None:
    reader = Reader(lambda lead, lat, lon: lat + 2 * lon)
    header, values = decode(make_body(reader, "thetao", 0, [0], Viewport(-90, 90, 0, 360, 90, 45)))
    field = reader.read("thetao", 0, 0)
    blocks = field.reshape(45, 2, 90, 2).mean(axis=(1, 3))[::-1]
    assert values.shape == (1, 45, 90)
    assert np.max(np.abs(values[0] - blocks)) < header["scale"]


def test_the_mean_leaves_out_land() -> None:
    reader = Reader(lambda lead, lat, lon: np.where(lon % 4 == 1, 7.0, np.nan))
    _, values = decode(make_body(reader, "thetao", 0, [0], Viewport(-90, 90, 0, 360, 90, 45)))
    assert np.allclose(values, 7.0, atol=1e-2)


@pytest.mark.parametrize("west", [-30.0, 170.0, 350.0])
def test_a_viewport_across_the_date_line_or_greenwich_has_no_seam(west: float) -> None:
    reader = Reader(lambda lead, lat, lon: np.sin(np.deg2rad(lon)) * 10)
    header, values = decode(make_body(reader, "thetao", 0, [0], Viewport(-20, 20, west, west + 60, 400, 300)))
    left, right = header["bounds"][2:]
    assert left <= west
    assert right >= west + 60
    centres = left + (np.arange(header["width"]) + 0.5) * (right - left) / header["width"]
    assert np.allclose(values[0, 0], 10 * np.sin(np.deg2rad(centres)), atol=header["scale"])


def test_a_whole_turn_shows_every_column_once() -> None:
    under = window(Reader(waves).grid, Viewport(-90, 90, 25, 385, 1200, 600))
    assert under is not None
    assert sorted(under.columns) == list(range(180))
    assert under.bounds == (-90.0, 90.0, 24.0, 384.0)


def test_a_regional_grid_is_found_by_western_longitudes() -> None:
    box = Axes(np.linspace(-64, -60, 51), np.linspace(298.0, 299.0, 13))
    reader = Reader(lambda lead, lat, lon: lat, box)
    header, values = decode(make_body(reader, "thetao", 0, [3], Viewport(-70, -55, -70, -50, 800, 600)))
    assert (header["height"], header["width"]) == (51, 13)
    assert header["bounds"][2] == pytest.approx(-62.0 - 1 / 24)
    assert values[0, 0, 0] == pytest.approx(-60, abs=0.01)


def test_a_viewport_off_the_grid_gives_a_frame_of_no_pixels() -> None:
    box = Axes(np.linspace(-64, -60, 51), np.linspace(298.0, 299.0, 13))
    reader = Reader(waves, box)
    header, values = decode(make_body(reader, "thetao", 0, [0], Viewport(10, 40, 120, 180, 800, 600)))
    assert (header["height"], header["width"]) == (0, 0)
    assert values.size == 0
    assert reader.reads == []


def test_uneven_latitudes_come_out_evenly_spaced() -> None:
    lat = np.concatenate([np.arange(-60, -50, 0.1), np.arange(-50, -40, 0.4)])
    reader = Reader(lambda lead, lat, lon: lat, Axes(lat, np.linspace(10, 30, 41)))
    header, values = decode(make_body(reader, "so", 0, [0], Viewport(-60, -40, 10, 30, 2000, 2000)))
    south, north, *_ = header["bounds"]
    expected = north - (np.arange(header["height"]) + 0.5) * (north - south) / header["height"]
    assert np.max(np.abs(values[0, :, 0] - expected)) < 0.25


def test_concentrations_are_quantised_by_their_logarithm() -> None:
    reader = Reader(lambda lead, lat, lon: 10 ** (lon / 90 - 2))
    header, values = decode(make_body(reader, "chl", 0, [0], GLOBE))
    expected = reader.read("chl", 0, 0)[::-1]
    assert header["log10"]
    assert np.max(np.abs(values[0] / expected - 1)) < 1e-3


@pytest.mark.parametrize("value", [0.0, -3.5, np.nan])
def test_a_field_of_one_value_or_of_none_survives(value: float) -> None:
    _, values = decode(make_body(Reader(lambda lead, lat, lon: np.full(lat.shape, value)), "zos", 0, [0, 1], GLOBE))
    assert np.allclose(values, value, atol=1e-2, equal_nan=True)


def test_a_dropped_request_stops_before_the_next_lead() -> None:
    reader = Reader(waves)
    assert make_body(reader, "thetao", 0, list(range(9)), GLOBE, cancelled=lambda: len(reader.reads) >= 2) == b""
    assert len(reader.reads) == 2


@pytest.mark.parametrize("bounds", [(10, 10, 0, 20), (0, 10, 20, 0), (0, 10, 0, 400)])
def test_a_viewport_without_area_or_beyond_one_turn_is_refused(bounds: tuple[float, ...]) -> None:
    with pytest.raises(InputError, match="viewport spans"):
        Viewport(*bounds, 100, 100)


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_an_infinite_value_is_missing_and_leaves_the_range_to_the_others(value: float) -> None:
    def field(lead: int, lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
        sea = np.cos(np.deg2rad(lat + lon))
        sea[1, 2] = value
        return sea

    reader = Reader(field, Axes(np.arange(4) + 0.5, np.arange(6) + 0.5))
    header, values = decode(make_body(reader, "zos", 0, [0], Viewport(0, 4, 0, 6, 6, 4)))
    assert np.isnan(values[0, 2, 2]) and np.isnan(values).sum() == 1
    assert header["scale"] < 1e-4
