/*
 * run_report.c - what becomes of connections, and of the report.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/source.h"
#include "program/message.h"
#include "program/run_parts.h"

#define MESSAGE_SIZE 1024

static void
warn(const struct run *run, const char *message)
{
	if (!run->o->quiet)
		message_say("warning: %s", message);
}

static void
note_write_error(struct run *run)
{
	if (run->write_error == 0)
		run->write_error = errno != 0 ? errno : EIO;
}

/* Count r; whether it is to be reported. */
static bool
count_connection(struct run *run, struct conn_report *r)
{
	const struct options *o = run->o;

	r->alike = summary_add(&run->summary, r);
	if (!report_selects(&o->report, r))
		return false;
	run->reported++;
	if (run->extract != NULL)
		extract_connection(run->extract, r);
	if (o->has_fail_on && r->worst >= o->fail_on)
		run->fail_on_met = true;
	return true;
}

/* The same with what is enough for that, if the reporter makes do with it. */
bool
run_on_brief(void *arg, struct conn_report *r)
{
	struct run *run = arg;

	if (!count_connection(run, r))
		return true;
	if (run->reporter->skip != NULL && run->reporter->skip(run->report, r))
		return true;
	run->briefed = true;
	run->brief_alike = r->alike;
	return false;
}

int
run_on_connection(void *arg, struct conn_report *r)
{
	struct run *run = arg;

	if (run->briefed)
		r->alike = run->brief_alike;
	else if (!count_connection(run, r) ||
		 (run->reporter->skip != NULL &&
		     run->reporter->skip(run->report, r)))
		return 0;
	run->briefed = false;
	conn_report_say(r);
	if (run->reporter->connection(run->report, r) == 0)
		return 0;
	note_write_error(run);
	return -1;
}

/* inputs: room for one pointer each. */
static void
fill_head(const struct run *run, struct report_head *head,
    const struct capture_info **inputs)
{
	*head = (struct report_head){
	    .version = PACKAGE_VERSION,
	    .inputs = inputs,
	    .inputs_n = reader_inputs(run->reader),
	    .origins = reader_origins(run->reader),
	    .packets = &run->counts,
	    .summary = &run->summary,
	    .connections_reported = run->reported,
	};
	for (size_t i = 0; i < reader_inputs(run->reader); i++) {
		const struct capture_info *info = reader_info(run->reader, i);

		inputs[i] = info;
		if (!info->has_time)
			continue;
		if (!head->has_time || info->first_ns < head->first_ns)
			head->first_ns = info->first_ns;
		if (!head->has_time || info->last_ns > head->last_ns)
			head->last_ns = info->last_ns;
		head->has_time = true;
	}
}

/* Have the reporter say what stands before or after the connections. */
static void
tell_reporter(
    struct run *run, int (*tell)(void *state, const struct report_head *head))
{
	const struct capture_info **inputs =
	    calloc(reader_inputs(run->reader), sizeof(*inputs));
	struct report_head head;

	if (inputs == NULL) {
		run->write_error = ENOMEM;
		return;
	}
	fill_head(run, &head, inputs);
	if (tell(run->report, &head) != 0)
		note_write_error(run);
	free(inputs);
}

void
run_report_begin(struct run *run)
{
	if (run->reporter->begin != NULL)
		tell_reporter(run, run->reporter->begin);
}

void
run_report_finish(struct run *run)
{
	if (analyzer_finish(run->analyzer) == ANALYZER_NO_MEMORY)
		run->out_of_memory = true;
	findings_settle(&run->summary.findings);
	if (run->write_error == 0)
		tell_reporter(run, run->reporter->finish);
}

bool
run_warn_inputs(const struct run *run)
{
	bool incomplete = false;
	char message[MESSAGE_SIZE];

	for (size_t i = 0; i < reader_inputs(run->reader); i++) {
		const struct capture_info *info = reader_info(run->reader, i);

		if (info->untimed > 0) {
			snprintf(message, sizeof(message),
			    "%s: %" PRIu64 " packets have no time stamp",
			    source_name(info->path), info->untimed);
			warn(run, message);
		}
		if (info->complete || run->write_error != 0)
			continue;
		incomplete = true;
		snprintf(message, sizeof(message), "%s: %s",
		    source_name(info->path),
		    info->error != NULL ? info->error
					: "it was not read to its end");
		warn(run, message);
	}
	return incomplete;
}

void
run_warn_memory(const struct run *run)
{
	char message[MESSAGE_SIZE];

	snprintf(message, sizeof(message),
	    "memory ran out: %" PRIu64 " packets were not analysed, and "
	    "connections may be missing",
	    run->counts.reason[REASON_NO_MEMORY]);
	warn(run, message);
}

/* A closed pipe is no failure: its reader had enough. */
bool
run_report_written(struct run *run)
{
	errno = 0;
	if (run->write_error == 0 && output_commit(&run->output))
		return true;
	note_write_error(run);
	if (run->write_error == EPIPE ||
	    (run->output.file != NULL && output_closed(&run->output)))
		return true;
	message_say("%s: the report cannot be written: %s",
	    run->o->output != NULL ? run->o->output : "standard output",
	    strerror(run->write_error));
	return false;
}

/* The second reading; true also where none was asked for. */
bool
run_extracted(struct run *run)
{
	char message[MESSAGE_SIZE];

	if (run->extract == NULL ||
	    extract_finish(
		run->extract, run->counts.total, message, sizeof(message)))
		return true;
	message_say("%s", message);
	return false;
}
