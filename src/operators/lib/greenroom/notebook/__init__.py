"""JupyterLab in a step's container: apart from what the step imports, which stays as it is."""

from __future__ import annotations

import os
import sys

# Where it is installed in images that have none of their own.
INSTALLED = "/opt/greenroom-notebook"
PROJECT = "/project"


def forget_here() -> None:
    """Python looks into the current directory first: a file there may have the name of anything."""
    here = os.getcwd()
    sys.path[:] = [path for path in sys.path if path not in ("", here)]
