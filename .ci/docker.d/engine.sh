# The Docker engine: the one that answers already, or a private one that dies with this script.
#
# The private dockerd runs in its own mount and process namespaces, so its end is the end of every container and mount.
# It shares the network namespace (containers need the way out): what it changes there is put back in engine_stop.

engine_guard=
own_engine=no

engine_start() {
  if command -v docker >/dev/null && docker info >/dev/null 2>&1; then
    echo 'using the engine that is running'
    compose_find
    return
  fi
  engine_install && engine_launch && compose_find
}

engine_install() {
  local missing=()
  command -v dockerd >/dev/null || missing+=(docker.io)
  command -v docker-compose >/dev/null || missing+=(docker-compose)
  command -v debootstrap >/dev/null || missing+=(debootstrap)
  command -v iptables >/dev/null || missing+=(iptables)
  command -v curl >/dev/null || missing+=(curl)
  command -v ip >/dev/null || missing+=(iproute2)
  if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
    echo 'No Docker engine answers. Start one, or run this as root on Debian or Ubuntu, where it can start its own.'
    return 1
  fi
  ((${#missing[@]} == 0)) && return 0
  progress "installing ${missing[*]}"
  # The package would start a system-wide daemon; policy-rc.d is Debian's way to say no.
  local policy=/usr/sbin/policy-rc.d made=no
  [[ -e $policy ]] || { printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && made=yes; }
  bounded 300 apt-get update -qq
  DEBIAN_FRONTEND=noninteractive bounded 600 apt-get install -y --no-install-recommends "${missing[@]}"
  local code=$?
  # Newer Debians have the client in a package of its own.
  command -v docker >/dev/null || bounded 300 apt-get install -y --no-install-recommends docker-cli || code=1
  [[ $made == yes ]] && rm -f "$policy"
  return "$code"
}

engine_launch() {
  own_engine=yes
  exec 9>"$cache/lock"
  flock --nonblock 9 || { echo "another run holds $cache/lock" && own_engine=no && return 1; }
  host_remember
  # The engine's own builder: Debian's client has no BuildKit beside it.
  export DOCKER_HOST=unix://$work/engine.sock DOCKER_BUILDKIT=0
  # setpriv: should this script be killed outright, unshare dies with it, and dockerd with unshare.
  # The lock must not live on in the daemon (9>&-), nor hold the terminal (3>&-).
  setpriv --pdeathsig KILL \
    unshare --mount --pid --fork --kill-child=SIGTERM --mount-proc \
    dockerd --host "$DOCKER_HOST" --data-root "$cache/engine" --exec-root "$work/exec" --pidfile "$work/engine.pid" \
    --mtu "$(engine_mtu)" --live-restore=false >"$work/engine.log" 2>&1 3>&- 9>&- &
  engine_guard=$!
  for _ in {1..120}; do
    docker info >/dev/null 2>&1 && return 0
    kill -0 "$engine_guard" 2>/dev/null || break
    sleep 0.5
  done
  echo 'dockerd did not come up:'
  tail -n 40 "$work/engine.log"
  return 1
}

# Packets larger than the way out allows are dropped without a word, and downloads hang.
engine_mtu() {
  local device
  device=$(ip route show default | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1)
  cat "/sys/class/net/${device:-lo}/mtu" 2>/dev/null || echo 1500
}

compose_find() {
  if docker compose version >/dev/null 2>&1; then
    compose=(docker compose)
  elif command -v docker-compose >/dev/null; then
    compose=(docker-compose)
  else
    echo 'Neither "docker compose" nor "docker-compose" is installed.'
    return 1
  fi
  compose+=(--file "$root/docker-compose.yml" --project-directory "$root")
  echo "compose: ${compose[*]}"
}

engine_stop() {
  [[ $own_engine == yes ]] || return 0
  if [[ -n $engine_guard ]] && kill -0 "$engine_guard" 2>/dev/null; then
    engine_empty >/dev/null 2>&1
    local daemon
    daemon=$(cat "/proc/$engine_guard/task/$engine_guard/children")
    [[ -n $daemon ]] && kill -TERM $daemon
    for _ in {1..60}; do
      kill -0 "$engine_guard" 2>/dev/null || break
      sleep 0.5
    done
    [[ -n $daemon ]] && kill -KILL $daemon 2>/dev/null
    wait "$engine_guard" 2>/dev/null
  fi
  host_restore
}

# The private engine keeps images from run to run, and nothing else.
engine_empty() {
  local container
  for container in $(timeout 20 docker ps --all --quiet); do
    timeout 30 docker rm --force --volumes "$container"
  done
  timeout 60 docker network prune --force
  timeout 60 docker volume prune --force
}

# What dockerd changes on the host: firewall rules, forwarding, a bridge. The note lies in the cache, so that a run
# that could not clean up (SIGKILL) is cleaned up after by the next.
host_remember() {
  local note=$cache/host table
  [[ -d $note ]] && return 0
  rm -rf "$note.part" && mkdir "$note.part"
  for table in filter nat; do
    # Listing makes an empty table exist; only then is there something to save, and to put back.
    iptables --table $table --list --numeric >/dev/null && iptables-save --table $table >"$note.part/$table"
  done
  cat /proc/sys/net/ipv4/ip_forward >"$note.part/ip_forward"
  ip -brief link show type bridge | cut -d ' ' -f 1 >"$note.part/bridges"
  mv "$note.part" "$note"
}

host_restore() {
  local note=$cache/host table bridge
  [[ -d $note ]] || return 0
  for table in filter nat; do
    [[ -s $note/$table ]] && iptables-restore --table $table <"$note/$table"
  done
  for bridge in $(ip -brief link show type bridge | cut -d ' ' -f 1 | grep -E '^(docker0|br-[0-9a-f]{12})$'); do
    grep --quiet --line-regexp "$bridge" "$note/bridges" || ip link delete "$bridge"
  done
  cat "$note/ip_forward" >/proc/sys/net/ipv4/ip_forward
  rm -rf "$note"
}
