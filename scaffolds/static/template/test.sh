#!/usr/bin/env bash
# Every link of the site leads somewhere, and the server answers as the README says.
set -euo pipefail
cd "$(dirname "$0")"

fail() {
    echo "✗ $1" >&2
    exit 1
}

# Links to other sites are theirs to keep.
links() {
    local page link
    find site -name '*.html' | sort | while read -r page; do
        { grep -oE '(href|src)="[^"]*"' "$page" || true; } | sed 's/^[a-z]*="//; s/"$//; s/[?#].*//' | while read -r link; do
            case "$link" in
                '' | *:* | //* | /health | /info | /metrics | /ready) continue ;;
                /*) link=site$link ;;
                *) link=$(dirname "$page")/$link ;;
            esac
            [[ -f $link || -f $link.html || -f $link/index.html ]] || fail "$page links to $link, which is not there"
        done
    done
}

free_port() {
    local port
    for port in $(seq $((20000 + RANDOM % 20000)) 60000); do
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "$port"
            return
        fi
    done
}

status() {
    curl --silent --output /dev/null --max-time 2 --write-out '%{http_code}' "http://127.0.0.1:$PORT$1" || true
}

until_status() {
    for _ in $(seq 200); do
        if [[ $(status "$1") == "$2" ]]; then return; fi
        sleep 0.05
    done
    fail "$1 did not answer $2 in time"
}

answers() { # PATH STATUS TEXT: the whole answer has the text
    local answer
    answer=$(curl --silent --include --max-time 2 "http://127.0.0.1:$PORT$1" | tr -d '\r')
    [[ $answer == "HTTP/1.1 $2 "* ]] || fail "$1 does not answer $2: $answer"
    [[ $answer == *"$3"* ]] || fail "the answer of $1 lacks $3: $answer"
}

links

PORT=$(free_port)
log=$(mktemp)
export PORT HOST=127.0.0.1 DRAIN_SECONDS=1 VERSION=1.2.3 REVISION=abc
./serve.sh >"$log" &
server=$!
trap 'kill -TERM "$server" 2>/dev/null || true; rm -f "$log"' EXIT
until_status /ready 200
answers / 200 'Hello from {= name =}!'
answers / 200 'Content-Type: text/html; charset=utf-8'
answers / 200 'X-Content-Type-Options: nosniff'
answers /style.css 200 'Content-Type: text/css'
answers /nowhere 404 'not here'
for path in /health /health/live /livez /readyz; do answers "$path" 200 '{"status":"ok"}'; done
answers /info 200 '"version":"1.2.3","git":{"sha":"abc","dirty":false}'
answers /metrics 200 'app_build_info{revision="abc",version="1.2.3"} 1'
./serve.sh healthcheck || fail "the health check fails"
grep -q '"message":"request","method":"GET","path":"/nowhere","status":404' "$log" || fail "a request is not logged: $(cat "$log")"
if grep -qE '"path":"/(health|livez|ready)' "$log"; then fail "own endpoints are logged"; fi

kill -TERM "$server"
until_status /ready 503
answers / 200 'Hello from {= name =}!'
wait "$server" || fail "it ended with $?"
if PORT=http ./serve.sh 2>"$log"; then fail "a wrong setting is taken"; fi
grep -q "PORT must be a port, not 'http'" "$log" || fail "a wrong setting is not named: $(cat "$log")"
echo "✓ links, endpoints, headers, logs, SIGTERM"
