"""The options that commands share. Every value arrives as text and is read strictly later."""

from collections.abc import Callable
from typing import Annotated

import typer

from meso_schedule.base.phrases import LANGUAGES
from meso_schedule.base.times import WEEKDAYS
from meso_schedule.rules.catalogue import packaged_ids

CALENDAR = "Calendar"
PATIENT = "Patient"
COST = "Cost"
SOURCES = "Clinic and rules"
OUTPUT = "Output"

PLAN_FORMATS = ("table", "json", "csv", "markdown")
SHOW_FORMATS = ("table", "json")
PAPERS = ("a4", "letter")


def _words(*words: str) -> Callable[[str], list[str]]:
    def complete(incomplete: str) -> list[str]:
        return [word for word in words if word.startswith(incomplete)]

    return complete


def complete_protocol(incomplete: str) -> list[str]:
    """Offer the packaged protocols to the shell."""
    return [name for name in packaged_ids() if name.startswith(incomplete)]


def _last_weekday(incomplete: str) -> list[str]:
    before, comma, last = incomplete.rpartition(",")
    return [f"{before}{comma}{name}" for name in WEEKDAYS if name.startswith(last)]


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

Start = Annotated[
    str | None,
    typer.Option(
        "--start",
        metavar="DATE",
        help="Earliest day of session 1, such as 2026-12-01; left out, the day of asking.",
        rich_help_panel=CALENDAR,
    ),
]
StartWithin = Annotated[
    str | None,
    typer.Option(
        "--start-within",
        metavar="DAYS",
        help="Days after the start on which session 1 may still be; left out, 13. Of several"
        " protocols counted from the first day that keeps the distance to the others.",
        rich_help_panel=CALENDAR,
    ),
]
Sessions = Annotated[
    str | None,
    typer.Option(
        "--sessions",
        metavar="N",
        help="Number of sessions; left out, the usual number of the protocol.",
        rich_help_panel=CALENDAR,
    ),
]
FinishBy = Annotated[
    str | None,
    typer.Option(
        "--finish-by",
        metavar="DATE",
        help="Last day on which a session may be.",
        rich_help_panel=CALENDAR,
    ),
]
Event = Annotated[
    str | None,
    typer.Option(
        "--event",
        metavar="DATE",
        help="A day by which the skin must have settled.",
        rich_help_panel=CALENDAR,
    ),
]
Pin = Annotated[
    list[str] | None,
    typer.Option(
        "--pin",
        metavar="N=DATE",
        help="Fix a session: 3=2027-01-05, or mesobotox:3=2027-01-05; repeatable.",
        rich_help_panel=CALENDAR,
    ),
]
Other = Annotated[
    list[str] | None,
    typer.Option(
        "--other",
        metavar="TREATMENT",
        help="A treatment given elsewhere, such as 'filler face 2026-12-10'; repeatable.",
        rich_help_panel=PATIENT,
    ),
]
Area = Annotated[
    list[str] | None,
    typer.Option(
        "--area",
        metavar="AREA",
        help="The only area treated; repeatable.",
        rich_help_panel=PATIENT,
    ),
]
ImprovesAfter = Annotated[
    str | None,
    typer.Option(
        "--improves-after",
        metavar="N",
        help="Session after which the skin is expected to have improved.",
        rich_help_panel=CALENDAR,
    ),
]
NoImprovement = Annotated[
    bool,
    typer.Option(
        "--no-improvement",
        help="Expect no improvement: the first phases run to the end.",
        rich_help_panel=CALENDAR,
    ),
]
Late = Annotated[
    str | None,
    typer.Option(
        "--late",
        metavar="DAYS",
        help="Days by which a session may pass its window; left out, 0.",
        rich_help_panel=CALENDAR,
    ),
]
TopUps = Annotated[
    str | None,
    typer.Option(
        "--top-ups",
        metavar="N",
        help="Number of maintenance sessions after the course.",
        rich_help_panel=CALENDAR,
    ),
]
Until = Annotated[
    str | None,
    typer.Option(
        "--until",
        metavar="DATE",
        help="Last day of the maintenance sessions.",
        rich_help_panel=CALENDAR,
    ),
]
PeriodEnd = Annotated[
    str | None,
    typer.Option(
        "--until",
        metavar="DATE",
        help="Last day compared; left out, 12 months after the start.",
        rich_help_panel=CALENDAR,
    ),
]
Alternatives = Annotated[
    str | None,
    typer.Option(
        "--alternatives",
        metavar="N",
        help="Number of other calendars, each with another first day.",
        rich_help_panel=CALENDAR,
    ),
]
Held = Annotated[
    list[str] | None,
    typer.Option(
        "--held",
        metavar="DATE",
        help="Day of a session already held, the first one first: 2027-01-05, or of several"
        " protocols mesobotox:2027-01-05; repeatable.",
        rich_help_panel=CALENDAR,
    ),
]
ImprovedOn = Annotated[
    str | None,
    typer.Option(
        "--improved-on",
        "--improved",
        metavar="DATE",
        help="Day on which improvement was recorded: the later phases are firm from then on.",
        rich_help_panel=CALENDAR,
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        help="The day of asking; left out, today in the clinic's zone.",
        rich_help_panel=CALENDAR,
    ),
]

