"""A worker process for all tasks of a run: ``python -m samenspel.insight.worker``; see `studies.worker`."""

from __future__ import annotations

import sys

from samenspel.insight.tasks import do
from samenspel.studies.worker import serve

PROGRAM = "samenspel.insight.worker"

if __name__ == "__main__":
    serve(sys.stdin, sys.stdout, do)
