nginx -p "$run" -c "$run/nginx.conf" -e stderr ${as:+-g "$as"} &
nginx=$!
trap drain TERM
trap 'interrupted=yes; kill -INT "$nginx" 2>/dev/null || true' INT
log "listening on $host:$port"
