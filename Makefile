# The commands of the project. `make` alone lists them; what they do is in local/, as programs with tests.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help local local-token local-stop embedded test check fuzz bench budget timing capacity soak screenshots verify-aws advisories synth dist build deploy diff destroy smoke doctor setup format tools docs-tables docs-commands docs

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

# Variables are case-sensitive: `make local auth=Open` would set another one than AUTH, and deploy the file's mode in silence.
variables := AUTH STAGE YES DIFF ARCHITECTURE TVM_CONFIG TVM_STACK TVM_BIN TVM_TOOLS TVM_TOOLKIT_STACK CDK_QUALIFIER \
  TVM_EMULATOR_PORT TVM_MOMENTO_PORT TVM_CHAT_PORT TVM_EMBEDDED_PORT CHROMIUM AWS_PROFILE AWS_REGION \
  BENCH BUDGET TIMING SOAK VERIFY FUZZ_RUNS FUZZ_SEED FUZZ_TARGETS FUZZ_CORPUS
letters := a/A b/B c/C d/D e/E f/F g/G h/H i/I j/J k/K l/L m/M n/N o/O p/P q/Q r/R s/S t/T u/U v/V w/W x/X y/Y z/Z -/_
in_capitals = $(if $2,$(call in_capitals,$(subst $(firstword $(subst /, ,$(firstword $2))),$(lastword $(subst /, ,$(firstword $2))),$1),$(wordlist 2,99,$2)),$1)
meant = $(filter $1 TVM_$1,$(variables))
said = $(foreach word,$(MAKEOVERRIDES),$(if $(findstring =,$(word)),$(firstword $(subst =, ,$(word)))))
$(foreach name,$(filter-out $(variables),$(said)),$(foreach right,$(call meant,$(call in_capitals,$(name),$(letters))),\
  $(error $(name)=… is not a variable of this Makefile (they are case-sensitive). Write $(right)=… instead)))

help:
	@echo 'Usage: make COMMAND [AUTH=Open|LambdaAuthorizer|AmazonCognito] [TVM_CONFIG=FILE] [STAGE=NAME]'
	@awk -F ':.*## ' '/^##@ / { printf "\n%s\n", substr($$0, 5) } /^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##@ Start here

local: setup ## run the whole system on this computer: no AWS account, no Momento key
	$(run) up

local-stop: ## stop what `make local` started
	@[ ! -d node_modules/tsx ] || node --import tsx local/src/main.ts down

doctor: setup ## check this computer and the AWS account, and print how to fix each problem
	$(run) doctor

deploy: $(to_deploy) ## deploy to AWS: check, build, show the changes, deploy, call once (YES=1: do not ask; DIFF=full: show all that changes)
	$(run) deploy

destroy: $(to_deploy) ## delete the stack in AWS; says first what stays
	$(run) destroy

##@ More about a deployment

diff: $(to_deploy) ## show what `make deploy` would change, all of it
	$(run) diff

smoke: $(to_deploy) ## call the deployed endpoint once, without credentials
	$(run) smoke

build: $(to_deploy) ## build what `make deploy` deploys, without AWS
	$(run) build

synth: setup ## print the CloudFormation template, without AWS
	$(run) synth

dist: setup ## write the functions as zips, tvm, checksums and a bill of materials into dist/
	$(run) dist

verify-aws: setup ## run the tests' behaviours in a real AWS account, then delete what they made (docs/verify-aws.md); VERIFY='--target emulator'
	@node --import tsx tests/verify-aws/main.ts $(VERIFY)

##@ More on this computer

local-token: setup ## print a token of the stack of `make local`, and the curl line that asks for one
	$(run) token

embedded: setup ## run the chat from one Rust server, without AWS; Ctrl-C stops it
	$(run) embedded

##@ Change the code

setup: .local/venv/.installed node_modules/.installed ## install what the other commands need, in this folder only

