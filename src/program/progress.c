/*
 * progress.c - a line on standard error that says how far reading is.
 *
 * It is the only part of the program that looks at a clock; nothing of it
 * enters a report.
 */
#include "program/progress.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define NS_PER_SECOND 1000000000
#define INTERVAL_TERMINAL_NS (NS_PER_SECOND / 5)
#define INTERVAL_LOG_NS ((int64_t)2 * NS_PER_SECOND)

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * NS_PER_SECOND + t.tv_nsec;
}

/* Header of a record in a pcap and in a pcapng file, with its padding. */
#define RECORD_PCAP 16
#define RECORD_PCAPNG 34

/* Bytes of all inputs; 0 where one is a pipe, or compressed. */
static uint64_t
input_size(const struct reader *r)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < reader_inputs(r); i++) {
		const struct capture_info *info = reader_info(r, i);
		struct stat st;

		if (strcmp(info->path, "-") == 0 ||
		    strcmp(info->compression, "none") != 0 ||
		    stat(info->path, &st) != 0 || !S_ISREG(st.st_mode))
			return 0;
		sum += (uint64_t)st.st_size;
	}
	return sum;
}

void
progress_init(
    struct progress *p, FILE *err, bool terminal, const struct reader *r)
{
	*p = (struct progress){.err = err, .terminal = terminal};
	if (err == NULL)
		return;
	p->input_bytes = input_size(r);
	p->record_bytes = strcmp(reader_info(r, 0)->format, "pcapng") == 0
			      ? RECORD_PCAPNG
			      : RECORD_PCAP;
	p->begin_ns = now_ns();
	p->next_ns =
	    p->begin_ns + (terminal ? INTERVAL_TERMINAL_NS : INTERVAL_LOG_NS);
}

/* The size of record headers is an estimate, so 100% is never claimed. */
static unsigned
percent(const struct progress *p, uint64_t packets, uint64_t bytes)
{
	double read = (double)bytes + (double)packets * (double)p->record_bytes;
	double share = 0;

	if (p->input_bytes > 0)
		share = read * 100.0 / (double)p->input_bytes;
	return share > 99 ? 99 : (unsigned)share;
}

void
progress_update(struct progress *p, uint64_t packets, uint64_t bytes)
{
	int64_t now;
	double seconds;
	unsigned share;

	if (p->err == NULL || (now = now_ns()) < p->next_ns)
		return;
	seconds = (double)(now - p->begin_ns) / NS_PER_SECOND;
	share = percent(p, packets, bytes);
	if (p->terminal)
		fputs("\r\033[K", p->err);
	if (p->input_bytes > 0)
		fprintf(p->err, "%u%%, ", share);
	fprintf(p->err, "%" PRIu64 " packets, %.0f per second", packets,
	    (double)packets / seconds);
	if (share > 0)
		fprintf(
		    p->err, ", %.0f s left", seconds * (100.0 - share) / share);
	if (!p->terminal)
		fputc('\n', p->err);
	fflush(p->err);
	p->shown = p->terminal;
	p->next_ns =
	    now + (p->terminal ? INTERVAL_TERMINAL_NS : INTERVAL_LOG_NS);
}

void
progress_fini(struct progress *p, uint64_t packets)
{
	if (p->err == NULL)
		return;
	if (p->shown)
		fputs("\r\033[K", p->err);
	else if (!p->terminal)
		fprintf(p->err, "%" PRIu64 " packets read in %.1f s\n", packets,
		    (double)(now_ns() - p->begin_ns) / NS_PER_SECOND);
	p->err = NULL;
}
