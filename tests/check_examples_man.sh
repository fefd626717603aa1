#!/bin/sh
# Every command of the man page's EXAMPLES runs on the samples, ends with the
# status that the page tells (0 if it tells none), and prints each answer (.Ql)
# that stands behind it. Lines that the page's width wrapped are joined first.
#
# TCPCONN names the program, srcdir the source.
srcdir=$(cd "${srcdir:-.}" && pwd)
program=${TCPCONN:-./tcpconn-analyze}
program=$(cd "$(dirname "$program")" && pwd)/$(basename "$program")
page=$srcdir/man/tcpconn-analyze.1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
LC_ALL=C
export LC_ALL
unset COLUMNS NO_COLOR TERM
status=0

fail()
{
	echo "check_examples_man: $1"
	status=1
}

# What the examples call beside the program.
tcpconn_analyze() { "$program" "$@"; }
ssh() { cat mixed-traffic.pcap; }
if ! command -v jq >/dev/null; then
	jq() { cat; }
fi

# One line an example or a statement about those before it:
# command TEXT, answer TEXT, status N
sed -n '/^\.Sh EXAMPLES/,/^\.Sh REPORT/p' "$page" | sed 's/\\-/-/g' |
	sed -n 's/^\.Dl \$ /command /p
		s/^\.Ql "\(.*\)".*/answer \1/p
		/^Exit status/{n; s/^\.Li \([0-9]*\).*/status \1/p;}' \
		>"$work/examples"

# settle: the last example is over; its last command had to end with $expected
settle()
{
	[ -z "$command" ] || [ "$got" -eq "$expected" ] ||
		fail "status $got, not $expected: $command"
}

ln -s "$srcdir"/samples/*.pcap* "$work"
cd "$work" || exit 1
command='' got=0 expected=0 commands=0 answers=0
while read -r what text; do
	case $what in
	command)
		settle
		command=$text
		expected=0
		commands=$((commands + 1))
		eval "$(echo "$text" | sed 's/tcpconn-analyze/tcpconn_analyze/')" \
			>out 2>err </dev/null
		got=$?
		[ ! -s err ] || fail "$command: $(cat err)"
		tr -s ' \n' '  ' <out >joined
		;;
	answer)
		answers=$((answers + 1))
		grep -qF -e "$text" joined || fail "'$text' is not said: $command"
		;;
	status) expected=$text ;;
	esac
done <examples
settle
[ "$commands" -ge 19 ] || fail "only $commands commands were found"
[ "$answers" -ge 15 ] || fail "only $answers answers were found"
exit $status
