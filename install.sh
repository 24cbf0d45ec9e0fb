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
  --uninstall    Remove the programs and the repository. Asks before it deletes readings, tokens or a changed
                 configuration.
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

# The program that fetches files here.
fetching() { command -v curl >/dev/null && printf 'curl -fsSL' || printf 'wget -qO-'; }

# How to run this script again. A script that came through a pipe is in no file.
again() {
    case $0 in
    *install.sh) printf "sh '%s'" "$0" ;;
    *) printf '%s %s/install.sh | sh -s --' "$(fetching)" "$site" ;;
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
    (: </dev/tty >/dev/tty) 2>/dev/null || return 1
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
    # The release that a derivative is made of: LMDE's of Debian, Linux Mint's of Ubuntu.
    debian=$(. /etc/os-release && printf '%s' "${DEBIAN_CODENAME:-}")
    ubuntu=$(. /etc/os-release && printf '%s' "${UBUNTU_CODENAME:-}")
    number=$(. /etc/os-release && printf '%s' "${VERSION_ID:-}")
    case $family in *" debian "* | *" ubuntu "* | *" raspbian "*) ;; *) other_system "$system" ;; esac
    if ! command -v dpkg >/dev/null || ! command -v apt-get >/dev/null; then other_system "$system"; fi
    architecture=$(dpkg --print-architecture)
    case $architecture in
    amd64 | arm64) ;;
    armhf | armel) needs_64_bits "$system" ;;
    *) fail 69 "there are no packages for the processor $architecture" "$(from_source)" ;;
    esac
    case $distribution-$codename in
    # Debian testing and unstable may name no version.
    debian-forky | debian-sid | debian-) suite=trixie ;;
    ubuntu-*)
        case ${number%%.*} in '' | *[!0-9]*) other_system "$system" ;; esac
        # Older releases have an older C library.
        [ "${number%%.*}" -ge 24 ] || other_system "$system"
        suite=bookworm
        ;;
    *)
        case ${debian:-$codename}-$ubuntu in
        bookworm-* | trixie-*) suite=${debian:-$codename} ;;
        *- | *-trusty | *-xenial | *-bionic | *-focal | *-jammy | *-kinetic | *-lunar | *-mantic)
            other_system "$system"
            ;;
        # A name that is not known here is newer.
        *) suite=bookworm ;;
        esac
        ;;
    esac
}

needs_64_bits() {
    fail 69 "$1 is a 32-bit system: Strapline needs 64 bits" \
        "on a Raspberry Pi 3 or newer, install Raspberry Pi OS (64-bit)"
}

from_source() { printf 'build it from the sources: docs/install.md'; }

other_system() {
    case $(uname -m) in
    x86_64 | amd64) processor=amd64 ;;
    aarch64 | arm64) processor=arm64 ;;
    armv*) needs_64_bits "$1" ;;
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
            if [ -n "$here" ] && [ -d "$folder/dists" ]; then address=$folder && break; fi
        done
    fi
    case $address in
    http://* | https://*) is_local=no ;;
    *)
        is_local=yes
        folder=${address#file://}
        folder=${folder#file:}
        given=$folder
        folder=$(CDPATH='' cd -- "$given" 2>/dev/null && pwd -P) ||
            fail 66 "there is no folder $given" "name the folder apt of a release: --repository FOLDER"
        if [ -d "$folder/apt/dists/$suite" ]; then folder=$folder/apt; fi
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
    if [ -n "$key" ]; then return 0; fi
    if [ "$is_local" = yes ]; then
        key=$(cat "$folder/strapline-archive-keyring.asc" 2>/dev/null) || key=
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
    # Standard input may be the rest of this script. Another apt may run, for instance after the start of the machine.
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confdef \
        -o Dpkg::Options::=--force-confold -o DPkg::Lock::Timeout=300 -o "APT::Sandbox::User=$sandbox" \
        ${proxies:+-c "$proxies"} "$@" </dev/null
}

# apt update. It waits while another apt reads the lists, which apt itself does not.
update_lists() {
    tries=60
    until shown=$(apt update "$@" 2>&1 >/dev/null); do
        case $shown in
        *"/lists/lock - open"*) tries=0 ;;
        */lists/lock*) tries=$((tries - 1)) ;;
        *) tries=0 ;;
        esac
        [ "$tries" -gt 0 ] || break
        [ "$tries" -ne 59 ] || say "Another program reads the package lists. Waiting for it …"
        sleep 5
    done
    [ -z "$shown" ] || printf '%s\n' "$shown" >&2
    [ "$tries" -gt 0 ]
}

