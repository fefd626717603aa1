/*
 * pcapng.c - the blocks of a pcapng stream on their way to libpcap.
 */
#include "input/pcapng.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

enum {
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET_OLD = 2,
	BLOCK_PACKET_SIMPLE = 3,
	BLOCK_PACKET = 6,
	BLOCK_SECTION = 0x0a0d0d0a,
	MAGIC = 0x1a2b3c4d,
};

/* Type, length, and the first fields of an interface or a packet. */
#define HEAD_SIZE 16
#define BLOCK_MIN 12
#define BLOCK_INTERFACE_MIN 20
/* More than this are taken for the first one. */
#define INTERFACES_MAX (1u << 20)

/* Packets in a row whose interfaces have the same link type. */
struct run {
	uint16_t link;
	uint64_t packets;
};

struct pcapng {
	bool big;         /* byte order of the section */
	bool broken;      /* what follows is no block */
	bool mixed;       /* sections differ in byte order */
	bool begun;       /* a section was seen */
	uint64_t untimed; /* simple packets, which have no time stamp */
	uint8_t head[HEAD_SIZE];
	size_t head_n;
	uint64_t left; /* bytes of the block behind the head */
	bool has_first;
	uint16_t first_link; /* of the first interface of the file */
	uint16_t *links;     /* of the interfaces of this section; owned */
	size_t links_n, links_size;
	uint32_t snaplen;
	bool unlimited;                    /* an interface has no snaplen */
	struct run *runs;                  /* a ring; owned */
	size_t runs_at, runs_n, runs_size; /* the last is a power of two */
};

struct pcapng *
pcapng_new(void)
{
	return calloc(1, sizeof(struct pcapng));
}

void
pcapng_free(struct pcapng *g)
{
	if (g == NULL)
		return;
	free(g->links);
	free(g->runs);
	free(g);
}

static uint32_t
read32(struct bytes *b, bool big)
{
	return big ? bytes_be32(b) : bytes_le32(b);
}

static uint16_t
read16(struct bytes *b, bool big)
{
	return big ? bytes_be16(b) : bytes_le16(b);
}

static bool
add_interface(struct pcapng *g, uint16_t link, uint32_t snaplen)
{
	if (!g->has_first) {
		g->has_first = true;
		g->first_link = link;
	}
	g->unlimited = g->unlimited || snaplen == 0;
	if (snaplen > g->snaplen)
		g->snaplen = snaplen;
	if (g->links_n == INTERFACES_MAX)
		return true;
	if (g->links_n == g->links_size) {
		size_t size = g->links_size == 0 ? 8 : 2 * g->links_size;
		uint16_t *links = realloc(g->links, size * sizeof(*links));

		if (links == NULL)
			return false;
		g->links = links;
		g->links_size = size;
	}
	g->links[g->links_n++] = link;
	return true;
}

/* Make room for one more run; the ring begins at 0 then. */
static bool
runs_grow(struct pcapng *g)
{
	size_t size = g->runs_size == 0 ? 8 : 2 * g->runs_size;
	struct run *runs;

	if (g->runs_n < g->runs_size)
		return true;
	runs = calloc(size, sizeof(*runs));
	if (runs == NULL)
		return false;
	for (size_t i = 0; i < g->runs_n; i++)
		runs[i] = g->runs[(g->runs_at + i) & (g->runs_size - 1)];
	free(g->runs);
	g->runs = runs;
	g->runs_at = 0;
	g->runs_size = size;
	return true;
}

static bool
add_packet(struct pcapng *g, uint32_t interface)
{
	uint16_t link =
	    interface < g->links_n ? g->links[interface] : g->first_link;
	struct run *last;

	if (g->runs_n > 0) {
		last =
		    &g->runs[(g->runs_at + g->runs_n - 1) & (g->runs_size - 1)];
		if (last->link == link) {
			last->packets++;
			return true;
		}
	}
	if (!runs_grow(g))
		return false;
	last = &g->runs[(g->runs_at + g->runs_n++) & (g->runs_size - 1)];
	*last = (struct run){link, 1};
	return true;
}

uint16_t
pcapng_next_link(struct pcapng *g)
{
	struct run *run;

	if (g->runs_n == 0)
		return g->first_link;
	run = &g->runs[g->runs_at];
	if (--run->packets == 0) {
		g->runs_at = (g->runs_at + 1) & (g->runs_size - 1);
		g->runs_n--;
	}
	return run->link;
}

/* What the head says once all of it is there; false when memory ran out. */
static bool
block_begin(struct pcapng *g, uint32_t type, uint32_t len)
{
	struct bytes b = bytes_of(g->head, g->head_n);
	uint16_t link;

	bytes_skip(&b, 8);
	g->left = len - g->head_n;
	g->head_n = 0;
	switch (type) {
	case BLOCK_SECTION:
		g->links_n = 0;
		return true;
	case BLOCK_INTERFACE:
		link = read16(&b, g->big);
		bytes_skip(&b, 2);
		return len < BLOCK_INTERFACE_MIN ||
		       add_interface(g, link, read32(&b, g->big));
	case BLOCK_PACKET:
		return add_packet(g, read32(&b, g->big));
	case BLOCK_PACKET_OLD:
		return add_packet(g, read16(&b, g->big));
	case BLOCK_PACKET_SIMPLE:
		g->untimed++;
		return add_packet(g, 0);
	default:
		return true;
	}
}

