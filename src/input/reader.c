/*
 * reader.c - captures as one stream of packets, through libpcap.
 */
#define _DEFAULT_SOURCE /* pcap.h uses u_int and its kin */
#include "input/reader.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "input/decode.h"
#include "input/filter.h"
#include "input/pcapng.h"
#include "input/source.h"

#define NS_PER_S INT64_C(1000000000)
/* With more inputs than this, files wait closed until their time comes. */
#define PARK_MIN 16
/* Descriptors beside those of inputs. */
#define FILES_SPARE 64

/* A link type that occurs in a file. */
struct link {
	uint16_t file_type; /* LINKTYPE_ of pcapng; unused in the first one */
	int link_type;
	const struct bpf_program *program; /* of the filter; NULL: none */
};

struct input {
	struct capture_info info;
	struct source *source; /* owned */
	pcap_t *pcap;
	struct filter *filter; /* borrowed */
	struct link *links;    /* owned; the first is that of the file */
	size_t links_n;
	bool ended;
	bool parked; /* the time of its first packet is known */
	struct source_kind kind;
	bool is_pcap;  /* not pcapng */
	bool filtered; /* of packet */
	unsigned file_no;
	struct packet packet; /* read but not yet handed out, of several */
};

struct reader {
	struct input *inputs;
	size_t n;
	uint64_t frame_no;
	/*
	 * With several inputs: a binary heap of those that hold a packet, the
	 * earliest on top. The top's packet is the one last handed out.
	 */
	struct input **heap;
	size_t heap_n;
	bool primed;
	struct origins origins; /* with several inputs */
	struct filter *filter;  /* own, or that of another reader */
	struct filter own;
};

/* Close the file; what is known of it stays. */
static void
input_release(struct input *in)
{
	if (in->pcap != NULL)
		pcap_close(in->pcap);
	in->pcap = NULL;
	if (in->source != NULL && source_pcapng(in->source) != NULL)
		in->info.untimed = pcapng_untimed(source_pcapng(in->source));
	source_close(in->source);
	in->source = NULL;
}

static void
input_close(struct input *in)
{
	free(in->links);
	input_release(in);
	free(in->info.path);
	free(in->info.link_name);
	free(in->info.link_description);
	free(in->info.error);
}

static char *
copy_text(const char *s)
{
	size_t n = strlen(s) + 1;
	char *copy = malloc(n);

	if (copy != NULL)
		memcpy(copy, s, n);
	return copy;
}

/* OpenBSD has its own number for what others call DLT_RAW. */
static int
link_here(int link_type)
{
	enum {
		RAW_OPENBSD = 14
	};

	return link_type == RAW_OPENBSD ? DLT_RAW : link_type;
}

/* Names that libpcap does not give. */
static const char *
link_name(int link_type)
{
	static const char *const users[] = {"USER0", "USER1", "USER2", "USER3",
	    "USER4", "USER5", "USER6", "USER7", "USER8", "USER9", "USER10",
	    "USER11", "USER12", "USER13", "USER14", "USER15"};
	const char *name = pcap_datalink_val_to_name(link_here(link_type));

	if (name != NULL)
		return name;
	if (link_type >= DLT_USER0 && link_type <= DLT_USER15)
		return users[link_type - DLT_USER0];
	switch (link_type) {
	case DLT_PPP_WITH_DIR:
		return "PPP_WITH_DIR";
	case DLT_C_HDLC_WITH_DIR:
		return "C_HDLC_WITH_DIR";
	case DLT_FRELAY_WITH_DIR:
		return "FRELAY_WITH_DIR";
	default:
		return "unknown";
	}
}

/* Add text to a list; false when memory ran out. */
static bool
list_append(char **list, const char *text)
{
	size_t used = *list == NULL ? 0 : strlen(*list), n = strlen(text);
	char *longer = realloc(*list, used + n + sizeof(", "));

	if (longer == NULL)
		return false;
	*list = longer;
	snprintf(longer + used, n + sizeof(", "), "%s%s", used == 0 ? "" : ", ",
	    text);
	return true;
}

