#!/bin/sh
# A disk that is full, a limit of file sizes, folders that cannot be used, a
# capture that grows or shrinks meanwhile: a clear message, a true status, and
# never a part of a report.
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
large=$srcdir/samples/recorded-linger0-reset.pcap
small=$srcdir/samples/e01-client-closes.pcap
mkdir "$work/out" && cd "$work" || exit 1

fail()
{
	echo "check_faults: $1"
	failed=1
}

# ends STATUS GOT TEXT: status as it should be, and TEXT in the message
ends()
{
	[ "$2" -eq "$1" ] || fail "$3: exits with $2 instead of $1: $(cat err)"
	[ -z "$3" ] || grep -qF -e "$3" err ||
		fail "does not say '$3': $(cat err)"
}

nothing_left()
{
	[ -z "$(ls -A out)" ] || fail "$1 leaves $(ls -A out)"
}

# --- a limit of file sizes, in blocks of 512 or 1024 bytes
for format in text json ndjson csv; do
	(
		ulimit -f 1
		exec "$program" -q --format=$format -o out/report "$large"
	) 2>err
	got=$?
	# text may be short enough
	if [ $got -ne 0 ] || [ ! -s out/report ]; then
		ends 2 $got 'out/report: the report cannot be written: '
		nothing_left "a limit of file sizes, $format"
	fi
	rm -f out/report
done
(
	ulimit -f 1
	exec "$program" -q --json -o out/report "$large"
) 2>err
ends 2 $? 'File too large'
nothing_left 'a limit of file sizes'

(
	ulimit -f 1
	exec "$program" -q --extract out/packets "$large" >/dev/null
) 2>err
ends 2 $? 'out/packets: '
nothing_left 'a limit of file sizes, --extract'

# an older report stays as it was
echo old >out/report
(
	ulimit -f 1
	exec "$program" -q --json -o out/report "$large"
) 2>err
ends 2 $? 'File too large'
[ "$(cat out/report)" = old ] || fail 'an older report is spoilt'
[ "$(ls -A out)" = report ] || fail "left behind: $(ls -A out)"
rm out/report

# --- a full disk
if [ -c /dev/full ]; then
	for format in text json ndjson csv; do
		"$program" -q --format=$format "$small" >/dev/full 2>err
		ends 2 $? 'standard output: the report cannot be written: No space'
		"$program" -q --format=$format -o /dev/full "$small" 2>err
		ends 2 $? '/dev/full: the report cannot be written: No space'
	done
fi

# --- folders
"$program" -o out/none/report "$small" 2>err
ends 2 $? 'out/none/report: No such file or directory'
"$program" -o out "$small" 2>err
ends 2 $? 'out: '
"$program" out 2>err
ends 2 $? 'out: is a directory'
"$program" "$small/more" 2>err
ends 2 $? 'e01-client-closes.pcap/more: Not a directory'
nothing_left 'folders'
if [ "$(id -u)" -ne 0 ]; then
	chmod 500 out
	"$program" -o out/report "$small" 2>err
	ends 2 $? 'out/report: Permission denied'
	chmod 700 out
	cp "$small" secret.pcap
	chmod 000 secret.pcap
	"$program" secret.pcap 2>err
	ends 2 $? 'secret.pcap: permission denied'
fi

# --- a capture that changes while it is read: through a FIFO the program
# has opened it and waits when it does
bytes=$(wc -c <"$small")
mkfifo pipe
{
	head -c 100 "$small"
	sleep 1
	tail -c +101 "$small"
} >pipe &
"$program" -q --json pipe >grown 2>err
ends 0 $? ''
"$program" -q --json "$small" | sed 's,"path":"[^"]*",,' >whole
sed 's,"path":"[^"]*",,' grown | cmp -s - whole ||
	fail 'a capture that grows is not read to its end'
head -c $((bytes - 10)) "$small" >pipe &
"$program" pipe >shrunk 2>err
ends 3 $? 'pipe: cut off in packet '
[ -s shrunk ] || fail 'no report of a capture that shrinks'

exit $failed
