"""The data folder: where everything of one group of companies lies, and the few settings that ``init`` writes there."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

DEFAULT = Path("~/.ordertrail")
SETTINGS_FILE = "company.json"


@dataclass(frozen=True)
class CompanySettings:
    """What ``ordertrail init`` asks: the company's name, its zone (fixed once documents exist), language, currency and tax."""

    name: str = "Ordertrail"
    timezone: str = "Asia/Shanghai"
    language: str = "zh-hans"
    currency: str = "CNY"
    tax_rate: str = "0.13"
    tax_rounding: str = "document"
    on_time_target: str = "0.95"  # what boards hold on-time delivery against

    @property
    def taxes_by_line(self) -> bool:
        """Whether each line of our own documents is taxed for itself, and not the whole document (domain.md §1.8)."""
        return self.tax_rounding == "line"


def home() -> Path:
    """The data folder: ORDERTRAIL_HOME, else ~/.ordertrail. It need not exist yet."""
    return Path(os.environ.get("ORDERTRAIL_HOME") or DEFAULT).expanduser().resolve()


def company_settings(folder: Path) -> CompanySettings:
    """The settings written in ``folder``, or the defaults where there are none."""
    path = folder / SETTINGS_FILE
    return CompanySettings(**json.loads(path.read_text("utf-8"))) if path.exists() else CompanySettings()


def write_company_settings(folder: Path, company: CompanySettings) -> None:
    """Write ``company`` into ``folder``."""
    text = json.dumps(asdict(company), ensure_ascii=False, indent=1)
    (folder / SETTINGS_FILE).write_text(text + "\n", "utf-8")


def secret_key(folder: Path) -> str:
    """The key that signs sessions: from the file ``key`` in ``folder``, made with mode 600 on first use.

    A folder that does not exist yet gets a key for this process only, so that commands such as ``--help`` write nothing.
    """
    path = folder / "key"
    if path.exists():
        return path.read_text("ascii").strip()
    fresh = secrets.token_urlsafe(48)
    if folder.is_dir():
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(fresh)
    return fresh