# Without a browser its tests are skipped, but not in CI.
test: setup ## run every test
	@local/setup browser >/dev/null || [ -z "$${CI:-}" ]
	$(rust_tests)
	cargo test --workspace --locked --all-features --doc --quiet
	$(with_tools) npm test --silent --workspace cdk --workspace local --workspace web/client --workspace web/chat
	$(with_tools) npm test --silent --workspace tests

check: setup ## check formatting, lints, licences, types and documents
	cargo fmt --all --check
	cargo fmt --manifest-path fuzz/Cargo.toml --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --locked
	npm run --silent check
	cargo deny --locked --log-level error check bans licenses sources
	cargo deny --locked --log-level error --manifest-path fuzz/Cargo.toml check bans licenses sources
	zizmor --offline --no-progress --quiet --strict-collection --persona=auditor .github

format: setup ## format all code
	cargo fmt --all
	cargo fmt --manifest-path fuzz/Cargo.toml
	npm run --silent format

fuzz: tools ## run the parsers on random input: the same each time; FUZZ_RUNS=1000000 is a long run (fuzz/README.md)
	fuzz/run

# In a venv of its own: what it brings is needed for nothing else.
advisories: setup ## look for known vulnerabilities in dependencies; needs the network
	cargo deny --locked --log-level error check advisories
	cargo deny --locked --log-level error --manifest-path fuzz/Cargo.toml check advisories
	npm audit
	python3 -m venv .local/audit
	.local/audit/bin/python -m pip install --quiet --require-hashes --only-binary :all: -r .github/requirements.txt
	.local/audit/bin/pip-audit --require-hashes --disable-pip -r local/requirements.txt -r local/site/requirements.txt

# In a venv of its own: what it brings is needed for nothing else.
docs: node_modules/.installed ## build the documents into a site with a search, and check every link
	python3 -m venv .local/site
	.local/site/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r local/site/requirements.txt
	@node --import tsx local/src/docs/main.ts --site

docs-tables: node_modules/.installed ## write the JSON Schema and the tables of keys in the documents, after a change of a key
	schema=$$(cargo run --quiet --locked --package tvm --no-default-features -- config schema) && printf '%s\n' "$$schema" >config/tvm.schema.json
	@npm run --silent config-types --workspace cdk
	@node --import tsx local/src/docs/main.ts

docs-commands: node_modules/.installed ## write the commands of tvm into docs/command-line.md, after a change of an option
	cargo run --quiet --locked --package tvm -- man --markdown | node --import tsx local/src/docs/main.ts --commands

screenshots: setup ## take the pictures of the README
	@node --import tsx tests/screenshots/main.ts

##@ Measure

budget: setup ## check that the functions have not grown (bytes, instructions, system calls); BUDGET=--record records new figures
	$(run) functions
	cargo run --quiet --locked --package tvm-bench -- budget $(BUDGET)

# The functions just as they are deployed, the floor with the same profile.
bench: setup ## measure speed and size of the functions; BENCH='--rounds 3 --peer js=…' is passed to tools/bench
	$(run) functions
	cargo lambda build --x86-64 --profile lambda --skip-target-check --locked --package tvm-floor --lambda-dir .local/bench
	cargo run --quiet --release --locked --package tvm-bench -- race $(BENCH)

timing: setup ## check that the time of a refused sign-in does not say why; TIMING='--requests 2000' looks more closely
	$(run) functions
	cargo run --quiet --release --locked --package tvm-bench -- timing $(TIMING)

capacity: ## simulate how many users an account serves: the tables and the picture of docs/capacity.md (ten minutes)
	cargo run --quiet --release --locked --package tvm-capacity -- docs/capacity.md docs/capacity.svg

soak: setup ## count lost and repeated messages in Chromium; SOAK='--minutes 1 --subscribers 50 --rate 20 --token-seconds 20'
	@node --import tsx tests/soak/main.ts $(SOAK)

tools:
	@local/setup tools

# `tools` is order-only: it runs each time, and what is installed already stays so.
.local/venv/.installed: local/requirements.txt | tools
	@local/setup venv

node_modules/.installed: package-lock.json | tools
	@local/setup npm
