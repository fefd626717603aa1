#!/bin/sh
# Write the completion of the command line for a shell to standard output, from
# the tables of options and of their values.
#
# usage: gen_completions.sh bash|zsh|fish   (srcdir names the source)
srcdir=${srcdir:-.}
export srcdir
LC_ALL=C
export LC_ALL

# ids FILE 'MACRO(PARAMETER, ...)': the names of a table, on one line
ids()
{
	sh "$srcdir/scripts/def_rows.sh" "$1" "$2" name | grep -vx - |
		tr '\n' ' ' | sed 's/ $//'
}

kinds=$(ids anomaly.def 'ANOMALY(id,name,rule,sev,blame,group,rfc,text)')
others=$(
	ids verdict.def 'VERDICT(id,name,rule,sev)'
	echo ' '
	ids outcome.def 'OUTCOME(id,name,label,opened)'
	echo ' '
	ids close.def 'CLOSE(id,name,label)'
)
others=$(echo "$others" | tr ' ' '\n' | sort -u | tr '\n' ' ')
limits=$(ids limits.def 'LIMIT(field,name,value,min,max,text)' |
	sed 's/ /= /g; s/$/=/')

# choices TABLE: the words of a table of values in options.c
choices()
{
	sed -n "/ $1_choices\\[\\]/,/;/p" "$srcdir/src/program/options.c" |
		grep -o '"[^"]*"' | tr -d '"' | tr '\n' ' ' | sed 's/ $//'
}

# letter, name, argument, kind of value, help, accepted words, separated by |
rows()
{
	OTHERS='GROUP(heading)' sh "$srcdir/scripts/def_rows.sh" options.def \
		'OPTION(id,letter,name,arg,value,help)' \
		id letter name arg value help |
		awk -F '\t' -v OFS='|' -v quote="'" \
			-v format="$(choices format)" -v sort="$(choices sort)" \
			-v when="$(choices when)" -v key="$(choices key)" \
			-v checksum="$(choices checksum)" \
			-v kinds="$kinds" -v others="$others" \
			-v limits="$limits" '
		BEGIN {
			words["FORMAT"] = format
			words["SORT"] = sort
			words["COLOR"] = words["PROGRESS"] = when
			words["CHECKSUM"] = checksum
			words["KEY"] = key
			words["MIN_SEVERITY"] = "info note warn error"
			words["FAIL_ON"] = words["MIN_SEVERITY"]
			words["KIND"] = kinds
			words["EXPLAIN_KIND"] = kinds " " others "help"
			words["LIMIT"] = limits " help"
		}
		{
			gsub(quote, "", $2)
			if ($2 == "0")
				$2 = ""
			if ($3 == "NULL")
				$3 = ""
			gsub(quote, "", $6)
			print $2, $3, $4, $5, $6, words[$1]
		}'
}

bash_completion()
{
	cat <<'END'
# completion of tcpconn-analyze for bash; generated
_tcpconn_analyze()
{
	local cur=${COMP_WORDS[COMP_CWORD]}
	local prev=${COMP_WORDS[COMP_CWORD - 1]}

	COMPREPLY=()
	if [[ $cur == = ]]; then
		cur=
	elif [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	case $prev in
END
	rows | awk -F '|' '
	$4 == "REQUIRED" {
		pattern = $2 != "" ? "--" $2 : ""
		if ($1 != "")
			pattern = pattern (pattern != "" ? " | " : "") "-" $1
		print "\t" pattern ")"
		if ($6 != "")
			print "\t\tCOMPREPLY=($(compgen -W \"" $6 \
			    "\" -- \"$cur\"))"
		else if ($3 ~ /FILE|json/)
			print "\t\tCOMPREPLY=($(compgen -f -- \"$cur\"))"
		print "\t\treturn\n\t\t;;"
	}'
	printf '\tesac\n\tcase $cur in\n\t-*)\n'
	printf '\t\tCOMPREPLY=($(compgen -W "%s" -- "$cur"))\n' \
		"$(rows | awk -F '|' '
			$1 != "" { print "-" $1 }
			$2 != "" { print "--" $2 }' | tr '\n' ' ' | sed 's/ $//')"
	cat <<'END'
		;;
	*)
		COMPREPLY=($(compgen -f -- "$cur"))
		;;
	esac
}
complete -o filenames -F _tcpconn_analyze tcpconn-analyze
END
}

zsh_completion()
{
	printf '#compdef tcpconn-analyze\n# generated\n_arguments -s -S'
	rows | awk -F '|' '
	function plain(s) {
		gsub(/\[/, "\\\\[", s)
		gsub(/\]/, "\\\\]", s)
		return s
	}
	{
		value = ""
		if ($6 != "")
			value = ":" plain($3) ":(" $6 ")"
		else if ($3 ~ /FILE|json/)
			value = ":" plain($3) ":_files"
		else if ($4 != "NONE")
			value = ":" plain($3) ": "
		if ($4 == "OPTIONAL")
			value = ":" value
		help = "[" plain($5) "]" value
		if ($1 != "")
			printf " \\\n\t\047*-%s%s%s\047", $1, \
			    $4 == "OPTIONAL" ? "-" : $4 == "NONE" ? "" : "+", \
			    help
		if ($2 != "")
			printf " \\\n\t\047*--%s%s%s\047", $2, \
			    $4 == "OPTIONAL" ? "=-" : $4 == "NONE" ? "" : "=", \
			    help
	}'
	printf " \\\\\n\t'*:capture:_files'\n"
}

fish_completion()
{
	echo '# completion of tcpconn-analyze for fish; generated'
	rows | awk -F '|' '{
		printf "complete -c tcpconn-analyze"
		if ($1 != "")
			printf " -s %s", $1
		if ($2 != "")
			printf " -l %s", $2
		if ($6 != "")
			printf " -x -a \047%s\047", $6
		else if ($4 == "REQUIRED")
			printf $3 ~ /FILE|json/ ? " -r -F" : " -x"
		printf " -d \047%s\047\n", $5
	}'
}

case $1 in
bash | zsh | fish) "$1_completion" ;;
*)
	echo "usage: gen_completions.sh bash|zsh|fish" >&2
	exit 2
	;;
esac
