"""The variable table and its packing."""

import numpy as np
import pytest

from engine.schema.channels import FORCING_CHANNELS, PROGNOSTIC_CHANNELS, STATIC_CHANNELS
from engine.schema.variables import DEPTHS, FILL, VARIABLES


def test_the_model_reads_67_channels_and_predicts_61() -> None:
    assert len(PROGNOSTIC_CHANNELS) == 61
    assert len(PROGNOSTIC_CHANNELS + FORCING_CHANNELS + STATIC_CHANNELS) == 67
    assert [c.label for c in PROGNOSTIC_CHANNELS[:2]] == ["thetao 0 m", "thetao 6 m"]
    assert PROGNOSTIC_CHANNELS[-1].label == "zos"
    assert len(DEPTHS) == 15


@pytest.mark.parametrize("name", list(VARIABLES))
def test_packing_keeps_a_value_within_half_a_step_and_a_missing_cell_missing(name: str) -> None:
    variable = VARIABLES[name]
    low, high = variable.valid_range
    low = max(low, 1e-4) if variable.packing.log10 else low
    values = np.linspace(low, high, 997, dtype=np.float32)
    values[5] = np.nan
    packed = variable.packing.pack(values)
    back = variable.packing.unpack(packed)
    assert packed[5] == FILL and np.isnan(back[5])
    kept = np.isfinite(values)
    if variable.packing.log10:
        error = np.abs(np.log10(back[kept]) - np.log10(values[kept]))
    else:
        error = np.abs(back[kept] - values[kept])
    tolerance = 1e-6 * max(abs(low), abs(high), 1)
    assert error.max() <= variable.packing.scale / 2 + tolerance


def test_packing_clips_values_out_of_range_and_does_not_wrap_them() -> None:
    packing = VARIABLES["uo"].packing
    assert packing.unpack(packing.pack(np.array([1e6], np.float32)))[0] == pytest.approx(32.767)
    assert packing.unpack(packing.pack(np.array([-1e6], np.float32)))[0] == pytest.approx(-29.999)


def test_hycom_fields_are_packed_as_hycom_packs_them() -> None:
    for name in ("thetao", "so"):
        assert (VARIABLES[name].packing.scale, VARIABLES[name].packing.offset) == (0.001, 20.0)
    assert FILL == -30000
