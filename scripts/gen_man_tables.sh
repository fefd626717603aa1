#!/bin/sh
# Write the tables of include/*/*.def into man/tcpconn-analyze.1, between its
# markers. With --check, say what would change instead and exit with 1.
#
# srcdir names the source (default: the working directory).
srcdir=${srcdir:-.}
page=$srcdir/man/tcpconn-analyze.1
scripts=$srcdir/scripts
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
LC_ALL=C
export LC_ALL
export srcdir

rows()
{
	sh "$scripts/def_rows.sh" "$@"
}

# Rows of ID and meaning, of VERDICT, OUTCOME or CLOSE.
meanings()
{
	OTHERS=$(for other in VERDICT OUTCOME CLOSE; do
		[ "$other" = "$1" ] || echo "${other}_MEANING(id,text)"
	done) sh "$scripts/def_rows.sh" meaning.def "$1_MEANING(id,text)" id text
}

# Tab-separated fields to an item of a list: name, facts, text.
items()
{
	awk -F '\t' '
	function minus(s) {
		gsub(/-/, "\\-", s)
		return s
	}
	# Hyphens of options and of ids are minus signs; each sentence begins
	# a line.
	function prose(s) {
		gsub(/--/, "\\-\\-", s)
		gsub(/\. /, ".\n", s)
		return s
	}
	{
		print ".It Li " minus($1)
		if ($2 != "")
			print $2 "."
		print prose($3)
	}' | fold -s -w 80 | sed 's/ *$//'
}

events()
{
	rows anomaly.def 'ANOMALY(id,name,rule,sev,blame,group,rfc,text)' \
		name rule sev blame rfc text |
		awk -F '\t' -v OFS='\t' '{
			rule = $2 == 0 ? "R5.8" : "R6." $2
			facts = tolower($3) ", " tolower($4) ", " rule
			if ($5 != "")
				facts = facts ", " $5
			print $1, facts, $6
		}' | items
}

verdicts()
{
	meanings VERDICT >"$work/meanings"
	rows verdict.def 'VERDICT(id,name,rule,sev)' id name rule sev |
		awk -F '\t' -v OFS='\t' -v meanings="$work/meanings" '
		BEGIN {
			while ((getline < meanings) > 0)
				text[$1] = $2
		}
		{ print $2, tolower($4) ", " $3, text[$1] }' | items
}

# outcomes OUTCOME outcome.def 'OUTCOME(...)'
outcomes()
{
	meanings "$1" >"$work/meanings"
	rows "$2" "$3" id name label |
		awk -F '\t' -v OFS='\t' -v meanings="$work/meanings" '
		BEGIN {
			while ((getline < meanings) > 0)
				text[$1] = $2
		}
		{
			shown = $3 == "-" ? "" : "In text: " $3
			print $2, shown, text[$1]
		}' | items
}

findings()
{
	rows finding.def \
		'FINDING(id,name,parts,other,connections,others,text)' \
		name connections text |
		awk -F '\t' -v OFS='\t' '{
			print $1, "At least " $2 " connections", $3
		}' | items
}

limits()
{
	rows limits.def 'LIMIT(field,name,value,min,max,text)' \
		name value min max text |
		awk -F '\t' -v OFS='\t' '{
			text = toupper(substr($5, 1, 1)) substr($5, 2) "."
			print $1, "Default " $2 ", from " $3 " to " $4, text
		}' | items
}

reasons()
{
	rows reason.def 'REASON(id,name,label)' name label |
		awk -F '\t' -v OFS='\t' '{
			text = toupper(substr($2, 1, 1)) substr($2, 2) "."
			print $1, "", text
		}' | items
}

status()
{
	rows status.def 'STATUS(id,code,text)' code text |
		awk -F '\t' -v OFS='\t' '{ print $1, "", $2 }' | items
}

events >"$work/events"
verdicts >"$work/verdicts"
outcomes OUTCOME outcome.def 'OUTCOME(id,name,label,opened)' >"$work/outcomes"
outcomes CLOSE close.def 'CLOSE(id,name,label)' >"$work/closes"
findings >"$work/findings"
limits >"$work/limits"
reasons >"$work/reasons"
status >"$work/status"

cp "$page" "$work/page" || exit 1
for name in events verdicts outcomes closes findings limits reasons status; do
	[ -s "$work/$name" ] || {
		echo "gen_man_tables: no rows for $name"
		exit 1
	}
	awk -v name="$name" -v file="$work/$name" \
		-f "$scripts/replace_block.awk" "$work/page" >"$work/new" ||
		exit 1
	mv "$work/new" "$work/page"
done
if [ "$1" = --check ]; then
	diff -u "$page" "$work/page"
else
	cmp -s "$page" "$work/page" || cp "$work/page" "$page"
fi
