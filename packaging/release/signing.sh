# shellcheck shell=bash
# shellcheck disable=SC2034  # the scripts that read this use is_test_key and signing_key
# Opens the signing key of a release. After open_signing_key, $signing_key has its fingerprint, GNUPGHOME a keyring of
# its own; close_signing_key removes both.
#
#   STRAPLINE_SIGNING_KEY             a file with the secret key, or a fingerprint in the user's own keyring
#   STRAPLINE_SIGNING_PASSPHRASE_FILE a file with its passphrase, if it has one
#
# Without STRAPLINE_SIGNING_KEY a test key signs, which is made once, in .build/test-signing-key.asc.

test_key_name="Strapline test key (not for releases)"

key_gpg() {
    local passphrase=(--pinentry-mode loopback)
    if [ -n "${STRAPLINE_SIGNING_PASSPHRASE_FILE:-}" ]; then
        passphrase+=(--passphrase-file "$STRAPLINE_SIGNING_PASSPHRASE_FILE")
    else
        passphrase+=(--passphrase "")
    fi
    gpg --quiet --batch --yes --no-tty "${passphrase[@]}" "$@"
}

# open_signing_key CLONE: sets signing_key and is_test_key, and exports GNUPGHOME.
open_signing_key() {
    local key=${STRAPLINE_SIGNING_KEY:-} test_key=$1/.build/test-signing-key.asc home
    home=$(mktemp -d)
    chmod 700 "$home"
    signing_home=$home
    is_test_key=no
    if [ -z "$key" ]; then
        is_test_key=yes
        if ! [ -e "$test_key" ]; then
            GNUPGHOME=$home key_gpg --quick-generate-key "$test_key_name" ed25519 sign never
            mkdir -p "$(dirname "$test_key")"
            (umask 077 && GNUPGHOME=$home key_gpg --armor --export-secret-keys >"$test_key.part")
            mv "$test_key.part" "$test_key"
        fi
        key=$test_key
    fi
    local of=()
    if [ -f "$key" ]; then
        GNUPGHOME=$home key_gpg --import "$key"
    else
        of=("$key")
        gpg --quiet --batch --list-secret-keys "$key" >/dev/null 2>&1 || {
            echo "release: STRAPLINE_SIGNING_KEY is neither a file nor a secret key of this user: $key" >&2
            exit 66
        }
        rm -r "$home"
        signing_home=
        home=${GNUPGHOME:-$HOME/.gnupg}
    fi
    export GNUPGHOME=$home
    signing_key=$(gpg --batch --with-colons --list-secret-keys "${of[@]}" 2>/dev/null |
        awk -F: '$1 == "fpr" { print $10; exit }')
}

close_signing_key() {
    [ -n "${signing_home:-}" ] || return 0
    gpgconf --homedir "$signing_home" --kill all 2>/dev/null || true
    rm -rf "$signing_home"
}
