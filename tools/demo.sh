#!/bin/sh
# Show what hostnet-transform does to testdata/demo. The files themselves stay as they are.
# Usage: tools/demo.sh [TOOL] [PAGE]
# TOOL: the hostnet-transform to run (the one on PATH); PAGE: the page to write (build/placement.html)
set -eu

tool=${1:-hostnet-transform}
root=$(cd "$(dirname "$0")/.." && pwd)
page=${2:-$root/build/placement.html}
demo=$root/testdata/demo
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/untouched" "$work/once"
cp "$demo"/*.yaml "$work/untouched"
cp "$demo"/*.yaml "$work/once"

color=never
if [ -t 1 ]; then color=always; fi

say() { printf '\n=== %s\n\n' "$*"; }

# Run the tool in the folder that is named first; print what it printed and keep its exit status.
run() {
    folder=$1
    shift
    printf '$ hostnet-transform %s\n' "$*"
    status=0
    (cd "$work/$folder" && "$tool" "$@" --color "$color") 2>"$work/report" || status=$?
}

# Stop unless the exit status is the expected one.
expect() {
    if [ "$status" -ne "$1" ]; then
        cat "$work/report" >&2
        echo "the exit status is $status, not $1" >&2
        exit 1
    fi
}

say "1. What would change (nothing is written yet)"
run once --diff .
expect 1

say "2. Why, and what needs a person (standard error of the same run)"
cat "$work/report"
printf '\nIts exit status is 1 because of the error HN402: the annotation on price-board has no\n'
printf 'effect where it stands, and only its owner knows what was meant. That is part of the example.\n'

say "3. Write the files"
run once -w .
expect 1
tail -n 1 "$work/report"

say "4. Again: the second run changes nothing"
cp -R "$work/once" "$work/twice"
run twice -w .
expect 1
tail -n 1 "$work/report"
diff -r "$work/once" "$work/twice"
printf 'All files are the same, byte for byte.\n'

say "5. What would the cluster refuse? Somebody takes hostNetwork away from the pool"
cp -R "$work/once" "$work/flipped"
sed 's/hostNetwork: true/hostNetwork: false/' "$work/once/pools.yaml" >"$work/flipped/pools.yaml"
run flipped validate --old ../once pools.yaml
expect 1

say "6. What can land where? Before the edits, and after them"
run untouched placement --before-after --enable keep-off .
expect 0

say "7. The same as a page"
mkdir -p "$(dirname "$page")"
(cd "$work/untouched" && "$tool" placement --before-after --enable keep-off --format html .) >"$page"
printf '$ hostnet-transform placement --before-after --enable keep-off --format html . > placement.html\n'
printf 'Open it in a browser: %s\n' "$page"
