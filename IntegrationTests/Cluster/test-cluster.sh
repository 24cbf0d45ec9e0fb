#!/bin/bash
# test-cluster.sh run.py [OPTIONS] [FAULT …]     tries each fault under load, and writes .build/cluster/results.md
# test-cluster.sh demo.py [OPTIONS]              shows the cluster in the terminal
#
# Three PostgreSQL under Patroni, their witness, three hubs and a proxy on one machine, each in a network namespace; as
# root.
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
    program=$1
    shift
    exec "$0" "IntegrationTests/Cluster/$program" "$@"' "$environment/bin/python" "$@"
