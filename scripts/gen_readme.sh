#!/bin/sh
# Write what the program prints into README.md, between its markers: the help
# text and the report of a sample. With --check, say what would change instead
# and exit with 1.
#
# TCPCONN names the program, srcdir the source.
srcdir=$(cd "${srcdir:-.}" && pwd)
program=${TCPCONN:-./tcpconn-analyze}
program=$(cd "$(dirname "$program")" && pwd)/$(basename "$program")
page=$srcdir/README.md
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
LC_ALL=C
export LC_ALL

block()
{
	echo '```'
	cat
	echo '```'
}

"$program" --help | block >"$work/help"
(cd "$srcdir" && "$program" samples/e07-fast-retransmit.pcap) |
	block >"$work/sample"
cp "$page" "$work/page" || exit 1
for name in sample help; do
	awk -v name="$name" -v file="$work/$name" \
		-f "$srcdir/scripts/replace_block.awk" "$work/page" \
		>"$work/new" || exit 1
	mv "$work/new" "$work/page"
done
if [ "$1" = --check ]; then
	diff -u "$page" "$work/page"
else
	cmp -s "$page" "$work/page" || cp "$work/page" "$page"
fi
