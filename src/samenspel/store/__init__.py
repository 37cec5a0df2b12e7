"""Content-addressed files and output folders."""

from samenspel.store.content import Store as Store
from samenspel.store.content import atomic_write_bytes as atomic_write_bytes
from samenspel.store.content import atomic_write_text as atomic_write_text
from samenspel.store.content import key as key
from samenspel.store.output import MANIFEST as MANIFEST
from samenspel.store.output import output_folder as output_folder
