/*
 * run.c - one analysis: from the inputs to the report.
 */
#include "program/run.h"

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/analyzer.h"
#include "input/decode.h"
#include "input/reader.h"
#include "input/reorder.h"
#include "input/source.h"
#include "program/extract.h"
#include "program/feed.h"
#include "program/interrupt.h"
#include "program/message.h"
#include "program/output.h"
#include "program/progress.h"
#include "program/sandbox.h"
#include "program/terminal.h"
#include "report/report_baseline.h"
#include "report/reporter.h"

#define NS_PER_SECOND 1000000000
#define NS_PER_MS 1000000
/* What --reorder may hold back. */
#define REORDER_PACKETS ((size_t)1 << 18)
#define REORDER_BYTES ((size_t)64 << 20)
#define MESSAGE_SIZE 1024
/* Smaller inputs are read before a thread has started. */
#define AHEAD_BYTES (1u << 20)

/* One analysis, from opening to closing. */
struct run {
	struct options *o; /* borrowed */
	struct hash_key hash;
	struct output output;
	struct reader *reader;     /* owned */
	struct reorder *reorder;   /* owned; NULL: file order */
	struct decoder *decoder;   /* owned */
	struct analyzer *analyzer; /* owned */
	const struct reporter *reporter;
	void *report; /* owned state of reporter */
	struct baseline baseline;
	struct extract *extract; /* owned; NULL: not asked for */
	struct progress progress;
	struct packet_counts counts;
	struct summary summary;
	uint64_t reported;       /* connections handed to the reporter */
	uint64_t captured_bytes; /* read so far */
	bool fail_on_met;
	bool briefed, brief_alike; /* what comes was counted, as alike */
	bool out_of_memory;        /* some connection is not whole */
	int write_error; /* errno of a report that cannot be written */
};

static const struct reporter *const reporters[] = {
    [FORMAT_TEXT] = &reporter_text,
    [FORMAT_JSON] = &reporter_json,
    [FORMAT_NDJSON] = &reporter_ndjson,
    [FORMAT_CSV] = &reporter_csv,
    [FORMAT_HTML] = &reporter_html,
};

static void
warn(const struct run *run, const char *message)
{
	if (!run->o->quiet)
		message_say("warning: %s", message);
}

/* --- the packet loop ---------------------------------------------------- */

static void
count_reason(struct packet_counts *c, enum reason why, uint64_t frame_no)
{
	if (c->reason[why]++ == 0)
		c->reason_first_frame[why] = frame_no;
}

static enum reason
fault_reason(const struct segment *s)
{
	return s->fault == FAULT_TRUNCATED ? REASON_TRUNCATED_TCP
					   : REASON_MALFORMED_TCP;
}

/* Enter the engine's answer into the counts; otherwise is the reason if not. */
static bool
count_result(struct run *run, enum analyzer_result result, uint64_t frame_no,
    enum reason otherwise)
{
	switch (result) {
	case ANALYZER_ATTRIBUTED:
		run->counts.analysed++;
		return true;
	case ANALYZER_STOP:
		run->counts.analysed++;
		return false;
	case ANALYZER_UNATTRIBUTED:
		count_reason(&run->counts, otherwise, frame_no);
		return true;
	case ANALYZER_NO_MEMORY:
		count_reason(&run->counts, REASON_NO_MEMORY, frame_no);
		run->out_of_memory = true;
		return true;
	}
	return true;
}

/* An ICMP error is no TCP packet: attached to a connection or not. */
static bool
handle_icmp(struct run *run, const struct icmp_error *icmp)
{
	enum analyzer_result result;

	if (!shard_has(&run->o->shard, &icmp->key)) {
		count_reason(&run->counts, REASON_OTHER_SHARD, icmp->frame_no);
		return true;
	}
	result = analyzer_icmp(run->analyzer, icmp);
	if (result != ANALYZER_ATTRIBUTED)
		return count_result(
		    run, result, icmp->frame_no, REASON_NOT_TCP);
	count_reason(&run->counts, REASON_ICMP, icmp->frame_no);
	return true;
}

static bool
handle_segment(struct run *run, const struct segment *s)
{
	enum analyzer_result result;

	run->counts.tcp++;
	if (!shard_has(&run->o->shard, &s->key))
		return count_result(run, analyzer_pass(run->analyzer, s),
		    s->frame_no, REASON_OTHER_SHARD);
	result = analyzer_segment(run->analyzer, s);
	if (result == ANALYZER_ATTRIBUTED) {
		run->counts.analysed++;
		return true;
	}
	return count_result(run, result, s->frame_no, fault_reason(s));
}

