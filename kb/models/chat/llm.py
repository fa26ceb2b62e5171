"""The one door to a language model: any OpenAI-compatible endpoint, through LlamaIndex.

Ollama, vLLM, Mistral, Albert and the local llama.cpp server (`gguf`) are all spoken to in the same way. What goes wrong
becomes a LanguageModelError whose French sentence never holds the key.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from kb.errors import LanguageModelError
from kb.models.chat.profile import Profile

if TYPE_CHECKING:
    import httpx
    from llama_index.llms.openai_like import OpenAILike

logger = logging.getLogger(__name__)

_RETRIES = 2  # of a request that got 429, 5xx or no connection, with the waits of the openai client
_LONGEST_ANSWER = 300.0  # seconds: a server that drips forever is cut off
_MOST_BYTES = 8_000_000  # of an answer: some 300 bytes a token, of which we never ask for more than hundreds
# Measured over twelve prompts of each of bench/cnil, bench/sheets and corpus/: 3.9, 3.7 and 2.95 characters a token of
# Qwen2.5's vocabulary on average (29 November 2026): the lowest. Where a prompt must not overflow, fewer are assumed.
_CHARACTERS_A_TOKEN = 2.9
_FEWEST_CHARACTERS_A_TOKEN = 2.5
_OVERHEAD_TOKENS = 32  # what the chat template adds
_MOST_OF_CONTEXT = 0.6  # of the context for what is read: the rest is the conversation, the rules and the answer
SERVER_CONTEXT = 16_384
LOCAL_CONTEXT = 4_096

Usage = Callable[[int, int], None]
"""Called with the tokens of the prompt and of the answer, when the server tells them."""


class ChatModel:
    """A chat model behind an address. Serves many threads; `close` it when done."""

    def __init__(
        self,
        name: str,
        address: Callable[[], str],
        *,
        key: str = "",
        model: str | None = None,
        context_tokens: int = LOCAL_CONTEXT,
        profile: Profile = "sentences",
        by_default: bool = True,
        why: str = "",
        subject: str = "",
        most_read: int = 6000,
        timeout: float = 60.0,
        local: bool = False,
        close: Callable[[], None] = lambda: None,
    ) -> None:
        """`name` is shown to readers, `model` asked for. `address` gives the base URL (ending in `/v1`) at each use.

        `most_read` is the most tokens of passages that it is given for an answer. `by_default` says whether it writes
        answers when nobody asked for it by name, `why` (in French) where that and its profile come from, `subject` what
        it is called in measurements.
        """
        self.name = name
        self.local = local  # a small model on this machine: asked for less
        self.context_tokens = context_tokens
        self.profile: Profile = profile
        self.by_default = by_default
        self.why = why
        self.subject = subject
        self.reading_budget = reading_budget(most_read, context_tokens)
        self._model = model or name
        self._address = address
        self._key = key
        self._timeout = timeout
        self._longest = max(_LONGEST_ANSWER, timeout)
        self._close = close
        self._client: tuple[str, OpenAILike, Callable[[], None]] | None = None
        self._making = threading.Lock()
        self._opened = threading.local()  # `responses`: those that the request under way in a thread got

    def named(self, name: str) -> ChatModel:
        """Another model of the same server; closing it leaves the server alone."""
        return ChatModel(
            name,
            self._address,
            key=self._key,
            context_tokens=self.context_tokens,
            profile=self.profile,
            timeout=self._timeout,
            local=self.local,
        )

    def count_tokens(self, text: str) -> int:
        """About how many tokens a text takes: its own vocabulary is not asked for."""
        return int(len(text) / _CHARACTERS_A_TOKEN) + 1

    def fits(self, system: str, user: str, max_tokens: int) -> bool:
        """Whether the prompt and the answer stay within one context window, estimated on the safe side."""
        prompt = (len(system) + len(user)) / _FEWEST_CHARACTERS_A_TOKEN
        return prompt + max_tokens + _OVERHEAD_TOKENS <= self.context_tokens

    def stream(self, system: str, user: str, *, max_tokens: int) -> Iterator[str]:
        """The answer in pieces as they come. Closing the iterator stops the request.

        Raises LanguageModelError when there is no whole answer: out of reach, refused, too slow, cut off, empty.
        """
        return self._stream(system, user, max_tokens, None)

    def stream_counted(self, system: str, user: str, *, max_tokens: int, usage: Usage) -> Iterator[str]:
        """The same; the server is asked to count tokens as well, which some refuse."""
        return self._stream(system, user, max_tokens, usage)

    def _stream(self, system: str, user: str, max_tokens: int, usage: Usage | None) -> Iterator[str]:
        if not self.fits(system, user, max_tokens):
            raise LanguageModelError("la question et ses extraits dépassent ce que le modèle de langue peut lire")
        said = finished = False
        deadline = time.monotonic() + self._longest
        try:
            for piece, ended in self._pieces(system, user, max_tokens, usage):
                if time.monotonic() > deadline:
                    raise LanguageModelError("le modèle de langue est trop lent")
                finished = finished or ended
                if piece:
                    said = said or bool(piece.strip())
                    yield piece
        except _failures() as error:
            # `from None`: the causes may carry the request, its key included.
            logger.warning("the language model failed: %s", type(error).__name__)
            raise LanguageModelError(_reason(error)) from None
        if not finished:
            raise LanguageModelError("la réponse du modèle de langue a été coupée")
        if not said:
            raise LanguageModelError("le modèle de langue n'a rien répondu")

    def close(self) -> None:
        """Lets go of the connections, and of the server when it is ours."""
        with self._making:
            client, self._client = self._client, None
        if client is not None:
            client[2]()
        self._close()

    def _pieces(self, system: str, user: str, max_tokens: int, usage: Usage | None) -> Iterator[tuple[str, bool]]:
        from llama_index.core.base.llms.types import ChatMessage

        messages = [ChatMessage(role="system", content=system), ChatMessage(role="user", content=user)]
        counting = {"stream_options": {"include_usage": True}} if usage is not None else {}
        responses = self.llama_index().stream_chat(messages, max_tokens=max_tokens, **counting)
        opened: list[httpx.Response] = []
        self._opened.responses = opened
        try:
            for response in responses:
                choices = getattr(response.raw, "choices", None) or []
                ended = any(choice.finish_reason for choice in choices)
                counted = getattr(response.raw, "usage", None)
                if usage is not None and counted is not None:
                    usage(counted.prompt_tokens, counted.completion_tokens)
                yield response.delta or "", ended
        finally:
            if (close := getattr(responses, "close", None)) is not None:
                close()
            # LlamaIndex lets go of the answer without closing it: the server would write on.
            for answer in opened:
                answer.close()

    def _note(self, answer: httpx.Response) -> None:
        """Remembers an answer for whoever asked for it, in the same thread."""
        getattr(self._opened, "responses", []).append(answer)

    def llama_index(self) -> OpenAILike:
        """The model as LlamaIndex's own parts take it."""
        address = self._address()
        with self._making:
            if self._client is not None and self._client[0] == address:
                return self._client[1]
            if self._client is not None:
                self._client[2]()  # of a local server that has died
            import openai
            from llama_index.llms.openai_like import OpenAILike

            from kb.remote.transport import BoundedTransport, Bounds, environment_proxy

            bounds = Bounds(_MOST_BYTES, self._longest)
            transport = BoundedTransport(bounds, proxy=environment_proxy(address))
            hooks = {"response": [self._note]}
            http = openai.DefaultHttpxClient(transport=transport, timeout=self._timeout, event_hooks=hooks)
            settings: dict[str, Any] = {
                "model": self._model,
                "api_base": address,
                "api_key": self._key or "none",  # without one, the client would take another service's key
                "is_chat_model": True,
                "is_function_calling_model": False,
                "context_window": self.context_tokens,
                "temperature": 0.0,
                "timeout": self._timeout,
                "max_retries": _RETRIES,
                "http_client": http,
            }
            self._client = address, OpenAILike(**settings), http.close
            return self._client[1]


