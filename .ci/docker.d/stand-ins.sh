# Stand-ins for the official base images, under the same tags, for a private engine that cannot pull.
# They are Debian bookworm with Debian's own packages; node and npm are this machine's.

stand_ins_build() {
  if [[ $own_engine == no ]]; then
    echo 'the engine pulls the official images itself'
    return 0
  fi
  debian_import || return
  node_context || return
  local name
  for name in node:24-bookworm-slim postgres:17 nats:2-alpine; do
    progress "building a stand-in for $name"
    cp -r "$parts/${name%%:*}" "$work/" || return
    bounded 900 docker build "${build_args[@]}" --tag "$name" "$work/${name%%:*}" || return
  done
}

# Proxies of this machine reach a build only so; they are in no file.
build_args=()
for variable in HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy; do
  [[ -n ${!variable:-} ]] && build_args+=(--build-arg "$variable")
done

debian_import() {
  docker image inspect ganglion-ci/debian >/dev/null 2>&1 && return 0
  local archive=$cache/debian-bookworm.tar
  if [[ ! -s $archive ]]; then
    progress 'bootstrapping Debian (about a minute, once)'
    bounded 900 debootstrap --variant=minbase bookworm "$work/debian" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" ||
      return
    rm -rf "$work"/debian/var/cache/apt/archives/*.deb "$work"/debian/var/lib/apt/lists/*
    tar -C "$work/debian" --one-file-system -cf "$archive.part" . && mv "$archive.part" "$archive" || return
    rm -rf "$work/debian"
  fi
  bounded 300 docker import "$archive" ganglion-ci/debian
}

# The machine's node, npm and trusted certificates, laid out as the official image has them.
node_context() {
  local context=$work/node node npm
  node=$(readlink -f "$(command -v node)") && npm=$(readlink -f "$(command -v npm)") || return
  mkdir -p "$context/usr/local/bin" "$context/usr/local/lib/node_modules" "$context/certificates"
  cp "$node" "$context/usr/local/bin/node" || return
  cp -r "$(dirname "$(dirname "$npm")")" "$context/usr/local/lib/node_modules/npm" || return
  cp "${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}" "$context/certificates/ca-certificates.crt"
}
