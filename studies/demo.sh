#!/bin/sh
# The main job from end to end: simulate a network, ingest it, run the demo study; then the two real studies where
# the observations are found; and the portal on the simulated archive. SOAP names the command, DATA the folder of real
# observations, $1 where the output goes.
set -eu
out=$1
rm -rf "$out"
mkdir -p "$out"

say() { printf '\n== %s\n' "$1"; }

say "A simulated network: eight member states, one satellite, March and April 2016"
$SOAP simulate -o "$out/simulated" --inject-sigma 2
$SOAP --archive "$out/archive" ingest "$out/simulated/observations"
$SOAP --archive "$out/archive" study run studies/demo.toml -o "$out/demo"
$SOAP --archive "$out/archive" study case us20005hqz -o "$out/myanmar-2016"

say "Terms: all of it is open, but that China holds one station back until 2090; and people who sign in"
collections() { $SOAP --archive "$out/archive" find --json | grep -o '"collection_id": *"[^"]*"' | cut -d '"' -f 4 | sort -u; }
for collection in $(collections); do
    $SOAP --archive "$out/archive" admin terms set --collection "$collection" --access open >"$out/terms.log"
done
for code in $(collections | sed -n 's/^geomagnetism\.\(x[a-z][0-9]\)\..*/\1/p' | tr '[:lower:]' '[:upper:]'); do
    $SOAP --archive "$out/archive" admin terms set --station "iaga_code:$code" --access open >>"$out/terms.log"
done
$SOAP --archive "$out/archive" admin terms set --collection geomagnetism.xc4.pt1m --owner CHN --access members \
    --embargo 2090-01-01
person() { # USER ROLE [MEMBER]: an account with a password that nobody else has
    secret=$(head -c 12 /dev/urandom | od -An -tx1 | tr -d ' \n')
    $SOAP --archive "$out/archive" admin account add "$1" --role "$2" ${3:+--member "$3"} >>"$out/terms.log"
    printf '%s\n' "$secret" | $SOAP --archive "$out/archive" admin account password "$1" --stdin >>"$out/terms.log"
    printf '  %-10s %s  (%s%s)\n' "$1" "$secret" "$2" "${3:+, $3}" >>"$out/people.txt"
}
(umask 077 && echo "People of the demo, and their passwords:" >"$out/people.txt")
person administrator project_admin
person researcher.chn user CHN
person researcher.pak user PAK

if [ -d "$DATA/ground/geomag/wdc-hourly" ]; then
    say "Real observations: 34 observatories 1996-2013, and Memambetsu in March 2011"
    $SOAP --archive "$out/real" ingest \
        "$DATA"/ground/geomag/wdc-hourly/*.wdc.gz "$DATA/ground/geomag/observatories.csv" \
        "$DATA/ground/geomag/2011-03-tohoku" "$DATA/ground/earthquakes/usgs_M5.5plus_1965-2016_kaggle.csv.gz" \
        "$DATA/ground/indices/SW-All_celestrak.txt.gz"
    $SOAP --archive "$out/real" study run studies/asia-pacific-diurnal.toml -o "$out/asia-pacific-diurnal"
    $SOAP --archive "$out/real" study run studies/tohoku-2011.toml -o "$out/tohoku-2011"
else
    say "No real observations at $DATA: the two real studies are left out"
fi

say "The portal on the simulated archive"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
$SOAP --archive "$out/archive" serve --port "$port" 2>"$out/serve.log" &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
answers() { # PATH WORD: a page or resource answers, and says the word
    python3 -c '
import sys, time, urllib.error, urllib.request
url, word, until = sys.argv[1], sys.argv[2], time.monotonic() + 60
while True:
    try:
        asked = urllib.request.Request(url, headers={"Accept": sys.argv[3]})
        sys.exit(0 if word in urllib.request.urlopen(asked, timeout=30).read().decode() else f"{url} does not say {word}")
    except urllib.error.HTTPError as error:
        sys.exit(f"{url}: {error}")
    except OSError as error:
        if time.monotonic() > until:
            sys.exit(f"{url}: {error}")
        time.sleep(0.2)
' "http://127.0.0.1:$port$1" "$2" "$3"
}
answers / SOAP text/html
answers "/around?event=us20005hqz" SOAP text/html
answers "/api/v1/around?event=us20005hqz" geomagnetism.xc3.pt1m application/json
kill "$server"
wait "$server" 2>/dev/null || true
trap - EXIT
echo "The home page and the view around the Myanmar earthquake answer."

say "Reports"
ls -1 "$out"/*/report.html
echo "\`make serve\` opens the portal."
