"""A commented rule file to start from."""

import re
from dataclasses import replace

from meso_schedule.base.errors import InputError, UnknownNameError
from meso_schedule.rules.catalogue import PACKAGED, packaged_ids
from meso_schedule.rules.protocol import Protocol

_ID = re.compile(r'(?m)^id = "[^"]*"$')
_TEMPLATE = """\
# A protocol: the recipe for one treatment. Replace the example figures by your own.
# Every table with a figure says where it comes from: sources = ["key"] names a [[sources]] table
# at the end, assumption = "why this figure" is for what no source says. Both may stand together.
# Until each empty sources = [] is filled in, `meso-schedule protocols check` refuses the file.
# Lengths are whole days, weeks, months or years: "10 days", "1 month + 1 week".

id = "{id}"
name = "{name}"
family = "mesotherapy"        # mesotherapy, toxin, filler, lipolysis, peel or device
areas = ["face"]
indications = ["dull skin"]
version = "1"
# variant_of = "general"      # another published schedule of the same treatment
# include = ["mesotherapy"]   # shared tables: packaged ones, or a file beside this one
# benefit = "disputed"        # what trials found: shown, mixed, disputed, not shown, not studied

# Where the benefit is taken from.
# [evidence]
# sources = []

[sessions]
minimum = 3
usual = 6
maximum = 15                  # left out: 40
minutes = 45                  # time in the chair
# before = 20                 # minutes of it at the start without the practitioner; left out: 0
# after = 0                   # minutes of it at the end without the practitioner; left out: 0
# turnover = 10               # minutes of the room after the patient has left; left out: 0
# devices = ["mesogun"]       # in use while the practitioner is; left out: none
# continuity = "prefer"       # one practitioner: same (always), prefer, any; left out: prefer
sources = []                  # fill in, or write assumption = "…"

# The gap before each session of the phase. Session 1 belongs to the first phase.
[[phases]]
name = "initial"
sessions = 4                  # only the last phase may leave this out: it runs to the end
minimum = "7 days"
recommended = "7 days"        # left out: the minimum
maximum = "10 days"
lapse = "6 weeks"             # after this the course has lapsed; may be left out
lapse_action = "review"       # then: review, restart (the phase) or continue; left out: review
# grace = "1 day"             # so much sooner is still on schedule; left out: none
# early = "counts"            # sooner still: counts, repeat, or review by a clinician
sources = []                  # fill in

[[phases]]
name = "fortnightly"
after_improvement = true      # only once improvement is recorded; left out: false
minimum = "2 weeks"
maximum = "3 weeks"
sources = []                  # fill in

# Maintenance after the course; leave it out if there is none.
# [top_up]
# minimum = "3 months"
# maximum = "5 months"
# sources = []

[results]
settle = "3 days"             # an event keeps this distance from the last session
lasts_minimum = "3 months"
lasts_maximum = "5 months"
sources = []                  # fill in

# Anything else worth knowing, each as text or a list of texts.
[facts]
techniques = ["nappage"]
depth_mm = "1-4"
sources = []                  # fill in

# Amounts are text. per = "session" or "course".
[[prices]]
currency = "GBP"
per = "session"
low = "150.00"
high = "200.00"
sources = []                  # fill in

# action = "avoid", "do" or "expect", from an offset to an offset around each session;
# swelling = true where swelling is part of what is to be expected.
[[care]]
action = "avoid"
what = "Hot showers"
starts = "0 hours"
ends = "8 hours"
sources = []                  # fill in

# action = "ask": a screening question before the course; stop = true where a yes needs a
# clinician's word before anything is booked.
[[care]]
action = "ask"
what = "Are you pregnant or breast-feeding?"
sources = []                  # fill in

# A test before the course, a visit of its own.
# [[tests]]
# what = "A patch test"
# before = "48 hours"         # so long before the first session at the latest
# sources = []

# What a session uses up.
# [[products]]
# name = "Hyaluronic acid gel"
# amount = "2"                # as text
# unit = "ml"
# sources = []

# Another way to the same end, no course and not planned here.
# [[alternatives]]
# id = "liposuction"
# name = "Liposuction"
# text = "…"
# visits = 1
# recovery = "6 weeks"
# sources = []

# A warning printed with every plan; with regions, of clinics in these countries only.
# [[notices]]
# text = "…"
# regions = ["GB"]
# sources = []

# A country in which it is not planned, and by which law.
# [[prohibited]]
# country = "FR"
# text = "…"
# sources = []

# The distance kept to another family of treatments, or to another protocol by its id.
# [[spacing]]
# other = "filler"
# minimum = "2 weeks"         # after this treatment before the other
# minimum_before = "3 weeks"  # the other way round; what is left out has no published figure
# sources = []

[[sources]]
key = "own-practice"
title = "Protocol of our clinic"
# authors = "Example et al."
# kind = "page of one clinic"           # what it is, where it is no printed work
# place = "Journal with volume and page, clinic or publisher"
# year = 2026
# doi = "10.1000/182"         # or url = "https://…"
# read = "2026-11-30"         # the day on which it was read
grade = "low"                 # how well the schedule is supported: high, moderate or low
"""


def rule_file(protocol_id: str, origin: str | None = None) -> str:
    """Return a rule file with example figures that still wait for their sources.

    Args:
        protocol_id: Its id.
        origin: A packaged protocol whose file it begins from instead.

    Raises:
        InputError: When the id cannot be one, or no packaged protocol has the other.
    """
    _check_id(protocol_id)
    if origin is None:
        name = protocol_id.replace("-", " ").capitalize()
        return _TEMPLATE.format(id=protocol_id, name=name)
    if origin not in packaged_ids():
        raise UnknownNameError("protocol", origin, packaged_ids())
    text = (PACKAGED / f"{origin}.toml").read_text("utf-8")
    return _ID.sub(f'id = "{protocol_id}"', f"# Begun from {origin}.\n{text}", count=1)


def _check_id(protocol_id: str) -> None:
    try:
        Protocol.read({"id": protocol_id})
    except InputError as error:
        if faults := [fault for fault in error.faults if fault.field == "id"]:
            raise InputError(replace(fault, field="protocol") for fault in faults) from None
