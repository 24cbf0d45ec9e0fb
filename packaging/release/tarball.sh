#!/bin/bash
# tarball.sh ARCHITECTURE VERSION WORK FOLDER
#
# Makes FOLDER/strapline-VERSION-linux-ARCHITECTURE.tar.gz of what unpack.sh has put into WORK. It has both programs
# with all libraries and the loader, so it runs on any Linux of this processor. It changes nothing outside its folder.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
architecture=$1
version=$2
work=$3
folder=$4

command -v patchelf >/dev/null || { echo "release: no patchelf here: run make release-files" >&2; exit 69; }

# Gives a program the padded path of its loader, and writes the path's offset beside it: see launcher.sh. An rpath,
# because a runpath does not apply to the libraries of libraries.
set_loader() {
    local path
    path=opt/strapline/lib/$(basename "$work"/bundle/lib/ld-linux-*)
    while [ ${#path} -lt "$(sed -n 's/^length=//p' "$here/launcher.sh")" ]; do path=/$path; done
    patchelf --set-interpreter "$path" --force-rpath --set-rpath '$ORIGIN/../lib' "$1"
    grep --byte-offset --only-matching --text --fixed-strings "$path" "$1" | head -n 1 | cut -d : -f 1 >"$1.offset"
    [ -s "$1.offset" ] || { echo "release: $1 has no loader" >&2; exit 70; }
}

name=strapline-$version-linux-$architecture
root=$work/$name
rm -rf "$root"
mkdir -p "$root/bin" "$root/libexec" "$root/share/sbom"
cp -r "$work/bundle/lib" "$root/lib"
cp -r "$work/bundle/licenses" "$root/share/licenses"
for program in strapline strapline-hub; do
    files=$work/$program/files
    install -m 755 "$files/usr/bin/$program" "$root/libexec/$program"
    set_loader "$root/libexec/$program"
    install -m 755 "$here/launcher.sh" "$root/bin/$program"
    for part in man bash-completion fish zsh doc; do
        [ ! -e "$files/usr/share/$part" ] || cp -r "$files/usr/share/$part" "$root/share/"
    done
    for part in systemd udev sysusers.d tmpfiles.d; do
        for above in lib usr/lib; do
            [ ! -e "$files/$above/$part" ] || cp -r "$files/$above/$part" "$root/share/"
        done
    done
    cp "$work/$program.cdx.json" "$root/share/sbom/"
done
sed -i "s|/usr/bin/|/usr/local/bin/|" "$root"/share/systemd/system/*.service
find "$root/share" -name sbom.cdx.json -delete
install -m 644 "$here/tarball-readme.md" "$root/README.md"
chmod -R u=rwX,go=rX "$root"
tar --create --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" --directory "$work" "$name" |
    gzip --no-name --best >"$folder/$name.tar.gz"