Days = Annotated[
    list[str] | None,
    typer.Option(
        "--days",
        metavar="WEEKDAYS",
        help="Weekdays on which the patient can come, such as mon,tue.",
        rich_help_panel=PATIENT,
        autocompletion=_last_weekday,
    ),
]
Between = Annotated[
    list[str] | None,
    typer.Option(
        "--between",
        metavar="HOURS",
        help="Hours the patient can come, 17:00-20:00 or tue:17:00-20:00; repeatable.",
        rich_help_panel=PATIENT,
    ),
]
Prefer = Annotated[
    list[str] | None,
    typer.Option(
        "--prefer",
        metavar="WEEKDAYS",
        help="Weekdays liked best, such as tue.",
        rich_help_panel=PATIENT,
        autocompletion=_last_weekday,
    ),
]
At = Annotated[
    str | None,
    typer.Option(
        "--at",
        metavar="TIME",
        help="Time of day liked best, such as 17:30.",
        rich_help_panel=PATIENT,
    ),
]
Away = Annotated[
    list[str] | None,
    typer.Option(
        "--away",
        metavar="DAYS",
        help="Days away, 2026-12-24..2027-01-02 or one date; repeatable.",
        rich_help_panel=PATIENT,
    ),
]
Busy = Annotated[
    list[str] | None,
    typer.Option(
        "--busy",
        metavar="FILE",
        help="Calendar (.ics) whose events leave no room, the clinic's or the patient's;"
        " repeatable.",
        rich_help_panel=PATIENT,
    ),
]
Zone = Annotated[
    list[str] | None,
    typer.Option(
        "--zone",
        metavar="NAME=ZONE",
        help="What a time zone of a --busy calendar means, such as 'Office time=Europe/Berlin';"
        " repeatable.",
        rich_help_panel=PATIENT,
    ),
]
Patient = Annotated[
    str | None,
    typer.Option(
        "--patient",
        metavar="TEXT",
        help="Who it is for; printed, nothing else.",
        rich_help_panel=PATIENT,
    ),
]
Reference = Annotated[
    str | None,
    typer.Option(
        "--reference",
        metavar="TEXT",
        help="Your own reference; left out, one is derived from the request.",
        rich_help_panel=PATIENT,
    ),
]

Budget = Annotated[
    str | None,
    typer.Option(
        "--budget",
        metavar="AMOUNT",
        help="The most the course may cost, such as 900.00.",
        rich_help_panel=COST,
    ),
]
Currency = Annotated[
    str | None,
    typer.Option(
        "--currency",
        metavar="CODE",
        help="Currency to reckon in, such as GBP; nothing is converted.",
        rich_help_panel=COST,
    ),
]
NoPrices = Annotated[
    bool,
    typer.Option("--no-prices", help="Leave money out.", rich_help_panel=COST),
]

ClinicFile = Annotated[
    str | None,
    typer.Option(
        "--clinic",
        metavar="FILE",
        help="Clinic file; left out, that of MESO_CLINIC or your configuration folder.",
        rich_help_panel=SOURCES,
    ),
]
Rules = Annotated[
    list[str] | None,
    typer.Option(
        "--rules",
        metavar="FILE|DIR",
        help="Rule files of your own; they add protocols or replace packaged ones; repeatable.",
        rich_help_panel=SOURCES,
    ),
]
RequestFile = Annotated[
    str | None,
    typer.Option(
        "--request",
        metavar="FILE",
        help="Request in JSON or TOML with the same names; - reads standard input.",
        rich_help_panel=SOURCES,
    ),
]

Language = Annotated[
    str | None,
    typer.Option(
        "--language",
        metavar="CODE",
        help=f"Language of what people read: {', '.join(LANGUAGES)}; left out, English.",
        rich_help_panel=OUTPUT,
        autocompletion=_words(*LANGUAGES),
    ),
]
PlanFormat = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help=f"What goes to standard output: {', '.join(PLAN_FORMATS)}.",
        rich_help_panel=OUTPUT,
        autocompletion=_words(*PLAN_FORMATS),
    ),
]
ShowFormat = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help=f"What goes to standard output: {', '.join(SHOW_FORMATS)}.",
        autocompletion=_words(*SHOW_FORMATS),
    ),
]
Calendar = Annotated[
    bool,
    typer.Option(
        "--calendar", help="Show the months too, as on a wall calendar.", rich_help_panel=OUTPUT
    ),
]
Outputs = Annotated[
    list[str] | None,
    typer.Option(
        "--output",
        metavar="FILE",
        help="Write a file too, its kind by its ending: .json .csv .md .txt .html .pdf .ics;"
        " repeatable.",
        rich_help_panel=OUTPUT,
    ),
]
Bom = Annotated[
    bool,
    typer.Option(
        "--bom",
        help="Begin CSV with a byte order mark, for a spreadsheet that asks for one.",
        rich_help_panel=OUTPUT,
    ),
]
FeedDetail = Annotated[
    bool,
    typer.Option(
        "--feed-detail",
        help="Name the treatment in the titles of an .ics file; left out, they give nothing away.",
        rich_help_panel=OUTPUT,
    ),
]
FeedSequence = Annotated[
    str | None,
    typer.Option(
        "--feed-sequence",
        metavar="N",
        help="Number of this version of the course in an .ics file; left out, the day of asking"
        " counts, then the revision of the course in the book.",
        rich_help_panel=OUTPUT,
    ),
]
Paper = Annotated[
    str | None,
    typer.Option(
        "--paper",
        metavar="PAPER",
        help=f"Paper of a .pdf file: {', '.join(PAPERS)}; left out, {PAPERS[0]}.",
        rich_help_panel=OUTPUT,
        autocompletion=_words(*PAPERS),
    ),
]
Force = Annotated[
    bool,
    typer.Option("--force", help="Replace files that exist.", rich_help_panel=OUTPUT),
]
