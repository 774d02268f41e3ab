# Thin targets: each one is a command that you could type. Needs Python 3.11 or newer, git and make.
# PYTHON=/path/to/python chooses the Python that .venv is made with.

VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python -m
LOCKS := requirements
# Stamps: the tool itself can be run; its tests can; the tools for development are there, too; what
# drives a browser; what makes the site; and Dask.
RUNS := $(VENV)/runs
TESTS := $(VENV)/tests
READY := $(VENV)/ready
BROWSES := $(VENV)/browses
WRITES := $(VENV)/writes
CLUSTERS := $(VENV)/clusters
COMPILE := $(VENV)/lock/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
    --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command 'make lock'
INSTALL := $(RUN) pip install --quiet --disable-pip-version-check --no-compile
PYZ := dist/hostnet-transform.pyz
DIST := dist
UV := uv==0.13.9
CYCLONEDX := cyclonedx-bom==7.5.0
PIP_AUDIT := pip-audit==2.10.1
PYTEST := pytest --numprocesses auto --dist loadfile --no-loadscope-reorder
SBOM = $(VENV)/lock/bin/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible \
    --output-file $(LOCKS)/hostnet-transform.cdx.json $(LOCKS)/tool.txt
BENCH = $(RUN) bench $(if $(SECTIONS),--section $(SECTIONS)) $(if $(CORPUS),--corpus $(CORPUS))
DEMO_TOOL := $(CURDIR)/$(BIN)/hostnet-transform

# The tests start the tool hundreds of times: compiled once, it starts twice as fast.
export PYTHONPYCACHEPREFIX := $(CURDIR)/$(VENV)/pycache
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo test check fmt lint golden docs integration kustomize reviewdog oracle cluster-oracle pythons lock yaml-oracle fuzz browser coverage mutation bench bench-docs bench-peers dist pyz archives manifests release release-check reproducible image image-push actionlint audit sbom version krew editor schema-store site screenshots man kyaml-oracle splice-cases splice-table dask clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r target text; do \
	    printf '%-20s %s\n' "$$target" "$$text"; done

setup: $(READY) ## make .venv and install the package and its tools into it

# Made again only when these have changed.
$(RUNS): pyproject.toml $(LOCKS)/run.txt
	@found=; for python in $(PYTHON) python3 python3.11 python3.12 python3.13 python3.14; do \
	    if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        found=$$python; break; fi; done; \
	if [ -z "$$found" ]; then \
	    echo "hostnet-transform needs Python 3.11 or newer, and found none on PATH;" >&2; \
	    echo "install one, or name it: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; \
	    exit 1; fi; \
	if ! $(RUN) pip --version >/dev/null 2>&1; then "$$found" -m venv --clear $(VENV); fi
	@echo "installing the package into $(VENV)"
	@$(INSTALL) --require-hashes --requirement $(LOCKS)/run.txt
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(TESTS): $(RUNS) $(LOCKS)/test.txt
	@echo "installing what the tests need into $(VENV)"
	@$(INSTALL) --require-hashes --requirement $(LOCKS)/test.txt
	@touch $@

$(READY): $(TESTS) $(LOCKS)/dev.txt
	@echo "installing the tools for development into $(VENV)"
	@$(INSTALL) --require-hashes --requirement $(LOCKS)/dev.txt
	@touch $@

demo: $(RUNS) ## see what the tool does to an example
	@tools/demo.sh $(DEMO_TOOL)

test: $(TESTS) ## run all tests
	$(RUN) $(PYTEST)

check: lint ## run what must pass before a commit: style, types, and the quick tests that need no other tool
	$(RUN) mypy
	$(RUN) $(PYTEST) --ignore=tests/integration -m 'not slow'

lint: setup ## ruff, without changing anything
	$(RUN) ruff format --check
	$(RUN) ruff check

fmt: setup ## format the code, and fix what ruff can fix
	$(RUN) ruff format
	$(RUN) ruff check --fix

golden: setup ## rewrite the expected results of the golden tests; then read the diff
	HOSTNET_GOLDEN=rewrite $(RUN) pytest tests/golden tests/integration/test_demo.py tests/integration/test_readme.py

docs: setup ## generate docs/rules/ from the rules
	$(BIN)/python tools/rule_pages.py

man: setup ## generate man/hostnet-transform.1 from the help of the commands
	$(RUN) tools.man_page

integration: setup ## run the tests that need other tools, such as kubectl
	$(RUN) $(PYTEST) tests/integration

kustomize: $(BIN)/kustomize ## build the standalone kustomize, for tests (needs Go)

$(BIN)/kustomize: $(READY)
	GOBIN=$(CURDIR)/$(BIN) go install sigs.k8s.io/kustomize/kustomize/v5@v5.8.1

reviewdog: $(BIN)/reviewdog ## build reviewdog, for tests (needs Go)

