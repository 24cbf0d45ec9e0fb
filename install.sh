#!/bin/sh
# install.sh: installs Strapline on this machine, and removes it again.
#
#   curl -fsSL https://strapline.invalid/install.sh | sh
#   sh install.sh --help
#
# Nothing runs before the last line, so a download that stops half-way changes nothing.
set -eu

usage() {
    cat <<'USAGE'
Install Strapline: the uploader for chest straps, the server, or both.

usage: sh install.sh [--with-hub | --only-hub] [--repository ADDRESS]
       sh install.sh --uninstall [--purge | --keep]

  --with-hub     Install the server (strapline-hub) too.
  --only-hub     Install the server alone.
  --repository   The apt repository: an http(s) address, or a folder. Default: the folder apt beside this script, else
                 the published repository.
  --uninstall    Remove the programs and the repository. Asks before it deletes readings or tokens.
  --purge        With --uninstall: delete configuration, tokens and readings without asking.
  --keep         With --uninstall: keep them without asking.
  --help         Show this.

Without root it uses sudo. It adds /etc/apt/sources.list.d/strapline.sources and /etc/apt/keyrings/strapline.asc.
USAGE
}

say() { printf '%s\n' "$@"; }
fail() {
    code=$1
    shift
    printf 'install.sh: %s\n' "$@" >&2
    exit "$code"
}

settings() {
    site=https://strapline.invalid
    release=
    sources=/etc/apt/sources.list.d/strapline.sources
    keyring=/etc/apt/keyrings/strapline.asc
}

# The public key of the repository; nothing if this script is not part of a release.
public_key() {
    # The release puts its public key here.
    :
}

# How to run this script again. A script that came through a pipe is in no file.
again() {
    case $0 in
    *install.sh) printf "sh '%s'" "$0" ;;
    *) printf 'curl -fsSL %s/install.sh | sh -s --' "$site" ;;
    esac
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail 77 "this needs root, and there is no sudo here" "become root with: su -" "then run: $(again)"
    fi
}

# A question at the terminal, also when the script itself comes through a pipe. Without a terminal the answer is no.
confirmed() {
    if ! (: </dev/tty >/dev/tty) 2>/dev/null; then return 1; fi
    printf '%s [y/N] ' "$1" >/dev/tty
    read -r answer </dev/tty || answer=
    case $answer in [yY] | [yY][eE][sS]) return 0 ;; *) return 1 ;; esac
}

# Finds the release of Debian whose packages fit ($suite), or says which tarball does.
find_system() {
    [ -r /etc/os-release ] || other_system "this system"
    system=$(. /etc/os-release && printf '%s' "${PRETTY_NAME:-${NAME:-Linux}}")
    distribution=$(. /etc/os-release && printf '%s' "${ID:-}")
    family=" $distribution $(. /etc/os-release && printf '%s' "${ID_LIKE:-}") "
    codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
    number=$(. /etc/os-release && printf '%s' "${VERSION_ID:-}")
    case $family in *" debian "* | *" ubuntu "* | *" raspbian "*) ;; *) other_system "$system" ;; esac
    if ! command -v dpkg >/dev/null || ! command -v apt-get >/dev/null; then other_system "$system"; fi
    architecture=$(dpkg --print-architecture)
    case $architecture in
    amd64 | arm64) ;;
    armhf | armel)
        fail 69 "$system is a 32-bit system: Strapline needs 64 bits" \
            "on a Raspberry Pi 3 or newer, install Raspberry Pi OS (64-bit)"
        ;;
    *) fail 69 "there are no packages for the processor $architecture" "$(from_source)" ;;
    esac
    case $distribution-$codename in
    debian-bookworm | raspbian-bookworm) suite=bookworm ;;
    debian-trixie | raspbian-trixie | debian-forky | debian-sid) suite=trixie ;;
    ubuntu-*)
        case ${number%%.*} in
        '' | *[!0-9]*) other_system "$system" ;;
        esac
        # Older releases have an older C library.
        [ "${number%%.*}" -ge 24 ] || other_system "$system"
        suite=bookworm
        ;;
    debian-)
        # Debian testing and unstable name no version.
        suite=trixie
        ;;
    *)
        case $codename in
        bookworm | trixie) suite=$codename ;;
        *) other_system "$system" ;;
        esac
        ;;
    esac
}

from_source() { printf 'build it from the sources: docs/install.md'; }

