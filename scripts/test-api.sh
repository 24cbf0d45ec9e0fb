#!/bin/bash
# Runs schemathesis, an independent tester, against a hub of its own: requests made up from the hub's OpenAPI
# document, good and bad, with a fixed seed. None may be answered 5xx, or otherwise than documented. Everything it makes
# stays below .build.
#   EXAMPLES=n   requests for each operation and phase (100)
#   SEED=n       of the requests (1)
set -euo pipefail
cd "$(dirname "$0")/.."

venv=.build/api-venv
work=.build/api
programs=.build/debug

[ -x "$venv/bin/schemathesis" ] || {
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet schemathesis==4.32.5
}
rm -rf "$work" && mkdir -p "$work"
hub() { "$programs/strapline-hub" "$@" --database "$work/hub.sqlite"; }
scopes=data:heart_rate:write,data:heart_rate:read,data:room:read,data:statistics:read
scopes+=,profile:read,cardiogram:beats:write
hub user add Anna >/dev/null
token=$(hub token issue --user Anna --scope "$scopes" | head -n 1)
room=$(hub room create --json | sed 's/.*"room_id":"//; s/".*//')
hub room add "$room" Anna >/dev/null
# A user and a room that are there, so that more than their absence is tried.
printf '[parameters]\n"path.user_id" = "1"\n"path.room_id" = "%s"\n' "$room" >"$work/schemathesis.toml"

hub serve --port 0 --requests-per-second 0 --log-level error >"$work/address" 2>"$work/log" &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true' EXIT
until [ -s "$work/address" ]; do kill -0 "$server"; read -rt 0.1 <> <(:) || true; done
address=$(cat "$work/address")

status=0
checks=not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance
checks+=,response_schema_conformance,negative_data_rejection
"$venv/bin/schemathesis" --config-file "$work/schemathesis.toml" run "$address/openapi.json" \
    --url "$address" --header "Authorization: Bearer $token" --checks "$checks" \
    --max-examples "${EXAMPLES:-100}" --seed "${SEED:-1}" --generation-database none --request-timeout 10 --no-color \
    "$@" \
    || status=$?
curl -fsS -o "$work/validation" -H "Authorization: Bearer $token" "$address/api/v1/token/validate"
[ ! -s "$work/log" ] || { echo "test-api: the hub's log:" >&2; cat "$work/log" >&2; exit 1; }
exit "$status"
