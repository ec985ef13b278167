# The network under test: built, brought up, asked, taken down through docker-compose.yml.

network_build() {
  progress 'building the image (several minutes the first time)'
  bounded 2400 "${compose[@]}" build "${build_args[@]}" || return
  [[ $own_engine == yes ]] || return 0
  # Names for the stages before the last keep their layers, which make the next run fast; what older runs left goes.
  local stage
  for stage in production build; do
    bounded 600 docker build --quiet --target "$stage" --tag "ganglion-ci/$stage" "${build_args[@]}" "$root" || return
  done
  bounded 300 docker image prune --force
}

network_up() {
  network_is_up=yes
  bounded 600 "${compose[@]}" up --detach || { network_logs; return 1; }
  local deadline=$((SECONDS + 300)) answer= told=$SECONDS
  until answer=$(curl --silent --max-time 5 --fail "http://127.0.0.1:$port/readyz"); do
    if ((SECONDS > deadline)); then
      echo "not ready after 300 s; the last answer was: $(curl --silent --max-time 5 "http://127.0.0.1:$port/readyz")"
      network_logs
      return 1
    fi
    if ((SECONDS - told >= 15)); then
      told=$SECONDS
      progress "waiting for /readyz ($((deadline - SECONDS)) s left)"
    fi
    sleep 1
  done
  echo "$answer"
}

# Everything that ended badly, and the end of what it wrote; when nothing did, the end of all.
network_logs() {
  "${compose[@]}" ps
  local id broken=()
  for id in $("${compose[@]}" ps --all --quiet 2>/dev/null || "${compose[@]}" ps --quiet); do
    [[ $(docker inspect --format '{{.State.Status}} {{.State.ExitCode}}' "$id") =~ ^(running|exited)\ 0$ ]] ||
      broken+=("$id")
  done
  if ((${#broken[@]} == 0)); then
    "${compose[@]}" logs --no-color --tail 8
    return
  fi
  for id in "${broken[@]}"; do
    docker inspect --format '--- {{.Name}}: {{.State.Status}}, exit code {{.State.ExitCode}}' "$id"
    docker logs --tail 20 "$id" 2>&1
  done
}

network_credentials() {
  local shown
  shown=$(bounded 60 "${compose[@]}" exec -T router ganglion credentials) || { echo "$shown" && return 1; }
  echo "$shown"
  key=$(grep --only-matching --max-count 1 'gk[-_][A-Za-z0-9_-]*' <<<"$shown")
  [[ -n $key ]] && grep --quiet "http://[^ ]*:$port" <<<"$shown"
}

# network_chat whole|streamed
network_chat() {
  bounded 300 node "$parts/chat.mjs" "http://127.0.0.1:$port" "$key" "$1" || { network_logs; return 1; }
}

network_has_miners() {
  local count
  count=$("${compose[@]}" ps --quiet miner | wc -l)
  echo "$count miners"
  ((count == $1))
}

# All miners call ONNX Runtime's C API: the image lacks nothing that makes them fast.
network_miners_compute_in_place() {
  local told
  told=$("${compose[@]}" logs --no-color miner | grep --only-matching '"binding":"[^"]*"')
  echo "$told"
  [[ $(sort -u <<<"$told") == '"binding":"c-api"' ]]
}

network_is_up=no
network_down() {
  [[ $network_is_up == yes ]] || return 0
  bounded 180 "${compose[@]}" down --volumes --remove-orphans --timeout 20
  network_is_up=no
}

network_gone() {
  network_down || return
  local left
  left=$(docker ps --all --quiet --filter "label=com.docker.compose.project=$project"
    docker volume ls --quiet --filter "label=com.docker.compose.project=$project"
    docker network ls --quiet --filter "label=com.docker.compose.project=$project")
  echo "left: ${left:-nothing}"
  [[ -z $left ]]
}
