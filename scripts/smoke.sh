#!/bin/sh
# The main job on real data, as a user runs it: train, evaluate, predict, check, and a refusal.
set -eu
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
chainrule=${CARGO_TARGET_DIR:-target}/release/chainrule

"$chainrule" train examples/configs/digits.json --out "$out/digits" --quiet | tee "$out/log"
grep -Eq '^test accuracy 0\.9[5-9]' "$out/log"
for file in weights.json history.json loss.svg; do test -s "$out/digits/$file"; done

# Once more: the same to the last bit.
"$chainrule" train examples/configs/digits.json --out "$out/again" --quiet >/dev/null
cmp "$out/digits/history.json" "$out/again/history.json"

"$chainrule" evaluate "$out/digits" | grep -E '^test accuracy' | tee "$out/evaluated"
cmp -s "$out/evaluated" "$out/log" || grep -qFf "$out/evaluated" "$out/log"
"$chainrule" predict "$out/digits" --data data/digits.csv --out "$out/said.csv"
test "$(wc -l <"$out/said.csv")" -eq 1798

"$chainrule" check | tail -n 1

if "$chainrule" train data/iris.csv 2>"$out/refused"; then exit 1; fi
grep -q '^error:' "$out/refused"
echo "the command does its main job"
