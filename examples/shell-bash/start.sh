#!/usr/bin/env bash
set -euo pipefail

declare -A price=([apple]=30 [pear]=45)
basket=(apple pear apple)
total=0
for fruit in "${basket[@]}"; do
  total=$((total + price[$fruit]))
done
echo "${#basket[@]} fruits cost $total cents"
