#!/bin/bash
# Starts MongoDB as a replica set member. It demands that the replica key is its own and closed to all others, which a
# mounted secret is not: hence the copy, in memory.
set -euo pipefail
install -o mongodb -g mongodb -m 0400 /run/secrets/mongo_replica_key /run/linekeeper/replica-key
exec docker-entrypoint.sh mongod --replSet rs0 --keyFile /run/linekeeper/replica-key --bind_ip_all
