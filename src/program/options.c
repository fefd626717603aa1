/*
 * options.c - the command line.
 */
#include "program/options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "program/option_table.h"

#define MAX_THREADS 1024
#define TOLERANCE_MAX 1000000
#define TOLERANCE_DEFAULT 20
#define REORDER_DEFAULT_MS 50
#define REORDER_MAX_MS 60000

/* getopt's value of an argument that is no option. */
#define NO_OPTION 1

static const struct choice format_choices[] = {
    {"text", FORMAT_TEXT},
    {"json", FORMAT_JSON},
    {"ndjson", FORMAT_NDJSON},
    {"csv", FORMAT_CSV},
    {"html", FORMAT_HTML},
    {NULL, 0},
};

static const struct choice sort_choices[] = {
    {"severity", SORT_SEVERITY},
    {"number", SORT_NUMBER},
    {"start", SORT_START},
    {"duration", SORT_DURATION},
    {"bytes", SORT_BYTES},
    {"retransmissions", SORT_RETRANSMISSIONS},
    {"connect-time", SORT_CONNECT_TIME},
    {NULL, 0},
};

static const struct choice when_choices[] = {
    {"auto", WHEN_AUTO},
    {"always", WHEN_ALWAYS},
    {"never", WHEN_NEVER},
    {NULL, 0},
};

static const struct choice checksum_choices[] = {
    {"auto", CHECKSUM_MODE_AUTO},
    {"on", CHECKSUM_MODE_ON},
    {"off", CHECKSUM_MODE_OFF},
    {NULL, 0},
};

static const struct choice key_choices[] = {{"vlan", 1}, {NULL, 0}};

static bool
set_capture(struct options *o, const char *arg, struct complaint *c)
{
	for (size_t i = 0; i < o->captures_n && strcmp(arg, "-") == 0; i++)
		if (strcmp(o->captures[i], "-") == 0)
			return complain(
			    c, "'-' (standard input) can be read only once");
	if (arg[0] == '\0')
		return complain(c, "the name of a capture is empty");
	o->captures[o->captures_n++] = arg;
	return true;
}

static bool
set_filter(struct options *o, const char *arg, struct complaint *c)
{
	if (o->given[OPTION_FILTER])
		return complain(
		    c, "given twice; join both expressions by 'and' or 'or'");
	o->filter = arg;
	return true;
}

static bool
set_from(struct options *o, const char *arg, struct complaint *c)
{
	return value_time(arg, &o->from, c);
}

static bool
set_to(struct options *o, const char *arg, struct complaint *c)
{
	return value_time(arg, &o->to, c);
}

static bool
set_shard(struct options *o, const char *arg, struct complaint *c)
{
	return value_shard(arg, &o->shard, c);
}

static bool
set_connection(struct options *o, const char *arg, struct complaint *c)
{
	return value_ranges(arg, UINT32_MAX, &o->connections, c);
}

static bool
set_min_severity(struct options *o, const char *arg, struct complaint *c)
{
	o->report.has_min_severity = true;
	return value_severity(arg, &o->report.min_severity, c);
}

static bool
set_kind(struct options *o, const char *arg, struct complaint *c)
{
	o->report.kinds = o->kinds;
	return value_kinds(arg, o->kinds, c);
}

static bool
set_top(struct options *o, const char *arg, struct complaint *c)
{
	o->report.has_top = true;
	return value_number(arg, 0, UINT32_MAX, &o->report.top, c);
}

static bool
set_sort(struct options *o, const char *arg, struct complaint *c)
{
	int v;

	if (!value_choice(arg, sort_choices, &v, c))
		return false;
	o->report.sort = (enum sort_key)v;
	return true;
}

static bool
set_format(struct options *o, const char *arg, struct complaint *c)
{
	int v;

	if (!value_choice(arg, format_choices, &v, c))
		return false;
	o->format = (enum format)v;
	return true;
}

static bool
set_output(struct options *o, const char *arg, struct complaint *c)
{
	if (o->given[OPTION_OUTPUT])
		return complain(c, "given twice; a report goes to one file");
	if (arg[0] == '\0')
		return complain(c, "the name is empty; accepted: a file, or -");
	o->output = arg;
	return true;
}

static bool
set_extract(struct options *o, const char *arg, struct complaint *c)
{
	if (o->given[OPTION_EXTRACT])
		return complain(c, "given twice; there is one new capture");
	if (arg[0] == '\0')
		return complain(c, "the name is empty; accepted: a file, or -");
	o->extract = arg;
	return true;
}

