"""Errors own their sentence, data and exit code, and survive a trip between processes."""

import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from multiprocessing import get_context

import pytest

from meso_schedule.base import errors, intervals
from meso_schedule.base.dates import add_months
from meso_schedule.base.errors import (
    BudgetTooSmallError,
    CalendarEndError,
    EnvironmentFault,
    ExitCode,
    Fault,
    FormatError,
    InputError,
    MesoScheduleError,
    UnknownNameError,
    UnreadableFileError,
)
from meso_schedule.base.intervals import IntervalFormatError
from meso_schedule.course import no_calendar
from meso_schedule.course.no_calendar import NoCalendarFits
from tests.support.samples import every_error, on, parse_nonsense, plan_without_a_day, raise_error

CLASSES = {
    value
    for module in (errors, intervals, no_calendar)
    for value in vars(module).values()
    if isinstance(value, type) and issubclass(value, MesoScheduleError)
}


@pytest.fixture(scope="module")
def worker() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        yield pool


def data(error: MesoScheduleError) -> dict[str, object]:
    return {key: value for key, value in vars(error).items() if not key.startswith("__")}


def assert_same(arrived: BaseException, sent: MesoScheduleError) -> None:
    assert type(arrived) is type(sent)
    assert isinstance(arrived, MesoScheduleError)
    assert str(arrived) == str(sent)
    assert arrived.args == sent.args
    assert arrived.faults == sent.faults
    assert (arrived.code, arrived.exit_code) == (sent.code, sent.exit_code)
    assert data(arrived) == data(sent)


def test_the_samples_hold_every_error_class() -> None:
    assert {type(error) for error in every_error()} == CLASSES


@pytest.mark.parametrize("number", range(len(CLASSES)))
def test_every_error_survives_a_process_pool(worker: ProcessPoolExecutor, number: int) -> None:
    sent = every_error()[number]
    arrived = worker.submit(raise_error, number).exception(timeout=60)
    assert arrived is not None
    assert_same(arrived, sent)


@pytest.mark.parametrize("work", [plan_without_a_day, parse_nonsense])
def test_errors_of_the_library_survive_a_process_pool(
    worker: ProcessPoolExecutor, work: Callable[[], None]
) -> None:
    with pytest.raises(MesoScheduleError) as here:
        work()
    arrived = worker.submit(work).exception(timeout=60)
    assert arrived is not None
    assert_same(arrived, here.value)


def test_a_conflict_keeps_its_reasons_on_the_way(worker: ProcessPoolExecutor) -> None:
    arrived = worker.submit(plan_without_a_day).exception(timeout=60)
    assert isinstance(arrived, NoCalendarFits)
    assert arrived.conflict.session == 1
    assert arrived.conflict.window.earliest == on("2026-12-01")
    assert arrived.conflict.blocked[0].reason == "the patient cannot come on Tuesdays"
    assert arrived.conflict.blocked[5].date == on("2026-12-06")
    assert arrived.conflict.blocked[5].reason == "closed on Sundays"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("error", every_error(), ids=lambda error: type(error).__name__)
def test_pickle(error: MesoScheduleError, protocol: int) -> None:
    assert_same(pickle.loads(pickle.dumps(error, protocol)), error)


@pytest.mark.parametrize(
    ("code", "number", "source"),
    [
        (ExitCode.DONE, 0, "exit codes: done"),
        (ExitCode.NO, 1, "exit codes: a valid no"),
        (ExitCode.BAD_INPUT, 2, "exit codes: bad input or usage"),
        (ExitCode.REFUSED, 4, "exit codes: refused by what is recorded"),
        (ExitCode.ENVIRONMENT, 5, "exit codes: storage or environment"),
        (ExitCode.DEFECT, 70, "exit codes: a defect of ours"),
        (ExitCode.CLOSED_PIPE, 141, "exit codes: closed pipe"),
    ],
)
def test_exit_codes(code: ExitCode, number: int, source: str) -> None:
    assert code == number, source


@pytest.mark.parametrize(
    ("kind", "number", "source"),
    [
        (MesoScheduleError, 2, "bad input unless said otherwise"),
        (InputError, 2, "exit codes: bad input"),
        (UnreadableFileError, 2, "exit codes: a file that cannot be read"),
        (UnknownNameError, 2, "exit codes: bad input"),
        (FormatError, 2, "exit codes: bad input"),
        (IntervalFormatError, 2, "text that is no interval is refused"),
        (CalendarEndError, 2, "a year past 9999 is bad input"),
        (BudgetTooSmallError, 1, "under the minimum it is a clear no"),
        (NoCalendarFits, 1, "exit codes: no calendar fits"),
        (EnvironmentFault, 5, "exit codes: target not writable, disk full"),
    ],
)
def test_each_error_has_its_exit_code(
    kind: type[MesoScheduleError], number: int, source: str
) -> None:
    assert kind.exit_code == number, source


@pytest.mark.parametrize("kind", [FormatError, IntervalFormatError, CalendarEndError])
def test_errors_of_values_are_value_errors(kind: type[MesoScheduleError]) -> None:
    assert issubclass(kind, ValueError)


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Fault("x", "It is empty."), "It is empty."),
        (Fault("x", "It is empty.", "a.toml"), "a.toml: It is empty."),
        (Fault("x", "It is empty.", None, "name"), "name: It is empty."),
        (Fault("x", "It is empty.", "a.toml", "name"), "a.toml, name: It is empty."),
        (
            Fault("x", "It is empty.", "a.toml", "name", "", "Write text."),
            "a.toml, name: It is empty. Write text.",
        ),
    ],
)
def test_a_fault_as_a_sentence(fault: Fault, sentence: str) -> None:
    assert str(fault) == sentence


