#!/usr/bin/env bash
# Tests under a tool that watches every access: `scripts/checked.sh miri|asan|tsan`. Needs a nightly toolchain; what is missing
# here is a skip that says its name and what would end it, never a failure. Arguments after the first go to the test binaries,
# a filter for example. Everything is built in a folder of its own below the target folder, `sanitizer/`, and may be removed.
set -euo pipefail
cd "$(dirname "$0")/.."
tool=${1:?usage: scripts/checked.sh miri|asan|tsan [FILTER]}
shift
host=$(rustc -vV | sed -n 's/^host: //p')
target=${CARGO_TARGET_DIR:-target}/sanitizer

skip() {
  echo "skipped: $tool ($1)"
  exit 0
}

rustc +nightly --version >/dev/null 2>&1 || skip "no nightly toolchain: rustup toolchain install nightly"
sources=$(rustc +nightly --print sysroot)/lib/rustlib/src/rust/library
[ -d "$sources" ] || [ "$tool" = asan ] || skip "no sources of the standard library: rustup component add --toolchain nightly rust-src"

# What a tool multiplies the time of is kept to the code that it is for: `unsafe` lives in the heap and the interpreter,
# threads in the pool of a build and in the store that they share.
case $tool in
  miri)
    cargo +nightly miri --version >/dev/null 2>&1 || skip "no Miri: rustup component add --toolchain nightly miri"
    # A word of the machine holds a pointer as a number, hence the provenance; few cases of a property, for time.
    export PROPTEST_CASES=${PROPTEST_CASES:-4} MIRIFLAGS=${MIRIFLAGS:--Zmiri-disable-isolation -Zmiri-permissive-provenance}
    if [ $# -eq 0 ]; then
      echo "left out: the properties of maps and sets, which take very long; 'scripts/checked.sh miri heap' has them"
      set -- heap --skip the_sorted_
    fi
    cargo +nightly miri test --target-dir "$target" -p lumen-vm --lib -- "$@"
    ;;
  asan)
    case $host in
      x86_64-unknown-linux-gnu | aarch64-unknown-linux-gnu | aarch64-apple-darwin | x86_64-apple-darwin) ;;
      *) skip "no AddressSanitizer for $host" ;;
    esac
    RUSTFLAGS="-Zsanitizer=address" PROPTEST_CASES=${PROPTEST_CASES:-8} \
      cargo +nightly test --target "$host" --target-dir "$target" -p lumen-vm --lib --tests -- "$@"
    ;;
  tsan)
    case $host in
      x86_64-unknown-linux-gnu | aarch64-unknown-linux-gnu | aarch64-apple-darwin | x86_64-apple-darwin) ;;
      *) skip "no ThreadSanitizer for $host" ;;
    esac
    # The standard library is built with it too: without that its locks look like races.
    [ $# -gt 0 ] || set -- tests::disk:: at_once
    RUSTFLAGS="-Zsanitizer=thread" PROPTEST_CASES=${PROPTEST_CASES:-8} \
      cargo +nightly test -Zbuild-std --target "$host" --target-dir "$target" -p lumen-build --lib -- "$@"
    ;;
  *)
    echo "usage: scripts/checked.sh miri|asan|tsan [FILTER]" >&2
    exit 2
    ;;
esac
