#!/bin/sh
# Every sample stands in samples/README.md and in tests/TESTLIST, every sample
# named there exists, and the made ones are what their scenarios say.
srcdir=${srcdir:-.}
samples=$srcdir/samples
status=0

fail()
{
	echo "check_samples: $1"
	status=1
}

readme=$(sed -n 's/^| `\([^`]*\)`.*/\1/p' "$samples/README.md")
for f in "$samples"/*.pcap*; do
	name=${f##*/}
	# a compressed one keeps its name
	case $name in
	*.pcap | *.pcapng) row=${name%.*} ;;
	*) row=$name ;;
	esac
	echo "$readme" | grep -qxF "$name" ||
		fail "$name is not described in samples/README.md"
	for suffix in text json; do
		awk -v capture="$name" -v test="$row.$suffix" '
			$1 == test && $3 == capture { found = 1 }
			END { exit !found }' "$srcdir/tests/TESTLIST" ||
			fail "$name has no row $row.$suffix in TESTLIST"
	done
done
for name in $readme; do
	[ -f "$samples/$name" ] || fail "$name is described but missing"
done
for name in $(echo "$readme" | sort | uniq -d); do
	fail "$name is described twice"
done
PYTHONDONTWRITEBYTECODE=1 ${PYTHON:-python3} "$samples/generate.py" --check ||
	status=1
exit $status
