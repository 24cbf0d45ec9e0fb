#!/bin/bash
# Runs the commands of the documents, and looks up those that cannot be run: see docs_test.py. Arguments are handed to unittest.
set -eu
cd "$(dirname "$0")/../.."
# A network of its own: the documents' ports are free there, and nobody else's server is reached.
PYTHONDONTWRITEBYTECODE=1 exec timeout --kill-after=10 5m unshare --map-root-user --net python3 IntegrationTests/Docs/docs_test.py "$@"