def test_the_plainest_error_is_its_own_fault() -> None:
    error = MesoScheduleError("Something is wrong.")
    assert error.faults == (Fault("bad_input", "Something is wrong."),)


def test_an_input_error_says_all_its_faults() -> None:
    error = InputError([Fault("a", "One."), Fault("b", "Two.", field="x")])
    assert str(error) == "One.\nx: Two."
    assert [fault.code for fault in error.faults] == ["a", "b"]


def test_a_single_fault_shows_its_value_as_text() -> None:
    error = InputError.of("a", "One.", source="s", field="f", value=7, remedy="Mend it.")
    assert error.faults == (Fault("a", "One.", "s", "f", "7", "Mend it."),)
    assert InputError.of("a", "One.").faults == (Fault("a", "One."),)


def test_a_place_is_filled_in_only_where_there_is_none() -> None:
    error = InputError([Fault("a", "One."), Fault("b", "Two.", "own.toml", "own")])
    placed = error.at("clinic.toml", "hours")
    assert [(fault.source, fault.field) for fault in placed.faults] == [
        ("clinic.toml", "hours"),
        ("own.toml", "own"),
    ]
    assert [fault.field for fault in error.at("clinic.toml").faults] == [None, "own"]


def test_an_unknown_name_takes_a_place_too() -> None:
    error = UnknownNameError("country", "XX", ["GB"]).at("clinic.toml")
    assert [(fault.source, fault.field) for fault in error.faults] == [("clinic.toml", "country")]


@pytest.mark.parametrize(
    ("name", "known", "remedy"),
    [
        ("genral", ["general", "cellulite"], "Did you mean general?"),
        ("GENERAL", ["general", "cellulite"], "Did you mean general?"),
        ("hair", ["hair-a", "hair-b"], "Did you mean hair-b or hair-a?"),
        ("xyz", ["general", "cellulite"], "Known: general, cellulite."),
    ],
)
def test_an_unknown_name_offers_the_nearest(name: str, known: list[str], remedy: str) -> None:
    (fault,) = UnknownNameError("protocol", name, known).faults
    assert (fault.code, fault.field, fault.value) == ("unknown_protocol", "protocol", name)
    assert fault.message == f"There is no protocol {name!r}."
    assert fault.remedy == remedy


@pytest.mark.parametrize(("count", "ending"), [(12, ", item12."), (13, ", item12, ….")])
def test_a_long_list_of_names_is_cut_and_says_so(count: int, ending: str) -> None:
    known = [f"item{number}" for number in range(1, count + 1)]
    remedy = UnknownNameError("protocol", "7", known).faults[0].remedy
    assert remedy is not None
    assert remedy.startswith("Known: item1, ")
    assert remedy.endswith(ending)


def test_an_unknown_name_may_stand_in_another_field() -> None:
    error = UnknownNameError("subdivision", "XX", ["ENG"], field="holidays.subdivision")
    assert error.faults[0].field == "holidays.subdivision"


@pytest.mark.parametrize(
    ("error", "sentence", "fault"),
    [
        (
            IntervalFormatError("abc"),
            "Cannot read interval 'abc'. Write for example '10 days' or '3 months'.",
            (
                "bad_interval",
                "Cannot read interval 'abc'.",
                None,
                "abc",
                "Write for example '10 days' or '3 months'.",
            ),
        ),
        (
            FormatError("bad_number", 1.5, "1.5 is no whole number.", "Write 1 or 2."),
            "1.5 is no whole number. Write 1 or 2.",
            ("bad_number", "1.5 is no whole number.", None, "1.5", "Write 1 or 2."),
        ),
        (
            BudgetTooSmallError(Decimal("100.00"), "GBP", 3, Decimal("540.00")),
            "100.00 GBP does not pay for 3 sessions, which cost 540.00 GBP.",
            (
                "budget_too_small",
                "100.00 GBP does not pay for 3 sessions, which cost 540.00 GBP.",
                "budget",
                "100.00",
                "Raise the budget to 540.00 GBP or choose another protocol.",
            ),
        ),
        (
            EnvironmentFault("The disk is full.", "plan.json", "Make room."),
            "The disk is full. Make room.",
            ("environment", "The disk is full.", "output", "plan.json", "Make room."),
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_errors_say(
    error: MesoScheduleError, sentence: str, fault: tuple[str | None, ...]
) -> None:
    assert str(error) == sentence
    (only,) = error.faults
    assert (only.code, only.message, only.field, only.value, only.remedy) == fault


def test_the_end_of_the_calendar_says_where_it_was_passed() -> None:
    with pytest.raises(CalendarEndError) as caught:
        add_months(on("9999-12-31"), 1)
    (fault,) = caught.value.faults
    assert (fault.code, fault.value) == ("calendar_end", "9999-12-31")
    assert "1 to 9999" in fault.message


def test_no_calendar_names_the_session_and_its_cheapest_way_out() -> None:
    error = every_error()[-2]
    assert isinstance(error, NoCalendarFits)
    assert str(error) == (
        "No calendar fits: session 2 has no usable day from 2026-12-24 to 2026-12-24."
    )
    assert error.faults[0].remedy == "Let it be late."
    assert error.faults[0].code == "no_calendar"
    alone = NoCalendarFits(error.conflict, [])
    assert alone.relaxations == ()
    assert alone.faults[0].remedy == "Change the rules asked for."


def test_names_that_begin_so_are_offered() -> None:
    error = UnknownNameError("protocol", "facial", ["cellulite", "facial-rejuvenation"])
    assert error.faults[0].remedy == "Did you mean facial-rejuvenation?"
