# demo   build, and show the main job: from a cold build to an explained rebuild, and a registry from its first publish to two attacks
# test   everything that continuous integration checks, sampled where cases are many; ends in a plain count
# test-pages   the pages of `lumen graph` and `--timings` in a browser, with Chromium and Graphviz installed where that is possible
# tuf-conformance   the TUF client against theupdateframework/tuf-conformance (TUF_CONFORMANCE_DIR names a checkout)
# soak   the full counts; writes bench/SOAK.md
# asan tsan miri coverage   tests under tools that watch them (docs/ci.md); what is missing here is skipped by name
# bench  speed against the physical floor and peers, as ratios in one run

CARGO ?= cargo
TARGET := $(or $(CARGO_TARGET_DIR),target)

.PHONY: demo test test-pages test-conformance tuf-conformance soak asan tsan miri coverage bench bench-build bench-tests bench-watch bench-check bench-vm bench-hostile bench-resolve bench-log bench-registry clean

demo:
	@$(CARGO) build --release --quiet -p lumen-cli -p registry-server
	@bash examples/demo.sh $(TARGET)/release/lumen
	@bash examples/demo-registry.sh $(TARGET)/release/lumen $(TARGET)/release/registry-server

test:
	@bash scripts/test.sh

test-conformance:
	@$(CARGO) test --workspace --quiet --test conformance

test-pages:
	@bash scripts/install-peers.sh chromium graphviz
	@$(CARGO) test --quiet -p lumen-cli --test pages -- --nocapture

tuf-conformance:
	@bash scripts/tuf-conformance.sh

soak:
	@bash scripts/soak.sh

asan tsan miri:
	@bash scripts/checked.sh $@

coverage:
	@bash scripts/coverage.sh

bench: bench-vm bench-build bench-tests bench-watch bench-check bench-hostile bench-resolve bench-log bench-registry

bench-vm:
	@bash scripts/install-peers.sh lua5.4
	@$(CARGO) build --release --quiet -p lumen-cli
	@python3 bench/vm/driver.py --lumen $(TARGET)/release/lumen --gate

bench-build:
	@bash scripts/install-peers.sh ninja-build make
	@$(CARGO) build --release --quiet -p lumen-cli
	@python3 bench/build/measure.py --lumen $(TARGET)/release/lumen --sizes 1000x50,10000x200 --peers ninja,make,esbuild --large 100000x2000 --work $(TARGET)/bench-build --gate

bench-tests:
	@$(CARGO) build --release --quiet -p lumen-cli
	@python3 bench/build/tests.py --lumen $(TARGET)/release/lumen --work $(TARGET)/bench-tests --gate

bench-watch:
	@$(CARGO) build --release --quiet -p lumen-cli
	@python3 bench/build/watch.py --lumen $(TARGET)/release/lumen --sizes 1000x50,10000x200 --peers tsc,esbuild --work $(TARGET)/bench-watch --gate

bench-check:
	@$(CARGO) build --release --quiet -p lumen-cli --bin lumen --example check_speed
	@python3 bench/check/measure.py --bench $(TARGET)/release/examples/check_speed --lumen $(TARGET)/release/lumen --gate

bench-hostile:
	@$(CARGO) build --release --quiet -p lumen-cli
	@python3 bench/hostile/measure.py --lumen $(TARGET)/release/lumen --gate

bench-resolve:
	@$(CARGO) run --release --quiet -p lumen-pkg --example resolve_speed -- --gate

bench-log:
	@$(CARGO) run --release --quiet -p lumen-pkg --example log_scale -- 10000000 --gate

bench-registry:
	@$(CARGO) run --release --quiet -p lumen-pkg --example registry_wire -- --gate
	@$(CARGO) build --release --quiet -p registry-server
	@$(CARGO) run --release --quiet -p lumen-pkg --example registry_speed -- --server $(TARGET)/release/registry-server --gate

clean:
	@$(CARGO) clean