static bool
set_events(struct options *o, const char *arg, struct complaint *c)
{
	(void)arg;
	(void)c;
	o->report.events = true;
	return true;
}

static bool
set_explain(struct options *o, const char *arg, struct complaint *c)
{
	o->report.explain = true;
	return arg == NULL || value_ranges(arg, UINT32_MAX, &o->explain, c);
}

static bool
set_ladder(struct options *o, const char *arg, struct complaint *c)
{
	o->report.ladder = true;
	return arg == NULL || value_ranges(arg, UINT32_MAX, &o->ladder, c);
}

static bool
set_states(struct options *o, const char *arg, struct complaint *c)
{
	(void)arg;
	(void)c;
	o->report.states = true;
	return true;
}

static bool
set_baseline(struct options *o, const char *arg, struct complaint *c)
{
	if (o->given[OPTION_BASELINE])
		return complain(c, "given twice; there is one earlier report");
	if (arg[0] == '\0')
		return complain(c, "the name is empty; accepted: a file");
	o->baseline = arg;
	return true;
}

static bool
set_tolerance(struct options *o, const char *arg, struct complaint *c)
{
	return value_number(arg, 0, TOLERANCE_MAX, &o->report.tolerance, c);
}

static bool
set_color(struct options *o, const char *arg, struct complaint *c)
{
	int v;

	if (!value_choice(arg, when_choices, &v, c))
		return false;
	o->color = (enum when)v;
	return true;
}

/* The engine wants ports one by one. */
static bool
expand_ports(struct options *o, const struct range_list *l, struct complaint *c)
{
	size_t n = o->service_ports_n;
	uint16_t *ports;

	for (size_t i = 0; i < l->n; i++)
		n += l->v[i].last - l->v[i].first + 1;
	ports = realloc(o->service_ports, n * sizeof(*ports));
	if (ports == NULL)
		return complain(c, "memory ran out");
	o->service_ports = ports;
	for (size_t i = 0; i < l->n; i++)
		for (uint32_t p = l->v[i].first; p <= l->v[i].last; p++)
			ports[o->service_ports_n++] = (uint16_t)p;
	return true;
}

static bool
set_service_ports(struct options *o, const char *arg, struct complaint *c)
{
	struct range_list l = {NULL, 0};
	bool good =
	    value_ranges(arg, UINT16_MAX, &l, c) && expand_ports(o, &l, c);

	range_list_fini(&l);
	return good;
}

static bool
set_key(struct options *o, const char *arg, struct complaint *c)
{
	int v;

	if (!value_choice(arg, key_choices, &v, c))
		return false;
	o->key_vlan = true;
	return true;
}

static bool
set_reorder(struct options *o, const char *arg, struct complaint *c)
{
	uint64_t ms = REORDER_DEFAULT_MS;

	if (arg != NULL && !value_number(arg, 0, REORDER_MAX_MS, &ms, c))
		return false;
	o->reorder = true;
	o->reorder_ms = (unsigned)ms;
	return true;
}

static bool
set_checksum(struct options *o, const char *arg, struct complaint *c)
{
	int v;

	if (!value_choice(arg, checksum_choices, &v, c))
		return false;
	o->checksum = (enum checksum_mode)v;
	return true;
}

static bool
set_max_connections(struct options *o, const char *arg, struct complaint *c)
{
	return value_named_limit("K_CONNS", arg, &o->limits, c);
}

static bool
set_idle_timeout(struct options *o, const char *arg, struct complaint *c)
{
	return value_named_limit("K_IDLE_TIMEOUT", arg, &o->limits, c);
}

static bool
set_max_events(struct options *o, const char *arg, struct complaint *c)
{
	return value_named_limit("K_EVENTS", arg, &o->limits, c);
}

static bool
set_limit(struct options *o, const char *arg, struct complaint *c)
{
	if (strcmp(arg, "help") != 0)
		return value_limit(arg, &o->limits, c);
	o->action = ACTION_LIST_LIMITS;
	return true;
}

static bool
set_threads(struct options *o, const char *arg, struct complaint *c)
{
	uint64_t v;

	if (!value_number(arg, 1, MAX_THREADS, &v, c))
		return false;
	o->threads = (unsigned)v;
	return true;
}

static bool
set_fail_on(struct options *o, const char *arg, struct complaint *c)
{
	o->has_fail_on = true;
	return value_severity(arg, &o->fail_on, c);
}

