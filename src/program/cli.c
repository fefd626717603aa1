/*
 * cli.c - the program: what the command line asks for.
 */
#include "program/cli.h"

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "program/interrupt.h"
#include "program/message.h"
#include "program/options.h"
#include "program/run.h"
#include "report/names.h"

#define PROGRAM "tcpconn-analyze"

static enum status
explain_kind(const char *name)
{
	const char *similar;

	if (names_explain(stdout, name))
		return STATUS_ANALYSED;
	similar = names_similar(name);
	message_say("--explain-kind: '%.60s' is no event, verdict, outcome or "
		    "close%s%s%s (--explain-kind help lists all)",
	    name, similar != NULL ? "; did you mean '" : "",
	    similar != NULL ? similar : "", similar != NULL ? "'?" : "");
	return STATUS_UNUSABLE;
}

static enum status
answer(const struct options *o)
{
	enum status status = STATUS_ANALYSED;

	if (o->action == ACTION_HELP)
		options_print_help(stdout);
	else if (o->action == ACTION_VERSION)
		puts(PROGRAM " " PACKAGE_VERSION);
	else if (o->action == ACTION_LIST_LIMITS)
		options_print_limits(stdout);
	else if (o->action == ACTION_LIST_NAMES)
		names_list(stdout);
	else
		status = explain_kind(o->kind_name);
	errno = 0;
	if ((fflush(stdout) == 0 && !ferror(stdout)) || errno == EPIPE)
		return status;
	message_say("standard output: %s", strerror(errno));
	return STATUS_UNUSABLE;
}

enum status
cli_main(int argc, char *const *argv)
{
	struct options o;
	struct complaint c;
	enum status status = STATUS_UNUSABLE;

	interrupt_install();
	if (!options_parse(&o, argc, argv, &c)) {
		message_say("%s", c.text);
		fputs("Try '" PROGRAM " --help'.\n", stderr);
	} else if (o.action == ACTION_ANALYSE)
		status = run_analysis(&o);
	else
		status = answer(&o);
	options_fini(&o);
	return status;
}
