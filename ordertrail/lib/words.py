r"""The words of the product in its languages: from tables that people edit to the catalogues that gettext reads.

    python -m ordertrail.lib.words            write django.po and django.mo for 简体 and 繁體 from locale/words/*.tsv
    python -m ordertrail.lib.words --check    say what is missing, stale, unlike or in the wrong script; 1 if anything is

A line of a table is the English text, 简体 and 繁體 between tabs; ``\n`` stands for a new line. English stands in the code.
No gettext program is needed.
"""

from __future__ import annotations

import re
import struct
import sys
from dataclasses import dataclass
from pathlib import Path

from ordertrail.lib.words_found import Used, used_words
from ordertrail.lib.words_script import wrong_signs

PACKAGE = Path(__file__).resolve().parent.parent
LOCALE = PACKAGE / "locale"
LANGUAGES = ("zh_Hans", "zh_Hant")
HEADER = (
    "Project-Id-Version: ordertrail\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
    "Content-Transfer-Encoding: 8bit\nLanguage: {}\nPlural-Forms: nplurals=1; plural=0;\n"
)
PLACES = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")


@dataclass(frozen=True)
class Entry:
    """One text in three languages and the line where it stands."""

    english: str
    hans: str
    hant: str
    place: str

    def text(self, language: str) -> str:
        """The text in ``zh_Hans`` or ``zh_Hant``."""
        return self.hans if language == "zh_Hans" else self.hant


def unescaped(cell: str) -> str:
    r"""A cell of a table as text.

    >>> unescaped("one\\ntwo")
    'one\ntwo'
    """
    return cell.replace("\\n", "\n").replace("\\t", "\t")


def read_table(path: Path) -> tuple[list[Entry], list[str]]:
    """The entries of one table and a sentence for each line that is not one."""
    entries: list[Entry] = []
    problems: list[str] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        cells = [unescaped(cell.strip()) for cell in line.split("\t")]
        place = f"words/{path.name}:{number}"
        if not line.strip() or line.startswith("#"):
            continue
        if len(cells) != 3 or not all(cells):
            problems.append(f"{place}: three texts between tabs are needed, {len([c for c in cells if c])} stand there")
            continue
        english, hans, hant = cells
        entries.append(Entry(english, hans, hant, place))
    return entries, problems


def read_tables(folder: Path) -> tuple[dict[str, Entry], list[str]]:
    """All tables as one, by English text; the same text may stand in two tables if it says the same."""
    words: dict[str, Entry] = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*.tsv")):
        entries, bad = read_table(path)
        problems += bad
        for entry in entries:
            first = words.setdefault(entry.english, entry)
            if (first.hans, first.hant) != (entry.hans, entry.hant):
                problems.append(f"{entry.place}: {entry.english!r} says something else at {first.place}")
    return words, problems


def quoted(text: str) -> str:
    r"""A text as a .po file writes it, one line.

    >>> quoted('say "no"\n')
    '"say \\"no\\"\\n"'
    """
    inner = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{inner}"'


def po(words: dict[str, Entry], language: str) -> str:
    """The .po file of ``language``: sorted, with the table of each text, without dates, so that it changes little."""
    blocks = [f'msgid ""\nmsgstr {quoted(HEADER.format(language))}\n']
    for english in sorted(words):
        entry = words[english]
        flag = "#, python-format\n" if "%(" in english or "%s" in english else ""
        table = entry.place.partition(":")[0]
        blocks.append(f"#: {table}\n{flag}msgid {quoted(english)}\nmsgstr {quoted(entry.text(language))}\n")
    return "\n".join(blocks)


def mo(words: dict[str, Entry], language: str) -> bytes:
    """The .mo file of ``language`` (GNU's format, little endian, sorted, without a hash table)."""
    texts = {"": HEADER.format(language), **{english: entry.text(language) for english, entry in words.items()}}
    pairs = sorted((key.encode(), value.encode()) for key, value in texts.items())
    count = len(pairs)
    keys_at, values_at = 28, 28 + 8 * count
    at = values_at + 8 * count
    tables: list[list[int]] = [[], []]
    blob = b""
    for column in (0, 1):
        for pair in pairs:
            tables[column] += [len(pair[column]), at + len(blob)]
            blob += pair[column] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, count, keys_at, values_at, 0, at)
    return head + struct.pack(f"<{4 * count}I", *tables[0], *tables[1]) + blob


def write_catalogues(words: dict[str, Entry], locale: Path) -> None:
    """Write .po and .mo of each language below ``locale``."""
    for language in LANGUAGES:
        folder = locale / language / "LC_MESSAGES"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "django.po").write_text(po(words, language), "utf-8")
        (folder / "django.mo").write_bytes(mo(words, language))


def unlike(entry: Entry) -> list[str]:
    """What differs between the languages of one entry: places for values, and signs of the other script."""
    problems = []
    wanted = sorted(PLACES.findall(entry.english))
    for language in LANGUAGES:
        text = entry.text(language)
        if sorted(PLACES.findall(text)) != wanted:
            problems.append(f"{entry.place}: {language} has other places for values than {entry.english!r}")
        if wrong := wrong_signs(text, language):
            problems.append(f"{entry.place}: {language} holds signs of the other script: {wrong}")
    return problems


def check(words: dict[str, Entry], used: list[Used], locale: Path) -> list[str]:
    """One sentence for everything that is wrong with the words; empty when all is well."""
    asked = {word.text for word in used}
    problems = [f"{word.place}: no translation of {word.text!r}" for word in used if word.text not in words]
    problems += [f"{entry.place}: no page says {text!r} any more" for text, entry in words.items() if text not in asked]
    for entry in words.values():
        problems += unlike(entry)
    for language in LANGUAGES:
        path = locale / language / "LC_MESSAGES" / "django.mo"
        if not path.exists() or path.read_bytes() != mo(words, language):
            problems.append(
                f"locale/{language}: the catalogue is older than the tables; run python -m ordertrail.lib.words"
            )
    return problems


def main(arguments: list[str]) -> int:
    """Build, or check; the exit code."""
    words, problems = read_tables(LOCALE / "words")
    if "--check" in arguments:
        problems += check(words, used_words(PACKAGE), LOCALE)
    else:
        write_catalogues(words, LOCALE)
    for problem in problems:
        print(problem)  # noqa: T201  this is a program
    print(f"{len(words)} texts, {len(problems)} problems")  # noqa: T201
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
