#!/usr/bin/env bash
# openapi-spec-validator (PyPI) reads registry-server/openapi.json: a validator that is not ours. Says "skipped: ..." and succeeds
# where it cannot be had.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/python-environment.sh
python_environment openapi-spec-validator openapi_spec_validator 'openapi-spec-validator>=0.7,<1' "openapi-spec-validator on registry-server/openapi.json"
validate() { "$environment/bin/python" -m openapi_spec_validator "$1"; }
validate registry-server/openapi.json

# That it finds what is wrong: the same document with one response that has no description.
wrong=$(mktemp --suffix=.json)
trap 'rm -f "$wrong"' EXIT
"$environment/bin/python" - registry-server/openapi.json "$wrong" <<'PYTHON'
import json, sys

document = json.load(open(sys.argv[1]))
for operations in document["paths"].values():
    for operation in operations.values():
        if isinstance(operation, dict) and "responses" in operation:
            operation["responses"]["299"] = {}
json.dump(document, open(sys.argv[2], "w"))
PYTHON
if validate "$wrong" >/dev/null 2>&1; then
  echo "openapi-spec-validator takes a document that is wrong" >&2
  exit 1
fi
