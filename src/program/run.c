/*
 * run.c - one analysis, from opening the inputs to closing the report.
 */
#include "program/run.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "program/interrupt.h"
#include "program/message.h"
#include "program/run_parts.h"
#include "program/sandbox.h"
#include "program/terminal.h"

#define NS_PER_SECOND 1000000000
#define NS_PER_MS 1000000
/* What --reorder may hold back. */
#define REORDER_PACKETS ((size_t)1 << 18)
#define REORDER_BYTES ((size_t)64 << 20)
#define MESSAGE_SIZE 1024
/* Smaller inputs are read before a thread has started. */
#define AHEAD_BYTES (1u << 20)

static const struct reporter *const reporters[] = {
    [FORMAT_TEXT] = &reporter_text,
    [FORMAT_JSON] = &reporter_json,
    [FORMAT_NDJSON] = &reporter_ndjson,
    [FORMAT_CSV] = &reporter_csv,
    [FORMAT_HTML] = &reporter_html,
};

static bool
open_inputs(struct run *run, char *err, size_t err_size)
{
	const struct options *o = run->o;

	for (size_t i = 0; i < o->captures_n && o->output != NULL; i++)
		if (output_replaces(o->output, o->captures[i])) {
			snprintf(err, err_size,
			    "--output: %s is a capture to read; accepted: "
			    "another file",
			    o->output);
			return false;
		}
	if (o->output != NULL && o->baseline != NULL &&
	    output_replaces(o->output, o->baseline)) {
		snprintf(err, err_size,
		    "--output: %s is the report to compare with; accepted: "
		    "another file",
		    o->output);
		return false;
	}
	run->reader =
	    reader_open(o->captures, o->captures_n, o->filter, err, err_size);
	if (run->reader == NULL) {
		size_t n = strlen(err);

		if (options_list_astray(o))
			snprintf(err + n, err_size - n,
			    " (a list follows -x and -l without a space: -x3)");
		return false;
	}
	if (!o->reorder)
		return true;
	run->reorder = reorder_new(run->reader,
	    (int64_t)o->reorder_ms * NS_PER_MS, REORDER_PACKETS, REORDER_BYTES);
	if (run->reorder == NULL)
		snprintf(err, err_size, "memory ran out");
	return run->reorder != NULL;
}

/* Only pictures need every segment. */
static bool
wants_trace(const struct options *o)
{
	return o->report.ladder || o->format == FORMAT_HTML;
}

static bool
open_engine(struct run *run)
{
	const struct options *o = run->o;
	const struct decode_options decode = {
	    .checksum = o->checksum,
	    .key_vlan = o->key_vlan,
	    .fragment_timeout_ns = (int64_t)o->limits.frag_s * NS_PER_SECOND,
	    .fragment_sets = (unsigned)o->limits.frag_sets,
	    .hash = &run->hash,
	};
	const struct analyzer_options analyze = {
	    .limits = o->limits,
	    .service_ports = o->service_ports,
	    .service_ports_n = o->service_ports_n,
	    .key_vlan = o->key_vlan,
	    .hash = &run->hash,
	    .observer =
		{
		    .wants = WANT_EVENTS | WANT_TRANSITIONS |
			     (wants_trace(o) ? WANT_TRACE : 0),
		    .on_connection = run_on_connection,
		    .on_brief = o->extract == NULL ? run_on_brief : NULL,
		    .arg = run,
		},
	};

	run->decoder = decoder_new(&decode);
	run->analyzer = analyzer_new(&analyze);
	return run->decoder != NULL && run->analyzer != NULL;
}

static bool
chosen(enum when when, bool automatic)
{
	return when == WHEN_ALWAYS || (when == WHEN_AUTO && automatic);
}

/* Size of all inputs; 0 where one is not a file. */
static uint64_t
input_bytes(const struct reader *r)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < reader_inputs(r); i++) {
		const char *path = reader_info(r, i)->path;
		struct stat st;

		if (strcmp(path, "-") == 0 || stat(path, &st) != 0 ||
		    !S_ISREG(st.st_mode))
			return 0;
		sum += (uint64_t)st.st_size;
	}
	return sum;
}

/*
 * Whether a second thread pays: there is a processor for it, and enough to
 * read. From a pipe packets are taken as they come.
 */
static bool
reads_ahead(const struct run *run)
{
	uint64_t bytes = input_bytes(run->reader);

	if (run->o->threads == 1)
		return false;
	if (run->o->threads > 1)
		return bytes > 0;
	return bytes >= AHEAD_BYTES && sysconf(_SC_NPROCESSORS_ONLN) > 1;
}

static void
on_packet(void *arg, const struct packet *p)
{
	extract_packet(arg, p);
}

static void
on_fragments(
    void *arg, const struct segment *seg, const uint64_t *frames, unsigned n)
{
	extract_fragments(arg, seg, frames, n);
}

