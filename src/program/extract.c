/*
 * extract.c - the packets of the reported connections as a capture.
 */
#include "program/extract.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "input/pcap_write.h"
#include "program/chosen.h"

#define NS_PER_SECOND 1000000000
#define BYTES_PER_MIB ((uint64_t)1 << 20)

struct extract {
	const struct options *o;     /* borrowed */
	const struct hash_key *hash; /* borrowed */
	const struct reader *reader; /* borrowed; of the first reading */
	struct output output;
	struct chosen *chosen; /* owned */
	bool nanoseconds;      /* resolution of the new capture */
	int link_type, snaplen;
	bool began;  /* the head of the new capture is written */
	FILE *spool; /* owned; packets of an input that cannot be read again */
	uint64_t spooled;
	uint8_t *data; /* owned; of the packet read from the spool */
	size_t room;
	const char *fault; /* why there will be no capture, or NULL */
	int error;         /* errno of fault, or 0 */
};

static void
fail(struct extract *x, const char *fault, int error)
{
	if (x->fault != NULL)
		return;
	x->fault = fault;
	x->error = error;
}

/* --- opening ------------------------------------------------------------- */

static bool
same_file(const char *a, const char *b)
{
	return a != NULL && b != NULL &&
	       (strcmp(a, b) == 0 || output_replaces(a, b));
}

/* Whether the new capture may go where it shall. */
static bool
check_path(const struct options *o, char *err, size_t err_size)
{
	bool to_stdout = strcmp(o->extract, "-") == 0;
	bool report_to_stdout =
	    o->output == NULL || strcmp(o->output, "-") == 0;

	if (to_stdout ? report_to_stdout : same_file(o->extract, o->output)) {
		snprintf(err, err_size,
		    "--extract: %s takes the report already; accepted: "
		    "another file, or --output for the report",
		    to_stdout ? "standard output" : o->extract);
		return false;
	}
	for (size_t i = 0; i < o->captures_n; i++)
		if (same_file(o->extract, o->captures[i]) && !to_stdout) {
			snprintf(err, err_size,
			    "--extract: %s is a capture to read; accepted: "
			    "another file",
			    o->extract);
			return false;
		}
	return true;
}

static void
learn_inputs(struct extract *x, const struct reader *reader)
{
	x->link_type = reader_info(reader, 0)->link_type;
	for (size_t i = 0; i < reader_inputs(reader); i++) {
		const struct capture_info *info = reader_info(reader, i);

		x->nanoseconds = x->nanoseconds || info->nanoseconds;
		if (info->snaplen > x->snaplen)
			x->snaplen = info->snaplen;
	}
}

/* Whether path gives the same packets when it is opened again. */
static bool
reads_again(const char *path)
{
	struct stat st;

	return strcmp(path, "-") != 0 && stat(path, &st) == 0 &&
	       S_ISREG(st.st_mode);
}

/* Packets that --reorder moved have their new order only once. */
static bool
open_spool(struct extract *x)
{
	if (x->o->reorder) {
		x->spool = tmpfile();
		return x->spool != NULL;
	}
	for (size_t i = 0; i < x->o->captures_n; i++)
		if (!reads_again(x->o->captures[i])) {
			x->spool = tmpfile();
			return x->spool != NULL;
		}
	return true;
}

struct extract *
extract_open(const struct options *o, const struct hash_key *hash,
    const struct reader *reader, char *err, size_t err_size)
{
	struct extract *x;
	enum sort_key sort = o->report.sort;

	if (!check_path(o, err, err_size))
		return NULL;
	if (sort == SORT_DEFAULT && o->format == FORMAT_TEXT)
		sort = SORT_SEVERITY;
	x = calloc(1, sizeof(*x));
	if (x == NULL) {
		snprintf(err, err_size, "memory ran out");
		return NULL;
	}
	x->o = o;
	x->hash = hash;
	x->reader = reader;
	x->chosen =
	    chosen_new(sort, o->report.has_top ? o->report.top : 0, hash);
	if (x->chosen == NULL) {
		snprintf(err, err_size, "memory ran out");
	} else if (!open_spool(x)) {
		snprintf(err, err_size, "--extract: no temporary file: %s",
		    strerror(errno));
	} else if (output_open(&x->output, o->extract, err, err_size)) {
		learn_inputs(x, reader);
		return x;
	}
	extract_free(x);
	return NULL;
}

void
extract_free(struct extract *x)
{
	if (x == NULL)
		return;
	output_abandon(&x->output);
	chosen_free(x->chosen);
	if (x->spool != NULL)
		fclose(x->spool);
	free(x->data);
	free(x);
}

/* --- the first reading --------------------------------------------------- */

void
extract_packet(struct extract *x, const struct packet *p)
{
	if (x->spool == NULL || x->fault != NULL)
		return;
	x->spooled += sizeof(*p) + p->cap_len;
	if (x->spooled / BYTES_PER_MIB >= x->o->limits.spool) {
		fail(x,
		    "there is more to keep of a pipe, or under --reorder, "
		    "than K_SPOOL allows; read a file, or raise --limit "
		    "K_SPOOL",
		    0);
		return;
	}
	if (fwrite(p, sizeof(*p), 1, x->spool) != 1 ||
	    (p->cap_len > 0 && fwrite(p->data, p->cap_len, 1, x->spool) != 1))
		fail(x, "its temporary file cannot be written", errno);
}

