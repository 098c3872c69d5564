set -euo pipefail
cd "$(dirname "$0")"
PATH=$PATH:/usr/local/sbin:/usr/sbin

host=${HOST:-0.0.0.0}
port=${PORT:-{= port =}}
drain=${DRAIN_SECONDS:-2}

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
    touch "$run/draining"
    sleep "$drain"
    # It ends when what it has begun is answered.
    kill -QUIT "$nginx" 2>/dev/null || true
}

[[ $port =~ ^[0-9]+$ && $port -gt 0 && $port -lt 65536 ]] || fail "PORT must be a port, not '$port'"
[[ $drain =~ ^[0-9]+([.][0-9]+)?$ ]] || fail "DRAIN_SECONDS must be a number of seconds, not '$drain'"
case "${1-}" in
    '') ;;
    healthcheck) healthcheck && exit 0 || exit 1 ;;
    *) fail "usage: serve.sh [healthcheck]" ;;
esac

run=$(mktemp -d)
trap 'rm -rf "$run"' EXIT
# As root (in a CI's container, say) nginx would change to a user who may not read this folder.
as=
if [[ $EUID == 0 ]]; then as="user $(id -un) $(id -gn);"; fi
