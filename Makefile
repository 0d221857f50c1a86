# A venv, then the mlcourse command. TORCH_INDEX=URL chooses the index that torch comes from (a CUDA build, say).
PYTHON ?= python3
PIP = .venv/bin/pip --disable-pip-version-check install --quiet
TORCH = $(shell grep '^torch==' requirements.lock)

.PHONY: course test lab docs clean

course: .venv/course
	.venv/bin/mlcourse env --needed
	.venv/bin/mlcourse run
	@printf 'site: '; .venv/bin/mlcourse docs

test: .venv/course
	.venv/bin/mlcourse env --needed
	.venv/bin/python -m pytest -n 2 $(PYTEST)

lab: .venv/base
	.venv/bin/mlcourse lab

docs: .venv/course
	.venv/bin/mlcourse docs --serve

# Torch comes first and alone, so that the build it is taken from decides, not another package's wish.
.venv/base: requirements.lock settings.ini setup.py
	$(PYTHON) -m venv .venv
	$(PIP) --upgrade pip
	$(PIP) $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) $(TORCH)
	$(PIP) --constraint requirements.lock --editable .
	@.venv/bin/mlcourse kernels --install >/dev/null
	@touch $@

.venv/course: .venv/base
	$(PIP) --constraint requirements.lock --editable '.[course,dev]'
	@if [ -e .git ]; then git config --local include.path ../.gitconfig; fi
	@touch $@

clean:
	rm -rf _build _docs .pytest_cache
