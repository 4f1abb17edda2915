"""Money at stake: what open findings are about, each order once."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from ordertrail.boards.metric import Unit
from ordertrail.boards.metrics.orders_with_findings import METRIC as WITH_FINDINGS

METRIC = replace(
    WITH_FINDINGS,
    title=_("Money at stake"),
    basis=_("incl. tax"),
    meaning=_(
        "The money of open findings, each order counted once with its largest. It is not lost: it is what the things "
        "that are wrong are about."
    ),
    unit=Unit.MONEY,
    where="stake > 0",
    each="stake",
    past=None,
    listed=None,
)
