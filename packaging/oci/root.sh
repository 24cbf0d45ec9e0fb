#!/bin/bash
# root.sh PROGRAM ARCHITECTURE WORK LIBRARIES FOLDER
#
# Makes the root of an image in FOLDER: the program with its libraries, certificates, time zones and two users. There
# is no shell in it. WORK is of packaging/release/unpack.sh, LIBRARIES the Debian root of the libraries.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
program=$1
architecture=$2
work=$3
libraries=$4
root=$5

case $architecture in
amd64) triplet=x86_64-linux-gnu loader=lib64/ld-linux-x86-64.so.2 ;;
arm64) triplet=aarch64-linux-gnu loader=lib/ld-linux-aarch64.so.1 ;;
*) echo "oci: no image for $architecture" >&2; exit 64 ;;
esac

rm -rf "$root" "$root.bundle"
mkdir -p "$root"/{etc/ssl/certs,run,tmp,usr/bin,usr/share/doc,"var/lib/$program"} "$root/usr/lib/$triplet"
chmod 1777 "$root/tmp"
chmod 700 "$root/var/lib/$program"
ln -s usr/bin "$root/bin"
ln -s usr/lib "$root/lib"
install -m 755 "$work/$program/files/usr/bin/$program" "$root/usr/bin/$program"
python3 -B "$here/../release/bundle.py" --packages "$(cat "$work/$program/libraries")" "$libraries" "$architecture" \
    "$root.bundle" "$root/usr/bin/$program"
cp "$root.bundle/lib/"* "$root/usr/lib/$triplet/"
if [ "${loader%%/*}" = lib64 ]; then
    mkdir -p "$root/usr/lib64"
    ln -s usr/lib64 "$root/lib64"
fi
ln -s "/usr/lib/$triplet/${loader##*/}" "$root/usr/$loader"
mkdir -p "$root/usr/share/doc/$program"
cp -r "$root.bundle/licenses" "$root/usr/share/doc/$program/licenses"
cp "$work/$program.cdx.json" "$root/usr/share/doc/$program/sbom.cdx.json"
cp "$work/$program/files/usr/share/doc/$program/copyright" "$root/usr/share/doc/$program/"

# Those of Debian's package. /etc/ssl has the authorities that only this machine trusts as well.
cat /usr/share/ca-certificates/mozilla/*.crt >"$root/etc/ssl/certs/ca-certificates.crt"
cp -r /usr/share/zoneinfo "$root/usr/share/zoneinfo"
rm -rf "$root/usr/share/zoneinfo/"{posix,right}
printf '%s\n' 'root:x:0:0:root:/:/sbin/nologin' 'strapline:x:65532:65532:Strapline:/:/sbin/nologin' >"$root/etc/passwd"
printf '%s\n' 'root:x:0:' 'strapline:x:65532:' >"$root/etc/group"
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
if [ "$program" = strapline ]; then
    install -D -m 644 "$here/../strapline.example.yaml" "$root/usr/share/doc/strapline/examples/strapline.yaml"
    mkdir -p "$root/etc/strapline"
fi
find "$root" -type f -perm -u=x -exec chmod 755 {} +
find "$root" -type f ! -perm -u=x -exec chmod 644 {} +
