#!/bin/bash
# Runs a command with a PostgreSQL of its own, whose address is in HUB_TEST_DATABASE. The server listens at a Unix
# socket in a temporary folder, as an unprivileged user, and syncs its disk. It does not vacuum by itself: tests look at
# the locks of hubs. Without PostgreSQL it says so and succeeds.
set -eu

programs=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$programs" ] || programs=$(dirname "$(command -v initdb 2>/dev/null || echo none)")
if [ ! -x "$programs/initdb" ]; then
    echo "with-postgres: no initdb here (apt install postgresql): not run: $*" >&2
    exit 0
fi
as_owner=()
if [ "$(id -u)" -eq 0 ]; then
    id postgres >/dev/null 2>&1 || { echo "with-postgres: root needs the user postgres" >&2; exit 0; }
    as_owner=(setpriv "--reuid=$(id -u postgres)" "--regid=$(id -g postgres)" --clear-groups)
fi
folder=$(mktemp -d)
stop() {
    "${as_owner[@]}" "$programs/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap stop EXIT
[ ${#as_owner[@]} -eq 0 ] || chown postgres "$folder"
"${as_owner[@]}" "$programs/initdb" -D "$folder/data" -U postgres --auth=trust --encoding=UTF8 --no-locale --no-sync \
    >/dev/null
"${as_owner[@]}" "$programs/pg_ctl" -D "$folder/data" -l "$folder/log" -w start \
    -o "-k $folder -c listen_addresses= -c max_connections=1000 -c shared_buffers=64MB \
        -c autovacuum=off" >/dev/null ||
    { cat "$folder/log" >&2; exit 70; }
socket=${folder//\//%2F}
HUB_TEST_DATABASE="postgres://postgres@$socket/postgres" "$@"
