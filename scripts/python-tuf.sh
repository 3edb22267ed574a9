#!/usr/bin/env bash
# python-tuf (PyPI: tuf), the reference client, reads a repository that our server signs. Its virtual environment is kept under
# the target folder. Says "skipped: ..." and succeeds where Python or its packages cannot be had.
set -euo pipefail
cd "$(dirname "$0")/.."
environment=$(realpath -m "${CARGO_TARGET_DIR:-target}")/python-tuf
if ! "$environment/bin/python" -c 'import tuf.ngclient' 2>/dev/null; then
  { python3 -m venv "$environment" && "$environment/bin/pip" install --quiet 'tuf>=6,<8'; } >/dev/null 2>&1 || {
    echo "skipped: python-tuf on the server's repository (it cannot be installed with pip)"
    exit 0
  }
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cargo run --quiet -p registry-server --example tuf_repository -- "$folder"
"$environment/bin/python" scripts/python_tuf.py "$folder"
