#!/bin/bash
# Tests README.md and docs/: see docs_test.py. Arguments go to unittest. Then it runs the demo: see demo_test.py.
set -eu
cd "$(dirname "$0")/../.."
# In a network of its own all ports are free, and no other server is reached.
export PYTHONDONTWRITEBYTECODE=1
timeout --kill-after=10 5m unshare --map-root-user --net python3 IntegrationTests/Docs/docs_test.py "$@"
[ $# -gt 0 ] || timeout --kill-after=10 2m unshare --map-root-user --net \
    sh -c 'ip link set lo up && exec python3 IntegrationTests/Docs/demo_test.py'
