/*
 * options.h - the command line, generated from options.def.
 */
#ifndef TCPCONN_OPTIONS_H
#define TCPCONN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/limits.h"
#include "input/decode.h"
#include "model/selection.h"
#include "program/option_values.h"
#include "program/shard.h"
#include "words/anomaly.h"

enum option_id {
#define GROUP(heading)
#define OPTION(id, letter, name, arg, value, help) OPTION_##id,
#include "program/options.def"
#undef GROUP
#undef OPTION
	OPTION_COUNT
};

enum action {
	ACTION_ANALYSE,
	ACTION_HELP,
	ACTION_VERSION,
	ACTION_LIST_LIMITS,
	ACTION_LIST_NAMES,
	ACTION_EXPLAIN_KIND,
};

enum format {
	FORMAT_TEXT,
	FORMAT_JSON,
	FORMAT_NDJSON,
	FORMAT_CSV,
	FORMAT_HTML
};

enum when {
	WHEN_AUTO,
	WHEN_ALWAYS,
	WHEN_NEVER
};

/*
 * What the user asked for. report points into this struct: do not copy it.
 * Strings are borrowed from argv.
 */
struct options {
	enum action action;
	bool given[OPTION_COUNT];

	const char **captures; /* owned array */
	size_t captures_n;
	const char *filter; /* NULL: none */
	struct time_bound from, to;

	struct shard shard;

	struct report_options report; /* but for what depends on the output */
	struct range_list connections, explain, ladder;
	bool kinds[ANOMALY_COUNT];

	enum format format;
	const char *output;   /* NULL: standard output */
	const char *extract;  /* NULL: none */
	const char *baseline; /* NULL: none */
	enum when color, progress;
	bool quiet;
	bool has_fail_on;
	enum severity fail_on;
	const char *kind_name; /* of ACTION_EXPLAIN_KIND */

	uint16_t *service_ports; /* owned */
	size_t service_ports_n;
	bool key_vlan;
	bool reorder;        /* R1.10 */
	unsigned reorder_ms; /* its window */
	enum checksum_mode checksum;
	unsigned threads; /* 0: not given */
	struct limits limits;
};

/*
 * Parse a command line; argv[0] is not looked at. Returns false with a
 * message in *c when it cannot be followed. options_fini() is due in any
 * case.
 */
bool options_parse(
    struct options *o, int argc, char *const *argv, struct complaint *c);
void options_fini(struct options *o);

/*
 * Whether a capture is named as a list of connections would be, and -x or -l
 * is given, whose list follows without a space.
 */
bool options_list_astray(const struct options *o);

void options_print_help(FILE *out);
void options_print_limits(FILE *out);

#endif
