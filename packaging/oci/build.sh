#!/bin/bash
# build.sh VERSION WORK FOLDER ARCHITECTURE...
#
# Makes the images of both programs, and of their Home Assistant add-ons, in FOLDER. WORK/ARCHITECTURE is of
# packaging/release/unpack.sh, WORK/ARCHITECTURE/libraries a link to the Debian root of the libraries.
#
#   FOLDER/PROGRAM                            OCI layout with all architectures, for skopeo
#   FOLDER/PROGRAM-VERSION-image-ARCH.tar     one architecture, for `docker load` and `podman load`
#   FOLDER/ARCH-addon-PROGRAM                 OCI layout of the add-on, by Home Assistant's names
set -euo pipefail

here=$(dirname "$(realpath "$0")")
version=$1
work=$2
folder=$3
shift 3
mkdir -p "$folder"

# The settings of the add-on: the program's image, with run.sh as the program, as root for /data.
addon_settings() {
    python3 -B - "$here/$1.json" "$version" "$2" <<'P'
import json
import sys

path, version, architecture = sys.argv[1:]
with open(path, encoding="utf-8") as file:
    settings = json.load(file)
config = settings["config"]
config |= {"User": "0:0", "Entrypoint": ["/bin/sh", "/run.sh"], "Cmd": [], "Volumes": {}}
config["Env"] = ["STATE_DIRECTORY=/data"] + [one for one in config["Env"] if not one.startswith("STATE_DIRECTORY=")]
config["Labels"] |= {"io.hass.type": "addon", "io.hass.version": version, "io.hass.arch": architecture}
if "ExposedPorts" in config:
    seconds = 10 ** 9
    config["Healthcheck"] = {
        "Test": ["CMD", "/bin/busybox", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/healthz"],
        "Interval": 60 * seconds, "Timeout": 10 * seconds, "StartPeriod": 30 * seconds, "Retries": 3}
print(json.dumps(settings))
P
}

home_assistant_name() { case $1 in arm64) echo aarch64 ;; *) echo "$1" ;; esac; }

for program in strapline strapline-hub; do
    roots=()
    for architecture in "$@"; do
        root=$work/$architecture/image/$program
        mkdir -p "$work/$architecture/image"
        "$here/root.sh" "$program" "$architecture" "$work/$architecture" "$work/$architecture/libraries" "$root"
        roots+=("$architecture=$root")
    done
    python3 -B "$here/image.py" "$folder/$program" "$program" "$version" "$SOURCE_DATE_EPOCH" "$here/$program.json" \
        "${roots[@]}"
    for architecture in "$@"; do
        name=$(home_assistant_name "$architecture")
        layer=$work/$architecture/image/$program.addon
        "$here/addon-layer.sh" "$program" "$architecture" "$work/$architecture/image/$program" "$layer"
        addon_settings "$program" "$name" >"$layer.json"
        python3 -B "$here/image.py" "$folder/$name-addon-$program" "$name-addon-$program" "$version" \
            "$SOURCE_DATE_EPOCH" "$layer.json" "$architecture=$work/$architecture/image/$program,$layer"
    done
done