static bool
set_progress(struct options *o, const char *arg, struct complaint *c)
{
	int v;

	if (!value_choice(arg, when_choices, &v, c))
		return false;
	o->progress = (enum when)v;
	return true;
}

static bool
set_explain_kind(struct options *o, const char *arg, struct complaint *c)
{
	(void)c;
	o->action =
	    strcmp(arg, "help") == 0 ? ACTION_LIST_NAMES : ACTION_EXPLAIN_KIND;
	o->kind_name = arg;
	return true;
}

static bool
set_help(struct options *o, const char *arg, struct complaint *c)
{
	(void)arg;
	(void)c;
	o->action = ACTION_HELP;
	return true;
}

static bool
set_version(struct options *o, const char *arg, struct complaint *c)
{
	(void)arg;
	(void)c;
	o->action = ACTION_VERSION;
	return true;
}

/* Options without a function need nothing but their place in given[]. */
static bool (*const option_set[OPTION_COUNT])(
    struct options *o, const char *arg, struct complaint *c) = {
    [OPTION_FILTER] = set_filter,
    [OPTION_FROM] = set_from,
    [OPTION_TO] = set_to,
    [OPTION_READ] = set_capture,
    [OPTION_SHARD] = set_shard,
    [OPTION_CONNECTION] = set_connection,
    [OPTION_MIN_SEVERITY] = set_min_severity,
    [OPTION_KIND] = set_kind,
    [OPTION_TOP] = set_top,
    [OPTION_SORT] = set_sort,
    [OPTION_FORMAT] = set_format,
    [OPTION_OUTPUT] = set_output,
    [OPTION_EXTRACT] = set_extract,
    [OPTION_EVENTS] = set_events,
    [OPTION_EXPLAIN] = set_explain,
    [OPTION_LADDER] = set_ladder,
    [OPTION_STATES] = set_states,
    [OPTION_BASELINE] = set_baseline,
    [OPTION_TOLERANCE] = set_tolerance,
    [OPTION_COLOR] = set_color,
    [OPTION_SERVICE_PORTS] = set_service_ports,
    [OPTION_KEY] = set_key,
    [OPTION_REORDER] = set_reorder,
    [OPTION_CHECKSUM] = set_checksum,
    [OPTION_MAX_CONNECTIONS] = set_max_connections,
    [OPTION_IDLE_TIMEOUT] = set_idle_timeout,
    [OPTION_MAX_EVENTS] = set_max_events,
    [OPTION_LIMIT] = set_limit,
    [OPTION_THREADS] = set_threads,
    [OPTION_FAIL_ON] = set_fail_on,
    [OPTION_PROGRESS] = set_progress,
    [OPTION_EXPLAIN_KIND] = set_explain_kind,
    [OPTION_HELP] = set_help,
    [OPTION_VERSION] = set_version,
};

/*
 * Letters for getopt. A leading '-' hands out other arguments in their place,
 * whatever POSIXLY_CORRECT says; ':' tells a missing value from an unknown
 * option.
 */
static void
build_letters(char letters[3 * OPTION_COUNT + 3])
{
	size_t n = 0;

	letters[n++] = '-';
	letters[n++] = ':';
	for (size_t i = 0; i < option_table_n; i++) {
		if (option_table[i].letter == 0)
			continue;
		letters[n++] = (char)option_table[i].letter;
		if (option_table[i].value != VALUE_NONE)
			letters[n++] = ':';
		if (option_table[i].value == VALUE_OPTIONAL)
			letters[n++] = ':';
	}
	letters[n] = '\0';
}

static void
build_names(struct option names[OPTION_COUNT + 1])
{
	size_t n = 0;

	for (size_t i = 0; i < option_table_n; i++) {
		const struct option_row *row = &option_table[i];

		if (row->name == NULL)
			continue;
		names[n++] = (struct option){
		    .name = row->name,
		    .has_arg = (int)row->value,
		    .val = option_row_value(row),
		};
	}
	names[n] = (struct option){.name = NULL};
}

static bool
complain_option(struct complaint *c, char *const *argv)
{
	const struct option_row *row;
	char label[OPTION_LABEL];

	/* optopt is 0 for unknown long options; optind is behind the word. */
	if (optopt == 0)
		return option_unknown(c, argv[optind - 1]);
	row = option_row_find(optopt);
	if (row == NULL)
		return complain(c, "unknown option '-%c'", optopt);
	return complain(
	    c, "%s: it takes no value", option_row_label(row, label));
}

