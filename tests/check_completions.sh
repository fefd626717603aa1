#!/bin/sh
# Completions name every option of the table, and the shells that are installed
# accept them.
#
# srcdir names the source; completions/ of the build folder is looked at.
srcdir=${srcdir:-.}
export srcdir
LC_ALL=C
export LC_ALL
status=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bash=completions/tcpconn-analyze
zsh=completions/_tcpconn-analyze
fish=completions/tcpconn-analyze.fish

fail()
{
	echo "check_completions: $1"
	status=1
}

OTHERS='GROUP(heading)' sh "$srcdir/scripts/def_rows.sh" options.def \
	'OPTION(id,letter,name,arg,value,help)' letter name |
	tr -d "'" >"$work/options"
[ -s "$work/options" ] || fail "no options"
while read -r letter name; do
	if [ "$letter" != 0 ]; then
		grep -q -e "[ \"]-${letter}[ \"]" $bash || fail "$bash: no -$letter"
		grep -q -e "\\*-${letter}[-+[]" $zsh || fail "$zsh: no -$letter"
		grep -q -e " -s $letter " $fish || fail "$fish: no -$letter"
	fi
	if [ "$name" != NULL ]; then
		grep -q -e "[ \"]--${name}[ \"]" $bash || fail "$bash: no --$name"
		grep -q -e "\\*--${name}[=[]" $zsh || fail "$zsh: no --$name"
		grep -q -e " -l $name " $fish || fail "$fish: no --$name"
	fi
done <"$work/options"

for file in $bash $zsh $fish; do
	case $file in
	"$bash") shell=bash ;;
	"$zsh") shell=zsh ;;
	*) shell=fish ;;
	esac
	command -v $shell >/dev/null || continue
	$shell -n "$file" || fail "$shell does not accept $file"
done

# words WORD...: what bash offers for the last word
words()
{
	bash -c '. "$0"
		COMP_WORDS=(tcpconn-analyze "$@") COMP_CWORD=$#
		_tcpconn_analyze
		printf "%s " "${COMPREPLY[@]}"' $bash "$@"
}

# offers TEXT WORD...
offers()
{
	text=$1
	shift
	got=$(words "$@")
	[ "$got" = "$text" ] || fail "bash offers '$got' after '$*'"
}

if command -v bash >/dev/null; then
	offers 'json ' --format j
	offers 'json ' --format = j
	offers 'text json ndjson csv html ' --format ''
	offers '--baseline ' --base
	offers 'stall ' -k stal
	offers 'error ' -s e
	offers 'connect-time ' --sort c
	offers 'K_SEGS= ' --limit K_SEG
	touch "$work/one.pcap"
	offers "$work/one.pcap " "$work/on"
	offers "$work/one.pcap " -r "$work/on"
fi
exit $status