other_system() {
    case $(uname -m) in
    x86_64 | amd64) processor=amd64 ;;
    aarch64 | arm64) processor=arm64 ;;
    *) fail 69 "there are no programs for the processor $(uname -m)" "$(from_source)" ;;
    esac
    fail 69 "there is no package for $1" \
        "take the programs with all their libraries: $site/strapline-${release:-VERSION}-linux-$processor.tar.gz" \
        "unpack it, and run bin/strapline setup"
}

# The address of the repository ($address); a folder becomes a file: address.
find_repository() {
    address=$repository
    if [ -z "$address" ]; then
        here=
        case $0 in */install.sh | install.sh) here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P) ;; esac
        address=$site/apt
        # The folder of a release, or a clone with one.
        for folder in "$here/apt" "$here/.build/dist/latest/apt"; do
            if [ -n "$here" ] && [ -d "$folder/dists" ]; then
                address=$folder
                break
            fi
        done
    fi
    case $address in
    http://* | https://*) is_local=no ;;
    *)
        is_local=yes
        folder=${address#file://}
        folder=${folder#file:}
        folder=$(CDPATH='' cd -- "$folder" 2>/dev/null && pwd -P) ||
            fail 66 "there is no folder $folder" "name the folder apt of a release: --repository FOLDER"
        [ -d "$folder/dists/$suite" ] || {
            [ ! -d "$folder/apt/dists/$suite" ] || folder=$folder/apt
        }
        [ -d "$folder/dists/$suite" ] ||
            fail 66 "$folder is no repository for $suite" "name the folder apt of a release: --repository FOLDER"
        address=file:$(printf '%s' "$folder" | sed 's/%/%25/g; s/ /%20/g')
        ;;
    esac
    address=${address%/}
}

# The key of this release, else that of the repository.
find_key() {
    key=$(public_key)
    [ -z "$key" ] || return 0
    if [ "$is_local" = yes ]; then
        key=$(cat "$folder/strapline-archive-keyring.asc")
    elif command -v curl >/dev/null; then
        key=$(curl -fsSL "$address/strapline-archive-keyring.asc") || key=
    elif command -v wget >/dev/null; then
        key=$(wget -qO- "$address/strapline-archive-keyring.asc") || key=
    else
        fail 69 "neither curl nor wget is here" "install one: apt install curl"
    fi
    case $key in
    *"BEGIN PGP PUBLIC KEY BLOCK"*) ;;
    *) fail 69 "$address has no strapline-archive-keyring.asc" "check the address, and the network" ;;
    esac
}

# apt, without questions: a changed configuration file stays. A folder that only root can read is read as root.
apt() {
    if [ "$is_local" = yes ]; then sandbox=root; else sandbox=_apt; fi
    # Standard input may be the rest of this script.
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confdef \
        -o Dpkg::Options::=--force-confold -o "APT::Sandbox::User=$sandbox" "$@" </dev/null
}

add_repository() {
    as_root install -d -m 755 "${keyring%/*}"
    is_changed=yes
    printf '%s\n' "$key" | as_root tee "$keyring" >/dev/null
    as_root chmod 644 "$keyring"
    as_root tee "$sources" >/dev/null <<SOURCES
Types: deb
URIs: $address
Suites: $suite
Components: main
Architectures: $architecture
Signed-By: $keyring
SOURCES
    as_root chmod 644 "$sources"
}

# The repository of an earlier installation, if there is one.
remember_repository() {
    old_sources=$(cat "$sources" 2>/dev/null) || old_sources=
    old_key=$(cat "$keyring" 2>/dev/null) || old_key=
}

# Brings the earlier repository back, and removes this one.
restore_repository() {
    remove_repository
    if [ -n "$old_sources" ] && [ -n "$old_key" ]; then
        printf '%s\n' "$old_key" | as_root tee "$keyring" >/dev/null
        printf '%s\n' "$old_sources" | as_root tee "$sources" >/dev/null
        as_root chmod 644 "$keyring" "$sources"
    fi
}

# Removes the repository, and the lists that apt has read from it.
remove_repository() {
    if [ -r "$sources" ]; then
        lists=$(sed -n 's/^URIs: *//p' "$sources" | sed 's|^[a-z]*:/*\([^/]\)|\1|' | tr / _)
        # Lists of a folder begin with an underscore.
        [ -z "$lists" ] || as_root find /var/lib/apt/lists -type f \
            \( -name "${lists}_dists_*" -o -name "_${lists}_dists_*" \) -delete
    fi
    as_root rm -f "$sources" "$keyring"
}