void
extract_fragments(struct extract *x, const struct segment *seg,
    const uint64_t *frames, unsigned n)
{
	if (!chosen_fragments(x->chosen, &seg->key, seg->frame_no, frames, n))
		fail(x, "memory ran out", 0);
}

void
extract_connection(struct extract *x, const struct conn_report *r)
{
	if (!chosen_add(x->chosen, r))
		fail(x, "memory ran out", 0);
}

/* --- the second reading -------------------------------------------------- */

/* Packets again: from the spool, or from the files. */
struct again {
	struct extract *x;
	struct reader *reader;  /* owned; NULL: from the spool */
	uint64_t packets;       /* read so far */
	int64_t from_ns, to_ns; /* of the span to analyse */
};

static bool
read_spool(struct extract *x, struct packet *p)
{
	if (fread(p, sizeof(*p), 1, x->spool) != 1)
		return false;
	if (p->cap_len > x->room) {
		uint8_t *data = realloc(x->data, p->cap_len);

		if (data == NULL) {
			fail(x, "memory ran out", 0);
			return false;
		}
		x->data = data;
		x->room = p->cap_len;
	}
	p->data = x->data;
	if (p->cap_len == 0 || fread(x->data, p->cap_len, 1, x->spool) == 1)
		return true;
	fail(x, "its temporary file cannot be read", errno);
	return false;
}

/* The next packet that was analysed; false at the end. */
static bool
read_again(struct again *a, uint64_t packets, struct packet *p)
{
	enum reader_result result;

	if (a->reader == NULL)
		return read_spool(a->x, p);
	while (a->packets < packets) {
		result = reader_next(a->reader, p);
		if (result == READER_END) {
			fail(a->x, "a capture changed while it was read", 0);
			return false;
		}
		if (a->packets++ == 0) {
			a->from_ns =
			    time_bound_ns(&a->x->o->from, p->ts_ns, INT64_MIN);
			a->to_ns =
			    time_bound_ns(&a->x->o->to, p->ts_ns, INT64_MAX);
		}
		if (result == READER_PACKET && p->ts_ns >= a->from_ns &&
		    p->ts_ns <= a->to_ns)
			return true;
	}
	return false;
}

static bool
is_wanted(struct chosen *c, struct decoder *decoder, const struct packet *p)
{
	struct segment s;
	struct icmp_error icmp;

	switch (decode_packet(decoder, p, &s, &icmp)) {
	case DECODE_OK:
		return chosen_segment(c, &s.key, p->frame_no) ||
		       chosen_fragment(c, p->frame_no);
	case DECODE_ICMP:
		return chosen_icmp(c, &icmp.key);
	default:
		return chosen_fragment(c, p->frame_no);
	}
}

/* A pcap file has one link type: that of its first packet. */
static void
write_packet(struct extract *x, const struct packet *p)
{
	if (!x->began) {
		x->began = true;
		x->link_type = p->link_type;
		if (pcap_write_head(x->output.file, x->link_type, x->snaplen,
			x->nanoseconds) != 0)
			fail(x, "it cannot be written", errno);
	}
	if (p->link_type != x->link_type)
		fail(x,
		    "its packets have different link types, which pcap "
		    "cannot hold; choose those of one by -c or -f",
		    0);
	else if (pcap_write_packet(x->output.file, p, x->nanoseconds) != 0)
		fail(x, "it cannot be written", errno);
}

static void
copy_packets(struct again *a, uint64_t packets)
{
	struct extract *x = a->x;
	const struct decode_options decode = {
	    .checksum = CHECKSUM_MODE_OFF,
	    .key_vlan = x->o->key_vlan,
	    .fragment_timeout_ns = (int64_t)x->o->limits.frag_s * NS_PER_SECOND,
	    .fragment_sets = (unsigned)x->o->limits.frag_sets,
	    .hash = x->hash,
	};
	struct decoder *decoder = decoder_new(&decode);
	struct packet p;

	if (decoder == NULL) {
		fail(x, "memory ran out", 0);
		return;
	}
	while (x->fault == NULL && read_again(a, packets, &p))
		if (is_wanted(x->chosen, decoder, &p))
			write_packet(x, &p);
	decoder_free(decoder);
}

static void
write_capture(struct extract *x, uint64_t packets, char *err, size_t err_size)
{
	struct again a = {.x = x};

	if (x->spool != NULL) {
		if (fflush(x->spool) != 0)
			fail(x, "its temporary file cannot be written", errno);
		rewind(x->spool);
	} else {
		a.reader =
		    reader_open_again(x->reader, x->o->captures, err, err_size);
		if (a.reader == NULL)
			fail(x, err, 0);
	}
	if (!chosen_close(x->chosen))
		fail(x, "memory ran out", 0);
	if (x->fault == NULL)
		copy_packets(&a, packets);
	reader_close(a.reader);
	if (x->fault == NULL && !x->began &&
	    pcap_write_head(
		x->output.file, x->link_type, x->snaplen, x->nanoseconds) != 0)
		fail(x, "it cannot be written", errno);
	if (x->fault == NULL && !output_commit(&x->output))
		fail(x, "it cannot be written", errno);
}

bool
extract_finish(struct extract *x, uint64_t packets, char *err, size_t err_size)
{
	char why[512] = "";

	if (x->fault == NULL)
		write_capture(x, packets, why, sizeof(why));
	if (x->fault == NULL)
		return true;
	snprintf(err, err_size, "--extract: %s: %s%s%s", x->o->extract,
	    x->fault, x->error != 0 ? ": " : "",
	    x->error != 0 ? strerror(x->error) : "");
	return false;
}
