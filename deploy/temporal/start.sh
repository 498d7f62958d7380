#!/bin/sh
# Starts the server, which takes its password from the environment alone: it is put there here, out of sight of
# whoever reads the container's configuration.
set -eu

POSTGRES_PWD="$(cat /run/secrets/postgres_password)"
export POSTGRES_PWD
exec /etc/temporal/entrypoint.sh
