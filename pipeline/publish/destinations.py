"""Destination profiles: `profile.yaml` in the platform's folder, whose name is the destination's."""

from functools import cache

import yaml
from pydantic import ValidationError

from pipeline.documents.destination import Destination
from pipeline.documents.message import M
from pipeline.errors import UserMistake
from pipeline.publish.platform_folders import PLATFORM_FOLDERS, broken_file, where_in_yaml
from pipeline.resources import read_packaged_yaml
from pipeline.settings import meant

PROFILE = "profile.yaml"


def destination_names() -> tuple[str, ...]:
    """Names of all destinations, in alphabetical order."""
    return tuple(sorted(file.parent.name for file in PLATFORM_FOLDERS.glob(f"*/{PROFILE}")))


@cache
def load_destination(name: str) -> Destination:
    """Load the profile of a destination. Raises UserMistake that lists the known ones for an unknown name."""
    names = destination_names()
    if name not in names:
        raise UserMistake(M("There is no destination {name}. Known: {known}", name=name, known=", ".join(names)))
    path = PLATFORM_FOLDERS / name / PROFILE
    try:
        profile = Destination.model_validate(read_packaged_yaml(path))
    except (ValidationError, yaml.YAMLError) as error:
        raise broken_file(path, where_in_yaml(error)) from error
    if profile.name != name:
        raise broken_file(path, f"name: {profile.name}")
    return profile


def destination_named(given: str) -> str:
    """The name of the destination that a person meant: douyin, 抖音, B站. Raises UserMistake for none and for several."""
    if given in destination_names():
        return given
    found = meant(given, _labels())
    if len(found) != 1:
        known = ", ".join(f"{name} ({load_destination(name).label['zh']})" for name in destination_names())
        raise UserMistake(M("There is no destination {name}. Known: {known}", name=given, known=known))
    return found[0]


@cache
def _labels() -> dict[str, set[str]]:
    profiles = [load_destination(name) for name in destination_names()]
    return {profile.name: {profile.name, *profile.label.values(), *profile.aliases} for profile in profiles}


def place_label(platform: str, account: str, language: str) -> str:
    """Platform and account as people call them."""
    return " ".join(part for part in (platform_label(platform, language), account) if part)


def named_place(place: str, language: str) -> str:
    """A place as --to writes it (kuaishou:coop) as people call it."""
    platform, _, account = place.partition(":")
    return place_label(platform, account, language)


def platform_label(name: str, language: str) -> str:
    """Return a platform's name for people; its name here where it has no profile, or none in that language."""
    return load_destination(name).label.get(language, name) if name in destination_names() else name
