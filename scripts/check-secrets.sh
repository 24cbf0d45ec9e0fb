#!/bin/bash
# Looks that no source draws random bytes for the hub past Sources/Hub/HubStore/Secrets, which takes them from
# getrandom(2) or fails. On Linux, Foundation's UUID ignores that /dev/urandom cannot be opened, and is zeros then.
#   check-secrets.sh [FOLDER]    of the project; default: this one
set -euo pipefail
cd "${1:-$(dirname "$0")/..}"

# Files that may, one a line: a path, a space, the reason. None does today.
allowed=''

anywhere='UUID *\(\)|UUID\.init *\(\)|: *UUID *= *\.init *\(\)|NSUUID|uuid_generate|globallyUniqueString'
anywhere+='|/dev/u?random|(^|[^.[:alnum:]_])(rand|random|arc4random) *\(\)'
in_the_hub='SystemRandomNumberGenerator|\.random *\(in:|randomElement|shuffled'
look() { grep -rnE --include='*.swift' --include='*.[ch]' "$@" | grep -vE '^[^:]+:[0-9]+: *//' || true; }

status=0
while IFS=: read -r file line text; do
    [ -n "$file" ] || continue
    grep -qE "^$file .+" <<<"$allowed" && continue
    echo "$file:$line: draws random bytes past Sources/Hub/HubStore/Secrets. Use Secret or RandomBytes, or list the" \
        "file with its reason in scripts/check-secrets.sh." >&2
    echo "   $text" >&2
    status=1
done < <(look "$anywhere" Sources; look "$in_the_hub" Sources/Hub Sources/Programs/strapline-hub)
exit "$status"
