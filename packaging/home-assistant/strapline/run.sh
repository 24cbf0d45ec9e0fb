#!/bin/sh
# The start of the add-on: writes the configuration and the token files from the add-on's options, then runs.
set -eu
umask 077

options=/data/options.json
configuration=/data/strapline.yaml
tokens=/data/tokens

if ! jq -e '.straps | length > 0' "$options" >/dev/null; then
    echo "There is no strap yet: add one in the configuration of this add-on." >&2
    exit 78
fi
without=$(jq -r '[.straps[] | select((.token // "") == "") | .name] | join(", ")' "$options")
if [ -n "$without" ]; then
    echo "There is no token for $without: paste it in the configuration of this add-on." >&2
    exit 78
fi
twice=$(jq -r '[.straps[].name] | group_by(.) | map(select(length > 1)[0]) | join(", ")' "$options")
if [ -n "$twice" ]; then
    echo "Two straps have the name $twice: rename one in the configuration of this add-on." >&2
    exit 78
fi

rm -rf "$tokens"
mkdir -p "$tokens"
jq -r '.straps | keys[]' "$options" | while read -r index; do
    jq -r --argjson index "$index" '.straps[$index].token' "$options" >"$tokens/$index"
done

# Every JSON document is a YAML document.
jq --arg tokens "$tokens" '{
    straps: [
        .straps | to_entries[] | .key as $index | .value | (.service // "pulsoid") as $service | {
            name,
            destinations: [
                {service: $service, token_file: "\($tokens)/\($index)"}
                + (if (.server // "") == "" then {} else {address: .server} end)
                + (if (.user_id // "") == "" then {} else {user_id} end)
            ]
        }
        + (if (.address // "") == "" then {} else {address: (.address | ascii_upcase)} end)
        + (if (.device_name // "") == "" then {} else {device_name} end)
    ],
    outbox: {path: "/data/outbox.sqlite"}
} + (if (.log_level // "") == "" then {} else {log: {level: .log_level}} end)' "$options" >"$configuration"

exec strapline run --config "$configuration"
