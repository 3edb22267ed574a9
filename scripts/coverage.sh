#!/usr/bin/env bash
# Line coverage of the tests, to `target/coverage/lcov.info`, and a table to standard output. What it needs is installed where it is missing: cargo-llvm-cov
# below the target folder, the LLVM tools of the toolchain by rustup. What cannot be had is a skip that says its name and what would end it, never a
# failure. Arguments go to `cargo llvm-cov`: `scripts/coverage.sh -p lumen-build`; default: the whole workspace.
set -euo pipefail
cd "$(dirname "$0")/.."
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")

skip() {
  echo "skipped: coverage ($1)"
  exit 0
}

has_llvm_tools() { [ -x "$(rustc --print target-libdir)/../bin/llvm-profdata" ] || [ -n "${LLVM_PROFDATA:-}" ]; }

has_llvm_tools || rustup component add llvm-tools >/dev/null 2>&1 || true
has_llvm_tools || skip "no LLVM tools of this toolchain: rustup component add llvm-tools"
export PATH=$target/tools/bin:$PATH
if ! cargo llvm-cov --version >/dev/null 2>&1; then
  echo "installing cargo-llvm-cov into $target/tools"
  cargo install --quiet --locked --root "$target/tools" cargo-llvm-cov || skip "no cargo-llvm-cov: cargo install --locked cargo-llvm-cov"
fi
# Neither is of use here, and both take much room.
export CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=0
mkdir -p "$target/coverage"
[ $# -gt 0 ] || set -- --workspace
cargo llvm-cov --quiet --lcov --output-path "$target/coverage/lcov.info" "$@"
cargo llvm-cov report --summary-only
