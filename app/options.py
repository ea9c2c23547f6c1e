"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

OrganizationOption: TypeAlias = Annotated[
    str | None, typer.Option("--organization", help="Key of the organisation, where several know the name.")
]
KindOption: TypeAlias = Annotated[
    str | None, typer.Option("--kind", help="staff or customer, where both have the name.")
]
