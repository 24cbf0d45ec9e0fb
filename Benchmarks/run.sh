#!/bin/bash
# Measures `strapline run` beside a C program and a Python script that do the same work: with twenty straps at once,
# with one that is away, with a backlog, its writes to a card, and its wake-ups. Measures `strapline-hub` beside nginx
# with nchan. It has a bus of its own, prints the tables, and leaves them in Benchmarks/RESULTS.md. Everything it
# makes stays below .build. It mounts file systems of its own there for the time of the run, which needs root, or
# sudo.
#   PARTS="compare crowd backlog card idle nearby outputs beats hub cluster sessions"  the parts to measure (all);
#                   RESULTS.md is written only with all
#   READINGS=n      how many readings each program has in all (100000)
#   ROUNDS=n        how many times the programs take turns (3)
#   MINUTES=n       how long twenty straps beat (3; the full run is 10)
#   AWAY_MINUTES=n  how long a strap is away (2)
#   BACKLOG=n       how many readings wait (86400, a day's)
#   CARD_MINUTES=n  how long a strap is worn (10; the full run is 60)
#   IDLE_SECONDS=n  how long wake-ups are counted, four times (60)
#   NEARBY_SECONDS=n   how long other devices advertise, four times (30)
#   BEATS_SECONDS=n  how long beats over OSC are timed (180)
#   HUB_SECONDS=n   how long the hub has each number of readers and of writers (10)
#   HUB_READERS="n …"  how many readers the hub has (1 100 1000 5000)
#   CLUSTER_SECONDS=n  how long each load of several hubs over one PostgreSQL is measured (10)
#   CLUSTER_READERS=n  how many readers they have in all (5000)
#   SESSION_DAYS=n  days with one reading a second in the database of the page of sessions (365)
set -euo pipefail
cd "$(dirname "$0")/.."

all="compare crowd backlog card idle nearby outputs beats hub cluster sessions"
parts=${PARTS:-$all}
readings=${READINGS:-100000}
rounds=${ROUNDS:-3}
minutes=${MINUTES:-3}
away_minutes=${AWAY_MINUTES:-2}
backlog=${BACKLOG:-86400}
card_minutes=${CARD_MINUTES:-10}
idle_seconds=${IDLE_SECONDS:-60}
nearby_seconds=${NEARBY_SECONDS:-30}
beats_seconds=${BEATS_SECONDS:-180}
hub_seconds=${HUB_SECONDS:-10}
session_days=${SESSION_DAYS:-365}
read -ra hub_readers <<<"${HUB_READERS:-1 100 1000 5000}"
cluster_seconds=${CLUSTER_SECONDS:-10}
cluster_readers=${CLUSTER_READERS:-5000}
work=.build/bench
venv=.build/bench-venv
yardsticks=Benchmarks/yardsticks
# An SD card has blocks of 4 KiB; mke2fs would choose smaller ones for so small a file system.
card_bytes=256M
card_block_bytes=4096
cards=(power-loss process-crash yardstick)

say() { printf '%s\n' "$*" >&2; }

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }

