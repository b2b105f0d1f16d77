"""The examples in the README and in the library are true."""

from __future__ import annotations

import doctest
import importlib
import os
import pkgutil
import tempfile
import unittest
from pathlib import Path

import science


class DocumentsTest(unittest.TestCase):
    def setUp(self) -> None:
        # The README's paths are those of a step's folder.
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chdir, Path.cwd())
        os.chdir(folder.name)

    def test_readme(self) -> None:
        found = doctest.testfile("README.md", package=science, optionflags=doctest.NORMALIZE_WHITESPACE)
        self.assertGreater(found.attempted, 10)
        self.assertEqual(found.failed, 0)

    def test_modules(self) -> None:
        attempted = 0
        for module in pkgutil.iter_modules(science.__path__):
            found = doctest.testmod(importlib.import_module(f"science.{module.name}"))
            self.assertEqual(found.failed, 0, module.name)
            attempted += found.attempted
        self.assertGreater(attempted, 25)
