#!/bin/bash
# Tests README.md and docs/: see docs_test.py. Arguments go to unittest.
set -eu
cd "$(dirname "$0")/../.."
# In a network of its own all ports are free, and no other server is reached.
PYTHONDONTWRITEBYTECODE=1 exec timeout --kill-after=10 5m \
    unshare --map-root-user --net python3 IntegrationTests/Docs/docs_test.py "$@"
