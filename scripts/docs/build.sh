#!/bin/bash
# Builds the documentation site in .build/docs/site. A broken link or anchor is an error.
# usage: build.sh [serve]     with "serve": shows the site at http://127.0.0.1:8000 until Ctrl-C
set -euo pipefail
cd "$(dirname "$0")/../.."
work=.build/docs
environment=$work/venv
requirements=scripts/docs/requirements.txt

if ! cmp -s "$environment/installed" "$requirements"; then
    python3 -m venv --clear "$environment"
    "$environment/bin/pip" install --quiet --require-hashes --requirement "$requirements"
    cp "$requirements" "$environment/installed"
fi
export PYTHONDONTWRITEBYTECODE=1 NO_MKDOCS_2_WARNING=1
"$environment/bin/python" scripts/docs/site.py "$work/source"
if [ "${1:-}" = serve ]; then
    exec "$environment/bin/mkdocs" serve --strict --dev-addr 127.0.0.1:8000
fi
# With --quiet a warning would be no error.
"$environment/bin/mkdocs" build --strict 2>&1 | { grep -v "^INFO" || true; }
echo "The site is in $work/site: open $work/site/index.html"
