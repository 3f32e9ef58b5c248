#!/bin/sh
# Runs nginx with nginx.conf.template and keeps its list of replicas: resolves the names again and again, so that
# `docker compose up --scale webspa-app=3` needs nothing else, and takes in who answers 200 to /readiness.
#
#   WEBSPA_REPLICAS, IDENTITY_REPLICAS   host:port, several separated by blanks; a name may stand for many addresses
#   GATEWAY_PORT (8080), RUN_DIR (/tmp/gateway), PROBE_SECONDS (1)
set -eu

: "${WEBSPA_REPLICAS:?names the replicas of webspa-app as host:port}"
: "${IDENTITY_REPLICAS:?names the replicas of identity-app as host:port}"
GATEWAY_PORT=${GATEWAY_PORT:-8080}
RUN_DIR=${RUN_DIR:-/tmp/gateway}
PROBE_SECONDS=${PROBE_SECONDS:-1}
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

# One "server" line for each address that is ready.
ready() {
  for target in $1; do
    host=${target%:*}
    port=${target##*:}
    for address in $(getent ahostsv4 "$host" | awk '{ print $1 }' | sort -u); do
      if curl -fs -m 2 -o /dev/null "http://$address:$port/readiness"; then
        # One failure takes a replica out of traffic for a second; by then the next probe has looked.
        echo "  server $address:$port max_fails=1 fail_timeout=1s;"
      fi
    done
  done
}

upstream() {
  servers=$(ready "$2")
  printf 'upstream %s {\n  zone %s 64k;\n%s\n}\n' "$1" "$1" \
    "${servers:-  server unix:$RUN_DIR/unavailable.sock;}"
}

replicas() {
  upstream webspa "$WEBSPA_REPLICAS"
  upstream identity "$IDENTITY_REPLICAS"
}

watch() {
  while sleep "$PROBE_SECONDS"; do
    [ -e "/proc/$1" ] || exit 0
    replicas >"$RUN_DIR/replicas.new"
    if ! cmp -s "$RUN_DIR/replicas.new" "$RUN_DIR/replicas.conf"; then
      mv "$RUN_DIR/replicas.new" "$RUN_DIR/replicas.conf"
      kill -HUP "$1"
    fi
  done
}

mkdir -p "$RUN_DIR"
rm -f "$RUN_DIR/unavailable.sock"
sed -e "s|\${RUN_DIR}|$RUN_DIR|g" -e "s|\${GATEWAY_PORT}|$GATEWAY_PORT|g" \
  "$here/nginx.conf.template" >"$RUN_DIR/nginx.conf"
replicas >"$RUN_DIR/replicas.conf"

# exec keeps the process id: the loop watches the process that becomes nginx, and ends with it.
watch $$ &

directives='daemon off;'
if [ "$(id -u)" = 0 ]; then
  # Started by root (not in the image), the workers would change to a user who may not enter RUN_DIR.
  directives="$directives user root;"
fi
exec nginx -p "$RUN_DIR" -c "$RUN_DIR/nginx.conf" -g "$directives"
