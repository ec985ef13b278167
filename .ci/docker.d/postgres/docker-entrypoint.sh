#!/bin/bash
# What the network uses of the official image's entrypoint: a cluster on first start, with POSTGRES_USER,
# POSTGRES_PASSWORD(_FILE), POSTGRES_DB and POSTGRES_INITDB_ARGS, reachable by password from other hosts.
set -euo pipefail

[[ ${1:-} == -* ]] && set -- postgres "$@"
[[ ${1:-} == postgres ]] || exec "$@"

if [[ -n ${POSTGRES_PASSWORD_FILE:-} ]]; then
  POSTGRES_PASSWORD=$(<"$POSTGRES_PASSWORD_FILE")
  export POSTGRES_PASSWORD
  unset POSTGRES_PASSWORD_FILE
fi
if ((EUID == 0)); then
  mkdir -p "$PGDATA" && chown -R postgres "$PGDATA" && chmod 700 "$PGDATA"
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$BASH_SOURCE" "$@"
fi

user=${POSTGRES_USER:-postgres}
if [[ ! -s $PGDATA/PG_VERSION ]]; then
  : "${POSTGRES_PASSWORD:?Set POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE}"
  # Word splitting of POSTGRES_INITDB_ARGS is wanted: it holds several arguments.
  initdb --username="$user" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") ${POSTGRES_INITDB_ARGS:-}
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  if [[ ${POSTGRES_DB:-$user} != postgres ]]; then
    # Only on the socket: nobody should meet a server that is not finished.
    pg_ctl --wait start -o "-c listen_addresses=''"
    createdb --username="$user" "${POSTGRES_DB:-$user}"
    pg_ctl --wait --mode=fast stop
  fi
fi
unset POSTGRES_PASSWORD
exec "$@"
