#!/bin/bash
# test-cluster.sh [OPTIONS OF run.py] [FAULT …]
#
# Three PostgreSQL under Patroni, their witness, three hubs and a proxy on one machine, each in a network namespace; as
# root. Tries each fault under load, and writes .build/cluster/results.md.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."
environment=.build/cluster/venv
requirements=IntegrationTests/Cluster/requirements.txt

[ "$(id -u)" = 0 ] || { echo "test-cluster: run it as root: it makes network namespaces" >&2; exit 77; }
if ! cmp -s "$environment/installed" "$requirements"; then
    python3 -m venv --clear "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements"
    cp "$requirements" "$environment/installed"
fi
# A network of its own: the addresses of packaging/cluster are free there.
export PYTHONDONTWRITEBYTECODE=1
exec unshare --net --mount --propagation private sh -c '
    mkdir -p /run/netns
    mount -t tmpfs none /run/netns
    exec "$@"' sh "$environment/bin/python" IntegrationTests/Cluster/run.py "$@"