def reading_budget(most_read: int, context_tokens: int) -> int:
    """The most tokens of passages that a model of this context is given for an answer."""
    return min(most_read, int(_MOST_OF_CONTEXT * context_tokens))


def _failures() -> tuple[type[Exception], ...]:
    """What the clients below raise for a server that misbehaves: of HTTP, of the protocol, of unreadable JSON."""
    import httpx
    import openai

    return openai.OpenAIError, httpx.HTTPError, httpx.StreamError, OSError, ValueError, TypeError, AttributeError


def _reason(error: Exception) -> str:
    import openai

    if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
        return "le serveur du modèle de langue refuse la clé (REPERES_LLM_KEY)"
    if isinstance(error, openai.NotFoundError):
        return "le serveur ne connaît pas ce modèle ou cette adresse (REPERES_LLM_MODEL, REPERES_LLM_URL)"
    if isinstance(error, openai.RateLimitError):
        return "le serveur du modèle de langue est saturé : réessayez dans un moment"
    if isinstance(error, openai.APITimeoutError):
        return "le serveur du modèle de langue n'a pas répondu à temps"
    if isinstance(error, openai.APIStatusError):
        return f"le serveur du modèle de langue a répondu par une erreur ({error.status_code})"
    if isinstance(error, openai.APIConnectionError):
        return "le serveur du modèle de langue est injoignable"
    return "la réponse du modèle de langue a été coupée ou ne peut pas être lue"
