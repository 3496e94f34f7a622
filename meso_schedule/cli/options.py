"""The options that commands share. Every value arrives as text and is read strictly later."""

from collections.abc import Callable, Mapping
from datetime import date
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, get_args

import typer

from meso_schedule.base.dates import parse_date
from meso_schedule.base.errors import FormatError, InputError, shortened
from meso_schedule.base.papers import PAPERS
from meso_schedule.base.phrases import LANGUAGES
from meso_schedule.base.times import WEEKDAYS
from meso_schedule.cli.error_messages import COMMAND_LINE, nearest
from meso_schedule.course.request import FIELDS, CourseRequest
from meso_schedule.course.request_field import RequestField, takes_many
from meso_schedule.rules.catalogue import packaged_ids

PATIENT = "Patient"
SOURCES = "Clinic and rules"
OUTPUT = "Output"

PLAN_FORMATS = ("table", "json", "csv", "markdown")
SHOW_FORMATS = ("table", "json")
# What follows the first screen of a plan where it is asked for.
PARTS = ("why", "care", "sources")

# Types of options, by the names of a command's parameters.
Options = Mapping[str, Any]
# What was typed, by the names of a command's parameters.
Given = Mapping[str, Any]
Completion = Callable[[str], list[str]]

# Options that were called otherwise once.
_ALSO = {"improved_on": ("--improved-on", "--improved")}


def option(
    metavar: str,
    help: str,
    panel: str | None = None,
    complete: Completion | None = None,
    names: tuple[str, ...] = (),
) -> Any:
    """Return an option that takes a value, called after its parameter unless it has names."""
    return typer.Option(
        *names, metavar=metavar, help=help, rich_help_panel=panel, autocompletion=complete
    )


def flag(name: str, help: str, panel: str | None = None) -> Any:
    """Return an option without a value."""
    return typer.Option(name, help=help, rich_help_panel=panel)


def parameters(*groups: Options) -> list[Parameter]:
    """Return options as parameters of a command."""
    return [
        Parameter(name, Parameter.KEYWORD_ONLY, default=_default(kind), annotation=kind)
        for group in groups
        for name, kind in group.items()
    ]


def _default(kind: Any) -> Any:
    return {bool: False, str: PLAN_FORMATS[0]}.get(get_args(kind)[0])


def taking(*groups: Options) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command more options than its own.

    The command gets everything that was typed as its first argument, its own parameters included.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        _, *own = signature(command).parameters.values()

        def taken(**given: Any) -> None:
            command(given, **{it.name: given[it.name] for it in own})

        vars(taken)["__signature__"] = Signature([*own, *parameters(*groups)])
        taken.__doc__ = command.__doc__
        return taken

    return decorate


def request_options(chosen: Callable[[RequestField], bool] = lambda _: True) -> Options:
    """Return the options for fields of a request: of those that are typed, the chosen ones."""
    return {
        name: Annotated[_type_of(name), request_option(name)]
        for name, field in FIELDS.items()
        if (field.form or _type_of(name) is bool) and chosen(field)
    }


def _type_of(name: str) -> Any:
    info = CourseRequest.model_fields[name]
    if info.annotation is bool:
        return bool
    return list[str] | None if takes_many(info) else str | None


def request_option(name: str) -> Any:
    """Return the option for a field of a request."""
    info, field = CourseRequest.model_fields[name], FIELDS[name]
    meaning = str(info.description)
    if field.form is None:
        return flag(f"--{name.replace('_', '-')}", meaning, field.subject)
    by_commas = field.form == "WEEKDAYS"
    if takes_many(info) and not by_commas:
        meaning = f"{meaning.rstrip('.')}; repeatable."
    complete = _last_weekday if by_commas else None
    return option(field.form, meaning, field.subject, complete, _ALSO.get(name, ()))


def asked_in(given: Given, *besides: str) -> dict[str, Any]:
    """Return what was typed for a request, by its names; `busy` are files, read apart."""
    from meso_schedule.cli.typed import as_meant

    aside = ("busy", *besides)
    asked = {name: value for name, value in given.items() if name in FIELDS and name not in aside}
    return as_meant(asked, given.get("language"), lambda: _day_of_asking(given))


def _day_of_asking(given: Given) -> date:
    from meso_schedule.cli.environment import find_clinic, today

    if given.get("as_of") is None:
        return today(find_clinic(given.get("clinic")))
    try:
        return parse_date(given["as_of"])
    except FormatError as error:
        raise error.in_field("as_of") from None


def _words(*words: str) -> Completion:
    def complete(incomplete: str) -> list[str]:
        return [word for word in words if word.startswith(incomplete)]

    return complete


def complete_protocol(incomplete: str) -> list[str]:
    """Offer the packaged protocols to the shell."""
    return [name for name in packaged_ids() if name.startswith(incomplete)]


def _last_weekday(incomplete: str) -> list[str]:
    before, comma, last = incomplete.rpartition(",")
    return [f"{before}{comma}{name}" for name in WEEKDAYS if name.startswith(last)]


