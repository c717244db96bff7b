#!/bin/bash
# Installs a release in a root without Rust and without Spin and uses it as an operator would, with the time of each
# step: bare-root.sh target/dist/moydom-VERSION-ARCH-linux.tar.gz
#
# The root is Debian's smallest one (debootstrap, as root); it is removed at the end.
set -euo pipefail

archive=$(realpath "$1")
root=$(mktemp -d /tmp/moydom-bare.XXXXXX)
port=$((20000 + RANDOM % 20000))
server=

clean_up() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$root"
}
trap clean_up EXIT

# Runs a step in the root and tells how long it took.
step() {
    local name=$1 from
    shift
    from=$(date +%s%N)
    chroot "$root" /usr/bin/env --chdir=/srv HOME=/srv PATH=/usr/bin:/bin "$@"
    printf '%8d ms  %s\n' $((($(date +%s%N) - from) / 1000000)) "$name"
}

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

debootstrap --variant=minbase stable "$root" ${MIRROR:+"$MIRROR"} >"$root.log" 2>&1 ||
    fail "debootstrap: $(tail -1 "$root.log")"
rm -f "$root.log"
if chroot "$root" sh -c 'command -v cargo rustc spin sqlite3'; then fail "the root is not bare"; fi
mkdir -p "$root/srv"
cp "$archive" "$root/srv/moydom.tar.gz"

step "unpack" tar xzf moydom.tar.gz
step "secrets" moydom/moydom secrets --app moydom.tar.gz
step "migrate" moydom/moydom migrate --live
step "admin create" moydom/moydom admin create --app moydom.tar.gz --login admin >"$root/srv/invitation"
cat "$root/srv/invitation"
step "import of own data" sh -c "moydom/moydom import moydom/docs/examples/*.csv"
chroot "$root" /usr/bin/env --chdir=/srv HOME=/srv moydom/moydom doctor --app moydom.tar.gz --listen "127.0.0.1:$port" ||
    fail "the doctor finds a fault"

from=$(date +%s%N)
chroot "$root" /usr/bin/env --chdir=/srv HOME=/srv \
    moydom/moydom serve --app moydom.tar.gz --listen "127.0.0.1:$port" 2>"$root/srv/log" &
server=$!
for _ in $(seq 600); do
    curl -fs -o /dev/null "http://127.0.0.1:$port/.well-known/spin/health" && break
    kill -0 "$server" 2>/dev/null || fail "$(tail -1 "$root/srv/log")"
    sleep 0.1
done
printf '%8d ms  %s\n' $((($(date +%s%N) - from) / 1000000)) "serve: from the command to the first answer"

page() {
    [ "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port$1")" = "$2" ] || fail "$1 is not answered with $2"
}
page / 200
page /sign-in 200
page /status 200
page /api/openapi.json 200
page /api/notices/status 200
page /.well-known/moydom/ready 200
page /api/auth/session 401

from=$(date +%s%N)
token=$(grep -o '#[A-Za-z0-9_-]*' "$root/srv/invitation" | head -1)
password=$(head -c 12 /dev/urandom | base64)
curl -fs -o /dev/null -c "$root/srv/jar" -H 'content-type: application/json' \
    -d "{\"token\": \"${token#?}\", \"password\": \"$password\"}" \
    "http://127.0.0.1:$port/api/auth/invitations/accept" || fail "the administrator's link does not open"
curl -fs -b "$root/srv/jar" "http://127.0.0.1:$port/api/auth/session" | grep -q '"admin"' || fail "nobody is signed in"
printf '%8d ms  %s\n' $((($(date +%s%N) - from) / 1000000)) "the administrator sets the password and is signed in"

step "backup while it serves" moydom/moydom backup copy
kill "$server"
wait "$server" || fail "it did not stop in order"
server=
step "restore" moydom/moydom restore copy --state second
step "audit verify" moydom/moydom audit verify --state second
du -sh --apparent-size "$root/srv/moydom.tar.gz" "$root/srv/moydom/moydom" | sed "s|$root/srv/||"
echo "passed"
