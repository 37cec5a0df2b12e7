"""Content-addressed files, files written whole or not at all, and output folders."""

from samenspel.store.atomic import atomic_file as atomic_file
from samenspel.store.atomic import atomic_write_bytes as atomic_write_bytes
from samenspel.store.atomic import atomic_write_text as atomic_write_text
from samenspel.store.content import Store as Store
from samenspel.store.key import key as key
from samenspel.store.key import sources as sources
from samenspel.store.output import MANIFEST as MANIFEST
from samenspel.store.output import check_foreign as check_foreign
from samenspel.store.output import finish_output as finish_output
from samenspel.store.output import output_folder as output_folder
from samenspel.store.output import read_manifest as read_manifest
from samenspel.store.table import TableFile as TableFile
from samenspel.store.table import table_file as table_file
