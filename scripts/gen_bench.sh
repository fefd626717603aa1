#!/bin/sh
# Write a table of make bench, given on standard input, into README.md between
# its markers. In the build folder:
#
#	make -s bench BENCH_TABLES=kinds | srcdir=.. ../scripts/gen_bench.sh
#
# srcdir names the source.
srcdir=$(cd "${srcdir:-.}" && pwd)
page=$srcdir/README.md
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

grep '^|' >"$work/table"
if ! grep -q '^| capture ' "$work/table"; then
	echo "gen_bench: no table on standard input" >&2
	exit 1
fi
awk -v name=bench -v file="$work/table" \
	-f "$srcdir/scripts/replace_block.awk" "$page" >"$work/page" || exit 1
cat "$work/page" >"$page"
