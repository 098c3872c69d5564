"""Which build this is: put into the image by `instep docker-build`, given by instep otherwise."""

import os
import platform
from dataclasses import dataclass


@dataclass(frozen=True)
class Identity:
    name: str = "{= name =}"
    version: str = "unknown"
    revision: str = "unknown"
    build_date: str = "unknown"

    @classmethod
    def from_environment(cls) -> "Identity":
        return cls(
            version=first("VERSION", "INSTEP_VERSION"),
            revision=first("REVISION", "INSTEP_GIT_SHA"),
            build_date=first("BUILD_DATE"),
        )

    def info(self) -> dict:
        return {
            "name": self.name,
            "version": self.version,
            "git": {"sha": self.revision, "dirty": self.version.endswith("-dirty")},
            "build": {"date": self.build_date},
            "runtime": {"language": "python", "version": platform.python_version()},
        }


def first(*names: str) -> str:
    """The first of the variables that says something."""
    values = (os.environ.get(name) for name in names)
    return next((value for value in values if value and value != "unknown"), "unknown")
