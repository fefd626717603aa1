#!/bin/sh
# Names and arguments that would act on a terminal, or break a format, come out
# escaped: in messages, in text and in every other format.
#
# TCPCONN names the program, srcdir the source.
srcdir=$(cd "${srcdir:-.}" && pwd)
program=${TCPCONN:-./tcpconn-analyze}
program=$(cd "$(dirname "$program")" && pwd)/$(basename "$program")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
LC_ALL=C
export LC_ALL
failed=0
cd "$work" || exit 1

fail()
{
	echo "check_hostile: $1"
	failed=1
}

mkdir kept
n=0

# keep WHAT: what was written must be clean; all is looked at in the end
keep()
{
	n=$((n + 1))
	mv out kept/$n.out
	mv err kept/$n.err
	printf '%s' "$1" >kept/$n.what
}

# message ARGUMENT...: the program refuses them
message()
{
	"$program" "$@" >out 2>err
	[ -s err ] || fail "no message about $*"
	keep "a message about $*"
}

esc=$(printf '\033')
c1=$(printf '\302\233')
latin=$(printf '\351\377')
newline='
'
for name in "red${esc}[31m" "title${esc}]0;x" "csi${c1}2J" "latin$latin" \
	"line${newline}tcpconn-analyze: forged" "quote\"'\\" '<b>&amp;' \
	"bell$(printf '\007')" 'comma,=1+1' "del$(printf '\177')"; do
	for sample in mixed-traffic truncated-file; do
		cp "$srcdir/samples/$sample.pcap" "$name" || exit 1
		for format in text json ndjson csv; do
			"$program" --format=$format "$name" "$name" \
				>out 2>err
			[ $? -le 3 ] || fail "$format: exits with $?"
			keep "$format of a file named $name"
		done
		"$program" -vx --states "$name" >out 2>err
		keep "-vx of a file named $name"
	done
	rm -f "$name"
	message "$name"
	message "--$name"
	message --explain-kind "$name"
	message -o "$name/x" "$srcdir/samples/empty.pcap"
	for option in -f -c -k --top --format --limit --from --color --key; do
		message "$option" "$name" x
	done
	message --limit "$name=1" x
	message "--color=$name"
done

# No control characters but the ends of lines, valid UTF-8 without those of
# U+0080 to U+009F and without changes of direction; messages of two lines.
"${PYTHON:-python3}" - kept <<'END' || failed=1
import glob
import os
import re
import sys
BAD = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]")
failed = 0
names = glob.glob(os.path.join(sys.argv[1], "*.what"))
for name in sorted(names):
    what = open(name, "rb").read().decode(errors="replace")
    for kind in ".out", ".err":
        data = open(name[:-5] + kind, "rb").read().replace(b"\r\n", b"\n")
        try:
            text = data.decode()
            bad = BAD.search(text)
            if bad:
                raise ValueError(text[max(0, bad.start() - 40):bad.end() + 9])
            if kind == ".err" and text.count("\n") > 4:
                raise ValueError("%d lines" % text.count("\n"))
        except ValueError as e:
            print("check_hostile: %r, %s: %r" % (what, kind, str(e)))
            failed = 1
sys.exit(failed if len(names) > 100 else 1)
END

exit $failed
