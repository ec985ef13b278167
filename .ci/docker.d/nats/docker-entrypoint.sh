#!/bin/sh
# As in the official image: bare flags are the server's.
set -e
case "${1:-}" in
  -*) set -- nats-server "$@" ;;
esac
exec "$@"
