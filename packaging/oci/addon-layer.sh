#!/bin/bash
# addon-layer.sh PROGRAM ARCHITECTURE BASE FOLDER
#
# Makes the layer of a Home Assistant add-on above the image root BASE: busybox as the shell, jq, and the add-on's
# run.sh. They come from Debian, through the mirror that this machine's apt uses. As root; needs mmdebstrap.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
# shellcheck source=packaging/mirror.sh
. "$here/../mirror.sh"
program=$1
architecture=$2
base=$3
layer=$4

# The same release of Debian as the libraries of the base.
case $architecture in
amd64) suite=bookworm triplet=x86_64-linux-gnu ;;
arm64) suite=trixie triplet=aarch64-linux-gnu ;;
*) echo "oci: no add-on for $architecture" >&2; exit 64 ;;
esac

tools=$(realpath -m "${STRAPLINE_ROOTS:-$HOME/.cache/strapline-roots}")/tools-$suite-$architecture
if ! [ -e "$tools" ]; then
    mirror=$(debian_mirror)
    mkdir -p "$(dirname "$tools")"
    rm -rf --one-file-system "$tools.part"
    # Unpacked only: no program of another architecture runs. The links of a merged /usr come first.
    # Its mounts end with it, also when it is killed.
    unshare --mount --propagation private \
        mmdebstrap --quiet --variant=extract --architectures="$architecture" --include=busybox-static,jq,base-files \
        --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr "$suite" "$tools.part" "$mirror" >"$tools.log" 2>&1 || {
        cat "$tools.log" >&2
        exit 69
    }
    mv "$tools.part" "$tools"
fi

rm -rf "$layer" "$layer.bundle"
mkdir -p "$layer/usr/bin" "$layer/usr/lib/$triplet"
busybox=$tools/usr/bin/busybox
[ -e "$busybox" ] || busybox=$tools/bin/busybox
install -m 755 "$busybox" "$layer/usr/bin/busybox"
for name in cat chmod chown cp cut grep head ls mkdir mv rm sed sh sleep su tee; do
    ln -s busybox "$layer/usr/bin/$name"
done
install -m 755 "$tools/usr/bin/jq" "$layer/usr/bin/jq"
python3 -B "$here/../release/bundle.py" "$tools" "$architecture" "$layer.bundle" "$layer/usr/bin/jq"
for library in "$layer.bundle/lib/"*; do
    [ -e "$base/usr/lib/$triplet/${library##*/}" ] || cp "$library" "$layer/usr/lib/$triplet/"
done
for package in busybox-static jq libjq1 libonig5; do
    install -D -m 644 "$tools/usr/share/doc/$package/copyright" "$layer/usr/share/doc/$package/copyright"
done
install -m 755 "$here/../home-assistant/$program/run.sh" "$layer/run.sh"