install_packages() {
    find_system
    find_repository
    find_key
    say "Installing $packages on $system ($architecture) from $address."
    remember_repository
    is_changed=no
    # A source that does not work breaks every later apt update.
    trap 'code=$?; [ "$code" -eq 0 ] || [ "$is_changed" = no ] || restore_repository; exit "$code"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    add_repository
    say "Reading the package lists …"
    # Only this list must be new; the system's own are read if there are none.
    apt update -o "Dir::Etc::sourcelist=$sources" -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0 \
        -o APT::Update::Error-Mode=any >/dev/null ||
        fail 69 "apt does not accept $address" "the lines above have apt's reason; nothing was installed"
    # shellcheck disable=SC2086  # a list of packages
    if ! apt install -y -s $packages >/dev/null 2>&1; then apt update >/dev/null; fi
    # shellcheck disable=SC2086  # a list of packages
    apt install -y $packages ||
        fail 69 "apt could not install $packages" "the lines above have apt's reason"
    if [ "$is_local" = yes ]; then
        # The folder may go away, and apt update would fail then.
        restore_repository
    fi
    next_command
}

next_command() {
    sudo=
    as_hub="runuser -u strapline-hub --"
    # Root may have no sudo.
    if [ "$(id -u)" -ne 0 ]; then
        sudo="sudo "
        as_hub="sudo -u strapline-hub"
    fi
    say "" "Strapline is installed."
    case " $packages " in *" strapline-hub "*)
        say "" "Set up the server:" \
            "    $as_hub strapline-hub init --user anna --database /var/lib/strapline-hub/hub.sqlite"
        ;;
    esac
    case " $packages " in *" strapline "*)
        say "" "Put the strap on, and run:" "    ${sudo}strapline setup" ;;
    esac
}

is_installed() { dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -qE '^(installed|config-files)'; }

# What a user would miss: readings, tokens, a changed configuration.
find_data() {
    data=
    for path in /var/lib/strapline/outbox.sqlite /var/lib/strapline-hub/hub.sqlite; do
        if as_root test -s "$path"; then data="$data $path"; fi
    done
    tokens=$(as_root find /etc/strapline/tokens /var/lib/strapline -type f ! -name 'outbox*' 2>/dev/null) || true
    [ -z "$tokens" ] || data="$data tokens"
    data=${data# }
}

uninstall() {
    command -v apt-get >/dev/null || fail 69 "there is no apt here" "delete the unpacked folder instead"
    is_local=no
    installed=
    for package in strapline strapline-hub; do
        if is_installed "$package"; then installed="$installed $package"; fi
    done
    find_data
    if [ -z "$purge" ]; then
        if [ -z "$data" ] || confirmed "Delete $data too? They cannot be brought back."; then
            purge=yes
        else
            purge=no
        fi
    fi
    if [ -n "$installed" ]; then
        if [ "$purge" = yes ]; then action=purge; else action=remove; fi
        # shellcheck disable=SC2086  # a list of packages
        apt $action -y $installed || fail 69 "apt could not remove$installed" "the lines above have apt's reason"
    fi
    remove_repository
    as_root find /var/cache/apt/archives -maxdepth 1 -name 'strapline*.deb' -delete
    if [ -z "$installed" ]; then
        say "Strapline is not installed."
    elif [ "$purge" = yes ]; then
        say "Strapline is removed, with its configuration and data."
    else
        say "Strapline is removed. Configuration, tokens and readings stay: $data" \
            "Delete them with: $(again) --uninstall --purge"
    fi
}

main() {
    settings
    packages=strapline
    repository=${STRAPLINE_REPOSITORY:-}
    action=install
    purge=
    while [ $# -gt 0 ]; do
        case $1 in
        --with-hub) packages="strapline strapline-hub" ;;
        --only-hub) packages=strapline-hub ;;
        --repository)
            [ $# -gt 1 ] || fail 64 "--repository needs an address or a folder"
            repository=$2
            shift
            ;;
        --repository=*) repository=${1#*=} ;;
        --uninstall) action=uninstall ;;
        --purge) purge=yes ;;
        --keep) purge=no ;;
        -h | --help)
            usage
            exit 0
            ;;
        *) fail 64 "unknown option $1" "sh install.sh --help lists the options" ;;
        esac
        shift
    done
    if [ "$action" = uninstall ]; then uninstall; else install_packages; fi
}

main "$@"
