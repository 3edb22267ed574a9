#!/usr/bin/env bash
# Runs theupdateframework/tuf-conformance (a checkout, named by TUF_CONFORMANCE_DIR) against our TUF client: every case must
# pass, and none may be expected to fail. The suite's Python packages go into a virtual environment under the target folder.
set -euo pipefail
cd "$(dirname "$0")/.."
suite=${TUF_CONFORMANCE_DIR:?name a checkout of https://github.com/theupdateframework/tuf-conformance, commit eec841c or newer}
suite=$(realpath "$suite")
[ -f "$suite/tuf_conformance/conftest.py" ] || { echo "$suite is no checkout of tuf-conformance"; exit 1; }
if ! command -v faketime >/dev/null; then
  { apt-get install -y -q faketime || sudo -n apt-get install -y -q faketime; } >/dev/null 2>&1 || {
    echo "install Debian's faketime: the suite moves the clock with it"
    exit 1
  }
fi
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
environment=$target/tuf-conformance
if [ ! -x "$environment/bin/pytest" ]; then
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet "$suite"
fi
cargo build --quiet -p lumen-pkg --example tuf_client
report=$(mktemp)
trap 'rm -f "$report"' EXIT
cd "$suite"
"$environment/bin/pytest" -q -p no:cacheprovider tuf_conformance --entrypoint "$target/debug/examples/tuf_client" 2>&1 | tee "$report"
summary=$(tail -1 "$report")
case $summary in
  *failed* | *error* | *xfailed* | *xpassed* | *skipped*) echo "not all cases pass: $summary"; exit 1 ;;
esac
passed=$(sed -nE 's/^([0-9]+) passed.*/\1/p' "$report" | tail -1)
[ "${passed:-0}" -ge 113 ] || { echo "${passed:-0} cases passed, at least 113 are expected"; exit 1; }
echo "tuf-conformance: $passed passed, no expected failures"
