"""The table of scenes: two sentences each, a camera over its box, colours for a dark room."""

import pytest

from app.frames.encode import Viewport
from app.show.scenes import TOUR, TourScene
from app.style.palettes import colours
from engine.diagnostics import DISPLAY_VARIABLES

DARK = 64
"""Mean of red, green and blue, of 255, that still counts as dark."""

every_scene = pytest.mark.parametrize("scene", TOUR, ids=lambda scene: scene.name)


def test_the_tour_has_six_scenes_with_names_of_their_own_that_fit_an_address() -> None:
    names = [scene.name for scene in TOUR]
    assert len(names) == len(set(names)) == 6
    assert all(name.replace("_", "").isalpha() and name.islower() for name in names)


@every_scene
def test_a_caption_is_two_sentences_and_says_that_the_ocean_is_made(scene: TourScene) -> None:
    assert len(scene.caption) == 2
    for sentence in scene.caption:
        assert sentence.endswith(".") and sentence.count(".") == 1
        assert len(sentence) < 240
    assert "simulated" in scene.caption[1] and "Colour is" in scene.caption[1]


@every_scene
def test_the_field_can_be_shown_and_its_limits_ascend(scene: TourScene) -> None:
    assert scene.variable in DISPLAY_VARIABLES
    low, high = scene.limits
    assert low < high
    assert low > 0 or not scene.logarithmic


@every_scene
def test_the_camera_looks_into_its_box_and_the_frames_of_the_box_can_be_asked_for(scene: TourScene) -> None:
    assert 0 <= scene.longitude < 360 and 18 <= scene.span <= 175
    if scene.close is None:
        return
    box = scene.close
    Viewport(box.south, box.north, box.west, box.east, round(4 * (box.east - box.west)), round(4 * (box.north - box.south)))
    assert box.south + 10 < scene.latitude < box.north - 10
    assert 10 < (scene.longitude - box.west) % 360 < box.east - box.west - 10


@every_scene
def test_the_palette_is_dark_where_the_field_is_low_or_neutral(scene: TourScene) -> None:
    quiet = colours(scene.palette)[128 if scene.limits[0] == -scene.limits[1] else 0]
    assert sum(int(quiet[i : i + 2], 16) for i in (1, 3, 5)) / 3 < DARK


@every_scene
def test_its_days_pass_in_less_than_a_minute_a_scene(scene: TourScene) -> None:
    assert 10 <= 30 / scene.days_a_second * scene.rounds <= 60