/* The file holds one more link type; false with a reason in err. */
static bool
input_add_link(struct input *in, uint16_t file_type, int link_type, char *err,
    size_t err_size)
{
	const char *text =
	    pcap_datalink_val_to_description(link_here(link_type));
	struct link *links =
	    realloc(in->links, (in->links_n + 1) * sizeof(*links));

	if (text == NULL)
		text = link_name(link_type);
	if (links != NULL)
		in->links = links;
	if (links == NULL ||
	    !list_append(&in->info.link_name, link_name(link_type)) ||
	    !list_append(&in->info.link_description, text)) {
		snprintf(err, err_size, "out of memory");
		return false;
	}
	links += in->links_n++;
	*links = (struct link){.file_type = file_type, .link_type = link_type};
	return filter_compile(
	    in->filter, link_type, &links->program, err, err_size);
}

/*
 * DLT_ number of what pcapng files call a link type; they agree but for some
 * old ones (pcap-linktype(7)).
 */
static int
link_of_file(uint16_t file_type)
{
	static const struct {
		uint16_t file_type;
		int link_type;
	} rows[] = {
	    {100, DLT_ATM_RFC1483},
	    {101, DLT_RAW},
	    {102, DLT_SLIP_BSDOS},
	    {103, DLT_PPP_BSDOS},
	    {106, DLT_ATM_CLIP},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].file_type == file_type)
			return rows[i].link_type;
	return file_type;
}

/* Whether any interface can be decoded; other packets are counted. */
static bool
any_supported(const struct pcapng *g)
{
	for (size_t i = 0; g != NULL && i < pcapng_interfaces(g); i++)
		if (decode_link_supported(link_of_file(pcapng_link(g, i))))
			return true;
	return false;
}

/*
 * Compile the filter for the interfaces that are known before the first
 * packet, which are all but those of an unusual file. What it does not fit, its
 * first packet tells, if there is one.
 */
static void
prepare_filter(struct filter *filter, const struct pcapng *g)
{
	const struct bpf_program *unused;
	char err[PCAP_ERRBUF_SIZE + 256];

	for (size_t i = 0; g != NULL && i < pcapng_interfaces(g); i++)
		(void)filter_compile(filter, link_of_file(pcapng_link(g, i)),
		    &unused, err, sizeof(err));
}

/* Ask libpcap what it was given; false with a message in err. */
static bool
input_link(struct input *in, char *err, size_t err_size)
{
	struct capture_info *info = &in->info;
	const char *name = source_name(info->path);
	struct pcapng *g = source_pcapng(in->source);
	char reason[PCAP_ERRBUF_SIZE + 256];

	info->link_type = pcap_datalink(in->pcap);
	info->snaplen = pcap_snapshot(in->pcap);
	if (g != NULL && pcapng_snaplen(g) > 0 &&
	    pcapng_snaplen(g) < (uint32_t)info->snaplen)
		info->snaplen = (int)pcapng_snaplen(g);
	if (!decode_link_supported(info->link_type) && !any_supported(g)) {
		snprintf(err, err_size,
		    "%s: link type %s (%d) is not supported", name,
		    link_name(info->link_type), info->link_type);
		return false;
	}
	if (input_add_link(in, 0, info->link_type, reason, sizeof(reason))) {
		prepare_filter(in->filter, g);
		return true;
	}
	snprintf(err, err_size, "%s: %s", name, reason);
	return false;
}

/*
 * Let libpcap read the source, again later if it is to wait; false with a
 * message in err.
 */
static bool
input_start(struct input *in, bool waits, char *err, size_t err_size)
{
	char reason[PCAP_ERRBUF_SIZE] = "";
	const char *name = source_name(in->info.path);
	struct source_fault fault;
	FILE *f = source_stream(in->source, waits);

	if (f == NULL) {
		snprintf(err, err_size, "%s: out of memory", name);
		return false;
	}
	in->pcap = pcap_fopen_offline_with_tstamp_precision(
	    f, PCAP_TSTAMP_PRECISION_NANO, reason);
	if (in->pcap != NULL)
		return true;
	fclose(f);
	if (source_faulty(in->source, &fault))
		snprintf(err, err_size, "%s: %s in the file header: %s", name,
		    fault.how, fault.text);
	else if (in->kind.format == NULL)
		snprintf(err, err_size,
		    "%s: not a capture file that libpcap reads "
		    "(pcap, pcapng)",
		    name);
	else
		snprintf(err, err_size, "%s: %s", name, reason);
	return false;
}

