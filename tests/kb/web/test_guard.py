from __future__ import annotations

from kb.web.guard import french_page, security_policy


def test_the_policy_lets_nothing_from_elsewhere_and_no_inline_script_in() -> None:
    directives = dict(directive.split(" ", 1) for directive in security_policy("n0nce").split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == "'self' 'nonce-n0nce'"
    assert directives["connect-src"] == "'self'"
    assert directives["img-src"] == "'self' data:"
    assert directives["frame-ancestors"] == "'none'"
    assert "unsafe-eval" not in security_policy("n")


def test_the_page_is_rewritten() -> None:
    page = (
        '<html\n\tlang="en"><head><meta charset="utf-8" /><meta\n property="og:image"\n content="https://x.example/a.jpg"\n/>'
        '<link rel="manifest" href="/manifest.json" /><script>window.config = "\\u003cscript>";</script>'
        '<script type="module" src="./a.js"></script></head><body><gradio-app></gradio-app></body></html>'
    )
    shown = french_page(page, "n0", "<title>T</title>")
    assert shown == (
        '<html\n\tlang="fr"><head><meta charset="utf-8" /><title>T</title>'
        '<script nonce="n0">window.config = "\\u003cscript>";</script>'
        '<script nonce="n0" type="module" src="./a.js"></script></head><body>'
        "<noscript><p>Cette page a besoin de JavaScript. Activez-le dans votre navigateur, puis rechargez la page.</p>"
        "</noscript><gradio-app></gradio-app></body></html>"
    )
