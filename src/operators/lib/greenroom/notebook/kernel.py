"""A kernel whose imports are the step's, and only then those of the notebook."""

from __future__ import annotations

import sys

from greenroom.notebook import INSTALLED, PROJECT, forget_here


def main() -> None:
    forget_here()
    # As `python3 -m` and a script find the project's modules.
    sys.path.insert(0, PROJECT)
    sys.path.append(INSTALLED)
    from ipykernel.kernelapp import launch_new_instance

    launch_new_instance()


if __name__ == "__main__":
    main()
