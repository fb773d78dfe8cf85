"""The pages, one module each: its place in the navigation, its routes, and the same answers as JSON.

To add one:

1. `pages/<name>.py` with `html, json = APIRouter(), APIRouter(tags=["<name>"])` and
   `PAGE = Page(name="<name>", path="/<name>", role=Role.EDITOR, html=html, json=json)`, and its row in `app.PAGES`.
2. Each route takes `request` and `visitor: Reader` (or `Editor`, `Administrator`), without which the application does
   not start; borrows a library, `with state_of(request).libraries.borrow() as library:`; notes what was done,
   `audit(request, Action.CHANGE, target, …)`; and gives `render(request, "<name>/….html", …)`. A route of `json` gives
   plain values and lies under `/api`. Errors of `docintel.errors` become pages, pieces or JSON by themselves.
3. `templates/<name>/….html` extends `base.html`, is a piece without it where htmx asks for one, and has no words and no
   inline script or style: words are `t("<name>.…")` of `words.toml`. A form that changes something carries
   `<input type="hidden" name="csrf" value="{{ visitor.csrf }}">`; htmx sends the token by itself.
"""
