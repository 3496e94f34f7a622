"""Every error that somebody at the desk has met: its exit code, and what to write instead.

A line a command: what was typed, the exit code, and what the answer says of the remedy. The course
was opened and its first session held on Tuesday 1 December 2026, which is today.
"""

import shlex

import pytest

from tests.cli.courses.desk import Counter

PLANNING = r"""
plan facial-rejuvination | 2 | Did you mean facial-rejuvenation
plan facial-rejuvenation --strat 2026-12-01 | 2 | Did you mean --start?
plan facial-rejuvenation --days tue thu | 2 | Join weekdays by commas: --days tue,thu.
plan facial-rejuvenation --days sunn | 2 | Write mon, tue, wed, thu, fri, sat, sun.
plan facial-rejuvenation --days "" | 2 | Write mon, tue, wed, thu, fri, sat, sun.
plan facial-rejuvenation --start 1.12.2026 | 2 | Write it as 2026-12-01.
plan facial-rejuvenation --start 2026-13-01 | 2 | Write a day that exists.
plan facial-rejuvenation --start 31.11.2026 --language de | 2 | Write a day that exists.
plan facial-rejuvenation --start soon | 2 | Write it as 2026-12-01.
plan facial-rejuvenation --at 25:00 | 2 | Write it as 17:30, from 00:00 to 24:00.
plan facial-rejuvenation --at 17 | 2 | Write it as 17:30, from 00:00 to 24:00.
plan facial-rejuvenation --between 20:00-17:00 | 2 | Write the earlier time first.
plan facial-rejuvenation --between 9-17 | 2 | Write it as 17:30, from 00:00 to 24:00.
plan facial-rejuvenation --sessions six | 2 | Write digits only, for example 6.
plan facial-rejuvenation --sessions 99 | 2 | Write a whole number from 1 to 40.
plan hair-prp-clinic --sessions 1 | 2 | Ask for exactly 3.
plan facial-rejuvenation+mesobotox | 2 | Name each for itself:
plan facial-rejuvenation --language english | 2 | Known: en, fr, de, es, it, pl.
plan facial-rejuvenation --paper a5 -o x.pdf | 2 | Did you mean a4?
plan facial-rejuvenation -o x.doc | 2 | Known: .json, .csv,
plan facial-rejuvenation --budget 9,50x | 2 | Write for example 180.00.
plan facial-rejuvenation --event 2026-12-01 --start 2026-12-05 | 2 | a start before 2026-12-01.
plan facial-rejuvenation --away 2026-12-24-2027-01-02 | 2 | Write it as 2026-12-01.
plan | 2 | 'meso-schedule protocols' lists them.
plann facial-rejuvenation | 2 | Did you mean plan?
plan facial-rejuvenation --clinic none.toml | 2 | Check the name.
plan facial-rejuvenation --prefer someday | 2 | Write mon, tue, wed, thu, fri, sat, sun.
plan facial-rejuvenation --late x | 2 | Write digits only, for example 6.
"""
COURSES = r"""
courses shwo {} | 2 | Did you mean show?
courses hodl {} | 2 | Did you mean hold?
courses show 2222222 | 2 | 'courses find TEXT' looks it up
courses show 22222222 | 2 | Check that it is the right book.
courses show "" | 2 | or look it up: 'courses find TEXT'.
courses hold "Anna Secret" | 2 | or look it up: 'courses find TEXT'.
courses hold --patient Nobody | 2 | See 'courses list'.
courses hold {} --session 9 | 2 | last is 4. Record it? There is no terminal to ask on. Give --yes.
courses hold {} --session 1 | 4 | correct that event if it was wrong.
courses hold {} --session 0 | 2 | Write a whole number from 1.
courses hold {} 2 --session 3 | 2 | Name one.
courses hold {} --on tomorrow | 4 | Give a day up to 2026-12-01.
courses hold {} --on soon | 2 | Write it as 2026-12-01.
courses hold {} --at 25:00 | 2 | Write it as 17:30, from 00:00 to 24:00.
courses hold {} --improved perhaps | 2 | Write yes, no or unclear.
courses miss {} | 4 | Give a day up to 2026-12-01.
courses miss {} --session 9 | 4 | Look the sessions up with 'courses show'.
courses move {} 2 --to 2026-12-14 | 4 | or allow it: --late --reason TEXT.
courses move {} 2 --to someday | 2 | Write it as 2026-12-01.
courses move {} 2 --to sat | 4 | or allow it: --late --reason TEXT.
courses move {} 2 --to 2026-12-09 --at 21:00 | 1 | day, or add an opening to the clinic file.
courses move {} 9 --to 2026-12-09 | 4 | Look it up with 'courses show'.
courses move {} 2 | 2 | See 'meso-schedule courses move --help'.
courses pay {} 400 | 2 | more than the 360.00 GBP left to pay. Record it?
courses pay {} 1,50 | 2 | Write for example 180.00.
courses pay {} -5 | 2 | See 'meso-schedule courses pay --help'.
courses pay {} 0 | 2 | Give an amount.
courses pay {} 10 --method | 2 | See --help.
courses stop {} --used much | 2 | Write for example 180.00.
courses open skin --rules skin.toml --patient B --start 2025-12-01 | 2 | Tue 1 Dec 2026. Open it?
courses open skin --rules skin.toml --patient "Anna Secret" | 2 | The patient has a course already:
courses open skin | 2 | Did you mean skinboosters
courses receipt {} -o r.pdf | 4 | Record it first: meso-schedule courses pay {} AMOUNT.
courses print {} -o a.xyz | 2 | Known: .json, .csv,
courses print {} | 2 | Give --output FILE.
courses extend {} --until 2026-12-31 | 2 | See 'meso-schedule courses extend --help'.
courses note {} "" | 2 | Write text in quotes.
courses hold {} --revision 1 | 4 | then give the new revision.
courses move {} 2 --to 2026-12-10 --alone --revision 1 | 4 | then give the new revision.
courses miss {} --revision 1 | 4 | then give the new revision.
courses pay {} 10 --revision 1 | 4 | then give the new revision.
courses stop {} --revision 1 | 4 | then give the new revision.
courses changed | 2 | See 'meso-schedule courses changed --help'.
courses changed --since soon | 2 | Write it as 2026-12-01.
courses due --until 13 | 2 | Write it as 2026-12-01.
courses hold {} --on 2026-11-30 | 4 | Give a day from 2026-12-01.
courses hold {} --on 2026-12-01 | 4 | Check number and day, or correct the other session first.
courses hold {} --clinic none.toml | 2 | Check the name.
courses move {} 1 --alone --to 2026-12-08 | 4 | Look it up with 'courses show'.
courses move {} x --to 2026-12-08 | 2 | Write digits only, for example 6.
courses improve {} --on 2026-12-02 | 4 | Give a day up to 2026-12-01.
courses improve {} --on 2026-11-30 | 4 | Record the sessions held first.
courses stop {} --on 2026-12-02 | 4 | Give a day up to 2026-12-01.
courses replan {} --release x | 2 | Write digits only, for example 6.
courses replan {} --away never | 2 | Write it as 2026-12-01.
courses replan {} --days sat,sun --yes | 1 | Write --days tue,sat,sun
courses replan {} --busy none.ics | 2 | Check the name.
courses print {} --output none/a.txt | 5 | Make it first, or name a file in another folder.
courses open skin --rules skin.toml --patient C --days sun | 1 | Write --days tue,sun
courses improve {} --revision 1 | 4 | then give the new revision.
courses note {} word --revision 1 | 4 | then give the new revision.
courses assess {} --improved perhaps | 2 | Write yes, no or unclear.
courses undo {} --revision 1 | 4 | then give the new revision.
courses receipt {} -o r.csv | 2 | Write a file that ends in .pdf or .txt.
courses pause {} --revision 1 | 2 | Give --reason TEXT.
courses screen {} --answers none.toml | 2 | See 'meso-schedule courses screen --help'.
"""
BESIDE = r"""
diary 2027-01-24..2027-01-11 | 2 | Error: FROM[..TO]: 2027-01-24
diary 2027-01-11..2028-01-11 | 2 | Ask for fewer.
diary 11.1.2027 | 2 | Write it as 2026-12-01.
diary --practitioner doctor-x | 2 | Known: none.
clinic absent doctor-x 2026-12-01..2026-12-02 | 2 | PRACTITIONER: There is no practitioner doctor-x.
clinic check none.toml | 2 | Check the name.
book verify --book none.book | 2 | Open a course to begin one.
clinic closed 2026-12-24..2026-12-20 | 2 | Error: FROM..TO: 2026-12-24..2026-12-20 ends
compare facial-rejuvenation --until soon | 2 | Write it as 2026-12-01.
protocols show facial-rejuvination | 2 | Did you mean facial-rejuvenation
schema plant | 2 | Did you mean plan?
print none.json -o a.pdf | 2 | Check the name.
"""


@pytest.mark.parametrize("met", [PLANNING, COURSES, BESIDE], ids=["plan", "courses", "beside"])
def test_every_error_that_was_met_names_its_remedy(counter: Counter, met: str) -> None:
    course = counter.open()
    counter.done("courses", "hold", course)
    before = counter.path.read_bytes()
    for line in met.strip().split("\n"):
        typed, code, remedy = line.replace("{}", course).split(" | ")
        ran = counter.ask(*shlex.split(typed))
        assert (ran.code, ran.out) == (int(code), ""), f"{line}: {ran}"
        assert remedy in " ".join(ran.err.split()), f"{line}: {ran}"
        assert ran.err.startswith("Error: ") or code == "1", line
    assert counter.path.read_bytes() == before