# sudo drops this user's proxies. They go to apt in a file, because others can read a command line. apt's own stay.
keep_proxies() {
    if [ "$(id -u)" -eq 0 ] || [ -z "${http_proxy:-}${https_proxy:-}${HTTPS_PROXY:-}" ]; then return 0; fi
    if apt-config dump Acquire 2>/dev/null | grep -qiE '::proxy "[^"]'; then return 0; fi
    proxies=$(mktemp)
    printf 'Acquire::http::Proxy "%s";\nAcquire::https::Proxy "%s";\n' \
        "${http_proxy:-DIRECT}" "${https_proxy:-${HTTPS_PROXY:-DIRECT}}" >"$proxies"
    for host in $(printf '%s' "${no_proxy:-}" | tr , ' '); do
        host=${host#.}
        case $host in *[!A-Za-z0-9.-]*) continue ;; esac
        printf 'Acquire::http::Proxy::%s "DIRECT";\nAcquire::https::Proxy::%s "DIRECT";\n' "$host" "$host" >>"$proxies"
    done
}

cannot_write() { fail 73 "cannot write $1: the line above has the reason" "fix that, then run: $(again)"; }

add_repository() {
    as_root install -d -m 755 "${keyring%/*}" || cannot_write "${keyring%/*}"
    is_changed=yes
    printf '%s\n' "$key" | as_root tee "$keyring" >/dev/null || cannot_write "$keyring"
    as_root chmod 644 "$keyring"
    as_root tee "$sources" >/dev/null <<SOURCES || cannot_write "$sources"
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
    trap 'code=$?; [ "$code" -eq 0 ] || [ "$is_changed" = no ] || restore_repository; rm -f "$proxies"; exit $code' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    keep_proxies
    add_repository
    say "Reading the package lists …"
    # Only this list must be new; the system's own are read if there are none.
    update_lists -o "Dir::Etc::sourcelist=$sources" -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0 \
        -o APT::Update::Error-Mode=any ||
        fail 69 "apt does not accept $address" "the lines above have apt's reason; nothing was installed" \
            "if they name an expired key, download install.sh again: it brings the new one"
    # shellcheck disable=SC2086  # a list of packages
    set -- $packages
    if ! apt install -y -s "$@" >/dev/null 2>&1; then update_lists || true; fi
    apt install -y "$@" || fail 69 "apt could not install $packages" "the lines above have apt's reason"
    # The folder may go away, and apt update would fail then.
    if [ "$is_local" = yes ]; then restore_repository; fi
    next_command
}

next_command() {
    sudo="sudo "
    as_hub="sudo -u strapline-hub"
    # Root may have no sudo.
    if [ "$(id -u)" -eq 0 ]; then sudo='' && as_hub="runuser -u strapline-hub --"; fi
    say "" "Strapline is installed."
    case " $packages " in *" strapline-hub "*)
        say "" "Set up the server:" \
            "    $as_hub strapline-hub init --user anna --database /var/lib/strapline-hub/hub.sqlite"
        ;;
    esac
    case " $packages " in *" strapline "*) say "" "Put the strap on, and run:" "    ${sudo}strapline setup" ;; esac
}

is_installed() { dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -qE '^(installed|config-files)'; }

# What a user would miss: readings, the folders with tokens, a changed configuration.
find_data() {
    data=
    for path in /var/lib/strapline/outbox.sqlite /var/lib/strapline-hub/hub.sqlite; do
        if as_root test -s "$path"; then data="$data $path"; fi
    done
    for path in /etc/strapline/tokens /var/lib/strapline; do
        tokens=$(as_root find "$path" -type f ! -name 'outbox*' 2>/dev/null) || true
        [ -z "$tokens" ] || data="$data $path"
    done
    data=$data$(changed_configuration) && data=${data# }
}

# The configuration files that are not as their package brought them.
changed_configuration() {
    dpkg-query -W -f '${Conffiles}\n' strapline strapline-hub 2>/dev/null | while read -r path sum _; do
        [ -n "$path" ] || continue
        now=$(as_root md5sum "$path" 2>/dev/null </dev/null) || continue
        [ "${now%% *}" = "$sum" ] || printf ' %s' "$path"
    done
}

uninstall() {
    command -v apt-get >/dev/null || fail 69 "there is no apt here" "delete the unpacked folder instead"
    is_local=no installed=
    for package in strapline strapline-hub; do
        if is_installed "$package"; then installed="$installed $package"; fi
    done
    find_data
    # Only the packages delete their data.
    if [ -n "$installed" ] && [ -z "$purge" ]; then
        purge=no
        if [ -z "$data" ] || confirmed "Delete $data too? This cannot be undone."; then purge=yes; fi
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
        [ -z "$data" ] || say "These are still there: $data"
    elif [ "$purge" = yes ]; then
        say "Strapline is removed, with its configuration and data."
    else
        say "Strapline is removed. Configuration, tokens and readings stay: ${data:-/etc/strapline}" \
            "Delete them with: $(again) --uninstall --purge"
    fi
}

main() {
    settings
    packages=strapline
    repository=${STRAPLINE_REPOSITORY:-}
    action=install
    purge=
    proxies=
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
        -h | --help) usage && exit 0 ;;
        *) fail 64 "unknown option $1" "sh install.sh --help lists the options" ;;
        esac
        shift
    done
    if [ "$action" = uninstall ]; then uninstall; else install_packages; fi
}

# In braces: of a download that stops in this line, nothing runs either.
{ main "$@"; }
