"""The page that staff keep open: FastAPI, Jinja2 and htmx over a `Library`, on this machine or an office network.

`app` puts it together; a page is one module of `pages` with its templates. `security` says who may do what, `accounts`
and its neighbours keep that in a database beside the library. Words stand in `words.toml`, in Chinese and English.
Imported by `docintel serve` only.
"""
