#!/usr/bin/env bash
# Serves with nginx in front of php-fpm, as the image does. SIGTERM: not ready at once, but serving on until
# traffic has moved away and the requests in flight are answered. `serve.sh healthcheck` asks a running one how it is.
set -euo pipefail
cd "$(dirname "$0")"
PATH=$PATH:/usr/local/sbin:/usr/sbin

host=${HOST:-0.0.0.0}
port=${PORT:-{= port =}}
drain=${DRAIN_SECONDS:-2}
workers=${WORKERS:-8}

fail() {
    echo "$1" >&2
    exit 2
}

# The image needs no curl.
healthcheck() {
    local line
    exec 3<>"/dev/tcp/127.0.0.1/$port"
    printf 'GET /health HTTP/1.0\r\n\r\n' >&3
    read -r -t 2 line <&3
    [[ $line == *' 200 '* ]]
}

log() {
    printf '{"time":"%s","level":"info","message":"%s"}\n' "$(date -u +%FT%TZ)" "$1"
}

# shellcheck disable=SC2317 # a trap calls it
drain() {
    interrupted=yes
    trap '' TERM
    log draining
    touch "$DRAINING"
    sleep "$drain"
    # php-fpm comes after: what nginx has passed on is still answered.
    kill -QUIT "$nginx" 2>/dev/null || true
}

[[ $port =~ ^[0-9]+$ && $port -gt 0 && $port -lt 65536 ]] || fail "PORT must be a port, not '$port'"
[[ $drain =~ ^[0-9]+([.][0-9]+)?$ ]] || fail "DRAIN_SECONDS must be a number of seconds, not '$drain'"
[[ $workers =~ ^[1-9][0-9]*$ ]] || fail "WORKERS must be a number, not '$workers'"
case "${1-}" in
    '') ;;
    healthcheck) healthcheck && exit 0 || exit 1 ;;
    *) fail "usage: serve.sh [healthcheck]" ;;
esac

run=$(mktemp -d)
trap 'rm -rf "$run"' EXIT
export DRAINING=$run/draining
# As root (in a CI's container, say) both programs want to be told that they may stay it.
nginx_as=() fpm_as=() as=
if [[ $EUID == 0 ]]; then
    nginx_as=(-g "user $(id -un) $(id -gn);") fpm_as=(--allow-to-run-as-root) as="user = root"
fi
for file in nginx.conf php-fpm.conf; do
    sed -e "s|@RUN@|$run|g" -e "s|@HERE@|$PWD|g" -e "s|@HOST@|$host|g" -e "s|@PORT@|$port|g" \
        -e "s|@WORKERS@|$workers|g" -e "s|@AS@|$as|g" "$file" >"$run/$file"
done

# Debian's has its version in its name.
"$(compgen -c php-fpm | sort | tail -n 1)" --nodaemonize --fpm-config "$run/php-fpm.conf" "${fpm_as[@]}" 2>&1 &
fpm=$!
while [[ ! -S $run/php.sock ]] && kill -0 "$fpm" 2>/dev/null; do sleep 0.02; done
nginx -p "$run" -c "$run/nginx.conf" -e stderr "${nginx_as[@]}" &
nginx=$!
trap drain TERM
trap 'interrupted=yes; kill -INT "$nginx" 2>/dev/null || true' INT
log "listening on $host:$port"
# A signal ends the waiting, not the programs; when one of them ends by itself, the other is of no use.
interrupted=yes
while [[ $interrupted ]]; do
    interrupted=
    wait -n "$fpm" "$nginx" && code=0 || code=$?
done
kill -QUIT "$nginx" "$fpm" 2>/dev/null || true
wait
log stopped
exit "$code"
