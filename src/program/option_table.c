/*
 * option_table.c - the table of options, and what is said from it.
 */
#include "program/option_table.h"

#include <inttypes.h>
#include <string.h>

#include "program/options.h"
#include "report/names.h"
#include "report/wrap.h"

#define PROGRAM "tcpconn-analyze"
#define HELP_COLUMN 30

const struct option_row option_table[] = {
#define GROUP(heading) {heading, OPTION_COUNT, 0, NULL, "", VALUE_NONE, ""},
#define OPTION(id, letter, name, arg, value, help) \
	{NULL, OPTION_##id, letter, name, arg, VALUE_##value, help},
#include "program/options.def"
#undef GROUP
#undef OPTION
};

const size_t option_table_n = sizeof(option_table) / sizeof(option_table[0]);

int
option_row_value(const struct option_row *row)
{
	return row->letter != 0 ? row->letter : OPTION_LONG_ONLY + (int)row->id;
}

const struct option_row *
option_row_find(int value)
{
	for (size_t i = 0; i < option_table_n; i++) {
		const struct option_row *row = &option_table[i];

		if (row->heading == NULL && option_row_value(row) == value)
			return row;
	}
	return NULL;
}

const char *
option_row_label(const struct option_row *row, char buf[OPTION_LABEL])
{
	if (row->name != NULL)
		snprintf(buf, OPTION_LABEL, "--%s", row->name);
	else
		snprintf(buf, OPTION_LABEL, "-%c", row->letter);
	return buf;
}

static const char *
long_name(size_t i)
{
	return option_table[i].name;
}

bool
option_unknown(struct complaint *c, const char *word)
{
	char name[64];
	const char *nearest, *separator = "";
	size_t n = strcspn(word + 2, "=");
	char matches[160] = "";
	unsigned found = 0;

	snprintf(name, sizeof(name), "%.*s", (int)(n < 60 ? n : 60), word + 2);
	for (size_t i = 0; i < option_table_n && name[0] != '\0'; i++) {
		size_t used = strlen(matches);

		if (long_name(i) == NULL ||
		    strncmp(long_name(i), name, strlen(name)) != 0)
			continue;
		snprintf(matches + used, sizeof(matches) - used, "%s--%s",
		    separator, long_name(i));
		separator = ", ";
		found++;
	}
	if (found > 1)
		return complain(c, "option '--%s' is ambiguous; accepted: %s",
		    name, matches);
	nearest = names_nearest(name, long_name, option_table_n);
	if (nearest != NULL)
		return complain(c, "unknown option '--%s'; did you mean --%s?",
		    name, nearest);
	return complain(c, "unknown option '--%s'", name);
}

static void
print_option(FILE *out, const struct option_row *row)
{
	char text[80];
	int n;

	if (row->letter != 0 && row->name != NULL)
		n = snprintf(
		    text, sizeof(text), "-%c, --%s", row->letter, row->name);
	else if (row->name != NULL)
		n = snprintf(text, sizeof(text), "    --%s", row->name);
	else
		n = snprintf(text, sizeof(text), "-%c", row->letter);
	if (row->value == VALUE_OPTIONAL)
		n += snprintf(
		    text + n, sizeof(text) - (size_t)n, "[=%s]", row->arg);
	else if (row->value == VALUE_REQUIRED)
		n += snprintf(
		    text + n, sizeof(text) - (size_t)n, " %s", row->arg);
	if (n + 4 > HELP_COLUMN) {
		fprintf(out, "  %s\n%*s", text, HELP_COLUMN, "");
	} else {
		fprintf(out, "  %-*s", HELP_COLUMN - 2, text);
	}
	wrap_write(out, row->help, HELP_COLUMN, HELP_COLUMN);
}

void
options_print_help(FILE *out)
{
	fputs("Usage: " PROGRAM " [OPTION]... CAPTURE...\n"
	      "Explain the TCP connections of packet captures: pcap or "
	      "pcapng, plain or\ncompressed. A CAPTURE of - is standard "
	      "input.\n",
	    out);
	for (size_t i = 0; i < option_table_n; i++) {
		if (option_table[i].heading != NULL)
			fprintf(out, "\n%s:\n", option_table[i].heading);
		else
			print_option(out, &option_table[i]);
	}
	fputs("\nExit status:\n", out);
#define STATUS(id, code, text) \
	fprintf(out, "  %-*d", HELP_COLUMN - 2, code); \
	wrap_write(out, text, HELP_COLUMN, HELP_COLUMN);
#include "program/status.def"
#undef STATUS
}

void
options_print_limits(FILE *out)
{
	for (size_t i = 0; i < limit_table_n; i++) {
		const struct limit_row *row = &limit_table[i];

		fprintf(out,
		    "%s=%" PRIu64 "\n    %s; %" PRIu64 " to %" PRIu64 "\n",
		    row->name, row->value, row->text, row->min, row->max);
	}
}
