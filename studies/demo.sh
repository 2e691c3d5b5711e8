#!/bin/sh
# The main job from end to end: simulate a network, ingest it, run the demo study; then the two real studies where
# the observations are found; and the portal on the simulated archive. SOAP names the command, PYTHON
# its Python, DATA the folder of real observations, $1 where the output goes.
set -eu
out=$1
rm -rf "$out"
mkdir -p "$out"

say() { printf '\n== %s\n' "$1"; }

say "A simulated network: eight member states, one satellite, March and April 2016"
$SOAP simulate -o "$out/simulated" --inject-sigma 2
$SOAP --archive "$out/archive" ingest "$out/simulated/observations"
$SOAP --archive "$out/archive" study run studies/demo.toml -o "$out/demo" --keep
$SOAP --archive "$out/archive" study case us20005hqz -o "$out/myanmar-2016" --keep

say "Terms: all of it is open, but that China holds one station back until 2090; and people who sign in"
"$PYTHON" studies/demo_terms.py "$out/archive" "$out/people.txt"

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
port=$("$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
$SOAP --archive "$out/archive" serve --port "$port" 2>"$out/serve.log" &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
answers() { # PATH WORD: a page or resource answers, and says the word
    "$PYTHON" -c '
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