static bool
input_open(struct input *in, const char *path, struct filter *filter,
    bool waits, char *err, size_t err_size)
{
	const struct source_kind *kind = &in->kind;

	in->filter = filter;
	in->info.path = copy_text(path);
	if (in->info.path == NULL) {
		snprintf(err, err_size, "%s: out of memory", source_name(path));
		return false;
	}
	in->source = source_open(path, &in->kind, err, err_size);
	if (in->source == NULL || !input_start(in, waits, err, err_size))
		return false;
	in->info.format = kind->format == NULL ? "pcap" : kind->format;
	in->is_pcap = strcmp(in->info.format, "pcap") == 0;
	in->info.compression = kind->compression;
	in->info.nanoseconds = kind->nanoseconds;
	return input_link(in, err, err_size);
}

/*
 * Time stamps come from the file and may be anything: normalise the
 * nanoseconds by carrying, and keep what lies beyond the edge there.
 */
static int64_t
stamp_any_ns(int64_t s, int64_t ns, bool is_pcap)
{
	const int64_t edge = PACKET_TIME_MAX / NS_PER_S - 1;

	/* pcap counts seconds in 32 bits without sign, libpcap with. */
	if (is_pcap && s < 0)
		s += INT64_C(1) << 32;
	if (s > edge || s < -edge || ns / NS_PER_S > edge ||
	    ns / NS_PER_S < -edge)
		return s > 0 ? PACKET_TIME_MAX : -PACKET_TIME_MAX;
	s += ns / NS_PER_S;
	if (s > edge || s < -edge)
		return s > 0 ? PACKET_TIME_MAX : -PACKET_TIME_MAX;
	return s * NS_PER_S + ns % NS_PER_S;
}

/* The same, at once for what clocks say. */
static int64_t
stamp_ns(const struct pcap_pkthdr *h, bool is_pcap)
{
	int64_t s = h->ts.tv_sec, ns = h->ts.tv_usec;

	if (s >= 0 && s <= INT32_MAX && ns >= 0 && ns < NS_PER_S)
		return s * NS_PER_S + ns;
	return stamp_any_ns(s, ns, is_pcap);
}

/* Remember why an input ends early. */
static void
input_fail(struct input *in)
{
	const struct pcapng *g = source_pcapng(in->source);
	const char *reason = pcap_geterr(in->pcap);
	const char *how =
	    strncmp(reason, "truncated", 9) == 0 ? "cut off" : "unreadable";
	struct source_fault fault;
	char text[PCAP_ERRBUF_SIZE + 64];

	in->info.complete = false;
	if (errno == EINTR)
		return; /* the caller says why: reader_stop() */
	if (source_faulty(in->source, &fault)) {
		how = fault.how;
		reason = fault.text;
	} else if (g != NULL && pcapng_mixed(g)) {
		reason = "a section in another byte order, which libpcap does "
			 "not read; editcap rewrites the file";
	}
	snprintf(text, sizeof(text), "%s in packet %llu: %s", how,
	    (unsigned long long)in->info.packets + 1, reason);
	in->info.error = copy_text(text);
}

/* The link type of the packet just read; NULL: the input ends here. */
static const struct link *
input_packet_link(struct input *in)
{
	struct pcapng *g = source_pcapng(in->source);
	char reason[PCAP_ERRBUF_SIZE + 256], text[sizeof(reason) + 64];
	uint16_t file_type;

	if (g == NULL)
		return in->links;
	file_type = pcapng_next_link(g);
	if (file_type == pcapng_first_link(g))
		return in->links;
	for (size_t i = 1; i < in->links_n; i++)
		if (in->links[i].file_type == file_type)
			return &in->links[i];
	if (input_add_link(
		in, file_type, link_of_file(file_type), reason, sizeof(reason)))
		return &in->links[in->links_n - 1];
	in->ended = true;
	in->info.complete = false;
	snprintf(text, sizeof(text), "unreadable in packet %llu: %s",
	    (unsigned long long)in->info.packets + 1, reason);
	in->info.error = copy_text(text);
	return NULL;
}

