#!/bin/bash
# Measures `strapline run` beside a C program and a Python script that do the same work, then with twenty straps at once and
# with one that is away, on a bus of its own, and prints two tables, which it also leaves in Benchmarks/RESULTS.md.
# Everything it makes stays below .build.
#   READINGS=n      how many readings each program has in all (100000)
#   ROUNDS=n        how many times the programs take turns (3)
#   MINUTES=n       how long twenty straps beat (3; the full run is 10)
#   AWAY_MINUTES=n  how long a strap is away (2)
set -euo pipefail
cd "$(dirname "$0")/.."

readings=${READINGS:-100000}
rounds=${ROUNDS:-3}
minutes=${MINUTES:-3}
away_minutes=${AWAY_MINUTES:-2}
work=.build/bench
venv=.build/bench-venv
yardsticks=Benchmarks/yardsticks

say() { printf '%s\n' "$*" >&2; }

build() {
    swift build -c release --static-swift-stdlib --product strapline
    swift build -c release --static-swift-stdlib --product strapline-bench
    # shellcheck disable=SC2046  # pkg-config's answer is several words
    ${CC:-cc} -O2 -Wall -Wextra -o "$work/uploader" "$yardsticks/uploader.c" \
        $(pkg-config --cflags --libs dbus-1 sqlite3 libcurl)
    if ! cmp -s "$yardsticks/requirements.txt" "$venv/requirements.txt"; then
        rm -rf "$venv"
        python3 -m venv "$venv"
        "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$yardsticks/requirements.txt"
        cp "$yardsticks/requirements.txt" "$venv/"
    fi
}

machine() {
    local processor
    processor=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
    echo "$(nproc) cores${processor:+ ($processor)}," \
        "$(awk '/MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo), Linux $(uname -r), $(uname -m)"
}

# Runs the bench on a bus of its own.
bench() {
    # shellcheck disable=SC2016  # expanded by the inner shell
    dbus-run-session -- sh -c 'exec "$@" --bus "$DBUS_SESSION_BUS_ADDRESS"' sh \
        .build/release/strapline-bench "$@" 2>"$work/log" || {
        local status=$?
        tail -n 20 "$work/log" >&2
        exit "$status"
    }
}

mkdir -p "$work"
build >&2
say "measuring; what the programs say goes to $work/log"
bench compare --strapline .build/release/strapline --c "$work/uploader" \
    --python "$venv/bin/python" --python-script "$yardsticks/uploader.py" \
    --folder "$work" --readings "$readings" --rounds "$rounds" --output "$work/table.md"
bench crowd --strapline .build/release/strapline --c "$work/uploader" \
    --folder "$work" --minutes "$minutes" --away-minutes "$away_minutes" --output "$work/crowd.md"
{
    echo "# What a reading costs"
    echo
    echo "Made by \`make bench\` (READINGS=$readings ROUNDS=$rounds) on $(date -u +%F): $(machine)."
    echo
    cat "$work/table.md"
    echo
    echo "# What twenty straps cost, and one that is away"
    echo
    echo "Made by the same run (MINUTES=$minutes AWAY_MINUTES=$away_minutes)."
    echo
    cat "$work/crowd.md"
} >Benchmarks/RESULTS.md
