#!/usr/bin/env bash
# install-peers.sh PACKAGE...: installs Debian packages that benchmarks compare with, where apt and root are at hand; otherwise
# says what is missing, and the benchmark leaves that row out.
set -u
for package in "$@"; do
  if dpkg -s "$package" >/dev/null 2>&1 || command -v "${package%-build}" >/dev/null 2>&1; then
    continue
  fi
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get install -y -qq "$package" >/dev/null 2>&1 || { apt-get update -qq && apt-get install -y -qq "$package" >/dev/null 2>&1; } ||
      echo "$package could not be installed; its rows are left out"
  else
    echo "$package is not installed (apt-get install $package); its rows are left out"
  fi
done
