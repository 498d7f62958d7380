#!/bin/sh
# Waits until Temporal answers, then makes the namespace if it isn't there.
set -eu

# The port opens before the server has found its shards and answers; two minutes are far more than that takes.
tries=0
until temporal operator cluster health; do
  tries=$((tries + 1))
  if [ "$tries" -ge 60 ]; then
    echo "Temporal at $TEMPORAL_ADDRESS has not answered for two minutes" >&2
    exit 1
  fi
  sleep 2
done

if temporal operator namespace describe --namespace "$NAMESPACE" >/dev/null 2>&1; then
  echo "The namespace $NAMESPACE is there."
else
  temporal operator namespace create --namespace "$NAMESPACE" --retention "$RETENTION"
fi
