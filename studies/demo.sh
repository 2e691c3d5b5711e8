#!/bin/sh
# The main job from end to end: simulate a network, ingest it, run the demo study; then the two real studies where
# the observations are found. SOAP names the command, DATA the folder of real observations, $1 where the output goes.
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

say "Reports"
ls -1 "$out"/*/report.html
