#!/usr/bin/env bash
# tools.sh URI FOLDER OFFSHOOT
# MongoDB's database tools against a running server: import, dump of a branch, restore, export, mongostat. Prints a line a check.
set -euo pipefail
uri=$1
folder=$2
offshoot=$3
mkdir -p "$folder"
cd "$folder"

export_of() {
    mongoexport --quiet --uri "$uri" --db "$1" --collection things --sort '{"_id": 1}' --out "$2"
}

for i in $(seq 1 500); do
    printf '{"_id": %d, "a": "%d", "at": {"$timestamp": {"t": 0, "i": 0}}, "price": {"$numberDecimal": "%d.10"}}\n' "$i" "$i" "$i"
done >things.json
mongoimport --quiet --uri "$uri" --db tools --collection things --drop things.json
export_of tools main.json
[ "$(wc -l <main.json)" -eq 500 ] && grep -q '"_id":7,"a":"7","at":{"$timestamp":{"t":0,"i":0}},"price":{"$numberDecimal":"7.10"}' main.json
echo "ok - mongoimport: 500 documents with their types, zero timestamps too"

"$offshoot" branch create tools copy --uri "$uri"
echo '{"_id": 7, "a": "changed"}' | mongoimport --quiet --uri "$uri" --db 'tools~copy' --collection things --mode upsert
export_of tools main-after.json
export_of 'tools~copy' copy.json
cmp main.json main-after.json
[ "$(diff main.json copy.json | grep -c '^[<>]')" -eq 2 ]
echo "ok - mongoimport --mode upsert on a branch changes that branch only"

mongodump --quiet --uri "$uri" --db 'tools~copy' --gzip --archive=copy.gz
mongorestore --quiet --uri "$uri" --drop --gzip --archive=copy.gz --nsFrom 'tools~copy.*' --nsTo 'restored.*'
export_of restored restored.json
cmp copy.json restored.json
echo "ok - mongodump of a branch, mongorestore as another database"

mkdir -p made/indexed
: >made/indexed/things.bson
cat >made/indexed/things.metadata.json <<'END'
{"options": {}, "indexes": [{"v": 2, "key": {"_id": 1}, "name": "_id_"}, {"v": 2, "key": {"a": 1}, "name": "a_1", "unique": true, "madeUp": 1}]}
END
mongorestore --quiet --uri "$uri" --drop made
mongodump --quiet --uri "$uri" --db indexed --out dumped
grep -q '"name":"a_1"' dumped/indexed/things.metadata.json && grep -q '"unique":true' dumped/indexed/things.metadata.json
echo "ok - mongorestore makes the indexes of a dump, mongodump keeps them"

mongostat --uri "$uri" --noheaders -n 1 | grep -q .
echo "ok - mongostat"
