"""Settings: a frozen data class filled from options, the environment (`REPERES_…`) and defaults, in that order."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, cast

import platformdirs

from kb.errors import SettingsError
from kb.setting_values import one_of, path, text, whole_number, yes_no_or_name, yes_or_no, zero_or_from

PACKAGED_MODEL = "packaged"
UPLOADS_SOURCE = "ajouts"
"""The name of the source that the folder of added files is."""


def _setting(variable: str, default: Any, parse: Callable[[str], Any], meaning: str, shown: str | None = None) -> Any:
    """A field of `Settings`. `shown` replaces the default in the README's table where it depends on the machine."""
    metadata = {"variable": variable, "parse": parse, "meaning": meaning, "shown": shown or str(default)}
    shown_in_repr = not variable.endswith(("_KEY", "_DATABASE"))  # addresses hold passwords
    if callable(default):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata, repr=shown_in_repr)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set. Each field names its environment variable; the README's table lists them all."""

    store: Path = _setting("REPERES_STORE", Path(".reperes"), path, "folder of the store: catalog, vectors, words")
    database: str = _setting(
        "REPERES_DATABASE",
        "",
        text,
        "PostgreSQL database of the base, and of what people do with it (`postgresql+psycopg://…`)",
        "none",
    )
    app_db: Path | None = _setting(
        "REPERES_APP_DB",
        None,
        path,
        "file of what people do with the base (conversations, feedback, test queries, runs…); it outlives the store",
        "`…-app.db` beside the store",
    )
    retention_days: int = _setting(
        "REPERES_RETENTION_DAYS",
        365,
        whole_number(0, 36_500),
        "days that conversations, feedback, asked and followed questions are kept; 0 keeps none",
    )
    cache: Path = _setting(
        "REPERES_CACHE",
        lambda: Path(platformdirs.user_cache_dir("reperes")),
        path,
        "folder of models and caches",
        shown="the user's cache folder",
    )
    corpus: Path = _setting(
        "REPERES_CORPUS", Path("corpus/documents"), path, "folder that `reperes ingest` reads without argument"
    )
    uploads: Path | None = _setting(
        "REPERES_UPLOADS",
        None,
        path,
        "folder of the files that editors add in the page; the same for all replicas",
        "`…-uploads` beside the store",
    )
    embedding_model: str = _setting(
        "REPERES_EMBEDDING_MODEL",
        PACKAGED_MODEL,
        text,
        "embedding model: `packaged`, a sentence-transformers folder, or a hub name",
    )
    embedding_revision: str = _setting(
        "REPERES_EMBEDDING_REVISION", "", text, "commit of a hub model; required for a hub name", shown="none"
    )
    embedding_dtype: str = _setting(
        "REPERES_EMBEDDING_DTYPE",
        "auto",
        one_of("auto", "fp32", "bf16", "int8"),
        "number format of the encoder: `auto` takes `int8` for the packaged model, on every processor; for "
        "others `bf16` on a CPU with AMX, else `fp32`",
    )
    embedding_backend: str = _setting(
        "REPERES_EMBEDDING_BACKEND",
        "auto",
        one_of("auto", "onnx", "torch"),
        "what runs the encoder: `auto` takes `onnx` for the packaged model (but in `bf16`), `torch` for others",
    )
    glossary: Path | None = _setting(
        "REPERES_GLOSSARY",
        None,
        path,
        "file of acronyms and everyday words (`DPO = délégué …`), read at start",
        "none",
    )
    domain: Path | None = _setting(
        "REPERES_DOMAIN",
        None,
        path,
        "file of what the agency says of its field (names, words, its site), read at start; it may be absent",
        "`domain.toml` beside the corpus folder",
    )
    reranker: str = _setting(
        "REPERES_RERANKER", "", text, "CrossEncoder that orders the best passages anew: a folder or a hub name", "none"
    )
    reranker_revision: str = _setting(
        "REPERES_RERANKER_REVISION", "", text, "commit of a reranker from the hub; required for a hub name", "none"
    )
    answerer: str = _setting(
        "REPERES_ANSWERER",
        "auto",
        one_of("auto", "extractive"),
        "`auto`: a language model writes, where one is fast enough; `extractive`: the documents' sentences, always",
    )
    caution: str = _setting(
        "REPERES_CAUTION",
        "normal",
        one_of("low", "normal", "high"),
        "how sure an answer must be: `high` refuses more of the questions without an answer, and more of the others",
    )
    llm_url: str = _setting(
        "REPERES_LLM_URL", "", text, "address of an OpenAI-compatible server that writes the answers (`…/v1`)", "none"
    )
    llm_model: str = _setting("REPERES_LLM_MODEL", "", text, "name of the model to ask that server for", "none")
    llm_key: str = _setting("REPERES_LLM_KEY", "", text, "key of that server; never logged", "none")
    llm_context: int = _setting(
        "REPERES_LLM_CONTEXT",
        0,
        zero_or_from(1024, 1_000_000),
        "tokens that the language model reads at once; 0: 16384 for a server, 4096 for a local model",
    )
    llm_profile: str = _setting(
        "REPERES_LLM_PROFILE",
        "auto",
        one_of("auto", "whole", "sentences"),
        "what the language model reads: `whole` passages, or the few best `sentences`; `auto` takes `whole` for a "
        "server, and for a local model what `reperes model check` measured",
    )
    llm_budget: int = _setting(
        "REPERES_LLM_BUDGET",
        6000,
        whole_number(500, 200_000),
        "tokens of passages that it reads for an answer, at most; never more than 0.6 of its context",
    )
    llm_check: str = _setting(
        "REPERES_LLM_CHECK",
        "auto",
        yes_no_or_name,
        "`yes`: the language model judges each sentence of a written answer a second time; or the name of another "
        "model of the same server that does; `auto`: yes for a server's model that reads whole passages",
    )
    llm_timeout: int = _setting(
        "REPERES_LLM_TIMEOUT", 60, whole_number(1, 3600), "seconds to wait for the language model's next words"
    )
    sources: Path | None = _setting(
        "REPERES_SOURCES",
        None,
        path,
        "file that lists what `reperes sync` reads, and which groups may read what",
        "`sources.toml` beside the corpus folder",
    )
    user_agent: str = _setting(
        "REPERES_USER_AGENT", "Reperes/0.1", text, "how `reperes sync` introduces itself to web sites; add an address"
    )
    fetch_pace: int = _setting(
        "REPERES_FETCH_PACE", 500, whole_number(0, 60_000), "least time between two requests to a site, in ms"
    )
    private_hosts: str = _setting(
        "REPERES_PRIVATE_HOSTS",
        "",
        text,
        "sites of the private network that may be read (`intranet.example:8080 …`); all others must be public",
        "none",
    )
    max_file_mb: int = _setting(
        "REPERES_MAX_FILE_MB", 100, whole_number(1, 10_000), "largest file that is opened, in megabytes"
    )
    max_text_mb: int = _setting(
        "REPERES_MAX_TEXT_MB", 10, whole_number(1, 1_000), "largest text of one document, in megabytes"
    )
    auth: str = _setting(
        "REPERES_AUTH",
        "none",
        one_of("none", "accounts", "oidc", "proxy"),
        "sign-in: `none` (this machine only), `accounts` (`reperes user add`), `oidc`, or `proxy` (a trusted header)",
    )
    accounts: Path | None = _setting(
        "REPERES_ACCOUNTS",
        None,
        path,
        "file of accounts and API tokens; without a database only",
        "`…-accounts` beside the store",
    )
    editors: str = _setting(
        "REPERES_EDITORS", "", text, "names (OIDC, proxy) of those who may change the base; all others read", "none"
    )
    session_hours: int = _setting(
        "REPERES_SESSION_HOURS",
        10,
        whole_number(1, 720),
        "hours after which an unused session ends; of `oidc`, one that is used too",
    )
    public_url: str = _setting(
        "REPERES_PUBLIC_URL", "", text, "address under which people call the application, behind a proxy", "none"
    )
    proxy_header: str = _setting(
        "REPERES_PROXY_HEADER", "X-Forwarded-User", text, "header in which a trusted proxy names who is signed in"
    )
    proxy_groups: str = _setting(
        "REPERES_PROXY_GROUPS", "", text, "header in which that proxy lists their groups, with commas between", "none"
    )
    proxy_addresses: str = _setting(
        "REPERES_PROXY_ADDRESSES",
        "",
        text,
        "addresses or networks of the proxies in front (`10.0.0.5 10.1.0.0/24`): they alone are believed about who is "
        "signed in (`proxy`) and where from (`X-Forwarded-For`)",
        "none",
    )
    oidc_issuer: str = _setting("REPERES_OIDC_ISSUER", "", text, "address of the OpenID Connect provider", "none")
    oidc_client: str = _setting("REPERES_OIDC_CLIENT", "", text, "name of the application at that provider", "none")
    oidc_key: str = _setting("REPERES_OIDC_KEY", "", text, "its secret there; never logged", "none")
    oidc_name: str = _setting("REPERES_OIDC_NAME", "email", text, "claim that names a person: `email`, `sub`…")
    oidc_groups: str = _setting(
        "REPERES_OIDC_GROUPS", "", text, "claim that lists a person's groups: `groups`, `roles`…", "none"
    )
    sharing: bool = _setting(
        "REPERES_SHARING",
        True,
        yes_or_no,
        "`no`: nobody can share a conversation, and links that were given open nothing",
        "yes",
    )
    questions_per_minute: int = _setting(
        "REPERES_QUESTIONS_PER_MINUTE", 30, whole_number(0, 10_000), "questions that one person may ask; 0: any number"
    )
    log_questions: bool = _setting(
        "REPERES_LOG_QUESTIONS", False, yes_or_no, "`yes`: the log holds the questions' text", "no"
    )
    log_format: str = _setting(
        "REPERES_LOG_FORMAT", "text", one_of("text", "json"), "form of the log lines of the application"
    )
    host: str = _setting("REPERES_HOST", "127.0.0.1", text, "address that the application listens on")
    port: int = _setting("REPERES_PORT", 7860, whole_number(0, 65535), "port that the application listens on")

    @property
    def app_database(self) -> Path:
        """The file of the second database."""
        return self.app_db or self.store.with_name(f"{self.store.name}-app.db")

    @property
    def domain_file(self) -> Path:
        """The file of the agency's field, which may be absent."""
        return self.domain or self.corpus.parent / "domain.toml"

    @property
    def uploads_folder(self) -> Path:
        """The folder of added files."""
        return self.uploads or self.store.with_name(f"{self.store.name}-uploads")

    @property
    def accounts_file(self) -> Path:
        """The file of accounts and API tokens."""
        return self.accounts or self.store.with_name(f"{self.store.name}-accounts")

    @property
    def calibration(self) -> Path:
        """The file of the refusal that `reperes calibrate` fitted to this base, which may be absent."""
        return self.store.with_name(f"{self.store.name}-calibration.json")

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, **options: Any) -> Settings:
        """Settings from `options` (None = not given), then `environ` (the process's by default), then defaults.

        Raises SettingsError, naming the variable and its value, for a value that cannot be used.
        """
        environ = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        for setting in fields(cls):
            if options.get(setting.name) is not None:
                values[setting.name] = options[setting.name]
                continue
            variable = setting.metadata["variable"]
            if (given := environ.get(variable, "")) != "":
                parse = cast("Callable[[str], Any]", setting.metadata["parse"])
                try:
                    values[setting.name] = parse(given)
                except ValueError as error:
                    raise SettingsError(f"{variable}={given} : {error}.") from None
        unknown = set(options) - {setting.name for setting in fields(cls)}
        if unknown:
            raise TypeError(f"unknown settings: {sorted(unknown)}")
        return cls(**values)
