#!/usr/bin/env bash
# The main job, on a copy of examples/shop with a cache of its own: cold build, run, test, and four edits.
# demo.sh LUMEN
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
lumen=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LUMEN_CACHE_DIR="$work/cache"
cp -r "$here/shop" "$work/shop"
cd "$work/shop"
rm -rf .lumen

show() { printf '\n\033[1m$ lumen %s\033[0m\n' "$*"; }
lumen() { show "$@"; "$lumen" "$@"; }
say() { printf '\n-- %s\n' "$1"; }

say "A cold build: every document is compiled, on all cores."
lumen build

say "The daily report, over the till's export."
printf '\n\033[1m$ lumen run -p @shop/reports --stdin csv < sales.csv\033[0m\n'
"$lumen" run -p @shop/reports --stdin csv < sales.csv

say "The tests that the documents carry."
lumen test

say "Nothing changed: nothing is done."
lumen build

say "An edit of prose recompiles nothing."
sed -i 's/^The shop never computes with fractions of a cent\./The shop has never computed with fractions of a cent./' packages/money/src/lib.lm.md
lumen build

say "An edit of a body recompiles its module alone."
sed -i 's/    HalfUp -> twice >= by/    HalfUp -> by <= twice/' packages/money/src/rounding.lm.md
lumen build
lumen why @shop/money rounding

say "A new function in a module that many import: still one."
cat >> packages/money/src/lib.lm.md <<'EOF'

```lumen
pub cell is_free(amount: Money) -> Bool
  amount.cents == 0
end
```
EOF
lumen build

say "A breaking edit: every use is found, and the exit status is 1."
sed -i 's/^pub cell times(amount: Money, count: Int) -> Money$/pub cell times(amount: Money, count: Int, free: Int) -> Money/' packages/money/src/lib.lm.md
status=0
lumen build --keep-going || status=$?
printf '(exit status %s)\n' "$status"
test "$status" = 1
lumen why @shop/catalog pricing
