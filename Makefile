# chainrule: what can be run, by name. `make` alone lists it.

CARGO ?= cargo
CONFIG ?= examples/configs/digits.json
export CARGO_TERM_COLOR ?= auto

.DEFAULT_GOAL := help

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: ## train 64-128-64-10 on real handwritten digits, write weights, history and plots to runs/digits
	$(CARGO) run --release --quiet --package chainrule-cli -- train $(CONFIG)

seeds: ## the same for seeds 0 to 4, with the mean test accuracy
	$(CARGO) run --release --quiet --package chainrule-cli -- train $(CONFIG) --seeds 0..5 --quiet

run: ## the command line: make run ARGS="check"
	$(CARGO) run --release --quiet --package chainrule-cli -- $(ARGS)

check: ## gradient-check every op and activation, print the table
	$(CARGO) run --release --quiet --package chainrule-cli -- check

gallery: ## draw every activation into docs/gallery, write docs/activations.md with measured costs
	$(CARGO) run --release --quiet --package chainrule-cli -- gallery

test: fmt lint docs unit examples smoke ## everything that decides whether the tree is green

fmt: ## formatting
	$(CARGO) fmt --all -- --check

lint: ## clippy, warnings are errors
	$(CARGO) clippy --workspace --all-targets --quiet -- -D warnings

docs: ## documentation, warnings are errors
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --quiet

unit: ## all tests and doctests
	$(CARGO) test --workspace

examples: ## run every example
	@out=$$(mktemp) && trap 'rm -f "$$out"' EXIT && \
	for file in examples/*.rs; do \
	  name=$$(basename $$file .rs); \
	  echo "--- example $$name"; \
	  $(CARGO) run --release --quiet --example $$name > "$$out" || exit 1; \
	  tail -n 2 "$$out"; \
	done

smoke: ## the main job on real data: train, evaluate, predict, check
	$(CARGO) build --release --quiet --package chainrule-cli
	scripts/smoke.sh

doc: ## build the documentation and say where it is
	$(CARGO) doc --workspace --no-deps
	@echo "open $${CARGO_TARGET_DIR:-target}/doc/chainrule/index.html"

figures: ## redraw all figures of the tutorial from the functions, into docs/figures
	$(CARGO) run --release --quiet --package chainrule-calculus --example figures -- docs/figures

accuracy: ## the largest error of every kernel and activation, in ULP, for each instruction set
	$(CARGO) run --release --quiet --package chainrule-autograd --example accuracy
	$(CARGO) run --release --quiet --package chainrule-activations --example accuracy

asan: ## the core's tests under AddressSanitizer (needs nightly; two tests leak a value on purpose)
	ASAN_OPTIONS=detect_leaks=0 RUSTFLAGS=-Zsanitizer=address $(CARGO) +nightly test --package chainrule-autograd --tests \
	  --features threads --target $$(rustc -vV | sed -n 's/^host: //p') --target-dir target/asan

bench: ## criterion benches of every workload, or of some: make bench ARGS="T1|C1"
	$(CARGO) bench --package chainrule --bench workloads -- $(if $(ARGS),'$(ARGS)')

peers: ## side by side with PyTorch, JAX, burn, candle, dfdx; writes benches/peers/RESULTS.md
	benches/peers/run

.PHONY: help demo seeds run check gallery test fmt lint docs unit examples smoke doc figures accuracy asan bench peers
