"""What the operators ask of a warehouse, done by the dev warehouse."""

from greenroom.duck.count import count_rows
from greenroom.duck.export import write_file
from greenroom.duck.load import load_files
from greenroom.duck.show import show_rows
from greenroom.duck.table import write_table

__all__ = ["count_rows", "load_files", "show_rows", "write_file", "write_table"]