/* Without memory or threads for reading ahead, the caller's own will do. */
static struct feed *
open_feed(struct run *run)
{
	struct feed_options o = {
	    .reader = run->reader,
	    .reorder = run->reorder,
	    .decoder = run->decoder,
	    .from = run->o->from,
	    .to = run->o->to,
	    .ahead = reads_ahead(run),
	};
	struct feed *feed;

	/* what it keeps is not guarded against a thread of its own */
	if (run->extract != NULL) {
		o.ahead = false;
		o.on_packet = on_packet;
		o.on_fragments = on_fragments;
		o.arg = run->extract;
	}
	feed = feed_new(&o);
	if (feed != NULL || !o.ahead)
		return feed;
	o.ahead = false;
	return feed_new(&o);
}

static bool
open_report(struct run *run, char *err, size_t err_size)
{
	struct options *o = run->o;
	int fd;

	if (!output_open(&run->output, o->output, err, err_size))
		return false;
	fd = fileno(run->output.file);
	o->report.color = chosen(o->color, terminal_color(fd));
	o->report.utf8 = terminal_utf8(fd);
	o->report.width = terminal_columns(fd);
	for (size_t i = 0; i < reader_inputs(run->reader); i++)
		if (reader_info(run->reader, i)->nanoseconds)
			o->report.nanoseconds = true;
	run->reporter = reporters[o->format];
	if (o->baseline != NULL) {
		if (!baseline_load(&run->baseline, o->baseline, err, err_size))
			return false;
		o->report.baseline = &run->baseline;
		run->reporter = o->format == FORMAT_JSON
				    ? &reporter_baseline_json
				    : &reporter_baseline_text;
	}
	run->summary.without_talkers = !run->reporter->tells_hosts;
	run->report = run->reporter->open(run->output.file, &o->report);
	if (run->report != NULL)
		return true;
	snprintf(err, err_size, "memory ran out");
	return false;
}

static bool
run_open(struct run *run, char *err, size_t err_size)
{
	bool terminal = isatty(STDERR_FILENO) != 0;
	bool show = !run->o->quiet && chosen(run->o->progress, terminal);

	hash_key_draw(&run->hash);
	summary_init(&run->summary, &run->hash);
	if (!open_inputs(run, err, err_size) ||
	    !open_report(run, err, err_size))
		return false;
	if (!open_engine(run)) {
		snprintf(err, err_size, "memory ran out");
		return false;
	}
	if (run->o->extract != NULL) {
		run->extract = extract_open(
		    run->o, &run->hash, run->reader, err, err_size);
		if (run->extract == NULL)
			return false;
	}
	progress_init(
	    &run->progress, show ? stderr : NULL, terminal, run->reader);
	/* all is open; a system without seccomp does as it always did */
	if (!run->o->given[OPTION_NO_SANDBOX])
		(void)sandbox_enter();
	return true;
}

static void
run_close(struct run *run)
{
	if (run->report != NULL)
		run->reporter->free(run->report);
	analyzer_free(run->analyzer);
	decoder_free(run->decoder);
	reorder_free(run->reorder);
	reader_close(run->reader);
	output_abandon(&run->output);
	extract_free(run->extract);
	baseline_fini(&run->baseline);
	summary_fini(&run->summary);
}

static void
stop_reading(struct run *run)
{
	char why[MESSAGE_SIZE];

	snprintf(why, sizeof(why), "stopped by %s after frame %" PRIu64,
	    interrupt_signal() == SIGINT ? "SIGINT" : "SIGTERM",
	    run->counts.total);
	reader_stop(run->reader, why);
}

enum status
run_analysis(struct options *o)
{
	struct run run = {.o = o};
	char message[MESSAGE_SIZE] = "";
	enum status status = STATUS_UNUSABLE;
	struct feed *feed = NULL;
	bool incomplete;

	if (!run_open(&run, message, sizeof(message))) {
		message_say("%s", message);
		goto out;
	}
	run_report_begin(&run);
	if (run.write_error == 0) {
		feed = open_feed(&run);
		if (feed == NULL) {
			message_say("memory ran out");
			goto out;
		}
		run_packets(&run, feed);
	}
	if (interrupt_signal() != 0)
		stop_reading(&run);
	incomplete = run_warn_inputs(&run);
	run_report_finish(&run);
	if (run.out_of_memory)
		run_warn_memory(&run);
	if (o->baseline != NULL && report_baseline_changed(run.report))
		run.fail_on_met = true;
	if (!run_report_written(&run) || !run_extracted(&run))
		goto out;
	status = incomplete || run.out_of_memory ? STATUS_INCOMPLETE
		 : run.fail_on_met               ? STATUS_FAIL_ON
						 : STATUS_ANALYSED;
out:
	run_close(&run);
	return status;
}
