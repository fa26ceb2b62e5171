# `make run` opens the page, `make test` runs every test; each installs what it needs first. `make help` lists the rest.
# PYTHON=… chooses the interpreter of a new .venv; ARGS=… is handed to the command that a target runs.

VENV    := .venv
BIN     := $(VENV)/bin
STAMP   := $(VENV)/.installed
TESTING := $(VENV)/.installed-test
RIVALS  := .venv-bench
PYTHONS := $(if $(PYTHON),$(PYTHON),python3.13 python3.12 python3.11 python3)

# What the tests take from Debian: a browser, and a font with accents for the PDF files they make.
CHROMIUM := /usr/bin/chromium
FONT     := /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf

# Two processes, the tests of a file in one of them: a browser waits while the other computes.
TOGETHER := -n 2 --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help run test quick check lint docs bench mutants clean language-model debian-packages

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*  ## \(.*\)/  make \1	\2/p' Makefile

run: $(STAMP)  ## the French chat on http://127.0.0.1:7860 (ARGS="--port 8000")
	@$(BIN)/reperes serve $(ARGS)

test quick: export HF_HUB_OFFLINE := 1
test quick: export TOKENIZERS_PARALLELISM := false
test quick: export GRADIO_ANALYTICS_ENABLED := False
test quick: export ANONYMIZED_TELEMETRY := False
test: $(TESTING) debian-packages language-model  ## every test (ARGS="-k folding")
	@$(BIN)/python -m pytest -q --tb=short $(TOGETHER) $(ARGS)

quick: $(TESTING)  ## the tests that need no browser, no language model, and no long while
	@$(BIN)/python -m pytest -q --tb=short $(TOGETHER) -m "not browser and not llm and not slow" $(ARGS)

check: lint test  ## lint, types and tests: before every commit

lint: $(TESTING)  ## ruff, mypy, and import-linter: who may import whom
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .
	@$(BIN)/python -m mypy app.py benchmarks docs ingest kb tests training .ci/torch_index.py
	@PYTHONPATH=. $(BIN)/lint-imports --no-logo --no-cache

docs: $(STAMP)  ## writes what README and docs/ take from the settings and from the kept results
	@$(BIN)/python -m docs.document

bench: $(TESTING) $(RIVALS)/.installed  ## quality, ingestion, scale, sync, formats, answers, people, idle, encoder, with their targets (ARGS="scale --sizes 1000")
	@$(BIN)/python -m benchmarks.run_all $(ARGS)

mutants: $(TESTING)  ## wrong numbers and comparisons in kb/answering: which ones does no test see? (ARGS="citations")
	@$(BIN)/python -m benchmarks.mutants $(ARGS)

clean:  ## removes .venv, builds and caches; keeps the store (.reperes)
	rm -rf $(VENV) $(RIVALS) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis tests/output
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp holds the folder that it was made in, and is written last: an interrupted installation, a copied folder or
# a removed interpreter is installed again, anything else only when pyproject.toml changed.
ifneq ($(shell $(BIN)/python -c '' 2>/dev/null && cat $(STAMP) 2>/dev/null),$(CURDIR))
.PHONY: $(STAMP)
endif

