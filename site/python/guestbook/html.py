"""Pages, made of functions. Whatever comes from outside goes through text()."""

from html import escape as text

from . import entries as guestbook
from .request import Request


def asset(request: Request, name: str) -> str:
    """An asset's address; it changes with the release, so that browsers may keep it for ever."""
    return f"/assets/{name}?v={request.release[:16]}"


def layout(request: Request, title: str, content: str) -> str:
    def current(path: str) -> str:
        return ' aria-current="page"' if request.path == path else ""

    icon = asset(request, "icon.svg")
    return f"""<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <meta name="description" content="A page that shows the way a request takes through one server, and a guestbook.">
  <title>{text(title)}</title>
  <link rel="icon" href="{icon}" type="image/svg+xml">
  <link rel="stylesheet" href="{asset(request, "style.css")}">
  <script src="{asset(request, "way.js")}" defer></script>
</head>
<body>
  <a class="skip" href="#content">Skip to the content</a>
  <header class="top">
    <a class="brand" href="/"><img src="{icon}" width="28" height="28" alt=""> one server</a>
    <nav aria-label="Pages">
      <a href="/"{current("/")}>The way</a>
      <a href="/guestbook"{current("/guestbook")}>Guestbook</a>
    </nav>
  </header>
  <main id="content">
{content}
  </main>
  <footer>Release <code>{text(request.release[:12])}</code></footer>
</body>
</html>
"""


def home(request: Request, stations: list[dict], latest) -> str:
    return f"""<section class="hero">
  <div>
    <h1>One server,<br>end to end</h1>
    <p>This page was made for you just now. Below is the way your request has taken, with what it met and how long each part took.</p>
  </div>
  <img src="{asset(request, "lighthouse.svg")}" width="420" height="300" alt="A lighthouse on a rock sends its beam over the sea at dusk.">
</section>

<section aria-labelledby="way">
  <h2 id="way">The way of this request</h2>
  <ol class="way">
{"".join(map(_station, stations))}  </ol>
  <p class="note">Times on the web, app and database server were measured there; those of name, address and response by your browser.</p>
</section>

<section aria-labelledby="latest">
  <h2 id="latest">Last in the guestbook</h2>
{_entries(latest.entries)}
  <p><a class="button" href="/guestbook">Sign the guestbook</a></p>
</section>"""


def book(latest, token: str, values: dict[str, str], errors: dict[str, str], thanks: bool) -> str:
    def invalid(field: str) -> str:
        return ' aria-invalid="true"' if field in errors else ""

    faults = "".join(f"  <p>{text(error)}</p>\n" for error in errors.values())
    return f"""<h1>Guestbook</h1>
{'<p class="thanks" role="status">Thank you, it is written down.</p>' if thanks else ""}
{f'<div class="errors" role="alert">{faults}</div>' if errors else ""}
<form method="post" action="/guestbook" class="sign">
  <input type="hidden" name="token" value="{text(token)}">
  <label for="author">Your name</label>
  <input id="author" name="author" required maxlength="{guestbook.AUTHOR_LENGTH}" autocomplete="name" value="{text(values["author"])}"{invalid("author")}>
  <label for="message">A few words</label>
  <textarea id="message" name="message" required maxlength="{guestbook.MESSAGE_LENGTH}" rows="4"{invalid("message")}>{text(values["message"])}</textarea>
  <button type="submit">Sign</button>
</form>

<h2>{"One entry" if latest.total == 1 else f"{latest.total} entries"}</h2>
{_entries(latest.entries)}"""


def problem(title: str, explanation: str) -> str:
    return f"""<section class="problem">
  <h1>{text(title)}</h1>
  <p>{text(explanation)}</p>
  <p><a class="button" href="/">To the first page</a></p>
</section>"""


def _station(station: dict) -> str:
    measure = f' data-measure="{station["measure"]}"' if station["measure"] else ""
    return f"""    <li>
      <h3>{text(station["name"])}</h3>
      <p class="fact">{text(station["fact"])}</p>
      <p class="detail">{text(station["detail"])}</p>
      <p class="time"{measure}>{_milliseconds(station["milliseconds"])}</p>
    </li>
"""


def _milliseconds(value: float | None) -> str:
    """The web server's clock counts whole milliseconds."""
    if value is None:
        return ""
    return "below 1 ms" if value < 0.05 else f"{value:.1f} ms"


def _entries(entries: list[guestbook.Entry]) -> str:
    if not entries:
        return '  <p class="empty">Nobody has signed yet. Be the first.</p>'
    return f'  <ul class="entries">\n{"".join(map(_entry, entries))}  </ul>'


def _entry(entry: guestbook.Entry) -> str:
    return f"""    <li>
      <p class="message">{text(entry.message).replace(chr(10), "<br>" + chr(10))}</p>
      <p class="by">{text(entry.author)}, <time datetime="{entry.written:%Y-%m-%dT%H:%M:%S}Z">{entry.written:%Y-%m-%d %H:%M} UTC</time></p>
    </li>
"""
