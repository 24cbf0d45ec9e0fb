#!/bin/bash
# torture.sh COUNT
#
# Cuts the power of all three databases under load, COUNT times; `make torture` calls it. Without root it says so and
# succeeds.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."
count=${1:-100}

if [ "$(id -u)" != 0 ]; then
    echo "torture: no power cuts of a cluster: that needs root"
    exit 0
fi
scripts/setup.sh etcd-client etcd-server haproxy iproute2 iptables postgresql python3-venv
rm -f .build/cluster/results.md
status=0
STRAPLINE_PROGRAMS="$PWD/.build/release" IntegrationTests/Cluster/test-cluster.sh run.py --count "$count" power-cut ||
    status=$?
# The table is there also after a cut that lost something.
mkdir -p .build/torture
cp .build/cluster/results.md .build/torture/cluster.md
exit "$status"
