#!/bin/bash
# demo.sh [--readings N]
#
# Builds the programs and shows them at work: `make demo`. The build prints one line for each step; everything else is
# in .build/demo.log.
set -euo pipefail

cd "$(dirname "$(realpath "$0")")/.."
log=.build/demo.log
mkdir -p .build
: >"$log"
count=0
steps=5

# step WORDS COMMAND…
step() {
    local words=$1
    shift
    count=$((count + 1))
    echo "[$count/$steps] $words"
    if ! "$@" >>"$log" 2>&1; then
        echo "demo: this step failed. The end of $log:" >&2
        tail -n 20 "$log" >&2
        exit 70
    fi
}

prepare() { scripts/setup.sh && scripts/check-dependencies.sh; }

step "Install and check what the build needs" prepare
built=no
[ ! -e .build/debug/strapline-demo ] || built=yes
step "Build the uploader$([ $built = yes ] || echo " (the first build takes some minutes)")" \
    swift build --force-resolved-versions --product strapline
step "Build the server" swift build --force-resolved-versions --product strapline-hub
step "Build the demo" swift build --force-resolved-versions --product strapline-demo
count=$((count + 1))
echo "[$count/$steps] Start two straps, the uploader and the server"
echo
exec .build/debug/strapline-demo --programs .build/debug "$@"
