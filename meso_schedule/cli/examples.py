"""Two examples of every command, with which its help ends."""

from collections.abc import Mapping

EXAMPLES: Mapping[str, tuple[str, str]] = {
    "plan": (
        "plan facial-rejuvenation --start 2026-12-01 --days tue,thu --at 17:00",
        "plan hyaluronic-acid*3 mesobotox --start 2027-01-04 -o both.ics",
    ),
    "compare": (
        "compare facial-rejuvenation mesobotox --start 2026-12-01",
        "compare facial-rejuvenation+mesobotox mesobotox --until 2027-12-01",
    ),
    "diary": ("diary", "diary 2026-11-23..2026-12-06 -o diary.csv"),
    "print": ("print plan.json -o sheet.txt", "print plan.json -o blatt.html --language de"),
    "schema": ("schema request", "schema plan"),
    "guide": ("guide", "guide first-steps"),
    "courses open": (
        "courses open facial-rejuvenation --patient 'C. Smith' --start 2026-12-01",
        "courses open mesobotox --patient 'B. Example' --phone '020 7946 0000' -o sheet.html",
    ),
    "courses free": (
        "courses free facial-rejuvenation --around 2026-12-01",
        "courses free mesobotox --around 2026-12-08 --format json",
    ),
    "courses list": ("courses list", "courses list --overdue"),
    "courses find": ("courses find example", "courses find 9x29"),
    "courses due": ("courses due", "courses due --until 2027-01-31 --unbooked"),
    "courses show": ("courses show 9x29rhmv", "courses show 9x29rhmv --care --language de"),
    "courses hold": ("courses hold 9x29rhmv", "courses hold 9x29rhmv --on 2026-11-17 --lot A4711"),
    "courses miss": ("courses miss 9x29rhmv", "courses miss 9x29rhmv --reason ill"),
    "courses move": (
        "courses move 9x29rhmv 3 --to fri --yes",
        "courses move 9x29rhmv 3 --to 2026-11-19 --at 15:00 --yes",
    ),
    "courses assess": (
        "courses assess 9x29rhmv --improved yes",
        "courses assess 9x29rhmv --improved unclear",
    ),
    "courses improve": ("courses improve 9x29rhmv", "courses improve 9x29rhmv --on 2026-11-17"),
    "courses review": (
        "courses review 9x29rhmv --who 'Dr A' --go-on",
        "courses review 9x29rhmv --who 'Dr A' --stop",
    ),
    "courses screen": (
        "courses screen 9x29rhmv --screening answers.json",
        "courses screen 9x29rhmv --consent 2026-11-17",
    ),
    "courses replan": ("courses replan 9x29rhmv", "courses replan 9x29rhmv --days tue,thu --yes"),
    "courses pay": ("courses pay 9x29rhmv 256.00", "courses pay 9x29rhmv 64.00 --method card"),
    "courses receipt": (
        "courses receipt 9x29rhmv",
        "courses receipt 9x29rhmv -o receipt.pdf",
    ),
    "courses stop": (
        "courses stop 9x29rhmv --reason 'moves away'",
        "courses stop 9x29rhmv --key stop-1",
    ),
    "courses extend": (
        "courses extend 9x29rhmv --until 2027-06-30 --reason travel",
        "courses extend 9x29rhmv --until 2027-12-31 --reason illness",
    ),
    "courses pause": (
        "courses pause 9x29rhmv --reason pregnancy",
        "courses pause 9x29rhmv --on 2026-11-16 --reason travel",
    ),
    "courses contact": (
        "courses contact 9x29rhmv --phone '020 7946 0000'",
        "courses contact 9x29rhmv --email a@example.org",
    ),
    "courses note": (
        "courses note 9x29rhmv 'Prefers mornings'",
        "courses note 9x29rhmv 'Called, no answer' --key call-1",
    ),
    "courses correct": (
        "courses correct 9x29rhmv 3 --withdraw --reason 'wrong patient'",
        "courses correct 9x29rhmv 3 --set amount=190.00 --reason 'mistyped'",
    ),
    "courses changed": (
        "courses changed --since 2026-11-01",
        "courses changed --since 2026-11-01 -o changed.csv",
    ),
    "courses undo": ("courses undo 9x29rhmv", "courses undo 9x29rhmv --reason 'wrong course'"),
    "courses adopt": ("courses adopt 9x29rhmv", "courses adopt 9x29rhmv --rules skin.toml"),
    "courses assign": ("courses assign 9x29rhmv", "courses assign --all"),
    "courses print": (
        "courses print 9x29rhmv -o sheet.pdf",
        "courses print 9x29rhmv -o page.html -o feed.ics --language de",
    ),
    "courses publish": (
        "courses publish 9x29rhmv --to http://localhost:5232/desk/courses/",
        "courses publish 9x29rhmv --to http://localhost:5232/desk/courses/ --language de",
    ),
    "courses history": ("courses history 9x29rhmv", "courses history 9x29rhmv --format json"),
    "courses export": ("courses export --all", "courses export 9x29rhmv -o course.json"),
    "courses import": ("courses import courses.json", "courses import courses.json --format json"),
    "courses erase": ("courses erase 9x29rhmv --yes", "courses erase 9x29rhmv --yes --format json"),
    "book verify": ("book verify", "book verify --format json"),
    "book backup": ("book backup backup.book", "book backup backup.book --format json"),
    "book restore": (
        "book restore kept.book --book new.book",
        "book restore kept.book --force --yes",
    ),
    "book rebuild": ("book rebuild", "book rebuild --format json"),
    "clinic new": ("clinic new new.toml", "clinic new clinic.toml --force"),
    "clinic check": ("clinic check clinic.toml", "clinic check clinic.toml --rules skin.toml"),
    "clinic load": ("clinic load", "clinic load --weeks 2"),
    "clinic absent": (
        "clinic absent dr-a 2026-12-07..2026-12-11",
        "clinic absent dr-a 2026-12-07..2026-12-11 --late 3",
    ),
    "clinic closed": (
        "clinic closed 2026-12-07..2026-12-11",
        "clinic closed 2026-12-07..2026-12-11 --late 3",
    ),
    "protocols list": ("protocols list", "protocols list --for scars"),
    "protocols show": ("protocols show mesobotox", "protocols show mesobotox --format json"),
    "protocols check": ("protocols check skin.toml", "protocols check skin.toml other.toml"),
    "protocols new": ("protocols new my-own -o own.toml", "protocols new my-own --from mesobotox"),
}