$(BIN)/reviewdog: $(READY)
	GOBIN=$(CURDIR)/$(BIN) go install github.com/reviewdog/reviewdog/cmd/reviewdog@v0.21.0

browser: $(BROWSES) ## install what drives a browser, for tests; chromium itself comes from the system

$(BROWSES): $(TESTS) $(LOCKS)/browser.txt
	@echo "installing what drives a browser into $(VENV)"
	@$(INSTALL) --require-hashes --requirement $(LOCKS)/browser.txt
	@touch $@

editor: $(BIN)/yaml-language-server ## install the language server that the configuration is tested in (needs npm)

$(BIN)/yaml-language-server: $(TESTS) $(LOCKS)/editor/package-lock.json
	@echo "installing yaml-language-server into $(VENV)"
	@mkdir -p $(VENV)/editor
	@cp $(LOCKS)/editor/package.json $(LOCKS)/editor/package-lock.json $(VENV)/editor/
	@npm ci --prefix $(VENV)/editor --ignore-scripts --no-audit --no-fund --silent
	@ln -sf ../editor/node_modules/.bin/yaml-language-server $@
	@touch $@

schema-store: setup ## write the entries of our schemas for schemastore.org to build/schema-store.json
	$(RUN) tools.schema_store build/schema-store.json

$(WRITES): $(TESTS) $(LOCKS)/site.txt
	@echo "installing what makes the site into $(VENV)"
	@$(INSTALL) --require-hashes --requirement $(LOCKS)/site.txt
	@touch $@

site: $(WRITES) ## build the pages as a site into build/site/; a broken link is an error
	NO_MKDOCS_2_WARNING=1 $(RUN) mkdocs build --strict

screenshots: site $(BROWSES) ## take pictures of the site, into build/screenshots/ (needs chromium)
	$(RUN) tools.site.screenshots build/site build/screenshots

dask: $(CLUSTERS) ## install Dask, for the tests of `fleet` on a cluster

$(CLUSTERS): $(TESTS) $(LOCKS)/dask.txt
	@echo "installing Dask into $(VENV)"
	@$(INSTALL) --require-hashes --requirement $(LOCKS)/dask.txt
	@touch $@

oracle: setup ## ask OpenYurt's own code again, and fail on a difference; REWRITE=1 keeps it (needs Go)
	$(RUN) tests.oracle.record $(if $(REWRITE),,--check)

# Never in CI: the first build takes some ten minutes, and each run some minutes and 1 GB.
cluster-oracle: setup ## ask a real control plane with OpenYurt's manager again; REWRITE=1 keeps it (needs Go, etcd, openssl)
	$(RUN) tests.cluster.record $(if $(REWRITE),,--check)
	HOSTNET_CLUSTER=1 $(RUN) pytest tests/cluster

lock: setup ## pin the newest packages that pyproject.toml allows, with their hashes, for every Python
	$(BIN)/python -m venv $(VENV)/lock
	$(VENV)/lock/bin/pip install --quiet --disable-pip-version-check $(UV) $(CYCLONEDX)
	$(COMPILE) --upgrade --extra dev --extra test --output-file $(LOCKS)/dev.txt
	$(COMPILE) --upgrade --extra test --constraint $(LOCKS)/dev.txt --output-file $(LOCKS)/test.txt
	$(COMPILE) --upgrade --extra browser --constraint $(LOCKS)/dev.txt --output-file $(LOCKS)/browser.txt
	$(COMPILE) --upgrade --extra site --constraint $(LOCKS)/dev.txt --output-file $(LOCKS)/site.txt
	$(COMPILE) --upgrade --extra dask --constraint $(LOCKS)/dev.txt --output-file $(LOCKS)/dask.txt
	$(COMPILE) --upgrade --group editable --constraint $(LOCKS)/dev.txt --output-file $(LOCKS)/run.txt
	$(COMPILE) --upgrade --constraint $(LOCKS)/dev.txt --output-file $(LOCKS)/tool.txt
	$(SBOM)

sbom: setup ## list what requirements/tool.txt pins as an SBOM, for the wheel; after it or the version changed
	$(BIN)/python -m venv $(VENV)/lock
	$(VENV)/lock/bin/pip install --quiet --disable-pip-version-check $(CYCLONEDX)
	$(SBOM)

audit: ## look for known vulnerabilities in what requirements/tool.txt pins (needs the network)
	python3 -m venv $(VENV)/audit
	$(VENV)/audit/bin/pip install --quiet --disable-pip-version-check $(PIP_AUDIT)
	$(VENV)/audit/bin/pip-audit --strict --disable-pip --require-hashes --requirement $(LOCKS)/tool.txt

version: setup ## print the version, and fail if a file names another, or if it is not TAG; VERSION=0.3.0 sets it
	@$(RUN) tools.version $(if $(TAG),--tag $(TAG)) $(VERSION)

pythons: setup ## run the tests under every other Python of this machine, and with the lowest versions; or under PYTHONS
	$(BIN)/python tools/pythons.py $(PYTHONS)

yaml-oracle: setup ## ask the real kubectl how it reads YAML, and fail on a difference; REWRITE=1 keeps it
	$(RUN) tests.kubectl.vectors $(if $(REWRITE),--write)

kyaml-oracle: setup ## compare edits of KYAML with what kubectl and its library print, CASES of them (needs Go)
	$(RUN) tests.kyaml $(CASES)

fuzz: setup ## look for bytes that break a property, for FUZZ_SECONDS (1800) in all
	$(RUN) tests.fuzz --seconds $(or $(FUZZ_SECONDS),1800)

splice-cases: setup ## random JSON patches on 20,000 random manifests; fails if nothing explains a case
	$(RUN) tests.property.json_patches 20000

coverage: setup ## run all tests and print which branches they leave out; fails under 95 %
	$(RUN) coverage erase
	$(RUN) coverage run -m $(PYTEST)
	$(RUN) coverage combine --quiet
	$(RUN) coverage report

mutation: setup ## change rules and splicing in small ways, and count what the tests notice (long)
	$(BIN)/python tools/mutation.py

bench: setup ## measure speed and memory; SECTIONS="passing lists" only these, CORPUS=DIR also real files
	$(BENCH)

bench-docs: setup ## measure all of it, and write docs/benchmarks.md
	$(BENCH) --markdown docs/benchmarks.md

bench-peers: $(BIN)/yq $(BIN)/kubeconform ## build what make bench compares with (needs Go)

$(BIN)/yq: $(READY)
	GOBIN=$(CURDIR)/$(BIN) go install github.com/mikefarah/yq/v4@v4.54.3

$(BIN)/kubeconform: $(READY)
	GOBIN=$(CURDIR)/$(BIN) go install -ldflags '-X main.version=v0.8.0' \
	    github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0

splice-table: $(BIN)/yq $(BIN)/kyaml-edit ## count the lines that edits change, here and with other tools, for docs/splice.md (needs Go)
	$(RUN) bench.splice_table --write

$(BIN)/kyaml-edit: $(READY) bench/kyaml_edit/main.go bench/kyaml_edit/go.sum
	cd bench/kyaml_edit && go build -o $(CURDIR)/$@ .

krew: $(BIN)/validate-krew-manifest ## build what krew checks manifests with, for tests (needs Go)

$(BIN)/validate-krew-manifest: $(READY)
	GOBIN=$(CURDIR)/$(BIN) go install sigs.k8s.io/krew/cmd/validate-krew-manifest@v0.5.0

dist: setup ## build the wheel and the source archive into DIST (dist/)
	rm -rf $(DIST)
	$(RUN) build --no-isolation --outdir $(DIST)

pyz: setup ## build the tool as a single file for this platform, PYZ (dist/hostnet-transform.pyz)
	rm -rf build/wheel
	mkdir -p $(dir $(PYZ))
	$(RUN) build --no-isolation --wheel --outdir build/wheel >build/wheel.txt
	$(RUN) tools.single_file build/wheel/*.whl --output $(PYZ)

archives: dist ## build the single files of all platforms, each in an archive, after make dist
	$(RUN) tools.single_file $(DIST)/*.whl --archives $(DIST)

manifests: ## write check sums, and what krew, Flux and Homebrew read, for the archives in DIST
	cp $(LOCKS)/hostnet-transform.cdx.json $(DIST)/
	$(RUN) tools.manifests $(DIST)

release: archives ## build all that a release has, except images, into DIST
	$(MAKE) manifests

reproducible: ## build a release twice, and fail if a byte differs
	SOURCE_DATE_EPOCH=1700000000 $(MAKE) release DIST=build/first
	SOURCE_DATE_EPOCH=1700000000 $(MAKE) release DIST=build/second
	diff -r build/first build/second

release-check: ## run the demo with what make release built, under PYTHONS (all of this machine)
	$(RUN) tools.release_check $(DIST) $(PYTHONS)

image: ## build the images of what make release built for ARCH (amd64), and run the demo in them (needs buildah, mmdebstrap, Go)
	tools/image.sh $(or $(ARCH),amd64)

image-push: ## copy the images of ARCH to TO (oci-archive:build), after make image
	tools/image_push.sh $(or $(ARCH),amd64) $(or $(TO),oci-archive:$(CURDIR)/build)

actionlint: $(BIN)/actionlint ## check the workflows (needs Go)
	$(BIN)/actionlint

$(BIN)/actionlint: $(READY)
	GOBIN=$(CURDIR)/$(BIN) go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12

clean: ## delete all that was made
	rm -rf $(VENV) build dist mutants htmlcov .coverage .coverage.* .screenshots .bench .fuzz .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find transformer tests bench -name __pycache__ -type d -prune -exec rm -rf {} +
