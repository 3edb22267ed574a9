#!/usr/bin/env bash
# A registry from its first start to two attacks on it: publish two packages of examples/shop, use one in a new project, then
# flip a byte of a served archive, then rewrite the log. Both must be refused with exit status 4.
# demo-registry.sh LUMEN REGISTRY_SERVER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
lumen=$(realpath "$1")
server=$(realpath "$2")
work=$(mktemp -d)
registry=$work/registry
server_pid=
export LUMEN_HOME=$work/home LUMEN_CACHE_DIR=$work/cache
cp -r "$here/shop" "$work/shop"
cd "$work"

say() { printf '\n-- %s\n' "$1"; }
show() { printf '\n\033[1m$ lumen %s\033[0m\n' "$*"; }
lumen() { show "$@"; "$lumen" "$@"; }

# start [OPTION]...: the registry, ready when its announcement is complete. Its settings are in $started.
start() {
  started=$work/started
  : > "$started"
  "$server" serve --dev --data "$registry" "$@" > "$started" 2> "$work/server.log" &
  server_pid=$!
  for _ in $(seq 100); do
    if grep -q '^LUMEN_REGISTRY_TOKEN=' "$started"; then return; fi
    sleep 0.1
  done
  cat "$work/server.log"
  return 1
}
stop() {
  if [ -n "$server_pid" ]; then
    kill "$server_pid"
    wait "$server_pid" || true
    server_pid=
  fi
}
trap 'stop; rm -rf "$work"' EXIT
setting() { sed -n "s/^$1 = //p" "$started"; }

# refused COMMAND...: it must end with exit status 4, a security failure.
refused() {
  local status=0
  lumen "$@" || status=$?
  printf '(exit status %s)\n' "$status"
  test "$status" = 4
}

say "A registry on the loopback, with generated keys, a user and a token."
start
url=$(setting url)
printf '\n\033[1m$ registry-server serve --dev\033[0m\nurl = %s\norigin = %s\n' "$url" "$(setting origin)"

say "The first TUF root is pinned by hand; everything else follows from it."
printf '\n\033[1m$ lumen login URL --root root.json\033[0m\n'
setting token | "$lumen" login "$url" --root "$(setting root)" --token-stdin

say "What would be published, and where it would come to lie."
cd shop
lumen publish -p @shop/money --dry-run
lumen publish -p @shop/money

# The history that the attacker will go on from.
stop
cp -r "$registry" "$work/fork"
start --listen "${url#http://}"
lumen publish -p @shop/catalog

say "A new project adds one of them, and gets what that one needs."
cd "$work"
lumen new app --name @demo/app
cd app
cat > src/main.lm.md <<'EOF'
# What is on the shelves

```lumen
import @shop/catalog: find_product

cell main(sku: String = "TEA-0001") -> String
  match find_product(sku)
    null -> "There is no {sku}."
    product -> "{sku}: {product.name}"
  end
end
```
EOF
lumen add @shop/catalog
lumen run
lumen tree
lumen log prove @shop/money@0.3.0 -o money.proof
lumen log verify money.proof
lumen log audit

say "One byte of a served archive is flipped. On a machine that does not have it yet:"
archive=$(sed -n '/@shop\/catalog/,/^$/s/^archive = "\(.*\)"/\1/p' lumen.lock | head -1)
blob=$(find "$registry" -type f -path "*$archive*" | head -1)
cp "$blob" "$work/blob"
printf '\x00' | dd of="$blob" bs=1 seek=100 conv=notrunc status=none
rm -rf "$LUMEN_HOME/packages" .lumen
refused build
cp "$work/blob" "$blob"
lumen build

say "The log is rewritten: the same keys, and another history that has grown longer than ours."
stop
mv "$registry" "$work/honest"
mv "$work/fork" "$registry"
start --listen "${url#http://}"
cd "$work"
for name in one two three; do
  "$lumen" new "$name" --template lib --name "@demo/$name" --quiet
  # With a home that has never seen the honest history, and so cannot know.
  (cd "$name" && LUMEN_HOME=$work/other && export LUMEN_HOME &&
    { setting token | "$lumen" login "$url" --root "$(setting root)" --token-stdin --quiet; } &&
    "$lumen" publish --quiet)
done
cd app
refused update
say "The evidence: what was signed before, and what is signed now."
cut -c1-100 "$(find "$LUMEN_HOME/registries" -name 'history-*')"
