"""The files that build, serve and check the program elsewhere: they name what is there."""

import json
import re
import shlex
from typing import Any

import yaml

from app.server.options import parser, sharing
from engine.runtime.paths import REPOSITORY
from tests.packaging.wheel import SOURCES

DOCKERFILE = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8")


def read_yaml(name: str) -> Any:
    return yaml.safe_load((REPOSITORY / name).read_text(encoding="utf-8"))


def test_the_image_is_built_from_all_that_the_wheel_is() -> None:
    copied = {name for line in re.findall(r"^COPY (?!--)(.*) \S+$", DOCKERFILE, re.MULTILINE) for name in shlex.split(line)}
    sent = set(re.findall(r"^!(.*)$", (REPOSITORY / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE))
    assert copied == sent == {*SOURCES, "requirements"}


def test_the_server_understands_what_the_image_and_the_composition_start_it_with() -> None:
    found = re.search(r"^ENTRYPOINT (.*)$", DOCKERFILE, re.MULTILINE)
    assert found is not None
    program, command, *options = json.loads(found.group(1))
    assert (program, command) == ("goms", "app")
    added = [re.sub(r"\$\{\w+:-(.*)\}", r"\1", each) for each in read_yaml("compose.yaml")["services"]["app"]["command"]]
    chosen = parser().parse_args([*options, *added])
    assert chosen.port == 5006 and "localhost" in sharing(chosen).hosts.names


def test_the_stores_of_the_composition_lie_on_its_volume() -> None:
    composition = read_yaml("compose.yaml")
    (volume,) = composition["services"]["app"]["volumes"]
    name, folder = volume.split(":")
    assert name in composition["volumes"] and f"GOMS_HOME={folder} " in DOCKERFILE and f"VOLUME {folder}\n" in DOCKERFILE


def test_the_workflow_makes_what_the_makefile_can() -> None:
    jobs = read_yaml(".github/workflows/ci.yml")["jobs"]
    made = {*jobs["checks"]["strategy"]["matrix"]["target"], "unit"}
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    test = re.search(r"^test: (.*)$", makefile, re.MULTILINE)
    assert test is not None and made == set(test.group(1).split())
