#!/usr/bin/env bash
# Serves site/ with nginx. SIGTERM: not ready at once, but serving on until traffic has moved away and the
# requests in flight are answered. `serve.sh healthcheck` asks a running one how it is.
{~ include 'serve-begin.sh' ~}

# The first of the variables that says something.
first() {
    local name
    for name in "$@"; do
        if [[ ${!name-} && ${!name} != unknown ]]; then
            echo "${!name}"
            return
        fi
    done
    echo unknown
}

version=$(first VERSION INSTEP_VERSION)
dirty=false
[[ $version != *-dirty ]] || dirty=true
sed -e "s|@RUN@|$run|g" -e "s|@SITE@|$PWD/site|g" -e "s|@HOST@|$host|g" -e "s|@PORT@|$port|g" \
    -e "s|@VERSION@|$version|g" -e "s|@DIRTY@|$dirty|g" -e "s|@REVISION@|$(first REVISION INSTEP_GIT_SHA)|g" \
    -e "s|@BUILD_DATE@|$(first BUILD_DATE)|g" nginx.conf >"$run/nginx.conf"

{~ include 'serve-nginx.sh' ~}
# A signal ends the waiting, not nginx.
interrupted=yes
while [[ $interrupted ]]; do
    interrupted=
    wait "$nginx" && code=0 || code=$?
done
log stopped
exit "$code"