def _format(known: tuple[str, ...], panel: str | None = None) -> Any:
    def check(context: typer.Context, name: str) -> str:
        if name in known or context.resilient_parsing:
            return name
        raise InputError.of(
            "unknown_format",
            f"There is no format {shortened(name)}.",
            source=COMMAND_LINE,
            field="format",
            value=name,
            remedy=nearest(name, known),
        )

    return typer.Option(
        metavar="FORMAT",
        help=f"What goes to standard output: {', '.join(known)}.",
        rich_help_panel=panel,
        autocompletion=_words(*known),
        callback=check,
    )


Protocols = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PROTOCOL",
        help="Protocol ids, such as mesobotox, mesobotox*2 or mesobotox@2027-02-01;"
        " 'meso-schedule protocols' lists them.",
        autocompletion=complete_protocol,
        show_default=False,
    ),
]
Busy = Annotated[
    list[str] | None,
    option(
        "FILE",
        "Calendar (.ics), or appointments of a record system (FHIR, .json), that leave no room:"
        " the clinic's or the patient's; repeatable.",
        PATIENT,
    ),
]
Zone = Annotated[
    list[str] | None,
    option(
        "NAME=ZONE",
        "What a time zone of a --busy calendar means, such as 'Office time=Europe/Berlin';"
        " repeatable.",
        PATIENT,
    ),
]
ClinicFile = Annotated[
    str | None,
    option(
        "FILE",
        "Clinic file; left out, that of MESO_CLINIC or your configuration folder.",
        SOURCES,
    ),
]
Rules = Annotated[
    list[str] | None,
    option(
        "FILE|DIR",
        "Rule files of your own; they add protocols or replace packaged ones; repeatable; left"
        " out, those of the clinic file.",
        SOURCES,
    ),
]
RequestFile = Annotated[
    str | None,
    option(
        "FILE",
        "Request in JSON or TOML with the same names; - reads standard input.",
        SOURCES,
    ),
]
Language = Annotated[
    str | None,
    option(
        "CODE",
        f"Language of what people read: {', '.join(LANGUAGES)}; left out, the"
        " clinic file's, else English.",
        OUTPUT,
        _words(*LANGUAGES),
    ),
]
PlanFormat = Annotated[str, _format(PLAN_FORMATS, OUTPUT)]
ShowFormat = Annotated[str, _format(SHOW_FORMATS)]
ListFormat = Annotated[str, _format(("table", "json", "csv"))]
Calendar = Annotated[
    bool, flag("--calendar", "Show the months too, as on a wall calendar.", OUTPUT)
]
Why = Annotated[bool, flag("--why", "Show why each session is on its day.", OUTPUT)]
Care = Annotated[
    bool, flag("--care", "Show what to avoid, expect and ask, with all its dates.", OUTPUT)
]
Sources = Annotated[bool, flag("--sources", "Show sources and assumptions.", OUTPUT)]
Full = Annotated[bool, flag("--full", "Show everything in place of the first screen.", OUTPUT)]
Outputs = Annotated[
    list[str] | None,
    option(
        "FILE",
        "Write a file too, its kind by its ending: .json .csv .xlsx .md .txt .html .pdf .ics"
        " .fhir.json; repeatable.",
        OUTPUT,
        names=("--output", "-o"),
    ),
]
Separator = Annotated[
    str | None,
    option(
        "SIGN",
        "What stands between the cells of CSV: , ; or tab; left out, the comma, and with --bom"
        " that of the language.",
        OUTPUT,
    ),
]
Decimal = Annotated[
    str | None,
    option(
        "SIGN",
        "What stands before the cents in CSV: . or ,; left out, the point, and with --bom that of"
        " the language.",
        OUTPUT,
    ),
]
Bom = Annotated[
    bool,
    flag("--bom", "Begin CSV with a byte order mark, for a spreadsheet that asks for one.", OUTPUT),
]
FeedDetail = Annotated[
    bool,
    flag(
        "--feed-detail",
        "Name the treatment in the titles of an .ics file; left out, they give nothing away.",
        OUTPUT,
    ),
]
FeedSequence = Annotated[
    str | None,
    option(
        "N",
        "Number of this version of the course in an .ics file; left out, the day of asking"
        " counts, then the revision of the course in the book.",
        OUTPUT,
    ),
]
Paper = Annotated[
    str | None,
    option(
        "PAPER",
        f"Paper of a .pdf file: {', '.join(PAPERS)}; left out, the clinic file's, else"
        f" {PAPERS[0]}.",
        OUTPUT,
        _words(*PAPERS),
    ),
]
Large = Annotated[bool, flag("--large", "Set a .pdf file in large print.", OUTPUT)]
Force = Annotated[bool, flag("--force", "Replace files that exist.", OUTPUT)]

SCREEN: Options = {"why": Why, "care": Care, "sources": Sources, "full": Full}
CALENDARS: Options = {"busy": Busy, "zone": Zone}
CLINIC: Options = {"clinic": ClinicFile, "rules": Rules}
FILES: Options = {
    "calendar": Calendar,
    "output": Outputs,
    "force": Force,
    "bom": Bom,
    "separator": Separator,
    "decimal": Decimal,
    "feed_detail": FeedDetail,
    "feed_sequence": FeedSequence,
    "language": Language,
    "paper": Paper,
    "large": Large,
}
