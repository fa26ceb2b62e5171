from __future__ import annotations

from kb.web.door.routes import EVENTS, exists


def test_routes_without_use_do_not_exist() -> None:
    for path in (
        "/",
        "/healthz",
        "/assets/a.js",
        "/page/page.css",
        "/gradio_api/queue/join",
        "/gradio_api/call/chat/1",
    ):
        assert exists(path), path
    for path in (
        "/gradio_api/upload",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/proxy=https://evil.example/",
        "/gradio_api/deep_link",
        "/gradio_api/dev/reload",
        "/gradio_api/call/ask",
        "/monitoring",
        "/docs",
        "/login",
        "/gradio_api/vibe-edit",
        "/gradio_api/run/chat",
        "/gradio_api/run/predict\n",
        "/evaluation/gradio_api/cancel",
        "/assets/../secret",
        "/assets/.hidden",
        "/assets/" + "x" * 300,
        "/page/\u0660",
    ):
        assert not exists(path), path


def test_an_event_is_told_with_its_page_and_its_name() -> None:
    told = {
        "/gradio_api/run/predict": ("", "run/predict", None),
        "/evaluation/gradio_api/queue/data": ("/evaluation", "queue/data", None),
        "/gradio_api/heartbeat/abc": ("", "heartbeat", "abc"),
        "/gradio_api/call/chat/abc": ("", "call/chat", "abc"),
        "/gradio_api/call/chat": ("", "call/chat", None),
    }
    for path, expected in told.items():
        found = EVENTS.fullmatch(path)
        assert found is not None
        assert (found["page"], found["kind"], found["id"]) == expected
    for path in ("/", "/gradio_api/info", "/evaluation/", "/theme.css"):
        assert EVENTS.fullmatch(path) is None