build() {
    swift build --force-resolved-versions -c release --static-swift-stdlib --product strapline
    swift build --force-resolved-versions -c release --static-swift-stdlib --product strapline-hub
    swift build --force-resolved-versions -c release --static-swift-stdlib --product strapline-bench
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

compare() {
    bench compare --strapline .build/release/strapline --c "$work/uploader" \
        --python "$venv/bin/python" --python-script "$yardsticks/uploader.py" \
        --folder "$work" --readings "$readings" --rounds "$rounds" --output "$work/compare.md"
}

crowd() {
    bench crowd --strapline .build/release/strapline --c "$work/uploader" \
        --folder "$work" --minutes "$minutes" --away-minutes "$away_minutes" --output "$work/crowd.md"
}

backlog() {
    bench backlog --strapline .build/release/strapline --c "$work/uploader" \
        --folder "$work" --readings "$backlog" --output "$work/backlog.md"
}

card() {
    local name
    trap remove_cards EXIT
    remove_cards
    for name in "${cards[@]}"; do
        mkdir -p "$work/$name"
        truncate --size "$card_bytes" "$work/$name.ext4"
        mkfs.ext4 -q -F -b "$card_block_bytes" "$work/$name.ext4"
        as_root mount -o loop,noatime "$work/$name.ext4" "$work/$name"
        as_root chown "$(id -u):$(id -g)" "$work/$name"
    done
    bench card --strapline .build/release/strapline --c "$work/uploader" \
        --power-loss "$work/power-loss" --process-crash "$work/process-crash" --yardstick "$work/yardstick" \
        --minutes "$card_minutes" --output "$work/card.md"
}

idle() {
    bench idle --strapline .build/release/strapline --c "$work/uploader" \
        --folder "$work" --seconds "$idle_seconds" --output "$work/idle.md"
}

nearby() {
    bench nearby --strapline .build/release/strapline --folder "$work" --seconds "$nearby_seconds" \
        --output "$work/nearby.md"
}

outputs() {
    bench outputs --strapline .build/release/strapline --folder "$work" --rounds "$rounds" --output "$work/outputs.md"
}

beats() {
    bench beats --strapline .build/release/strapline --folder "$work" --seconds "$beats_seconds" \
        --output "$work/beats.md"
}

hub() {
    # A connection is an open file, in the hub and in the bench.
    ulimit -n "$(ulimit -H -n)"
    .build/release/strapline-bench hub --hub .build/release/strapline-hub --folder "$PWD/$work" \
        --seconds "$hub_seconds" \
        --readers "${hub_readers[@]}" --output "$work/hub.md" 2>"$work/log" || {
        local status=$?
        tail -n 20 "$work/log" >&2
        exit "$status"
    }
}

cluster() {
    ulimit -n "$(ulimit -H -n)"
    # shellcheck disable=SC2016  # expanded by the inner shell
    PYTHONDONTWRITEBYTECODE=1 python3 IntegrationTests/Cluster/with_server.py /var/tmp sh -c \
        'exec "$@" --database "$DATABASE" --postmaster "$POSTMASTER"' sh \
        .build/release/strapline-bench cluster --hub .build/release/strapline-hub --folder "$PWD/$work" \
        --seconds "$cluster_seconds" --readers "$cluster_readers" --output "$work/cluster.md" 2>"$work/log" || {
        local status=$?
        tail -n 20 "$work/log" >&2
        exit "$status"
    }
}

sessions() {
    mkdir -p .build/page
    # shellcheck source=IntegrationTests/Page/environment.sh
    . IntegrationTests/Page/environment.sh
    # shellcheck disable=SC2154  # environment.sh sets it
    PYTHONDONTWRITEBYTECODE=1 "$environment/bin/python" Benchmarks/year_of_sessions.py \
        .build/release/strapline-hub "$work" "$session_days" "$rounds" "$work/sessions.md"
}

remove_cards() {
    local name
    for name in "${cards[@]}"; do
        ! mountpoint -q "$work/$name" || as_root umount "$work/$name"
        rm -rf "${work:?}/$name" "$work/$name.ext4"
    done
}

report() {
    echo "# The cost of a reading"
    echo
    echo "Made by \`make bench\` (READINGS=$readings ROUNDS=$rounds) on $(date -u +%F): $(machine)."
    echo
    cat "$work/compare.md"
    echo
    echo "# The cost of twenty straps, and of one that is away"
    echo
    echo "Made by the same run (MINUTES=$minutes AWAY_MINUTES=$away_minutes)."
    echo
    cat "$work/crowd.md"
    echo
    echo "# How fast a backlog goes"
    echo
    echo "Made by the same run (BACKLOG=$backlog); the sink answers at once."
    echo
    cat "$work/backlog.md"
    echo
    echo "# Bytes that reach the card"
    echo
    echo "Made by the same run (CARD_MINUTES=$card_minutes): all bytes of the block device below an ext4 of its own,"
    echo "the file system's journal included. Two destinations; C has one."
    echo
    cat "$work/card.md"
    echo
    echo "# How often it wakes up"
    echo
    echo "Made by the same run (IDLE_SECONDS=$idle_seconds): voluntary context switches of all threads, waits for the"
    echo "disk included. One reading a second, two destinations; C has one."
    echo
    cat "$work/idle.md"
    echo
    echo "# The cost of other devices nearby"
    echo
    echo "Made by the same run (NEARBY_SECONDS=$nearby_seconds): one strap that beats once a second, and unknown"
    echo "devices that advertise all the time, as in a gym or a train."
    echo
    cat "$work/nearby.md"
    echo
    echo "# The cost of outputs"
    echo
    echo "Made by the same run (ROUNDS=$rounds): Pulsoid's lane beside outputs that have failed, or worked, for half a"
    echo "minute. The outputs' own work is in the CPU."
    echo
    cat "$work/outputs.md"
    echo
    echo "# The rhythm of the beats over OSC"
    echo
    echo "Made by the same run (BEATS_SECONDS=$beats_seconds): the distance of two beats at a receiver on this machine,"
    echo "beside the RR interval of the strap."
    echo
    cat "$work/beats.md"
    echo
    echo "# The cost of the hub"
    echo
    echo "Made by the same run (HUB_SECONDS=$hub_seconds), beside nginx $(nginx -v 2>&1 | sed 's|.*/||') with nchan,"
    echo "which keeps nothing and checks no token. Eight users write at the same time while readers are counted; the"
    echo "writing connections go on after each answer without a pause."
    echo
    cat "$work/hub.md"
    echo
    echo "# The cost of several hubs"
    echo
    echo "Made by the same run (CLUSTER_SECONDS=$cluster_seconds CLUSTER_READERS=$cluster_readers): one PostgreSQL on"
    echo "this machine, with pg_receivewal as its second copy. The hubs share the readers."
    echo
    cat "$work/cluster.md"
    echo
    echo "# The page of sessions over a year"
    echo
    echo "Made by the same run (SESSION_DAYS=$session_days): one reading a second, RR intervals for the last 100 days."
    echo "The time in Chromium, from the beginning of the navigation."
    echo
    cat "$work/sessions.md"
}

mkdir -p "$work"
build >&2
say "measuring; what the programs say goes to $work/log"
for part in $parts; do "$part"; done
[ "$parts" != "$all" ] || report >Benchmarks/RESULTS.md
