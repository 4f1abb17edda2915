"""The reading process of ``sync.ahead``. Imports nothing of Django before it is set up: the process starts here."""

from __future__ import annotations

import multiprocessing
import os
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


def read(steps: Connection, source: str, stream: str, since: str | None) -> None:
    """Put every step of the stream into the pipe, then its notes, or the refusal or fault that stopped it."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ordertrail.config.settings")
    import django

    django.setup()
    from ordertrail.lib import disk
    from ordertrail.lib.garbage import collected_rarely
    from ordertrail.lib.refused import Refused
    from ordertrail.records.models import Source
    from ordertrail.records.pickling import register
    from ordertrail.sync.ahead import Ahead
    from ordertrail.sync.sources import in_order

    register()
    row = Source.objects.get(code=source)
    ahead = Ahead(row, next(one for one in in_order(row) if one.name == stream), since)
    try:
        with collected_rarely(), disk.room():
            for step in ahead.here():
                steps.send(("step", step))
    except Refused as refused:
        steps.send(("refused", (refused.code, refused.detail)))
    except Exception as fault:
        steps.send(("fault", f"{type(fault).__name__}: {fault}"))
        raise
    else:
        steps.send(("end", ahead.notes))


def _end_with_parent() -> None:
    """End this process when the run that it reads for is gone, killed perhaps: nobody would take what it reads."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
