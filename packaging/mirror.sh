# shellcheck shell=bash
# Finds Debian's mirror: DEBIAN_MIRROR if it is set, else the one of this machine's apt.

debian_mirror() {
    local mirror=${DEBIAN_MIRROR:-}
    [ -n "$mirror" ] ||
        mirror=$(apt-get indextargets --format '$(REPO_URI)' | awk '/\/debian\/*$/ && !found { found = 1; print }')
    if [ -z "$mirror" ]; then
        echo "${0##*/}: apt's sources name no mirror of Debian: set DEBIAN_MIRROR to the address of one" >&2
        return 69
    fi
    echo "${mirror%/}"
}