$(STAMP): pyproject.toml
	@rm -f $(STAMP)
	@command -v git >/dev/null || { \
	  echo "Il manque git : installez-le (Debian : apt install git), puis relancez la commande."; \
	  echo "git is missing: install it (Debian: apt install git), then run the command again."; \
	  exit 1; } >&2
	@if grep -qsF "$(CURDIR)/$(VENV)" $(VENV)/pyvenv.cfg && $(BIN)/python -m pip --version >/dev/null 2>&1; then exit 0; fi; \
	seen=; \
	for python in $(PYTHONS); do \
	  version=$$("$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue; \
	  seen="$$seen $$python=$$version"; \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || continue; \
	  if "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
	    echo "$$python ($$version) -> $(VENV)"; exec "$$python" -m venv --clear $(VENV); \
	  fi; \
	  seen="$$seen (sans venv / without venv)"; \
	done; \
	{ echo "Il faut Python 3.11 ou plus récent, avec venv (Debian : apt install python3 python3-venv), ou PYTHON=chemin."; \
	  echo "Python 3.11 or newer with venv is needed (Debian: apt install python3 python3-venv), or PYTHON=path."; \
	  echo "Essayé / tried: $(PYTHONS). Trouvé / found:$${seen:- -}"; } >&2; exit 1
	@echo "Installation des bibliothèques, quelques minutes… / Installing libraries, a few minutes…"
	@torch=$$($(BIN)/python .ci/torch_index.py) || exit 1; \
	$(BIN)/python -m pip install --disable-pip-version-check $$torch --editable '.[ocr]' || { \
	  echo "L'installation a échoué (voir ci-dessus) : relancez la même commande, elle reprendra."; \
	  echo "The installation failed (see above): run the same command again, it will resume."; \
	  exit 1; } >&2
	@echo "$(CURDIR)" > $(STAMP)

# What tests, lint and benchmarks need beyond that: an older stamp than that of what runs is made again.
$(TESTING): $(STAMP)
	@rm -f $(TESTING)
	@echo "Installation de ce que demandent les tests… / Installing what the tests need…"
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --editable '.[test]' || { \
	  echo "L'installation a échoué (voir ci-dessus) : relancez la même commande, elle reprendra."; \
	  echo "The installation failed (see above): run the same command again, it will resume."; \
	  exit 1; } >&2
	@touch $(TESTING)

# The other systems of the benchmarks: the extra `bench` without the project, every library that both sides use in the
# version that the project has (PyStemmer apart: see pyproject.toml).
ifneq ($(shell $(RIVALS)/bin/python -c '' 2>/dev/null && cat $(RIVALS)/.installed 2>/dev/null),$(CURDIR))
.PHONY: $(RIVALS)/.installed
endif

$(RIVALS)/.installed: $(TESTING)
	@echo "$(RIVALS): LlamaIndex, txtai, matplotlib…"
	@$(BIN)/python -m venv --clear $(RIVALS)
	@$(BIN)/python -m pip freeze --exclude-editable --exclude pystemmer > $(RIVALS)/constraints.txt
	@$(BIN)/python -c 'import tomllib; project = tomllib.load(open("pyproject.toml", "rb"))["project"]; \
	  print(*project["optional-dependencies"]["bench"], sep="\n")' > $(RIVALS)/requirements.txt
	@$(RIVALS)/bin/python -m pip install --disable-pip-version-check --quiet \
	  --constraint $(RIVALS)/constraints.txt --requirement $(RIVALS)/requirements.txt
	@echo "$(CURDIR)" > $@

# The weights that the tests run, 1.1 GB, once: they stay in the user's cache folder. No test depends on how fast they are.
language-model: $(STAMP)
	@$(BIN)/reperes model install --no-check

debian-packages:
	@missing=; \
	[ -x $(CHROMIUM) ] || missing="$$missing chromium"; \
	[ -e $(FONT) ] || missing="$$missing fonts-dejavu-core"; \
	[ -n "$$missing" ] || exit 0; \
	root=none; \
	if command -v apt-get >/dev/null; then \
	  if [ "$$(id -u)" = 0 ]; then root=; elif sudo -n true 2>/dev/null; then root="sudo -n"; fi; \
	fi; \
	if [ "$$root" != none ]; then \
	  $$root apt-get update -qq && \
	  $$root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $$missing && exit 0; \
	fi; \
	{ echo "Les tests ont besoin de :$$missing. Installez-les (Debian : sudo apt install$$missing)."; \
	  echo "The tests need:$$missing. Install them (Debian: sudo apt install$$missing)."; } >&2; exit 1
