#!/usr/bin/env bash
# Serves with nginx in front of php-fpm, as the image does. SIGTERM: not ready at once, but serving on until
# traffic has moved away and the requests in flight are answered. `serve.sh healthcheck` asks a running one how it is.
{~ include 'serve-begin.sh' ~}

workers=${WORKERS:-8}
[[ $workers =~ ^[1-9][0-9]*$ ]] || fail "WORKERS must be a number, not '$workers'"
# It tells the service that it is not ready any more.
export DRAINING=$run/draining
for file in nginx.conf php-fpm.conf; do
    sed -e "s|@RUN@|$run|g" -e "s|@HERE@|$PWD|g" -e "s|@HOST@|$host|g" -e "s|@PORT@|$port|g" \
        -e "s|@WORKERS@|$workers|g" -e "s|@AS@|${as:+user = root}|g" "$file" >"$run/$file"
done

# Debian's has its version in its name. It ends after nginx: what that has passed on is still answered.
"$(compgen -c php-fpm | sort | tail -n 1)" --nodaemonize --fpm-config "$run/php-fpm.conf" ${as:+--allow-to-run-as-root} 2>&1 &
fpm=$!
while [[ ! -S $run/php.sock ]] && kill -0 "$fpm" 2>/dev/null; do sleep 0.02; done
{~ include 'serve-nginx.sh' ~}
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
