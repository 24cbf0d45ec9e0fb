#!/bin/sh
# Runs the program of this name with the libraries of this folder. A symbolic link to this file works too.
#
# The kernel wants the absolute path of a program's loader in the program itself. The first start in a new place writes
# it there: padded with slashes, because its room in the file is fixed.
set -eu

length=240
self=$0
while [ -h "$self" ]; do
    target=$(readlink "$self")
    case $target in
    /*) self=$target ;;
    *) self=$(dirname "$self")/$target ;;
    esac
done
here=$(CDPATH='' cd -- "$(dirname -- "$self")/.." && pwd -P)
name=$(basename -- "$self")
program=$here/libexec/$name
read -r offset <"$program.offset"

# Counts bytes in every locale.
padded() (
    LC_ALL=C
    path=$1
    while [ ${#path} -lt "$length" ]; do path=/$path; done
    printf '%s' "$path"
)

for loader in "$here"/lib/ld-linux-*; do wanted=$(padded "$loader"); done
if [ "$(dd if="$program" bs=1 skip="$offset" count="$length" 2>/dev/null)" != "$wanted" ]; then
    if [ "$(printf '%s' "$wanted" | wc -c)" -gt "$length" ]; then
        echo "$name: the path of this folder is too long: move it to /opt/strapline" >&2
        exit 78
    fi
    if ! [ -w "$here/libexec" ]; then
        echo "$name: this folder was moved: run $here/bin/$name once as its owner" >&2
        exit 77
    fi
    cp -p "$program" "$program.$$"
    printf '%s' "$wanted" | dd of="$program.$$" bs=1 seek="$offset" conv=notrunc 2>/dev/null
    mv -f "$program.$$" "$program"
fi
exec "$program" "$@"
