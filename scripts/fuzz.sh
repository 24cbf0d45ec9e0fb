#!/bin/bash
# Feeds each fuzzer of Tests/Programs/FuzzTests for some time, from its corpus on, and keeps the inputs that break it:
#   scripts/fuzz.sh SECONDS [FUZZER…]
# A crash, a broken promise, an input that takes longer than input_seconds, and memory that grows beyond memory_mb all
# end with status 1 and a file in .build/fuzz/found/FUZZER. Copy it into Tests/Programs/FuzzTests/Corpora/FUZZER, and
# fix the fault: `make test` replays it from then on. New inputs that reach new branches gather in
# .build/fuzz/corpora; they are not kept in the repository, which has seeds and findings only.
set -eu

seconds=$1
shift
input_seconds=10
memory_mb=1024
input_bytes=4096

build=.build/fuzz
# A path of its own: code instrumented for libFuzzer is not for tests or installation.
STRAPLINE_FUZZ=1 swift build --force-resolved-versions --scratch-path $build --product strapline-fuzz
program=$build/debug/strapline-fuzz
[ $# -gt 0 ] || mapfile -t fuzzers < <($program --list)
[ $# -eq 0 ] || fuzzers=("$@")

failed=()
for fuzzer in "${fuzzers[@]}"; do
    found=$build/found/$fuzzer log=$build/$fuzzer.log
    mkdir -p "$found" "$build/corpora/$fuzzer"
    options=(
        -max_total_time="$seconds" -timeout="$input_seconds" -rss_limit_mb="$memory_mb" -max_len="$input_bytes"
        -detect_leaks=0 -print_final_stats=1 -artifact_prefix="$found/"
    )
    # Swift's own account of a crash takes the signal away from libFuzzer, which would keep the input.
    if STRAPLINE_FUZZER=$fuzzer SWIFT_BACKTRACE=enable=no $program "${options[@]}" \
        "$build/corpora/$fuzzer" "Tests/Programs/FuzzTests/Corpora/$fuzzer" >"$log" 2>&1
    then
        executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
        branches=$(sed -nE 's/.* cov: ([0-9]+) .*/\1/p' "$log" | tail -n 1)
        echo "$fuzzer: $executions inputs, $branches branches, nothing found"
    else
        failed+=("$fuzzer")
        echo "$fuzzer: FOUND"
        grep -aE "^$fuzzer: |^(==[0-9]+== *)?ERROR|Fatal error|Test unit written|SUMMARY" "$log" |
            sed 's/^/    /' || true
    fi
done
[ ${#failed[@]} -eq 0 ] || { echo "fuzz: something was found by: ${failed[*]}" >&2; exit 1; }
