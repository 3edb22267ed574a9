#!/usr/bin/env bash
# Builds, tests and runs everything under examples/. test-examples.sh LUMEN REGISTRY_SERVER; LUMEN_CACHE_DIR is the caller's.
set -euo pipefail
lumen=$1
server=$2
cd "$(dirname "$0")/../examples"
passed=0

expect() { # WHAT EXPECTED ACTUAL
  if [ "$2" != "$3" ]; then
    printf 'FAILED: %s\n--- expected\n%s\n--- actual\n%s\n' "$1" "$2" "$3"
    exit 1
  fi
  passed=$((passed + 1))
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r . "$work/examples"
cd "$work/examples"

(cd shop && "$lumen" build --quiet && "$lumen" test --quiet)
passed=$((passed + 1))
expect "the report over sales.csv" "$(cat shop/sales.expected)" "$(cd shop && "$lumen" run -p @shop/reports --stdin csv < sales.csv)"
expect "a second build" "1" "$(cd shop && "$lumen" build 2>&1 | grep -c 'up to date')"
for document in *.lm.md; do
  "$lumen" test --quiet "$document"
  expect "$document" "$(cat "${document%.lm.md}.expected")" "$("$lumen" run "$document")"
done
bash demo.sh "$lumen" > "$work/demo.log" 2>&1 || { cat "$work/demo.log"; exit 1; }
passed=$((passed + 1))
bash demo-registry.sh "$lumen" "$server" > "$work/demo.log" 2>&1 || { cat "$work/demo.log"; exit 1; }
passed=$((passed + 1))
printf 'examples: %s passed\n' "$passed"
