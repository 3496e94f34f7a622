"""Free texts that try to be more than text: each output has to print them as they are written.

Names, references, reasons and the texts of rules come from people and files. None of these may
become markup, a formula, a property, a command to a terminal or a template's own language.
"""

HTML = (
    "<script>window.hit = 1</script>",
    "<img src=x onerror=window.hit=1>",
    '"><svg onload=window.hit=1>',
    "' onmouseover='window.hit=1",
    "</style></title></main><h1>Free of charge</h1>",
    "<!-- <a href=https://other.test> -->",
    "javascript:window.hit=1",
    "data:text/html,<script>window.hit=1</script>",
    "&lt;b&gt; &amp; &#60;",
    "{{ 7 * 7 }} {% raw %} {# x #}",
)
TYPST = (
    '#read("/etc/passwd") #set page(width: 1pt) #pagebreak()',
    "= Heading *bold* _it_ `raw` $x^2$ <label> @ref \\ ~ -- // note",
    "\\u{202e} #{1 + 1} ] [ #eval(1)",
    '#panic("x") #include "sheet.typ" #sys.inputs',
    "]#text(red)[red] ][ /* gone */ - item + item / term: text --- ...",
)
TERMINAL = (
    "[bold red]x[/bold red] [link=https://other.test]y[/link]",
    "Anna\x1b[31mred\x1b[0m",
    "Anna\x1b]8;;https://other.test\x07link\x1b]8;;\x07",
    "Anna\x9b31m\x07\x08\x7f\x00",
    "Anna\u202e6202 ceD 1\u2066\u200f",
)
SPREADSHEET = (
    *("=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "\n=1+1"),
    '=HYPERLINK("https://other.test","x")',
    'a","b\r\n"c',
)
CALENDAR = (
    "Anna\r\nEND:VEVENT\r\nBEGIN:VALARM",
    "Anna\nATTACH:https://other.test",
    "Anna;X=1,Y:2\\nZ\\,",
    "Anna\r\nATTENDEE:mailto:evil@example.com",
    "Anna\nX-EVIL:1",
    "Anna\rX-EVIL:1",
    "Anna\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:evil\r\nEND:VEVENT",
    "Anna\x0bX-EVIL:1\x0cX-EVIL:2\x1cX-EVIL:3\x85X-EVIL:4\u2028X-EVIL:5\u2029X-EVIL:6",
    "Anna\r\n X-EVIL:1\r\n\tX-EVIL:2",
    'Anna;X="1":2,3\\n\\N\\;\\,\\\\',
    '";ALTREP="https://example.com/evil":',
    "\\",
    "BEGIN:VALARM",
)
MARKDOWN = ("| a | b |", "[a](javascript:1) ![b](https://other.test/x.png)", "# Heading\n- list")
TEXT = (
    "%s %n {0} {name} {count}",
    "'); DROP TABLE courses; --",
    "Zoë Łódź Жанна Ελένη",
    "A" * 5_000,
    "ß" * 5_000,
)
# Arabic joins its letters and runs the other way.
ARABIC = ("مريم القاسم",)

PAYLOADS = (*HTML, *TYPST, *TERMINAL, *SPREADSHEET, *CALENDAR, *MARKDOWN, *TEXT, *ARABIC)

# What commands a terminal or cannot be seen, and what is left of it.
CLEANED = {
    "Anna\x1b[31m red\x1b[0m": "Anna red",
    "\x1b]0;title\x07Anna": "Anna",
    "Anna\r\nBEGIN:VALARM\tx": "Anna  BEGIN:VALARM x",
    "Anna\u202egnp.exe": "Annagnp.exe",
    "An\u200bna\u00ad\ufeff": "Anna",
    "Anna\x00\x07\x9b31m": "Anna",
}
