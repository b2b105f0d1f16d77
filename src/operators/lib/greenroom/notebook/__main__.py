"""`python3 -m greenroom.notebook PORT FOLDER`: the server, until it is told to end."""

from __future__ import annotations

import json
import os
import sys
from importlib.util import find_spec
from pathlib import Path

from greenroom.notebook import INSTALLED, forget_here


def main(port: str, folder: str) -> None:
    forget_here()
    share = []
    if find_spec("jupyterlab") is None:
        # Not by a variable: what is started from here, in a terminal too, imports what the step imports.
        sys.path.insert(0, INSTALLED)
        os.environ["JUPYTER_PATH"] = f"{INSTALLED}/share/jupyter"
        os.environ["JUPYTER_CONFIG_PATH"] = f"{INSTALLED}/etc/jupyter"
        share = [f"--LabApp.app_dir={INSTALLED}/share/jupyter/lab"]
    write_kernel(Path.home() / ".local/share/jupyter/kernels/python3")
    from jupyterlab.labapp import LabApp

    LabApp.launch_instance(
        argv=[
            "--no-browser",
            "--allow-root",
            # All that is published of it is on the loopback of the machine; and there it goes by no other name.
            "--ServerApp.ip=0.0.0.0",
            f"--ServerApp.port={port}",
            "--ServerApp.port_retries=0",
            "--ServerApp.allow_remote_access=False",
            f"--ServerApp.root_dir={folder}",
            "--LabApp.news_url=None",
            "--LabApp.extension_manager=readonly",
            "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
            *share,
        ]
    )


def write_kernel(folder: Path) -> None:
    """One that imports what the step imports, and has the project's files at hand."""
    folder.mkdir(parents=True, exist_ok=True)
    kernel = {
        "argv": [sys.executable, "-m", "greenroom.notebook.kernel", "-f", "{connection_file}"],
        "display_name": f"Python of the step {os.environ.get('GREENROOM_STEP', '')}",
        "language": "python",
        "interrupt_mode": "signal",
        "metadata": {"debugger": True},
    }
    (folder / "kernel.json").write_text(json.dumps(kernel))


if __name__ == "__main__":
    main(*sys.argv[1:])
