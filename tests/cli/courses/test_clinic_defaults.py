"""What the clinic file says of language, paper and rule files holds where no option is given."""

import json
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from meso_schedule.clinic.clinic import read_clinic
from tests.cli.courses.desk import CLINIC, Counter

OWN = 'language = "fr"\npaper = "letter"\nrules = "rules"\nphone = "+44 20 7946 0000"\n'
# The height of a sheet in points: US Letter is 11 inches of 72, A4 is 297 mm.
LETTER, A4 = 792, 842
PLAN = ("plan", "skin", "--start", "2026-12-01", "--as-of", "2026-12-01")


@pytest.fixture
def paris(counter: Counter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Counter:
    """Return a desk whose clinic file lies in a folder with its rule files, seen from elsewhere."""
    folder = tmp_path / "clinic"
    (folder / "rules").mkdir(parents=True)
    Path("skin.toml").rename(folder / "rules" / "skin.toml")
    Path("clinic.toml").unlink()
    (folder / "clinic.toml").write_text(OWN + CLINIC)
    monkeypatch.setenv("MESO_CLINIC", str(folder / "clinic.toml"))
    return counter


def height(path: str) -> int:
    points: float = pdfium.PdfDocument(path)[0].get_height()
    return round(points)


def text(path: str) -> str:
    return str(pdfium.PdfDocument(path)[0].get_textpage().get_text_range())


def test_a_plan_is_told_as_the_clinic_says(paris: Counter) -> None:
    assert "1er déc." in paris.ask(*PLAN, "-o", "a.pdf", "-o", "a.ics").out
    assert (height("a.pdf"), "décembre" in text("a.pdf")) == (LETTER, True)
    assert "1 Dec" in paris.ask(*PLAN, "--language", "en", "--paper", "a4", "-o", "b.pdf").out
    assert (height("b.pdf"), "December" in text("b.pdf")) == (A4, True)
    Path("plan.json").write_text(paris.ask(*PLAN, "--format", "json").out)
    assert "1er déc." in paris.ask("print", "plan.json", "-o", "c.pdf").out
    assert height("c.pdf") == LETTER
    assert "1er" in paris.ask("plan", "skin", "--start", "1/12/2026", "--as-of", "2026-12-01").out
    assert "1er déc." in paris.ask("compare", "skin", "general", "--start", "2026-12-01").out


def test_rule_files_given_take_the_place_of_the_clinic_s(paris: Counter) -> None:
    mine = paris.ask("protocols", "new", "mine", "--from", "general").out
    Path("mine.toml").write_text(mine)
    assert paris.ask("plan", "mine", "--rules", "mine.toml").code == 0
    assert paris.ask("plan", "skin", "--rules", "mine.toml").code == 2
    assert paris.ask("protocols", "show", "skin").code == 0
    assert "skin" in paris.ask("protocols").out
    Path("jobs.jsonl").write_text(json.dumps({"id": 1, "protocol": "skin"}))
    Path("sheets").mkdir()
    ran = paris.ask(
        *("plan", "--batch", "jobs.jsonl", "-o", "made.jsonl", "--sheets", "sheets"),
        *("--as-of", "2026-12-01"),
    )
    assert ran.code == 0, ran
    (sheet,) = Path("sheets").iterdir()
    assert (height(str(sheet)), "décembre" in text(str(sheet))) == (LETTER, True)


def test_no_file_takes_the_place_of_a_rule_file_that_was_read(
    paris: Counter, tmp_path: Path
) -> None:
    clinic = tmp_path / "clinic" / "clinic.toml"
    clinic.write_text(clinic.read_text().replace('"rules"', '"rules/skin.md"'))
    rule = (tmp_path / "clinic" / "rules" / "skin.toml").rename(clinic.parent / "rules" / "skin.md")
    before = rule.read_text()
    ran = paris.ask(*PLAN, "-o", str(rule), "--force")
    assert (ran.code, "a rule file" in ran.err) == (2, True), ran
    assert rule.read_text() == before


def test_a_course_is_printed_as_the_clinic_says(paris: Counter, tmp_path: Path) -> None:
    words = ("courses", "open", "skin", "--patient", "Anna Secret", "--phone", "+44 20 7946 0018")
    opened = paris.ask(*words, "--yes")
    assert (opened.code, "1er déc." in opened.out) == (0, True), opened
    assert paris.ask("courses", "free", "skin").code == 0
    course = paris.done("courses", "list")["courses"][0]["course"]
    told = paris.ask("courses", "history", course, "--format", "json").out
    assert ('"Anna Secret"' in told, '"fr"' in told) == (True, False), "nobody asked for French"
    assert paris.ask("courses", "print", course, "-o", "a.pdf", "-o", "a.html").code == 0
    assert (height("a.pdf"), 'lang="fr"' in Path("a.html").read_text()) == (LETTER, True)
    assert paris.ask("courses", "pay", course, "90.00").code == 0
    assert "décembre" in paris.ask("courses", "receipt", course).out
    assert paris.ask("courses", "receipt", course, "-o", "r.pdf").code == 0
    assert height("r.pdf") == LETTER
    assert paris.ask("diary", "2026-12-01", "-o", "d.pdf", "-o", "d.csv", "-o", "d.ics").code == 0
    assert height("d.pdf") == LETTER
    assert paris.ask("courses", "move", course, "1", "--to", "2026-12-02", "--alone").code == 0
    (told,) = paris.done("courses", "changed", "--since", "2026-12-01")["visits"]
    assert "1er déc." in told["message"]
    (told,) = paris.done("courses", "changed", "--since", "2026-12-01", "--language", "de")[
        "visits"
    ]
    assert "Dez." in told["message"]
    rule = tmp_path / "clinic" / "rules" / "skin.toml"
    rule.write_text(rule.read_text().replace('version = "1"', 'version = "2"'))
    assert "becomes version 2" in paris.ask("courses", "adopt", course).err


@pytest.mark.parametrize(
    ("line", "field", "value", "remedy"),
    [
        ('language = "nl"', "language", "nl", "'en', 'fr', 'de', 'es', 'it' or 'pl'"),
        ('paper = "a5"', "paper", "a5", "'a4' or 'letter'"),
        ('rules = ["rules", "none"]', "rules[2]", "none", "seen from the clinic file"),
        ('rules = "none/mine.toml"', "rules[1]", "none/mine.toml", "seen from the clinic file"),
        ("rules = 3", "rules", "3", ""),
    ],
)
def test_what_cannot_hold(
    paris: Counter, tmp_path: Path, line: str, field: str, value: str, remedy: str
) -> None:
    (tmp_path / "clinic" / "clinic.toml").write_text(f"{line}\n{CLINIC}")
    ran = paris.ask("plan", "general", "--format", "json")
    fault = ran.json["error"]
    assert (ran.code, value in str(fault["value"])) == (2, True)
    assert (fault["field"].startswith(field), remedy in fault["remedy"]) == (True, True), fault
    checked = paris.ask("clinic", "check", str(tmp_path / "clinic" / "clinic.toml"))
    assert (checked.code, value in checked.err) == (1, True)


def test_a_clinic_file_is_checked_with_its_rule_files(tmp_path: Path, paris: Counter) -> None:
    path = tmp_path / "clinic" / "clinic.toml"
    assert paris.ask("clinic", "check", str(path)).code == 0, "it has prices of skin"
    assert read_clinic(path).rules == ("rules",)
    rule = path.parent / "rules" / "skin.toml"
    rule.write_text(rule.read_text().replace('name = "Skin course"', "name = 3"))
    path.write_text(f'{path.read_text()}[prices.hair]\nsession = "80.00"\n')
    ran = paris.ask("clinic", "check", str(path))
    assert (ran.code, "skin.toml, name" in ran.err.replace("\n", "")) == (1, True), ran.err
    assert "There is no protocol hair." in " ".join(ran.err.split())


def test_documents_of_a_course_speak_the_language_kept_with_it(paris: Counter) -> None:
    ran = paris.ask("courses", "open", *PLAN[1:], "--patient", "Eva", "--language", "de")
    assert ran.code == 0, ran
    course = paris.done("courses", "list")["courses"][0]["course"]
    for words, code in (((), "de"), (("--language", "it"), "it")):
        printed = paris.ask("courses", "print", course, *words, "-o", "a.html", "--force")
        assert (printed.code, f'lang="{code}"' in Path("a.html").read_text()) == (0, True)
    assert paris.ask("courses", "pay", course, "90.00").code == 0
    assert "Dezember" in paris.ask("courses", "receipt", course).out
