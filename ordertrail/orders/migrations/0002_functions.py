"""The two rounding functions that ``recount`` calls, for PostgreSQL; on SQLite they are Python's (lib.money)."""

from typing import Any, ClassVar

from django.db import migrations

PIECE = """
CREATE OR REPLACE FUNCTION ot_piece(amount numeric, qty numeric, of_qty numeric, digits integer) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN of_qty = 0 THEN 0::bigint
        ELSE (round(amount * qty / (of_qty * power(10::numeric, 4 - digits)), 0) * power(10::numeric, 4 - digits))::bigint END
$$
"""
TAX = """
CREATE OR REPLACE FUNCTION ot_tax(net numeric, rate numeric, digits integer) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (round(net * rate / (1000000 * power(10::numeric, 4 - digits)), 0) * power(10::numeric, 4 - digits))::bigint
$$
"""


def add(apps: Any, schema_editor: Any) -> None:
    """Make the functions where the database is PostgreSQL (its numeric ``round`` is half away from zero)."""
    if schema_editor.connection.vendor == "postgresql":
        for sql in (PIECE, TAX):
            schema_editor.execute(sql)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("orders", "0001_initial")]
    operations: ClassVar = [migrations.RunPython(add, migrations.RunPython.noop, elidable=False)]