/* The input has no packet any more: say why. */
static void
input_end(struct input *in, int rc)
{
	in->ended = true;
	in->info.complete = true;
	if (rc == PCAP_ERROR)
		input_fail(in);
	input_release(in);
}

/* Read the next packet into *p, but for its frame_no; false at the end. */
static inline bool
input_read(struct input *in, struct packet *p)
{
	struct capture_info *info = &in->info;
	struct pcap_pkthdr *h;
	const struct link *link = in->links;
	const u_char *data;
	int rc;

	if (in->ended)
		return false;
	rc = pcap_next_ex(in->pcap, &h, &data);
	if (rc != 1) {
		input_end(in, rc);
		return false;
	}
	if (!in->is_pcap && (link = input_packet_link(in)) == NULL)
		return false;
	p->ts_ns = stamp_ns(h, in->is_pcap);
	p->data = data;
	p->cap_len = h->caplen;
	p->wire_len = h->len;
	p->link_type = link->link_type;
	p->file_no = in->file_no;
	p->file_frame_no = ++info->packets;
	info->bytes += h->len;
	if (!info->has_time) {
		info->has_time = true;
		info->first_ns = info->last_ns = p->ts_ns;
	}
	if (p->ts_ns < info->first_ns)
		info->first_ns = p->ts_ns;
	if (p->ts_ns > info->last_ns)
		info->last_ns = p->ts_ns;
	in->filtered = link->program != NULL &&
		       pcap_offline_filter(link->program, h, data) == 0;
	return true;
}

/*
 * Many files need memory and buffers each: close what belongs to one until
 * its first packet is the next. Pipes cannot wait.
 */
static void
input_park(struct input *in)
{
	struct capture_info *info = &in->info;

	if (!source_rewinds(in->source) || !input_read(in, &in->packet))
		return;
	pcap_close(in->pcap);
	in->pcap = NULL;
	source_park(in->source);
	info->packets = info->bytes = 0;
	info->has_time = false;
	in->parked = true;
}

/* Read the first packet again; false when the input ends here. */
static bool
input_unpark(struct input *in)
{
	char err[PCAP_ERRBUF_SIZE + 256];

	in->parked = false;
	if (!source_rewind(in->source))
		in->info.error = copy_text(strerror(errno));
	else if (input_start(in, false, err, sizeof(err)))
		return input_read(in, &in->packet);
	else
		in->info.error = copy_text(err);
	in->ended = true;
	return false;
}

/* Ask for descriptors for n inputs; opening says if there are too few. */
static void
raise_files(size_t n)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0 ||
	    files.rlim_cur >= n + FILES_SPARE)
		return;
	files.rlim_cur =
	    n + FILES_SPARE < files.rlim_max ? n + FILES_SPARE : files.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &files);
}

static struct reader *
reader_new(size_t n, struct filter *filter, char *err, size_t err_size)
{
	struct reader *r = calloc(1, sizeof(*r));

	if (r != NULL) {
		r->inputs = calloc(n, sizeof(*r->inputs));
		r->heap = calloc(n, sizeof(struct input *));
	}
	if (r == NULL || r->inputs == NULL || r->heap == NULL) {
		snprintf(err, err_size, "out of memory");
		reader_close(r);
		return NULL;
	}
	r->filter = filter != NULL ? filter : &r->own;
	return r;
}

/* All of paths, which are as many as the reader was made for. */
static bool
open_inputs(struct reader *r, const char *const *paths, size_t n, char *err,
    size_t err_size)
{
	bool stdin_used = false;

	raise_files(n);
	for (size_t i = 0; i < n; i++) {
		bool is_stdin = strcmp(paths[i], "-") == 0;

		if (is_stdin && stdin_used) {
			snprintf(err, err_size,
			    "standard input can be read only once");
			return false;
		}
		stdin_used = stdin_used || is_stdin;
		r->n = i + 1;
		r->inputs[i].file_no = (unsigned)i;
		if (!input_open(&r->inputs[i], paths[i], r->filter,
			n > PARK_MIN, err, err_size))
			return false;
		if (n > PARK_MIN)
			input_park(&r->inputs[i]);
	}
	return true;
}

