# The commands of this project. `make run` and `make test` need only Python 3.11+, venv, pip and make.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
JOBS   ?= auto
TIME   ?= 60

.PHONY: run test check format lint types imports bench judge judge-files look-times sentences evasions fuzz clauses docs golden screenshots lock clean

run: $(VENV)/core.stamp          ## start the gateway on its embedded defaults
	@$(BIN)/gatepost serve

test: $(VENV)/dev.stamp          ## the whole suite
	@$(BIN)/python -m pytest -n $(JOBS) $(ARGS)

check: format lint types imports ## everything a machine can check without running the product

format: $(VENV)/dev.stamp
	@$(BIN)/ruff format --check proxy policies tests benchmarks

lint: $(VENV)/dev.stamp
	@$(BIN)/ruff check proxy policies tests benchmarks

types: $(VENV)/dev.stamp
	@$(BIN)/mypy

imports: $(VENV)/dev.stamp
	@$(BIN)/lint-imports

bench: $(VENV)/dev.stamp         ## what the gateway costs, as ratios from one run
	@$(BIN)/python benchmarks/run.py $(ARGS)
	@$(BIN)/python benchmarks/judge_steps.py

judge: $(VENV)/dev.stamp         ## how well labelled mails are judged: make judge ARGS=messages.jsonl
	@$(BIN)/python benchmarks/judge_corpus.py $(ARGS)
	@$(if $(ARGS),,$(BIN)/python benchmarks/judge_files.py)

judge-files: $(VENV)/dev.stamp   ## how well pictures and documents are judged: make judge-files ARGS=logo
	@$(BIN)/python benchmarks/judge_files.py $(ARGS)

look-times: $(VENV)/dev.stamp    ## what it costs to look at pictures and documents, by size
	@$(BIN)/python benchmarks/look_times.py

sentences: $(VENV)/dev.stamp     ## how well labelled sentences are judged: make sentences ARGS=de
	@$(BIN)/python benchmarks/judge_sentences.py $(ARGS)

evasions: $(VENV)/dev.stamp      ## how well disguised violations are found
	@$(BIN)/python benchmarks/evasions.py

fuzz: $(VENV)/fuzz.stamp         ## break the parsers if you can: make fuzz TIME=600 ARGS="mime whole --keep"
	@PYTHONPATH=tests $(BIN)/python -m fuzz.run --seconds $(TIME) $(ARGS)

clauses: $(VENV)/core.stamp      ## clause -> rules -> examples
	@$(BIN)/gatepost policy list --by-clause

docs: $(VENV)/dev.stamp          ## rewrite the generated parts of the docs
	@PYTHONPATH=tests $(BIN)/python tests/meta/test_design_page.py

golden: $(VENV)/dev.stamp        ## write the golden readings anew; read the diff before you commit it
	@GATEPOST_WRITE_GOLDEN=1 $(BIN)/python -m pytest -q tests/policies/facts/test_golden.py

screenshots: $(VENV)/dev.stamp   ## take the pictures of the review site anew (needs Chromium)
	@GATEPOST_SCREENSHOTS=docs/images $(BIN)/python -m pytest -q tests/proxy/admin/test_pictures.py

lock:                            ## rewrite the hashed requirements (needs uv)
	uv pip compile --universal --generate-hashes --no-strip-extras --no-emit-index-url --no-header --no-annotate -q -p 3.11 pyproject.toml -o requirements/core.txt
	uv pip compile --universal --generate-hashes --no-strip-extras --no-emit-index-url --no-header --no-annotate -q -p 3.11 pyproject.toml -c requirements/core.txt --extra postgres --group dev -o requirements/dev.txt
	uv pip compile --universal --generate-hashes --no-strip-extras --no-emit-index-url --no-header --no-annotate -q -p 3.11 --group fuzz -o requirements/fuzz.txt

# uv is used when it is there, pip otherwise; both install the lines of the same hashed files and nothing else:
# a resolver that looks further may take a release of today for `package[extra]`, and stop at its missing hash.
INSTALL = if command -v uv >/dev/null 2>&1; then VIRTUAL_ENV=$(CURDIR)/$(VENV) uv pip install -q --no-deps --require-hashes -r $(1) && VIRTUAL_ENV=$(CURDIR)/$(VENV) uv pip install -q --no-deps -e .; \
	else $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r $(1) && $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .; fi

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Gatepost needs Python 3.11 or newer; set PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/core.stamp: requirements/core.txt pyproject.toml | $(VENV)/bin/python
	@test -e $(VENV)/dev.stamp -a ! $(VENV)/dev.stamp -ot requirements/core.txt || { echo "Setting up $(VENV) (once, under a minute) ..."; $(call INSTALL,requirements/core.txt); }
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	@echo "Setting up $(VENV) for tests (once, a minute or so) ..."
	@$(call INSTALL,requirements/dev.txt)
	@touch $@

$(VENV)/fuzz.stamp: requirements/fuzz.txt | $(VENV)/dev.stamp
	@$(call INSTALL,requirements/fuzz.txt)
	@touch $@

clean:
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache
