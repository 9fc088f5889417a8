# The commands of the project. `make` alone lists them; what they do is in local/, as programs with tests.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help local local-stop embedded test check fuzz bench budget timing capacity soak screenshots verify-aws advisories synth dist build deploy diff destroy smoke doctor setup format tools docs-tables docs-commands docs

# cargo-lambda and the zig that it links with are in the venv. No tool here reports to anybody.
export PATH := $(CURDIR)/.local/venv/bin:$(PATH)
export CDK_DISABLE_CLI_TELEMETRY := true

# What is said to make (`make local AUTH=Open`) is in the environment of its recipes: AUTH, TVM_CONFIG and the ports
# TVM_EMULATOR_PORT, TVM_MOMENTO_PORT and TVM_CHAT_PORT are read by local/src/options.ts.
run := @node --import tsx local/src/main.ts

# nextest runs the tests of all crates at once, and leaves the doc tests to cargo.
rust_tests := cargo $(if $(shell command -v cargo-nextest),nextest run --no-fail-fast,test --all-targets --no-fail-fast) --workspace --all-features --locked

# The programs that the Rust tests have just built and run. Built alone, each has other features of its dependencies, and so are all
# of these compiled again.
built := $${CARGO_TARGET_DIR:-$(CURDIR)/target}/debug
with_tools := TVM_TOOLS="$(built)" TVM_BIN="$(built)/tvm"

# With a `tvm` that is built already (TVM_BIN=dist/tvm), and functions that are ([build] artifacts), Node is enough.
to_deploy := $(if $(TVM_BIN),node_modules/.installed,setup)

help:
	@echo 'Usage: make COMMAND [AUTH=Open|LambdaAuthorizer|AmazonCognito] [TVM_CONFIG=FILE] [STAGE=NAME]'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

local: setup ## deploy the machine to this computer, vend a token and serve the chat page
	$(run) up

local-stop: ## end what `make local` started
	@[ ! -d node_modules/tsx ] || node --import tsx local/src/main.ts down

embedded: setup ## the chat from one Rust server, without AWS; Ctrl-C ends it
	$(run) embedded

# Without a browser its tests are skipped, but not in CI.
test: setup ## every test, the deployed stack's included
	@local/setup browser >/dev/null || [ -z "$${CI:-}" ]
	$(rust_tests)
	cargo test --workspace --locked --all-features --doc --quiet
	$(with_tools) npm test --silent --workspace cdk --workspace local --workspace web/client --workspace web/chat
	$(with_tools) npm test --silent --workspace tests

check: setup ## formatting, lints, licences, types, documents
	cargo fmt --all --check
	cargo fmt --manifest-path fuzz/Cargo.toml --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --locked
	npm run --silent check
	cargo deny --locked --log-level error check bans licenses sources
	cargo deny --locked --log-level error --manifest-path fuzz/Cargo.toml check bans licenses sources
	zizmor --offline --no-progress --quiet --strict-collection --persona=auditor .github

# In a venv of its own: what it brings is needed for nothing else.
advisories: setup ## whether something that this builds on is known to be vulnerable; needs the databases, so a network
	cargo deny --locked --log-level error check advisories
	cargo deny --locked --log-level error --manifest-path fuzz/Cargo.toml check advisories
	npm audit
	python3 -m venv .local/audit
	.local/audit/bin/python -m pip install --quiet --require-hashes --only-binary :all: -r .github/requirements.txt
	.local/audit/bin/pip-audit --require-hashes --disable-pip -r local/requirements.txt -r local/site/requirements.txt

fuzz: tools ## what reads others' texts, on odd ones: the same few each time; FUZZ_RUNS=1000000 is a long run (fuzz/README.md)
	fuzz/run

# The functions just as they are deployed, the floor with the same profile.
bench: setup ## speed and size of the functions; BENCH='--rounds 3 --peer js=…' is for tools/bench
	$(run) functions
	cargo lambda build --x86-64 --profile lambda --skip-target-check --locked --package tvm-floor --lambda-dir .local/bench
	cargo run --quiet --release --locked --package tvm-bench -- race $(BENCH)

budget: setup ## whether the functions have grown: bytes, instructions (valgrind) and system calls (strace); BUDGET=--record records them anew
	$(run) functions
	cargo run --quiet --locked --package tvm-bench -- budget $(BUDGET)

timing: setup ## whether the time of a refused sign-in tells why it is refused; TIMING='--requests 2000' looks more closely
	$(run) functions
	cargo run --quiet --release --locked --package tvm-bench -- timing $(TIMING)

capacity: ## how many users an account serves, by simulation: the tables and the picture of docs/capacity.md (about ten minutes)
	cargo run --quiet --release --locked --package tvm-capacity -- docs/capacity.md docs/capacity.svg

screenshots: setup ## the pictures of the README, taken of people who talk in Chromium
	@node --import tsx tests/screenshots/main.ts

soak: setup ## messages lost or twice in Chromium, over many tokens; SOAK='--minutes 1 --subscribers 50 --rate 20 --token-seconds 20'
	@node --import tsx tests/soak/main.ts $(SOAK)

verify-aws: setup ## run the tests' behaviours in a real AWS account, and delete what that made (docs/verify-aws.md); VERIFY='--target emulator'
	@node --import tsx tests/verify-aws/main.ts $(VERIFY)

dist: setup ## the functions as zips, tvm, their checksums and their bill of materials, in dist/
	$(run) dist

synth: setup ## print the CloudFormation template of the configured mode
	$(run) synth

build: $(to_deploy) ## compile and synthesize what `make deploy` deploys, without AWS: it has nothing left to compile then
	$(run) build

deploy: $(to_deploy) ## deploy to AWS: doctor, build, what changes (asked, where it widens or deletes; YES=1), deploy, smoke call
	$(run) deploy

diff: $(to_deploy) ## what `make deploy` would change, and nothing else
	$(run) diff

destroy: $(to_deploy) ## delete the deployed stack; what stays is said first
	$(run) destroy

smoke: $(to_deploy) ## one request to the deployed endpoint, as a stranger makes it
	$(run) smoke

doctor: setup ## what is in the way of a deployment, here and in the AWS account, each with its fix
	$(run) doctor

docs-tables: node_modules/.installed ## write the JSON Schema and the tables of keys in the documents, after a change of a key
	schema=$$(cargo run --quiet --locked --package tvm --no-default-features -- config schema) && printf '%s\n' "$$schema" >config/tvm.schema.json
	@npm run --silent config-types --workspace cdk
	@node --import tsx local/src/docs/main.ts

docs-commands: node_modules/.installed ## write the commands of tvm into docs/command-line.md, after a change of an option
	cargo run --quiet --locked --package tvm -- man --markdown | node --import tsx local/src/docs/main.ts --commands

# In a venv of its own: what it brings is needed for nothing else.
docs: node_modules/.installed ## build the documents into a searchable site, with every link checked
	python3 -m venv .local/site
	.local/site/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r local/site/requirements.txt
	@node --import tsx local/src/docs/main.ts --site

format: setup ## format all code
	cargo fmt --all
	cargo fmt --manifest-path fuzz/Cargo.toml
	npm run --silent format

setup: .local/venv/.installed node_modules/.installed ## install what the other commands need, in this directory alone

tools:
	@local/setup tools

# `tools` is order-only: it runs each time, and what is installed already stays so.
.local/venv/.installed: local/requirements.txt | tools
	@local/setup venv

node_modules/.installed: package-lock.json | tools
	@local/setup npm