struct reader *
reader_open(const char *const *paths, size_t n, const char *filter, char *err,
    size_t err_size)
{
	struct reader *r = reader_new(n, NULL, err, err_size);

	if (r == NULL)
		return NULL;
	filter_init(&r->own, filter);
	if (open_inputs(r, paths, n, err, err_size))
		return r;
	reader_close(r);
	return NULL;
}

struct reader *
reader_open_again(const struct reader *first, const char *const *paths,
    char *err, size_t err_size)
{
	struct reader *r = reader_new(first->n, first->filter, err, err_size);

	if (r == NULL || open_inputs(r, paths, first->n, err, err_size))
		return r;
	reader_close(r);
	return NULL;
}

void
reader_close(struct reader *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->n; i++)
		input_close(&r->inputs[i]);
	filter_fini(&r->own);
	origins_fini(&r->origins);
	free(r->inputs);
	free(r->heap);
	free(r);
}

/* Equal times keep the order given. */
static bool
input_before(const struct input *a, const struct input *b)
{
	if (a->packet.ts_ns != b->packet.ts_ns)
		return a->packet.ts_ns < b->packet.ts_ns;
	return a->file_no < b->file_no;
}

/* Let the input at i sink to where it belongs. */
static void
heap_sink(struct reader *r, size_t i)
{
	struct input **h = r->heap, *in = h[i];

	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= r->heap_n)
			break;
		if (child + 1 < r->heap_n &&
		    input_before(h[child + 1], h[child]))
			child++;
		if (!input_before(h[child], in))
			break;
		h[i] = h[child];
		i = child;
	}
	h[i] = in;
}

/* The top of the heap has no packet any more. */
static void
heap_drop(struct reader *r)
{
	r->heap[0] = r->heap[--r->heap_n];
	heap_sink(r, 0);
}

/* The input whose packet comes next, or NULL. */
static struct input *
reader_merge(struct reader *r)
{
	if (!r->primed) {
		r->primed = true;
		for (size_t i = 0; i < r->n; i++)
			if (r->inputs[i].parked ||
			    input_read(&r->inputs[i], &r->inputs[i].packet))
				r->heap[r->heap_n++] = &r->inputs[i];
		for (size_t i = r->heap_n / 2; i-- > 0;)
			heap_sink(r, i);
	} else if (r->heap_n > 0) {
		if (input_read(r->heap[0], &r->heap[0]->packet))
			heap_sink(r, 0);
		else
			heap_drop(r);
	}
	while (r->heap_n > 0 && r->heap[0]->parked && !input_unpark(r->heap[0]))
		heap_drop(r);
	return r->heap_n > 0 ? r->heap[0] : NULL;
}

enum reader_result
reader_next(struct reader *r, struct packet *p)
{
	struct input *in = r->inputs;

	if (r->n == 1) {
		if (!input_read(in, p))
			return READER_END;
	} else {
		in = reader_merge(r);
		if (in == NULL)
			return READER_END;
		*p = in->packet;
		origins_add(&r->origins, p->file_no, p->file_frame_no);
	}
	p->frame_no = ++r->frame_no;
	return in->filtered ? READER_FILTERED : READER_PACKET;
}

void
reader_stop(struct reader *r, const char *why)
{
	for (size_t i = 0; i < r->n; i++) {
		struct input *in = &r->inputs[i];

		in->ended = true;
		if (!in->info.complete && in->info.error == NULL)
			in->info.error = copy_text(why);
	}
}

size_t
reader_inputs(const struct reader *r)
{
	return r->n;
}

const struct capture_info *
reader_info(const struct reader *r, size_t i)
{
	return &r->inputs[i].info;
}

const struct origins *
reader_origins(const struct reader *r)
{
	return r->n > 1 ? &r->origins : NULL;
}