static bool
complain_missing(struct complaint *c, const struct option_row *row)
{
	char label[OPTION_LABEL];

	return complain(c, "%s: its value is missing; accepted: %s %s",
	    option_row_label(row, label), label, row->arg);
}

static bool
set_option(struct options *o, const struct option_row *row, struct complaint *c)
{
	struct complaint inner;
	char label[OPTION_LABEL];

	if (option_set[row->id] != NULL &&
	    !option_set[row->id](o, optarg, &inner))
		return complain(
		    c, "%s: %s", option_row_label(row, label), inner.text);
	o->given[row->id] = true;
	return true;
}

/* Combinations that cannot be followed, once all options are known. */
static bool
check_combinations(struct options *o, struct complaint *c)
{
	if (o->given[OPTION_JSON] && o->given[OPTION_FORMAT] &&
	    o->format != FORMAT_JSON)
		return complain(
		    c, "--json and --format contradict each other; give one");
	if (o->given[OPTION_JSON])
		o->format = FORMAT_JSON;
	if (o->report.explain && o->format != FORMAT_TEXT)
		return complain(
		    c, "--explain: the story is told only in --format=text");
	if (o->report.ladder && o->format != FORMAT_TEXT)
		return complain(
		    c, "--ladder: the diagram is drawn only in --format=text");
	if (o->baseline != NULL && o->format != FORMAT_TEXT &&
	    o->format != FORMAT_JSON)
		return complain(
		    c, "--baseline: it is told in --format=text or json");
	if (o->given[OPTION_TOLERANCE] && o->baseline == NULL)
		return complain(c, "--tolerance: it needs --baseline");
	if (o->quiet && o->progress == WHEN_ALWAYS)
		return complain(c,
		    "--quiet and --progress=always contradict each other; "
		    "give one");
	if (o->from.has && o->to.has && o->from.relative == o->to.relative &&
	    o->from.ns > o->to.ns)
		return complain(c,
		    "--to: it is before --from; accepted: the same time or "
		    "later");
	if (o->captures_n == 0)
		return complain(c,
		    "no capture given; accepted: files, or - for standard "
		    "input");
	return true;
}

static bool
parse_words(struct options *o, int argc, char *const *argv, struct complaint *c)
{
	char letters[3 * OPTION_COUNT + 3];
	struct option names[OPTION_COUNT + 1];
	int value;

	build_letters(letters);
	build_names(names);
	opterr = 0;
	optind = 0; /* begin anew, also in a second call */
	while (o->action == ACTION_ANALYSE &&
	       (value = getopt_long(argc, argv, letters, names, NULL)) != -1) {
		bool good;

		if (value == NO_OPTION)
			good = set_capture(o, optarg, c);
		else if (value == ':')
			good = complain_missing(c, option_row_find(optopt));
		else if (value == '?')
			good = complain_option(c, argv);
		else
			good = set_option(o, option_row_find(value), c);
		if (!good)
			return false;
	}
	if (o->action != ACTION_ANALYSE)
		return true;
	for (; optind < argc; optind++)
		if (!set_capture(o, argv[optind], c))
			return false;
	return true;
}

bool
options_parse(
    struct options *o, int argc, char *const *argv, struct complaint *c)
{
	*o = (struct options){.action = ACTION_ANALYSE};
	limits_init(&o->limits);
	o->report.tolerance = TOLERANCE_DEFAULT;
	o->captures = calloc((size_t)argc + 1, sizeof(*o->captures));
	if (o->captures == NULL)
		return complain(c, "memory ran out");
	if (!parse_words(o, argc, argv, c))
		return false;
	o->quiet = o->given[OPTION_QUIET];
	o->report.connections = o->connections.v;
	o->report.connections_n = o->connections.n;
	o->report.explain_list = o->explain.v;
	o->report.explain_n = o->explain.n;
	o->report.ladder_list = o->ladder.v;
	o->report.ladder_n = o->ladder.n;
	return o->action != ACTION_ANALYSE || check_combinations(o, c);
}

bool
options_list_astray(const struct options *o)
{
	if (!o->report.explain && !o->report.ladder)
		return false;
	for (size_t i = 0; i < o->captures_n; i++) {
		const char *name = o->captures[i];

		if (*name >= '1' && *name <= '9' &&
		    name[strspn(name, "0123456789,-")] == '\0')
			return true;
	}
	return false;
}

void
options_fini(struct options *o)
{
	free(o->captures);
	free(o->service_ports);
	range_list_fini(&o->connections);
	range_list_fini(&o->explain);
	range_list_fini(&o->ladder);
}
