# One line each. What a target needs is made on the way; `make` alone shows them.
PORT ?= 8000
# Some machines ask Python to keep nothing it compiled: each process would begin two seconds later.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test browser rights check format bench clean

help: ## show this
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' Makefile | awk -F '|' '{printf "  %-13s %s\n", $$1, $$2}'

run: export LINLI_BASE_URL ?= http://127.0.0.1:$(PORT)
run: ## serve the demo town on 127.0.0.1:8000 (PORT= and PYTHON= change that)
	@tools/free-port $(PORT)
	@tools/environment
	@.venv/bin/linli demo
	@exec .venv/bin/linli serve --port $(PORT)

test: ## check everything, on SQLite and PostgreSQL, in a browser, and as a wheel
	@$(MAKE) --no-print-directory --jobs=2 check browser
	@OMP_NUM_THREADS=1 .venv/bin/pytest -n logical --dist loadfile

# Beside `check` and what it installs, because it mostly waits for what is fetched.
browser:
	@tools/browser

rights: ## walk every route as every role, with one's own and others' things, and print the sum
	@tools/environment develop
	@.venv/bin/pytest -q -n logical tests/linli/test_rights.py

check: ## strict types, lint, layout and import contracts
	@tools/environment develop
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/lint-imports --no-logo
	@.venv/bin/mypy --num-workers 2

format: ## lay out the code and mend what can be mended by itself
	@tools/environment develop
	@.venv/bin/ruff check --fix-only
	@.venv/bin/ruff format

bench: ## print how fast the pages, the matcher and the demo are
	@tools/environment develop
	@.venv/bin/python -m tests.benchmarks

clean: ## remove what was installed and built; the data in data/ stays
	rm -rf .venv node_modules build dist platform/linli/static/vendor .*_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
