# A private PostgreSQL server for one script: started in a temporary folder on a free loopback port, and removed.
# shellcheck shell=bash
#
#     source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
#     source "$(dirname "${BASH_SOURCE[0]}")/lib/postgres.sh"
#     on_exit stop_postgres
#     has_postgres || ...     # whether a server is installed
#     start_postgres          # exports STINT_TEST_POSTGRES, a URL with a password
#     start_pooler            # where PgBouncer is installed: exports STINT_TEST_POOLER, through which its
#                             databases pooled_1 and pooled_2 are reached
#
# The server listens on 127.0.0.1 alone, asks for a password everywhere, and does not wait for the disk: what it holds
# is thrown away; a client can have it wait (ALTER SYSTEM SET fsync = on). Should the script be killed without a chance to
# clean up, a watcher does it a second later.

postgres_dir=
postgres_pid=
postgres_watcher=
pooler=/usr/sbin/pgbouncer
pooler_pid=

# The folder of the newest installed server's programs; false where there is none.
postgres_bin_dir() {
    local dirs
    dirs=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V)
    dirs=${dirs##*$'\n'}
    if [[ ! -x $dirs/postgres ]]; then
        dirs=$(command -v postgres) || return
        dirs=${dirs%/*}
    fi
    echo "$dirs"
}

has_postgres() {
    postgres_bin_dir >/dev/null
}

# The server refuses to run as root: there, it runs as the user that its package made.
as_postgres() {
    if ((EUID == 0)); then
        exec setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"
    fi
    exec "$@"
}

free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 10000))
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "$port"
            return
        fi
    done
}

# Byte order is not the order of this database: code that counts on it must ask for it.
init_cluster() {
    local bin=$1 password=$2
    (umask 077 && printf '%s\n' "$password" >"$postgres_dir/password")
    if ((EUID == 0)); then
        chown -R postgres: "$postgres_dir"
    fi
    (as_postgres "$bin/initdb" --pgdata="$postgres_dir/data" --username=stint --pwfile="$postgres_dir/password" \
        --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --locale-provider=icu --icu-locale=en-US --no-sync) \
        >"$postgres_dir/initdb.log" 2>&1 || { cat "$postgres_dir/initdb.log" >&2 && return 1; }
    printf '%s\n' 'fsync = off' 'full_page_writes = off' >>"$postgres_dir/data/postgresql.conf"
}

launch_server() {
    local bin=$1 port=$2
    # A session of its own keeps Ctrl-C for the script, which stops the server last.
    (cd / && as_postgres setsid "$bin/postgres" -D "$postgres_dir/data" \
        -c listen_addresses=127.0.0.1 -c port="$port" -c unix_socket_directories="$postgres_dir" \
        -c max_connections=200 -c shared_buffers=64MB) >"$postgres_dir/server.log" 2>&1 &
    postgres_pid=$!
}

# tell_server BIN URL SQL
tell_server() {
    "$1/psql" --no-psqlrc --quiet --dbname="$2" --command="$3" >/dev/null
}

# await_server BIN URL PROCESS: waits until it answers; false when it ended instead, its port taken by somebody else.
await_server() {
    local tries
    for ((tries = 0; tries < 300; ++tries)); do
        tell_server "$1" "$2" 'SELECT 1' 2>/dev/null && return
        kill -0 "$3" 2>/dev/null || return 1
        sleep 0.1
    done
    return 1
}

watch_over_server() {
    # shellcheck disable=SC2016
    setsid bash -c '
        tail --pid="$1" --follow /dev/null
        kill "$(<"$3/pooler.pid")" 2>/dev/null
        kill -QUIT "$2" 2>/dev/null && sleep 1
        rm -rf "$3"' watcher "$$" "$postgres_pid" "$postgres_dir" </dev/null >/dev/null 2>&1 &
    postgres_watcher=$!
}

start_postgres() {
    local bin password port url attempt
    bin=$(postgres_bin_dir) || die "no PostgreSQL server is installed"
    password=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
    postgres_dir=$(mktemp -d /tmp/stint-postgres.XXXXXX)
    init_cluster "$bin" "$password"

    for ((attempt = 1; ; ++attempt)); do
        port=$(free_port)
        url=postgresql://stint:$password@127.0.0.1:$port
        launch_server "$bin" "$port"
        await_server "$bin" "$url/postgres" "$postgres_pid" && break
        if ((attempt == 5)); then
            cat "$postgres_dir/server.log" >&2
            return 1
        fi
    done
    watch_over_server

    tell_server "$bin" "$url/postgres" 'CREATE DATABASE stint'
    export STINT_TEST_POSTGRES=$url/stint
    say "PostgreSQL $("$bin/postgres" --version | grep -o '[0-9][0-9.]*' | head -1) on 127.0.0.1:$port"
}

# write_pooler_settings PORT PORT_OF_SERVER
write_pooler_settings() {
    printf '"stint" "%s"\n' "$(<"$postgres_dir/password")" >"$postgres_dir/pooler.users"
    cat >"$postgres_dir/pooler.ini" <<END
[databases]
* = host=127.0.0.1 port=$2
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $1
unix_socket_dir =
auth_type = scram-sha-256
auth_file = $postgres_dir/pooler.users
pidfile = $postgres_dir/pooler.pid
pool_mode = transaction
default_pool_size = 20
max_client_conn = 1000
END
}

launch_pooler() {
    if ((EUID == 0)); then
        chown postgres: "$postgres_dir"/pooler.*
    fi
    (cd / && as_postgres setsid "$pooler" --quiet "$postgres_dir/pooler.ini") >"$postgres_dir/pooler.log" 2>&1 &
    pooler_pid=$!
}

# Each transaction gets whatever session is free, so a session can't be told where its tables are: the database is.
start_pooler() {
    if [[ ! -x $pooler ]]; then
        say "PgBouncer is not installed: nothing runs through it"
        return
    fi
    local bin port server url attempt database
    bin=$(postgres_bin_dir)
    server=${STINT_TEST_POSTGRES%/*} && server=${server##*:}
    for ((attempt = 1; ; ++attempt)); do
        port=$(free_port)
        url=${STINT_TEST_POSTGRES%:*}:$port
        (umask 077 && write_pooler_settings "$port" "$server")
        launch_pooler
        await_server "$bin" "$url/stint" "$pooler_pid" && break
        if ((attempt == 5)); then
            cat "$postgres_dir/pooler.log" >&2
            return 1
        fi
    done

    for database in pooled_1 pooled_2; do
        tell_server "$bin" "$STINT_TEST_POSTGRES" "CREATE DATABASE $database"
        tell_server "$bin" "$STINT_TEST_POSTGRES" "ALTER DATABASE $database SET search_path = scratch"
    done
    export STINT_TEST_POOLER=$url
    say "PgBouncer in transaction mode on 127.0.0.1:$port"
}

stop_postgres() {
    if [[ -n $pooler_pid ]]; then
        kill -TERM "$pooler_pid" 2>/dev/null || true # drops everybody and ends
        wait "$pooler_pid" 2>/dev/null || true
        pooler_pid=
    fi
    if [[ -n $postgres_watcher ]]; then
        kill -- "-$postgres_watcher" 2>/dev/null || true
        postgres_watcher=
    fi
    if [[ -n $postgres_pid ]]; then
        kill -INT "$postgres_pid" 2>/dev/null || true # disconnects everybody and ends
        wait "$postgres_pid" 2>/dev/null || true
        postgres_pid=
    fi
    if [[ -n $postgres_dir ]]; then
        rm -rf "$postgres_dir"
        postgres_dir=
    fi
}
