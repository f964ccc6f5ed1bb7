#!/usr/bin/env bash
# Proves that check_layers.sh finds each kind of violation: fixture/ has one of each, and expected.txt names them.
set -euo pipefail
cd "$(dirname "$0")"

if found=$(./check_layers.sh fixture); then
  echo "check_layers.sh passed a tree full of violations"
  exit 1
fi
diff -u fixture/expected.txt - <<<"$found"
