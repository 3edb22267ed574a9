#!/usr/bin/env bash
# The full counts: property tests with many cases, edit sequences, the machine under AddressSanitizer, fuzzing. Writes
# bench/SOAK.md. SOAK_MINUTES (default 60) is the time for all fuzz targets together.
set -uo pipefail
cd "$(dirname "$0")/.."
export CARGO_TERM_COLOR=never
report=bench/SOAK.md
minutes=${SOAK_MINUTES:-60}
cases=${SOAK_CASES:-5000}
failed=0

row() { # WHAT COUNT RESULT
  printf '| %s | %s | %s |\n' "$1" "$2" "$3" >> "$report"
  printf '%s: %s: %s\n' "$1" "$2" "$3"
  case $3 in passed* | skipped*) ;; *) failed=1 ;; esac
}

run() { # WHAT COUNT COMMAND...
  local what=$1 count=$2
  shift 2
  if "$@" > target/soak.log 2>&1; then row "$what" "$count" "passed"; else
    tail -40 target/soak.log
    row "$what" "$count" "FAILED"
  fi
}

mkdir -p target
cat > "$report" <<EOF
# Soak

What \`make soak\` ran, on Linux, with $(rustc --version | cut -d' ' -f1,2). \`make test\` runs samples of the same.

| what | count | result |
|---|---|---|
EOF

for crate in lumen-compiler lumen-vm lumen-pkg lumen-build; do
  run "properties of $crate" "$cases cases each" env PROPTEST_CASES="$cases" cargo test --release -p "$crate" --quiet
done

run "kill -9 of a registry that publishes" "100 rounds" env LUMEN_CRASH_ROUNDS=100 cargo test --release -p registry-server --test api --quiet crashes

run "sentences of the grammar, parsed and recognised" "100000" env LUMEN_SENTENCES=100000 \
  cargo test --release -p lumen-compiler --test grammar --quiet

run "dependency graphs, solved exactly if a SAT solver can" "10000" env LUMEN_RESOLVER_GRAPHS=10000 \
  cargo test --release -p lumen-pkg --test solve_oracle --quiet

if rustup toolchain list 2>/dev/null | grep -q nightly; then
  target=$(rustc -vV | sed -n 's/^host: //p')
  run "heap and interpreter under AddressSanitizer" "all their tests" env RUSTFLAGS=-Zsanitizer=address PROPTEST_CASES=256 \
    cargo +nightly test -p lumen-vm --lib --target "$target" --target-dir target/sanitizer --quiet -- exec heap
else
  row "heap and interpreter under AddressSanitizer" "0" "skipped: no nightly toolchain"
fi

nightly=$(rustup toolchain list 2>/dev/null | grep -c nightly)
if [ "$nightly" -gt 0 ] && ! cargo fuzz --version >/dev/null 2>&1; then
  cargo install cargo-fuzz --locked --quiet
fi
if [ "$nightly" -gt 0 ] && cargo fuzz --version >/dev/null 2>&1; then
  fuzz_targets=$(cargo +nightly fuzz list)
  seconds=$((minutes * 60 / $(wc -w <<< "$fuzz_targets")))
  for fuzz_target in $fuzz_targets; do
    # The committed seeds are read; what is found on the way goes to a folder of its own.
    mkdir -p "target/fuzz/$fuzz_target" "fuzz/seeds/$fuzz_target"
    run "fuzzing $fuzz_target" "$seconds seconds" cargo +nightly fuzz run "$fuzz_target" "target/fuzz/$fuzz_target" "fuzz/seeds/$fuzz_target" -- \
      -max_total_time="$seconds" -rss_limit_mb=2048 -max_len=65536 -timeout=10
  done
else
  row "fuzzing" "0" "skipped: no nightly toolchain with cargo-fuzz"
fi
exit "$failed"
