#!/bin/sh
# Golden tests: run each row of TESTLIST and compare standard output, standard
# error and exit status with what golden/ holds. Prints the differences.
#
# usage: run_golden.sh [NAME...]
#
# TCPCONN names the program, srcdir the source. With --update (the work of
# update-golden.sh) the output is stored instead of compared.
srcdir=$(cd "${srcdir:-.}" && pwd)
program=${TCPCONN:-./tcpconn-analyze}
update=no
if [ "$1" = --update ]; then
	update=yes
	shift
fi
only=" $* "
if ! [ -x "$program" ]; then
	echo "run_golden: no program at $program"
	exit 1
fi
program=$(cd "$(dirname "$program")" && pwd)/$(basename "$program")
golden=$srcdir/tests/golden
LC_ALL=C TZ=UTC
export LC_ALL TZ
unset COLUMNS NO_COLOR TERM
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$srcdir/samples" || exit 1

# same GOT EXPECTED: a missing expectation means that nothing is expected
same()
{
	if [ -f "$2" ]; then
		diff -u "$2" "$1"
	else
		diff -u /dev/null "$1"
	fi
}

# store GOT EXPECTED: nothing is stored of nothing
store()
{
	if [ -s "$1" ]; then
		cp "$1" "$2"
	else
		rm -f "$2"
	fi
}

run=0
failed=0
while read -r name status capture options; do
	case $name in
	'' | '#'*) continue ;;
	esac
	case $only in
	'  ' | *" $name "*) ;;
	*) continue ;;
	esac
	run=$((run + 1))
	input=/dev/null
	case $capture in
	'<'*)
		input=${capture#<}
		capture=-
		;;
	esac
	eval "set -- $options"
	"$program" "$@" "$capture" <"$input" >"$work/out" 2>"$work/err"
	got=$?
	ok=yes
	if [ "$got" -ne "$status" ]; then
		echo "exit status $got, expected $status"
		cat "$work/err"
		ok=no
	fi
	if [ $update = yes ]; then
		store "$work/out" "$golden/$name"
		store "$work/err" "$golden/$name.err"
	elif ! [ -f "$golden/$name" ] && ! [ -f "$golden/$name.err" ]; then
		echo "nothing is stored for it; see update-golden.sh"
		ok=no
	else
		same "$work/out" "$golden/$name" || ok=no
		same "$work/err" "$golden/$name.err" || ok=no
	fi
	if [ $ok = no ]; then
		failed=$((failed + 1))
		echo "FAIL: $name: $options $capture"
	fi
done <"$srcdir/tests/TESTLIST"

# An expectation that no row needs is out of date.
if [ "$only" = '  ' ]; then
	for f in "$golden"/*; do
		name=${f##*/}
		[ -f "$f" ] || continue
		awk -v name="${name%.err}" '$1 == name { found = 1 }
			END { exit !found }' "$srcdir/tests/TESTLIST" && continue
		if [ $update = yes ]; then
			rm -f "$f"
		else
			echo "FAIL: $name has no row in TESTLIST"
			failed=$((failed + 1))
		fi
	done
fi

echo "$run rows, $failed failed"
[ "$run" -gt 0 ] && [ "$failed" -eq 0 ]
