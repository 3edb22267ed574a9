#!/usr/bin/env bash
# Line coverage of the tests, to `target/coverage/lcov.info`, and a table to standard output. Without `cargo llvm-cov` it says so and
# ends. Arguments go to it: `scripts/coverage.sh -p lumen-build`; default: the whole workspace.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! cargo llvm-cov --version >/dev/null 2>&1; then
  echo "skipped: coverage (no cargo-llvm-cov: cargo install --locked cargo-llvm-cov)"
  exit 0
fi
target=${CARGO_TARGET_DIR:-target}
mkdir -p "$target/coverage"
[ $# -gt 0 ] || set -- --workspace
cargo llvm-cov --quiet --lcov --output-path "$target/coverage/lcov.info" "$@"
cargo llvm-cov report --summary-only
