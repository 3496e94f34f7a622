"""The English texts that people may read, found in the source, the rules and the templates."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import meso_schedule
from meso_schedule.base.times import WEEKDAY_NAMES
from meso_schedule.course.course_plan import DISCLAIMER
from meso_schedule.output.words.details import fact_label
from meso_schedule.output.words.translation import EVERY_WEEK

PACKAGE = Path(meso_schedule.__file__).parent
GRADES = ("high", "moderate", "low")
# Keys of sources that are words.
SOURCES = (
    *("overview", "clinics", "peel-clinics", "hair-clinics", "one-clinic", "review-clinic"),
    *("lipolysis-clinics", "aqualyx-pages", "aqualyx-exclusions", "cellulite-study", "decree"),
    *("facial-article", "late-infection", "rejuvenation", "photodamage", "uses", "boosters"),
)
# What the package of holidays names in English in countries whose own names are others.
HOLIDAYS = (
    *("New Year's Day", "Epiphany", "Good Friday", "Easter Sunday", "Easter Monday", "Labor Day"),
    *("May Day", "Ascension Day", "Pentecost", "Pentecost Monday", "Corpus Christi"),
    *("Assumption Day", "All Saints' Day", "Immaculate Conception", "Christmas Eve"),
    *("Christmas Day", "Second Day of Christmas", "Boxing Day", "Saint Stephen's Day"),
    *("National Day", "Republic Day", "Constitution Day", "Independence Day", "Victory Day"),
    *("National Independence Day", "National Day of the Third of May", "Armistice Day"),
    *("Liberation Day", "German Unity Day", "Europe Day", "Saint Patrick's Day"),
    *("Saint Joseph's Day", "Thanksgiving Day", "Spring Bank Holiday", "May Bank Holiday"),
    *("June Bank Holiday", "Late Summer Bank Holiday", "August Bank Holiday"),
    *("October Bank Holiday", "New Year's Day (observed)", "Christmas Day (observed)"),
    "Boxing Day (observed)",
)

_TEMPLATE_TEXT = re.compile(r"""say\(\s*"((?:[^"\\]|\\.)*)"\s*[,)]""")
# A colon or a semicolon stands otherwise in French.
_SAYS_SOMETHING = re.compile(r"[^\W\d_]|[:;]")


@cache
def source_texts() -> tuple[set[str], dict[str, str]]:
    """Return the texts that the source and the templates name, and the singular of each plural."""
    texts: set[str] = set()
    plurals: dict[str, str] = {}
    for path in PACKAGE.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
                continue
            if call.func.id == "phrase":
                texts.add(_literal(call.args[0], path))
            elif call.func.id == "counted":
                plurals[_literal(call.args[2], path)] = _literal(call.args[1], path)
    for path in (PACKAGE / "output").rglob("*.html"):
        texts.update(_TEMPLATE_TEXT.findall(path.read_text("utf-8")))
    words = {text for text in texts if _SAYS_SOMETHING.search(re.sub(r"\{\w+\}", "", text))}
    named = {*WEEKDAY_NAMES, *GRADES, *SOURCES, *HOLIDAYS, DISCLAIMER}
    return words | named, plurals


def wanted_entries() -> set[tuple[str, str, str]]:
    """Return the context, the text and the plural of all that a catalogue holds."""
    texts, plurals = source_texts()
    wanted = {("", text, "") for text in texts | rule_texts()}
    wanted |= {("", one, many) for many, one in plurals.items()}
    return wanted | {(EVERY_WEEK, name, "") for name in WEEKDAY_NAMES}


def _literal(node: ast.expr, path: Path) -> str:
    assert isinstance(node, ast.Constant), f"{path}:{node.lineno}: not a literal text"
    assert isinstance(node.value, str), f"{path}:{node.lineno}: not a text"
    return node.value


@cache
def rule_texts() -> set[str]:
    """Return the texts of the packaged protocols that a plan shows."""
    found: set[str] = set()
    for path in (PACKAGE / "rules" / "packaged").rglob("*.toml"):
        found.update(_texts_of(tomllib.loads(path.read_text("utf-8"))))
    named = tomllib.loads((PACKAGE / "rules" / "known_treatments.toml").read_text("utf-8"))
    for entry in named["treatments"]:
        distances = entry.get("distances", ())
        found.update(
            (entry["title"], *(it["assumption"] for it in distances if "assumption" in it))
        )
    return found


def _texts_of(rules: dict[str, object]) -> Iterator[str]:
    tables = [value for value in rules.values() if isinstance(value, dict)]
    lists = [value for value in rules.values() if isinstance(value, list)]
    tables += [entry for entries in lists for entry in entries if isinstance(entry, dict)]
    if "name" in rules:
        yield str(rules["name"])
    yield from (str(text) for text in rules.get("no_published_interval", ()))  # type: ignore[attr-defined]
    for table in tables:
        yield from (str(table[key]) for key in ("assumption", "what", "text") if key in table)
    for other in rules.get("alternatives", ()):  # type: ignore[attr-defined]
        yield other["name"]
    for source in rules.get("sources", ()):  # type: ignore[attr-defined]
        if "kind" in source:
            yield source["kind"]
    for product in rules.get("products", ()):  # type: ignore[attr-defined]
        yield product["name"]
    for phase in rules.get("phases", ()):  # type: ignore[attr-defined]
        yield phase["name"]
    facts = rules.get("facts", {})
    assert isinstance(facts, dict)
    for key, entries in facts.items():
        if key in ("sources", "assumption"):
            continue
        yield fact_label(key)
        for text in entries if isinstance(entries, list) else [entries]:
            if re.search(r"[^\W\d_]", str(text)):
                yield str(text)
