#!/usr/bin/env bash
# check-jsonschema (PyPI) compares the workflow files that stand here with the schemas of GitHub and GitLab, which it brings along: those in ci/,
# those that templates write, and those that docs/ci.md shows. Says "skipped: ..." and succeeds where it cannot be had.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/python-environment.sh
python_environment check-jsonschema check_jsonschema 'check-jsonschema>=0.29,<1' "check-jsonschema on the workflow files"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

github() { "$environment/bin/check-jsonschema" --builtin-schema vendor.github-workflows "$@"; }
gitlab() { "$environment/bin/check-jsonschema" --builtin-schema vendor.gitlab-ci --data-transform gitlab-ci "$@"; }

# The fences of the page, one a file: a GitHub workflow has `on:`.
awk -v work="$work" '/^```yaml$/ { file = work "/" ++count ".yml"; next } /^```$/ { file = "" } file { print > file }' docs/ci.md
github ci/github-actions.yml templates/*/.github/workflows/ci.yml $(grep -l '^on:' "$work"/*.yml)
gitlab ci/gitlab-ci.yml $(grep -L '^on:' "$work"/*.yml)

# That it finds what is wrong: a step that does nothing, a job without a script.
sed 's/- run: make test/- name: make test/' ci/github-actions.yml > "$work/github.yml"
sed 's/^  script:/  scripts:/' ci/gitlab-ci.yml > "$work/gitlab.yml"
if github "$work/github.yml" >/dev/null 2>&1 || gitlab "$work/gitlab.yml" >/dev/null 2>&1; then
  echo "check-jsonschema takes a workflow file that is wrong" >&2
  exit 1
fi
