#!/usr/bin/env bash
# What `make test` and continuous integration run: formatting, lints, all tests, the examples, the documentation's code
# blocks. Ends in a plain count. Builds the workspace once, with all targets, in one target folder.
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-never} CARGO_INCREMENTAL=0

step() { printf '\n== %s\n' "$1"; }

step "formatting"
cargo fmt --all --check

step "lints"
cargo clippy --workspace --all-targets --quiet -- -D warnings

step "tests"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if cargo nextest --version >/dev/null 2>&1; then
  cargo nextest run --workspace --all-targets --no-fail-fast --status-level fail --final-status-level fail 2>&1 | tee "$log"
  passed=$(sed -nE 's/.*tests run: ([0-9]+) passed.*/\1/p' "$log" | tail -1)
else
  cargo test --workspace --quiet 2>&1 | tee "$log"
  passed=$(sed -nE 's/^test result: ok\. ([0-9]+) passed.*/\1/p' "$log" | awk '{ n += $1 } END { print n }')
fi
cargo test --workspace --doc --quiet

step "examples"
binaries=$(realpath "${CARGO_TARGET_DIR:-target}")/debug
LUMEN_CACHE_DIR=$(mktemp -d)
export LUMEN_CACHE_DIR
trap 'rm -rf "$log" "$LUMEN_CACHE_DIR"' EXIT
bash scripts/test-examples.sh "$binaries/lumen" "$binaries/registry-server" | tee -a "$log"
examples=$(sed -nE 's/^examples: ([0-9]+) passed$/\1/p' "$log" | tail -1)

step "python-tuf"
bash scripts/python-tuf.sh

step "openapi-spec-validator"
bash scripts/openapi.sh

step "check-jsonschema"
bash scripts/workflows.sh

step "skipped"
data=${LUMEN_TEST_DATA:-../shared/data}
skipped=0
[ -d "$data/rfc8785" ] || { echo "skipped: the vectors of RFC 8785 (LUMEN_TEST_DATA names no folder that has them)"; skipped=1; }
[ -f "$data/pubgrub/large_case_u16_NumberVersion.ron" ] ||
  { echo "skipped: PubGrub's large case (LUMEN_TEST_DATA names no folder that has pubgrub/large_case_u16_NumberVersion.ron)"; skipped=1; }
[ "$skipped" = 1 ] || echo "nothing"

printf '\n%s passed, 0 failed\n' "$((passed + examples))"
