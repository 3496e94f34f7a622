"""What the outside may rely on: names, cheap imports, and a library that looks nowhere."""

import ast
import json
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest

import meso_schedule
from meso_schedule import CourseRequest, get_protocol, plan_course, read_clinic
from tests.support.samples import PACKAGE, python

ROOMS = (
    "base",
    "rules",
    "clinic",
    "course",
    "availability",
    "evaluation",
    "search",
    "costs",
    "planner",
)
LIBRARY = [path for room in ROOMS for path in sorted((PACKAGE / room).rglob("*.py"))]
MODULES = [
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
    for path in LIBRARY
    if path.stem != "__init__"
]
# Public names given before the field's own word was taken for the class.
OLD_NAMES = {"Begun": "Progress"}

CLINIC = """
name = "Example Clinic"
timezone = "Europe/London"
currency = "GBP"
[hours]
mon = "09:00-17:00"
tue = "09:00-17:00"
[holidays]
country = "GB"
subdivision = "ENG"
[prices.facial-rejuvenation]
session = "180.00"
packages = [{ sessions = 6, price = "960.00" }]
"""


def loaded_by(code: str) -> set[str]:
    """Return the modules that a fresh interpreter has loaded after a few lines."""
    found: list[str] = json.loads(
        python(f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))")
    )
    return set(found)


def test_the_public_names() -> None:
    assert set(meso_schedule.__all__) - {"__version__"} == {
        *("Protocol", "Clinic", "CourseRequest", "CoursePlan", "Session", "CostEstimate"),
        *("parse_clinic", "parse_protocol", "read_plan", "schema"),
        *("Weekday", "Clock", "Between", "DateRange", "Pin", "BusyTime"),
        *("InputError", "UnknownNameError", "RefusedError", "BookFault", "Fault", "ExitCode"),
        *("Interval", "catalogue", "get_protocol", "read_protocol", "read_clinic", "plan_course"),
        "plan_combined",
        *(
            "plan_courses",
            "plan_lines",
            "estimate_cost",
            "compare",
            "MesoScheduleError",
            "NoCalendarFits",
        ),
        "read_busy",
        *("evaluate", "Standing", "HeldSession", "Forecast"),
        *("replan_course", "renumbered", "BookedSession", "Change", "Replan"),
        *("replan_combined", "Begun"),
    }


def test_names_are_sorted_and_listed() -> None:
    assert meso_schedule.__all__ == sorted(meso_schedule.__all__)
    assert dir(meso_schedule) == meso_schedule.__all__


@pytest.mark.parametrize("name", sorted(set(meso_schedule.__all__) - {"__version__"}))
def test_each_name_is_loaded_when_it_is_used(name: str) -> None:
    vars(meso_schedule).pop(name, None)
    value = getattr(meso_schedule, name)
    own = OLD_NAMES.get(name, name)
    assert value.__name__ == own
    assert value is getattr(import_module(value.__module__), own)
    assert vars(meso_schedule)[name] is value
    assert value.__doc__


def test_an_unknown_name() -> None:
    with pytest.raises(AttributeError, match="module 'meso_schedule' has no attribute 'plan'"):
        meso_schedule.plan  # type: ignore[attr-defined]  # noqa: B018 - the look-up is what is tested


def test_the_version_is_a_plain_text() -> None:
    assert [part.isdigit() for part in meso_schedule.__version__.split(".")] == [True] * 3


def test_types_are_published() -> None:
    assert (PACKAGE / "py.typed").is_file()


def test_importing_the_package_loads_next_to_nothing() -> None:
    loaded = loaded_by("import meso_schedule")
    assert {name for name in loaded if name.startswith("meso_schedule")} == {
        *("meso_schedule", "meso_schedule._version"),
        *("meso_schedule.base", "meso_schedule.base.public_names"),
    }
    assert not loaded & {"pydantic", "rich", "typer", "dateutil", "holidays", "decimal"}


def test_the_library_leaves_the_terminal_and_the_holidays_alone() -> None:
    loaded = loaded_by("\n".join(f"import {module}" for module in MODULES))
    assert set(MODULES) <= loaded
    assert not loaded & {"rich", "typer", "click", "platformdirs", "holidays", "icalendar"}


def test_planning_with_a_clinic_file(tmp_path: Path) -> None:
    (tmp_path / "clinic.toml").write_text(CLINIC, encoding="utf-8")
    plan = plan_course(
        get_protocol("facial-rejuvenation"),
        CourseRequest(start=date(2026, 12, 1), sessions=6),
        clinic=read_clinic(str(tmp_path / "clinic.toml")),
        as_of=date(2026, 11, 22),
    )
    assert plan.cost is not None
    assert (str(plan.sessions[0].date), str(plan.cost.low)) == ("2026-12-01", "960.00")
    assert json.loads(plan.model_dump_json())["format"] == 1


PLAN = f"""
from datetime import date
from meso_schedule import Clinic, CourseRequest, get_protocol, plan_course
from meso_schedule.base.text_files import parse_toml
plan = plan_course(
    get_protocol("facial-rejuvenation"),
    CourseRequest(start="2026-12-01", top_ups=2, at="16:00"),
    clinic=Clinic.read(parse_toml('''{CLINIC}''', "clinic")),
    as_of=date(2026, 11, 22),
)
print(plan.model_dump_json())
"""


def test_a_plan_does_not_depend_on_the_surroundings() -> None:
    here = python(PLAN, TZ="UTC", LANG="C", PYTHONHASHSEED="1")
    there = python(
        PLAN,
        **dict.fromkeys(("LANG", "LANGUAGE", "LC_ALL"), "th_TH.UTF-8"),
        TZ="Pacific/Kiritimati",
        PYTHONHASHSEED="2",
        MESO_CLINIC="/nowhere",
        NO_COLOR="1",
    )
    assert here == there
    assert json.loads(here)["as_of"] == "2026-11-22"


# What opens, writes and keeps files whole speaks to the system.
FILES = ("interruptions", "private_files", "source_files")
LOOKS = {
    *("today", "now", "utcnow", "fromtimestamp", "localtime", "gmtime", "monotonic"),
    *("environ", "getenv", "getcwd", "expanduser", "home", "stdin", "stdout", "stderr", "argv"),
}


@pytest.mark.parametrize(
    "path",
    [path for path in LIBRARY if path.stem not in FILES],
    ids=lambda path: path.stem,
)
def test_no_module_looks_at_the_clock_or_the_environment(path: Path) -> None:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    modules = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    modules |= {a.name for node in nodes if isinstance(node, ast.Import) for a in node.names}
    assert not attributes & LOOKS
    assert not names & {"print", "input", "open"}
    assert not modules & {"os", "sys", "time", "random", "locale", "logging"}