static bool
handle_packet(struct run *run, const struct feed_item *item)
{
	if (item->verdict == DECODE_OK)
		return handle_segment(run, &item->u.seg);
	if (item->verdict == DECODE_ICMP)
		return handle_icmp(run, &item->u.icmp);
	count_reason(&run->counts,
	    (enum reason)(item->verdict - DECODE_REASONS), item->frame_no);
	return true;
}

/* Tell the engine which connections come next. */
static void
expect_items(struct run *run, const struct feed_item *item, unsigned n)
{
	const struct flow_key *key[FEED_BATCH];
	unsigned keys = 0;

	for (unsigned i = 0; i < n; i++)
		if (item[i].verdict == DECODE_OK)
			key[keys++] = &item[i].u.seg.key;
	if (keys > 1)
		analyzer_expect(run->analyzer, key, keys);
}

static void
read_packets(struct run *run, struct feed *feed)
{
	struct packet_counts *c = &run->counts;
	const struct feed_item *item;
	bool go_on = true;
	unsigned n;

	while (go_on && (item = feed_next(feed, &n)) != NULL) {
		expect_items(run, item, n);
		for (unsigned i = 0; i < n && go_on; i++) {
			c->total++;
			run->captured_bytes += item[i].cap_len;
			go_on = handle_packet(run, &item[i]);
			if (c->total % PROGRESS_PACKETS == 0)
				progress_update(&run->progress, c->total,
				    run->captured_bytes);
		}
		if (interrupt_signal() != 0)
			feed_stop(feed);
	}
	progress_fini(&run->progress, c->total);
}

/* What reordering did; nobody reads any more. */
static void
note_reorder(struct run *run)
{
	struct packet_counts *c = &run->counts;

	if (run->reorder == NULL)
		return;
	c->reordered = true;
	c->reorder_moved = reorder_counts(run->reorder).moved;
	c->reorder_beyond = reorder_counts(run->reorder).beyond;
}

/* --- connections and the report ----------------------------------------- */

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
static bool
on_brief(void *arg, struct conn_report *r)
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

static int
on_connection(void *arg, struct conn_report *r)
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

static void
begin_report(struct run *run)
{
	if (run->reporter->begin != NULL)
		tell_reporter(run, run->reporter->begin);
}

static void
write_report(struct run *run)
{
	if (analyzer_finish(run->analyzer) == ANALYZER_NO_MEMORY)
		run->out_of_memory = true;
	findings_settle(&run->summary.findings);
	if (run->write_error == 0)
		tell_reporter(run, run->reporter->finish);
}

/* Say which inputs were not read whole, and whether there are any. */
static bool
warn_inputs(const struct run *run)
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

static void
warn_memory(const struct run *run)
{
	char message[MESSAGE_SIZE];

	snprintf(message, sizeof(message),
	    "memory ran out: %" PRIu64 " packets were not analysed, and "
	    "connections may be missing",
	    run->counts.reason[REASON_NO_MEMORY]);
	warn(run, message);
}

/* A closed pipe is no failure: its reader had enough. */
static bool
report_written(struct run *run)
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
static bool
capture_extracted(struct run *run)
{
	char message[MESSAGE_SIZE];

	if (run->extract == NULL ||
	    extract_finish(
		run->extract, run->counts.total, message, sizeof(message)))
		return true;
	message_say("%s", message);
	return false;
}

/* --- opening and closing ------------------------------------------------ */

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
		    .on_connection = on_connection,
		    .on_brief = o->extract == NULL ? on_brief : NULL,
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
	begin_report(&run);
	if (run.write_error == 0) {
		feed = open_feed(&run);
		if (feed == NULL) {
			message_say("memory ran out");
			goto out;
		}
		read_packets(&run, feed);
	}
	feed_free(feed);
	packet_counts_settle(&run.counts, run.decoder);
	note_reorder(&run);
	if (interrupt_signal() != 0)
		stop_reading(&run);
	incomplete = warn_inputs(&run);
	write_report(&run);
	if (run.out_of_memory)
		warn_memory(&run);
	if (o->baseline != NULL && report_baseline_changed(run.report))
		run.fail_on_met = true;
	if (!report_written(&run) || !capture_extracted(&run))
		goto out;
	status = incomplete || run.out_of_memory ? STATUS_INCOMPLETE
		 : run.fail_on_met               ? STATUS_FAIL_ON
						 : STATUS_ANALYSED;
out:
	run_close(&run);
	return status;
}
