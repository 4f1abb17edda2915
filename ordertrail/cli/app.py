"""The list of commands; each group of them is a file beside this one."""

from __future__ import annotations

import typer

from ordertrail.cli import checking, company, data, hub, importing, keeping, people, serving, sources, tokens

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Ordertrail 单迹: every order of a company, from all its systems, on one page.",
)
for part in (company, people, tokens, sources, data, importing, hub, checking, keeping, serving):
    part.add_to(app)
