"""What the visits of a course bring in: a share of what was agreed, or of what it came to.

The visits that a course pays for share its price. Every visit beyond them, such as a repeat of
one that does not count or a top-up, is paid as a single session when it was had. Once the course
is settled, the visits that were had share what they came to. Prices before an added tax are taxed
together, once.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import chain, repeat
from typing import NamedTuple

from meso_schedule.base.errors import FormatError
from meso_schedule.base.money import in_currency, split
from meso_schedule.book.payloads import KeptPrice, Terms
from meso_schedule.book.state import CourseConsultation, CourseSession, CourseState
from meso_schedule.course.wishes import Wanted

_HAD = ("held", "missed")

# A session of the book: its protocol and its number.
Name = tuple[str, int]


class Fee(NamedTuple):
    """What comes in on a day without a session that was held."""

    date: date
    currency: str
    amount: Decimal


def nothing(currency: str) -> Decimal:
    """Return no money, with the digits of a currency."""
    return in_currency(Decimal(0), currency)


def terms_by_protocol(state: CourseState) -> dict[str, Terms | None]:
    """Return what each treatment costs; None where that is not known."""
    return {kept.id: state.treatment_terms.get(kept.id) for kept in state.protocols}


def with_tax(parts: Iterable[tuple[Terms, Decimal]], before: Decimal = Decimal(0)) -> list[Decimal]:
    """Return what is paid for prices that stand on one bill, which is taxed once.

    Args:
        parts: Prices, each with the terms that it goes by.
        before: The prices that stand before them and are taxed with them.
    """
    paid = []
    for terms, price in parts:
        tax = terms.tax
        if tax is not None:
            after = before + price
            added = tax.on(after, terms.currency) - tax.on(before, terms.currency)
            before, price = after, price + added
        paid.append(price)
    return paid


def visits_of(state: CourseState, protocol: str) -> list[CourseSession]:
    """Return the visits of a treatment that were had, then those to come, by their numbers.

    One that was forfeited was had, as far as money goes.
    """
    lost = (
        CourseSession(
            protocol=it.protocol,
            number=it.number,
            status="missed",
            date=it.on,
            revision=it.revision,
        )
        for it in state.forfeits
    )
    own = (it for it in (*lost, *state.held, *state.upcoming) if it.protocol == protocol)
    return sorted(own, key=lambda session: (session.status not in _HAD, session.number))


def wanted_sessions(state: CourseState, protocol: str) -> int | None:
    """Return how many sessions of a treatment are asked for now; None where nothing says it."""
    return wish_of(state, protocol).sessions


def wish_of(state: CourseState, protocol: str) -> Wanted:
    """Return what is asked for now of a treatment alone."""
    texts = state.request.get("protocol")
    for text in texts if isinstance(texts, list) else ():
        try:
            wish = Wanted.parse(str(text))
        except FormatError:  # what another program asked; a state is always told
            continue
        if wish.protocol == protocol:
            return wish
    return Wanted(protocol)


def extra_visits(state: CourseState) -> list[tuple[Terms, CourseSession]]:
    """Return the visits had beyond those that the course pays for, where one has a price."""
    return [
        (terms, session)
        for protocol, terms in terms_by_protocol(state).items()
        if terms and terms.single
        for session in visits_of(state, protocol)[terms.sessions :]
        if session.status in _HAD
    ]


def prices_of_extras(state: CourseState) -> list[tuple[CourseSession, KeptPrice]]:
    """Return what each visit had beyond the course is paid with, tax within."""
    extras = extra_visits(state)
    before = sum((terms.net for terms in terms_by_protocol(state).values() if terms), Decimal(0))
    singles = [(terms, terms.single) for terms, _ in extras if terms.single]
    lows = with_tax([(terms, single.low) for terms, single in singles], before)
    highs = with_tax([(terms, single.high) for terms, single in singles], before)
    return [
        (session, terms.price(low, high))
        for (terms, session), low, high in zip(extras, lows, highs, strict=True)
    ]


def prices_of(state: CourseState) -> dict[Name, KeptPrice]:
    """Return what each visit that was had or is to come brings in, where that is known."""
    found = _settled(state) if is_settled(state) else _agreed(state)
    return {(it.protocol, it.number): price for it, price in found if it.status != "missed"}


def priced(state: CourseState) -> CourseState:
    """Return a course with what each of its visits brings in; one missed brings in nothing."""
    prices = prices_of(state)
    sessions = tuple(
        session.model_copy(update={"price": prices.get((session.protocol, session.number))})
        for session in state.sessions
    )
    return state.model_copy(update={"sessions": sessions})


def is_settled(state: CourseState) -> bool:
    """Tell whether a course was stopped and it is known what it came to."""
    end = state.stopped
    return end is not None and end.used is not None and end.currency is not None


def _settled(state: CourseState) -> Iterator[tuple[CourseSession, KeptPrice]]:
    end, had = state.stopped, sorted(state.held, key=lambda session: session.date)
    if end and end.used is not None and end.currency and had:
        for session, share in zip(had, split(end.used, len(had), end.currency), strict=True):
            yield session, KeptPrice(currency=end.currency, low=share, high=share)


def _agreed(state: CourseState) -> Iterator[tuple[CourseSession, KeptPrice]]:
    for protocol, terms in terms_by_protocol(state).items():
        if terms is not None:
            visits = visits_of(state, protocol)
            count = _shared_by(len(visits), wanted_sessions(state, protocol), terms)
            none = nothing(terms.currency)
            later = repeat(terms.price(none, none), len(visits))
            yield from zip(visits, chain(shares(terms, count), later), strict=False)
    yield from prices_of_extras(state)


def _shared_by(visits: int, wanted: int | None, terms: Terms) -> int:
    """Return how many visits share the price: those there are, and those that still get a day."""
    return max(1, min(terms.sessions, max(visits, wanted or terms.sessions)))


def shares(terms: Terms, count: int) -> list[KeptPrice]:
    """Return the price of a course in equal parts, spare minor units to the first ones."""
    lows, highs = (split(end, count, terms.currency) for end in (terms.low, terms.high))
    return list(map(terms.price, lows, highs))


def price_of(terms: Terms | None, number: int) -> KeptPrice | None:
    """Return what a visit is to bring in: its share of the course, then the single price."""
    if terms is None:
        return None
    if number <= terms.sessions:
        return shares(terms, terms.sessions)[number - 1]
    if terms.single is None:
        return None
    low, high = (with_tax([(terms, end)])[0] for end in (terms.single.low, terms.single.high))
    return terms.price(low, high)


def agreed(state: CourseState) -> tuple[Decimal | None, Decimal | None]:
    """Return the least and the most the course costs, with every visit had beyond it.

    None where a treatment has no price, or where there are several currencies.
    """
    known = list(terms_by_protocol(state).values())
    terms = [entry for entry in known if entry]
    if len(terms) < len(known) or len({entry.currency for entry in terms}) > 1:
        return None, None
    prices: list[Terms | KeptPrice] = [*terms, *(price for _, price in prices_of_extras(state))]
    none = Decimal(0)
    return sum((it.low for it in prices), none), sum((it.high for it in prices), none)


def fees_of(state: CourseState) -> list[Fee]:
    """Return what a course brings in without a session: fees, sessions forfeited, a settlement."""
    missed = (Fee(fee.on, fee.currency, fee.amount) for fee in state.fees)
    visit = state.consultation
    charge = consultation_charge(state) if visit and visit.status != "booked" else None
    consulted = [charge] if charge else []
    return list(chain(missed, consulted, _forfeited(state), _kept_without_a_visit(state)))


def consultation_charge(state: CourseState) -> Fee | None:
    """Return what a consultation costs beside the course: none of what counts against that."""
    visit = state.consultation
    if visit is None or visit.currency is None or (visit.status == "booked" and state.stopped):
        return None
    cost = visit.fee if visit.status == "missed" else visit.price
    left = in_currency((cost or Decimal(0)) - redeemed_price(state), visit.currency)
    return Fee(visit.date, visit.currency, left) if left else None


def redeemed_price(state: CourseState) -> Decimal:
    """Return how much of the price of a consultation counts against the course."""
    visit, none = state.consultation, Decimal(0)
    if visit is None or not visit.price or visit.status == "missed":
        return none
    if not _is_redeemed(visit, state.begun):
        return none
    sold = (terms for terms in terms_by_protocol(state).values() if terms)
    return min(visit.price, sum((it.low for it in sold if it.currency == visit.currency), none))


def _is_redeemed(visit: CourseConsultation, begun: date | None) -> bool:
    """Tell whether its price counts against a course begun on a day; None where none is."""
    if begun is None or isinstance(visit.redeemed, bool):
        return begun is not None and bool(visit.redeemed)
    return begun <= visit.redeemed.after(visit.date)


def _forfeited(state: CourseState) -> Iterator[Fee]:
    """Yield what sessions bring in that count as had; a settlement holds them already."""
    found = {} if is_settled(state) else dict(_by_revision(state))
    for lost in state.forfeits:
        price = found.get((lost.protocol, lost.revision))
        if price and price.low == price.high:
            yield Fee(lost.on, price.currency, price.low)


def _by_revision(state: CourseState) -> Iterator[tuple[Name, KeptPrice]]:
    for session, price in _agreed(state):
        if session.status == "missed":
            # An extra is told twice: the last price is its own.
            yield (session.protocol, session.revision), price


def _kept_without_a_visit(state: CourseState) -> Iterator[Fee]:
    end = state.stopped
    if end and end.used and end.currency and not state.held:
        yield Fee(end.on, end.currency, end.used)
