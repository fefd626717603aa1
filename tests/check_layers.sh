#!/bin/sh
# The layer rule: every source and header stands in exactly one list of layers
# of Makefile.am and in the folder of that name, and includes headers of its own
# layer and of earlier ones only. Beside that
#   - reporters see the report, never the engine;
#   - only the reader and its filter include libpcap, only the JSON reporters cJSON, only
#     the codecs of unpack.c compression libraries;
#   - base, words, model and engine know no files and no clock.
#
# usage: check_layers.sh  (srcdir names the source)
srcdir=${srcdir:-.}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# "LAYER FILE" for each file, in the order of the layers. main.c belongs to
# the program layer, although it is not in the library.
awk '
	/^[a-z]+_layer = / { layer = $1; sub(/_layer$/, "", layer) }
	layer != "" {
		for (i = 1; i <= NF; i++)
			if ($i ~ /^(src|include)\//)
				print layer, $i
	}
	!/\\$/ { layer = "" }
	END { print "program", "src/program/main.c" }
' "$srcdir/Makefile.am" >"$work/map"

(cd "$srcdir" && ls src/*/*.c include/*/*.h include/*/*.def) | sort >"$work/there"
awk '{ print $2 }' "$work/map" | sort >"$work/listed"

status=0
for f in $(awk '{ split($2, part, "/"); if (part[2] != $1) print $2 }' \
	"$work/map"); do
	echo "$f: not in the folder of its layer"
	status=1
done
for f in $(comm -23 "$work/there" "$work/listed"); do
	echo "$f: in no layer of Makefile.am"
	status=1
done
for f in $(comm -13 "$work/there" "$work/listed"); do
	echo "$f: in a layer of Makefile.am, but there is no such file"
	status=1
done
for f in $(uniq -d "$work/listed"); do
	echo "$f: in more than one layer"
	status=1
done

# shellcheck disable=SC2016 # $1, $2, ... are fields of awk
(cd "$srcdir" && awk -v map="$work/map" '
	function complain(text) {
		printf "%s:%d: %s\n", FILENAME, FNR, text
		bad = 1
	}

	# Cut strings and comments out of a line of code.
	function bare(s,   before, at) {
		gsub(/"([^"\\]|\\.)*"/, "\"\"", s)
		before = ""
		for (;;) {
			if (in_comment) {
				at = index(s, "*/")
				if (at == 0)
					return before
				s = substr(s, at + 2)
				in_comment = 0
			}
			at = index(s, "/*")
			if (at == 0)
				return before s
			before = before substr(s, 1, at - 1) " "
			s = substr(s, at + 2)
			in_comment = 1
		}
	}

	function check_own(name,   to) {
		if (name == "config.h")
			return
		to = layer["include/" name]
		if (to == "")
			complain("includes \"" name "\", which is in no layer")
		else if (rank[to] > rank[from])
			complain(from " includes \"" name "\" of " to)
		else if (from == "report" && to == "engine")
			complain("a reporter includes \"" name "\" of the engine")
	}

	function check_foreign(name) {
		if (name ~ /^pcap/ && FILENAME != "src/input/reader.c" &&
		    FILENAME != "src/input/filter.c")
			complain("only src/input/reader.c and src/input/filter.c may include <" name ">")
		if (tolower(name) ~ /cjson/ &&
		    (from != "report" || FILENAME !~ /json/))
			complain("only JSON reporters may include <" name ">")
		if (name ~ /^(zlib|zstd|zstd_errors|lz4frame|lzma)\.h$/ &&
		    FILENAME !~ /^src\/input\/unpack_/)
			complain("only codecs may include <" name ">")
		if (pure[from] && (name == "time.h" || name == "sys/time.h"))
			complain(from " includes <" name ">: it has no clock")
	}

	BEGIN {
		while ((getline line < map) > 0) {
			split(line, part, " ")
			layer[part[2]] = part[1]
			if (!(part[1] in rank))
				rank[part[1]] = ++layers
		}
		if (layers < 7) {
			print "Makefile.am: the lists of layers are missing"
			exit bad = 1
		}
		split("base words model engine", list, " ")
		for (i in list)
			pure[list[i]] = 1
		word = "(^|[^A-Za-z0-9_])"
		files = word "(FILE|std(in|out|err)|errno)($|[^A-Za-z0-9_])|" \
		    word "(f?open|v?f?printf|f?puts|f?putc|putchar|perror|" \
		    "fread|fwrite|fclose)[ \t]*\\("
		clock = word "(time|clock|clock_gettime|gettimeofday|localtime|" \
		    "gmtime|localtime_r|gmtime_r)[ \t]*\\("
	}

	FNR == 1 { from = layer[FILENAME]; in_comment = 0 }
	from == "" { next } # already said

	/^[ \t]*#[ \t]*include[ \t]*"/ {
		split($0, part, "\"")
		check_own(part[2])
		next
	}

	/^[ \t]*#[ \t]*include[ \t]*</ {
		split($0, part, /[<>]/)
		check_foreign(part[2])
		next
	}

	{
		code = bare($0)
		if (pure[from] && code ~ files)
			complain(from " uses files: " $0)
		if (pure[from] && code ~ clock)
			complain(from " uses a clock: " $0)
	}

	END { exit bad }
' src/*/*.c include/*/*.h include/*/*.def) || status=1

[ "$status" -eq 0 ] && echo "$(wc -l <"$work/map") files keep to their layers"
exit $status
