#!/bin/bash
# install.sh PROGRAMS
#
# Installs the two programs of the folder PROGRAMS, with man pages, completions, units, users and udev rules:
#
#   PREFIX      (/usr/local) below it everything but the configuration
#   SYSCONFDIR  (/etc)       below it the configuration; one that is there stays
#   DESTDIR     put before both, for packages
#   EMULATOR    (none)       runs the programs where they are of another architecture
#
# Man pages and completions are what the programs say of themselves.
set -eu

here=$(dirname "$(realpath "$0")")
programs=$(realpath "$1")
prefix=${PREFIX:-/usr/local}
sysconfdir=${SYSCONFDIR:-/etc}
target=${DESTDIR:-}$prefix

work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

# The date of the last change, so that the same sources make the same pages.
epoch=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct 2>/dev/null || date +%s)}
date=$(LC_ALL=C date -u -d "@$epoch" '+%B %-d, %Y')

run() { ${EMULATOR:-} "$programs/$1" "${@:2}"; }

# Units and udev rules name /usr/bin and /etc.
adapted() {
    sed -e "s|/usr/bin/|$prefix/bin/|g; s|/etc/strapline|$sysconfdir/strapline|g" \
        -e "s|/etc/default|$sysconfdir/default|g" "$1"
}

version=$(run strapline --version)
for program in strapline strapline-hub; do
    install -D -m 755 -t "$target/bin" "$programs/$program"

    run "$program" --experimental-dump-help |
        python3 "$here/manual.py" "$here/man/$program.mdoc" "$date" "$version" >"$work/$program.1"
    install -D -m 644 -t "$target/share/man/man1" "$work/$program.1"

    for shell in bash zsh fish; do run "$program" --generate-completion-script "$shell" >"$work/$shell"; done
    # It is read by a shell, never run.
    sed -i '1{/^#!/d}' "$work/bash"
    install -D -m 644 "$work/bash" "$target/share/bash-completion/completions/$program"
    install -D -m 644 "$work/zsh" "$target/share/zsh/${ZSH_FUNCTIONS:-site-functions}/_$program"
    install -D -m 644 "$work/fish" "$target/share/fish/vendor_completions.d/$program.fish"

    adapted "$here/$program.service" >"$work/unit"
    install -D -m 644 "$work/unit" "$target/lib/systemd/system/$program.service"
    install -D -m 644 "$here/$program.sysusers" "$target/lib/sysusers.d/$program.conf"
    adapted "$here/$program.tmpfiles" >"$work/tmpfiles"
    install -D -m 644 "$work/tmpfiles" "$target/lib/tmpfiles.d/$program.conf"
done

example=$here/strapline.example.yaml
python3 "$here/manual.py" --configuration "$here/man/strapline.yaml.mdoc" "$example" "$date" >"$work/strapline.yaml.5"
install -D -m 644 -t "$target/share/man/man5" "$work/strapline.yaml.5"
install -D -m 644 "$example" "$target/share/doc/strapline/examples/strapline.yaml"

# For a cluster (docs/many-hubs.md). An operator copies them and changes addresses and passwords.
install -D -m 644 -t "$target/share/doc/strapline-hub/examples/cluster" "$here"/cluster/*
chmod 755 "$target/share/doc/strapline-hub/examples/cluster/strapline-witness"

adapted "$here/../udev/90-strapline.rules" >"$work/rules"
install -D -m 644 "$work/rules" "$target/lib/udev/rules.d/90-strapline.rules"

# Once somebody has written into them they are not ours.
keep_or_install() {
    local place=${DESTDIR:-}$sysconfdir/$2
    if [ -e "$place" ]; then
        echo "install: $place is there, and stays as it is"
    else
        install -D -m "$3" "$1" "$place"
    fi
}
keep_or_install "$here/strapline.yaml" strapline/strapline.yaml 640
keep_or_install "$here/strapline-hub.default" default/strapline-hub 644