/* The head has 12 bytes or more: its type and length. */
static void
block_measure(struct pcapng *g, uint32_t *type, uint32_t *len)
{
	struct bytes b = bytes_of(g->head, g->head_n), order = b;

	*type = read32(&b, g->big);
	if (*type == BLOCK_SECTION) {
		bool big;

		bytes_skip(&order, 8);
		big = bytes_be32(&order) == MAGIC;
		g->mixed = g->mixed || (g->begun && big != g->big);
		g->begun = true;
		g->big = big;
	}
	*len = read32(&b, g->big);
}

/*
 * One more byte of the head. Those of an interface that libpcap must not see
 * are changed as they pass: the link type, and the snaplen.
 */
static void
head_take(struct pcapng *g, uint8_t *p)
{
	struct bytes b = bytes_of(g->head, g->head_n);
	size_t at = g->head_n++;
	bool interface = at >= 8 && read32(&b, g->big) == BLOCK_INTERFACE &&
			 read32(&b, g->big) >= BLOCK_INTERFACE_MIN;

	g->head[at] = *p;
	if (!interface)
		return;
	if ((at == 8 || at == 9) && g->has_first)
		*p = (uint8_t)(g->first_link >> ((at == 8) == g->big ? 8 : 0));
	if (at >= 12)
		*p = 0;
}

/* Fill the head from the stream; returns the bytes used, 0: no memory. */
static size_t
head_fill(struct pcapng *g, uint8_t *p, size_t n)
{
	uint32_t type, len;
	size_t used = 0, want = BLOCK_MIN;

	while (used < n) {
		head_take(g, p + used++);
		if (g->head_n < want)
			continue;
		block_measure(g, &type, &len);
		if (len < BLOCK_MIN) {
			g->broken = true;
			return used;
		}
		want = type == BLOCK_INTERFACE && len >= BLOCK_INTERFACE_MIN
			   ? HEAD_SIZE
			   : BLOCK_MIN;
		if (g->head_n < want)
			continue;
		return block_begin(g, type, len) ? used : 0;
	}
	return used;
}

/*
 * The head of a packet at once, if it is one and all of it is there. Returns
 * the bytes used; 0: it is head_fill()'s.
 */
static size_t
packet_take(struct pcapng *g, const uint8_t *p, size_t n)
{
	struct bytes b = bytes_of(p, n);
	uint32_t len;

	if (g->head_n > 0 || n < BLOCK_MIN ||
	    read32(&b, g->big) != BLOCK_PACKET)
		return 0;
	len = read32(&b, g->big);
	if (len < BLOCK_MIN || !add_packet(g, read32(&b, g->big)))
		return 0;
	g->left = len - BLOCK_MIN;
	return BLOCK_MIN;
}

bool
pcapng_pass(struct pcapng *g, uint8_t *p, size_t n)
{
	while (n > 0 && !g->broken) {
		size_t used = g->left < n ? (size_t)g->left : n;

		g->left -= used;
		if (used == 0)
			used = packet_take(g, p, n);
		if (used == 0) {
			used = head_fill(g, p, n);
			if (used == 0)
				return false;
		}
		p += used;
		n -= used;
	}
	return true;
}

uint16_t
pcapng_first_link(const struct pcapng *g)
{
	return g->first_link;
}

size_t
pcapng_interfaces(const struct pcapng *g)
{
	return g->links_n;
}

uint16_t
pcapng_link(const struct pcapng *g, size_t i)
{
	return g->links[i];
}

uint32_t
pcapng_snaplen(const struct pcapng *g)
{
	return g->unlimited ? 0 : g->snaplen;
}

bool
pcapng_mixed(const struct pcapng *g)
{
	return g->mixed;
}

uint64_t
pcapng_untimed(const struct pcapng *g)
{
	return g->untimed;
}

/* Whether an interface's options ask for more than microseconds. */
static bool
options_nanoseconds(struct bytes b, bool big)
{
	enum {
		OPTION_END = 0,
		OPTION_TSRESOL = 9
	};

	while (!b.cut) {
		uint16_t code = read16(&b, big), len = read16(&b, big);
		uint8_t r;

		if (code == OPTION_END)
			break;
		if (code == OPTION_TSRESOL && len == 1) {
			/* A power of ten or, with the high bit, of two. */
			r = bytes_u8(&b);
			return (r & 0x80) != 0 ? (r & 0x7f) > 20 : r > 6;
		}
		bytes_skip(&b, (len + 3u) & ~3u);
	}
	return false;
}

bool
pcapng_nanoseconds(const uint8_t *p, size_t n)
{
	struct bytes b = bytes_of(p, n), order = b, body;
	bool big;

	bytes_skip(&order, 8);
	big = bytes_be32(&order) == MAGIC;
	while (!b.cut) {
		uint32_t type = read32(&b, big), len = read32(&b, big);

		if (len < BLOCK_MIN)
			break;
		body = b;
		bytes_limit(&body, len - BLOCK_MIN);
		bytes_skip(&body, 8); /* link type, snaplen */
		if (type == BLOCK_INTERFACE && options_nanoseconds(body, big))
			return true;
		bytes_skip(&b, len - 8);
	}
	return false;
}
