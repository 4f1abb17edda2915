"""Bring the scripts, styles, fonts and icons of others into ``ordertrail/web/static/web/vendor`` (docs: web/icons.txt).

    python3 dev/vendor.py            fetch the pinned versions with ``npm pack`` and write files, sprite and vendor.json
    python3 dev/vendor.py --latest   the same with the newest versions (then look at every page before committing)

The font is changed in one thing (its licence allows it): its figures of equal width no longer widen hyphens
and brackets, so that 2026-09-18 and SO-1024 stay tight. That needs ``pip install fonttools brotli`` here, nowhere else.

There is no build step: what is written here is committed, and ``web/tests/test_vendor.py`` compares the checksums.
An icon that a page needs goes into ``ordertrail/web/icons.txt`` first; the sprite holds those and no others.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "ordertrail" / "web"
VENDOR = WEB / "static" / "web" / "vendor"
TEST_VENDOR = WEB / "tests" / "vendor"


@dataclass(frozen=True)
class Part:
    """One npm package, the files wanted of it (path in the package -> our file name) and where they go."""

    key: str
    package: str
    version: str
    licence: str
    files: dict[str, str]
    folder: Path = VENDOR


PARTS = (
    Part("tabler", "@tabler/core", "1.6.1", "MIT", {"dist/css/tabler.min.css": "tabler-{v}.min.css"}),
    Part("htmx", "htmx.org", "2.0.11", "0BSD", {"dist/htmx.min.js": "htmx-{v}.min.js"}),
    Part("alpine", "@alpinejs/csp", "3.17.4", "MIT", {"dist/cdn.min.js": "alpine-csp-{v}.min.js"}),
    Part("echarts", "echarts", "6.1.0", "Apache-2.0", {"dist/echarts.min.js": "echarts-{v}.min.js"}),
    Part(
        "inter",
        "@fontsource-variable/inter",
        "5.3.0",
        "OFL-1.1",
        {
            "files/inter-latin-wght-normal.woff2": "inter-latin-{v}.woff2",
            "files/inter-latin-ext-wght-normal.woff2": "inter-latin-ext-{v}.woff2",
        },
    ),
    Part("icons", "@tabler/icons", "3.51.0", "MIT", {}),
    Part("axe", "axe-core", "4.14.1", "MPL-2.0", {"axe.min.js": "axe-{v}.min.js"}, TEST_VENDOR),
)


def unpack(part: Part, version: str, folder: Path) -> Path:
    """The folder of the package's files, fetched with npm's ordinary client into ``folder``."""
    name = f"{part.package}@{version}"
    done = subprocess.run(
        ["npm", "pack", "--silent", "--pack-destination", str(folder), name],
        check=True,
        capture_output=True,
        text=True,
    )
    with tarfile.open(folder / done.stdout.strip().splitlines()[-1]) as archive:
        archive.extractall(folder / part.key, filter="data")
    return folder / part.key / "package"


EQUAL_WIDTH = {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"}
EQUAL_WIDTH |= {"comma", "period", "colon", "colon.case", "minus", "plus"}


def tighten(path: Path) -> None:
    """Take all signs but digits and those inside amounts and times out of the font's feature ``tnum``."""
    font = importlib.import_module("fontTools.ttLib").TTFont(path)
    table = font["GSUB"].table
    lookups = {
        at
        for record in table.FeatureList.FeatureRecord
        if record.FeatureTag == "tnum"
        for at in record.Feature.LookupListIndex
    }
    for at in lookups:
        for subtable in table.LookupList.Lookup[at].SubTable:
            single = getattr(subtable, "ExtSubTable", subtable)
            single.mapping = {sign: wide for sign, wide in single.mapping.items() if sign in EQUAL_WIDTH}
    font.save(path)


def icon_names() -> list[str]:
    """The icons that our pages use, sorted, from ``web/icons.txt`` (one a line, ``#`` begins a comment)."""
    lines = (line.split("#")[0].strip() for line in (WEB / "icons.txt").read_text("utf-8").splitlines())
    return sorted({line for line in lines if line})


def sprite(package: Path) -> str:
    """One SVG with a ``<symbol id="i-name">`` for each icon of ours, strokes left to the sheet (class ``icon``)."""
    symbols = []
    for name in icon_names():
        raw = (package / "icons" / "outline" / f"{name}.svg").read_text("utf-8")
        shapes = re.findall(r"<(?:path|circle|rect|line|polyline|polygon|ellipse)\b[^>]*/>", raw)
        kept = "".join(shape for shape in shapes if "M0 0h24v24H0z" not in shape)
        symbols.append(f'<symbol id="i-{name}" viewBox="0 0 24 24">{kept}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def entry(part: Part, version: str, path: Path) -> dict[str, str]:
    """One line of ``vendor.json``: what the file is, where it came from and its sha256."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {
        "key": part.key,
        "file": path.name,
        "name": part.package,
        "version": version,
        "licence": part.licence,
        "sha256": digest,
    }


def bring(part: Part, version: str, folder: Path) -> list[dict[str, str]]:
    """Copy one package's files to their place; the lines of ``vendor.json`` for them."""
    package = unpack(part, version, folder)
    version = json.loads((package / "package.json").read_text("utf-8"))["version"]
    part.folder.mkdir(parents=True, exist_ok=True)
    written = []
    for source, target in part.files.items():
        path = part.folder / target.format(v=version)
        path.write_bytes((package / source).read_bytes())
        if part.key == "inter":
            tighten(path)
        written.append(path)
    if part.key == "icons":
        written.append(part.folder / f"icons-{version}.svg")
        written[-1].write_text(sprite(package), "utf-8")
    papers = [*package.iterdir(), *(package / "licenses").glob("*")]
    for path in papers:
        if path.is_file() and path.name.upper().startswith(("LICEN", "NOTICE")):
            name = path.name.removesuffix(path.suffix).replace("LICENSE", "LICENCE")
            (part.folder / f"{part.key}.{name}.txt").write_bytes(path.read_bytes())
    print(f"{part.package} {version}: {', '.join(path.name for path in written)}")
    return [entry(part, version, path) for path in written]


def main() -> None:
    """Fetch all parts and write one ``vendor.json`` a folder; files of older versions are deleted."""
    latest = "--latest" in sys.argv[1:]
    lines: dict[Path, list[dict[str, str]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for part in PARTS:
            version = "latest" if latest else part.version
            lines.setdefault(part.folder, []).extend(bring(part, version, Path(folder)))
    for place, entries in lines.items():
        (place / "vendor.json").write_text(json.dumps(entries, indent=1) + "\n", "utf-8")
        known = {line["file"] for line in entries} | {"vendor.json"}
        for path in place.iterdir():
            if path.name not in known and path.suffix != ".txt":
                path.unlink()


if __name__ == "__main__":
    main()
