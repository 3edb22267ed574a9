#!/usr/bin/env bash
# python-tuf (PyPI: tuf), the reference client, reads a repository that our server signs. Says "skipped: ..."
# and succeeds where it cannot be had.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/python-environment.sh
python_environment python-tuf tuf.ngclient 'tuf>=6,<8' "python-tuf on the server's repository"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cargo run --quiet -p registry-server --example tuf_repository -- "$folder"
"$environment/bin/python" scripts/python_tuf.py "$folder"
