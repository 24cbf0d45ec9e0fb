#!/bin/sh
# The start of the add-on: makes the first user once, then serves.
set -eu

options=/data/options.json
database=/data/hub.sqlite
tokens=/config/tokens

option() { jq -r --arg name "$1" '.[$name] // empty' "$options"; }

address=$(option address)
if ! [ -e "$database" ]; then
    echo "First start: making the user $(option user) and the room $(option room)."
    mkdir -p /config
    strapline-hub init --database "$database" --user "$(option user)" --room "$(option room)" \
        --address "$address" --tokens "$tokens" >/dev/null || {
        code=$?
        rm -f "$database" "$database-wal" "$database-shm"
        exit "$code"
    }
    echo "The tokens are in the folder addon_configs of Home Assistant, below strapline_hub/tokens:"
    echo "uploader.token is for the uploader, reader.token for the page at $address."
fi

set -- serve --host 0.0.0.0 --port 8080 --database "$database" --public-address "$address"
retention=$(option retention)
[ -z "$retention" ] || set -- "$@" --retention "$retention"
level=$(option log_level)
[ -z "$level" ] || set -- "$@" --log-level "$level"

# The server itself needs no root.
chown -R 65532:65532 /data
chmod 700 /data
chmod 600 "$options"
exec su -s /bin/sh strapline -- -c 'exec strapline-hub "$@"' strapline-hub "$@"
