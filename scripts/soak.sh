#!/usr/bin/env bash
# The full counts: property tests with many cases, edit sequences, crash series, the machine under AddressSanitizer, fuzzing.
# Writes bench/SOAK.md. SOAK_MINUTES (default 60) is the time for all fuzz targets together. SOAK_PARTS names the parts to run
# (default: all, "properties fuzzing"); the report keeps the rows of a part that is not run again, with the commit it ran on.
set -uo pipefail
cd "$(dirname "$0")/.."
export CARGO_TERM_COLOR=never
report=bench/SOAK.md
minutes=${SOAK_MINUTES:-60}
cases=${SOAK_CASES:-5000}
parts=${SOAK_PARTS:-properties fuzzing}
commit=$(git rev-parse --short HEAD 2>/dev/null || echo unknown)
failed=0
part=
mkdir -p target/soak

row() { # WHAT COUNT RESULT
  printf '| %s | %s | %s | %s |\n' "$1" "$2" "$3" "$commit" >> "target/soak/$part.rows"
  printf '%s: %s: %s\n' "$1" "$2" "$3"
  case $3 in passed* | skipped*) ;; *) failed=1 ;; esac
}

run() { # WHAT COUNT COMMAND...
  local what=$1 count=$2
  shift 2
  if "$@" > target/soak/log 2>&1; then
    local runs
    runs=$(sed -nE 's/^Done ([0-9]+) runs in .*/, \1 runs/p' target/soak/log | tail -1)
    row "$what" "$count$runs" "passed"
  else
    tail -40 target/soak/log
    row "$what" "$count" "FAILED"
  fi
}

properties() {
  for crate in lumen-compiler lumen-vm lumen-pkg lumen-build; do
    run "properties of $crate" "$cases cases each" env PROPTEST_CASES="$cases" cargo test --release -p "$crate" --quiet
  done
  run "kill -9 of a registry that publishes" "100 rounds" env LUMEN_CRASH_ROUNDS=100 \
    cargo test --release -p registry-server --test api --quiet crashes
  cargo build --release --quiet -p registry-server
  run "kill -9 of a client that installs" "100 rounds" env LUMEN_CRASH_ROUNDS=100 \
    cargo test --release -p lumen-cli --test killed_install --quiet
  run "edits under one \`lumen watch\`, whose memory stays within 24 MB of that after a quarter of them" "10000" env LUMEN_WATCH_EDITS=10000 \
    cargo test --release -p lumen-cli --test watch --quiet a_long_session
  run "sentences of the grammar, parsed and recognised" "100000" env LUMEN_SENTENCES=100000 \
    cargo test --release -p lumen-compiler --test grammar --quiet
  run "dependency graphs, solved exactly if a SAT solver can" "10000" env LUMEN_RESOLVER_GRAPHS=10000 \
    cargo test --release -p lumen-pkg --test solve_oracle --quiet
  run "histories of edits, built incrementally as by a clean build" "10000" env LUMEN_HISTORIES=10000 \
    cargo test --release -p lumen-cli --test faults --quiet histories
  run "builds in which every file operation fails once, in every way" "all operations of four builds" env LUMEN_FAULTS=all \
    cargo test --release -p lumen-cli --test faults --quiet injection
  run "builds in which file operations fail by chance, over histories of edits" "1000" env LUMEN_FAULT_SCHEDULES=1000 \
    cargo test --release -p lumen-cli --test faults --quiet schedules
  run "kill -9 of a build, at every file operation and at any moment" "500" env LUMEN_BUILD_KILLS=500 \
    cargo test --release -p lumen-cli --test faults --quiet kills
  if has_nightly; then
    local host
    host=$(rustc -vV | sed -n 's/^host: //p')
    run "heap and interpreter under AddressSanitizer" "all their tests" env RUSTFLAGS=-Zsanitizer=address PROPTEST_CASES=256 \
      cargo +nightly test -p lumen-vm --lib --target "$host" --target-dir target/sanitizer --quiet -- exec heap
  else
    row "heap and interpreter under AddressSanitizer" "0" "skipped: no nightly toolchain"
  fi
}

fuzzing() {
  if has_nightly && ! cargo fuzz --version >/dev/null 2>&1; then
    cargo install cargo-fuzz --locked --quiet
  fi
  if ! has_nightly || ! cargo fuzz --version >/dev/null 2>&1; then
    row "fuzzing" "0" "skipped: no nightly toolchain with cargo-fuzz"
    return
  fi
  local fuzz_targets seconds
  cargo +nightly fuzz build > target/soak/log 2>&1 || { tail -40 target/soak/log; row "building the fuzz targets" "" "FAILED"; return; }
  fuzz_targets=$(cargo +nightly fuzz list)
  seconds=$((minutes * 60 / $(wc -w <<< "$fuzz_targets")))
  for fuzz_target in $fuzz_targets; do
    # The committed seeds are read; what is found on the way goes to a folder of its own.
    mkdir -p "target/fuzz/$fuzz_target" "fuzz/seeds/$fuzz_target"
    run "fuzzing $fuzz_target" "$seconds seconds" cargo +nightly fuzz run "$fuzz_target" "target/fuzz/$fuzz_target" "fuzz/seeds/$fuzz_target" -- \
      -max_total_time="$seconds" -rss_limit_mb=2048 -max_len=65536 -timeout=10
  done
}

has_nightly() { rustup toolchain list 2>/dev/null | grep -q nightly; }

for part in $parts; do
  : > "target/soak/$part.rows"
  "$part"
done

cat - target/soak/properties.rows target/soak/fuzzing.rows > "$report" 2>/dev/null <<EOF
# Soak

What \`make soak\` ran, on Linux, with $(rustc --version | cut -d' ' -f1,2). \`make test\` runs samples of the same.

| what | count | result | commit |
|---|---|---|---|
EOF
exit "$failed"
