"""The landing page of HAPI: what is here, for people."""

from __future__ import annotations

from html import escape

_STYLE = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}code{font-size:.95em}"


def page(title: str, names: tuple[str, ...]) -> str:
    """The page as HTML, with the datasets of these names."""
    items = "".join(f'<li><a href="/hapi/info?dataset={escape(name)}">{escape(name)}</a></li>' for name in names)
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style></head>
<body><h1>{escape(title)}</h1>
<p>Time series of ground stations and satellites by the
<a href="https://github.com/hapi-server/data-specification">HAPI specification</a>, version 3.3.</p>
<ul><li><a href="/hapi/about">about</a>: this server</li>
<li><a href="/hapi/capabilities">capabilities</a>: csv, binary and json</li>
<li><a href="/hapi/catalog">catalog</a>: all datasets; <code>?depth=all</code> with what each holds</li>
<li><code>/hapi/info?dataset=…</code>: what one holds</li>
<li><code>/hapi/data?dataset=…&amp;start=…&amp;stop=…</code>: its values;
<code>parameters=</code>, <code>format=</code>, <code>include=header</code></li></ul>
<p>Clients: <a href="https://github.com/hapi-server/client-python">hapiclient</a> for Python, and others for IDL,
Matlab and Java. <code>HAPI</code> has no accounts: a token goes into the header <code>Authorization</code>.</p>
<h2>Datasets</h2><ul>{items or "<li>none</li>"}</ul></body></html>
"""
