/*
 * capture_file.c - capture files for tests.
 */
#include "support/capture_file.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/frame_text.h"

void
capture_create(struct capture *c, const char *name)
{
	memset(c, 0, sizeof(*c));
	strcpy(c->dir, "tcpconn.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(c->dir));
	snprintf(c->path, sizeof(c->path), "%s/%s", c->dir, name);
	c->f = fopen(c->path, "wb");
	ck_assert_ptr_nonnull(c->f);
}

void
capture_put16(struct capture *c, uint16_t v)
{
	putc(c->big ? v >> 8 : v & 0xff, c->f);
	putc(c->big ? v & 0xff : v >> 8, c->f);
}

void
capture_put32(struct capture *c, uint32_t v)
{
	capture_put16(c, (uint16_t)(c->big ? v >> 16 : v));
	capture_put16(c, (uint16_t)(c->big ? v : v >> 16));
}

void
capture_text(struct capture *c, const char *text)
{
	uint8_t bytes[4096];
	size_t n = frame_write(bytes, sizeof(bytes), text);

	ck_assert_uint_eq(fwrite(bytes, 1, n, c->f), n);
}

void
capture_done(struct capture *c)
{
	ck_assert_int_eq(fclose(c->f), 0);
}

void
capture_remove(struct capture *c)
{
	ck_assert_int_eq(unlink(c->path), 0);
	ck_assert_int_eq(rmdir(c->dir), 0);
}

void
pcap_header(struct capture *c, const struct pcap_kind *kind)
{
	c->big = kind->big;
	capture_put32(c, kind->nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
	capture_put16(c, 2);
	capture_put16(c, 4);
	capture_put32(c, 0);
	capture_put32(c, 0);
	capture_put32(c, 2000); /* snaplen */
	capture_put32(c, (uint32_t)kind->link_type);
}

void
pcap_packet(struct capture *c, uint32_t seconds, uint32_t fraction,
    uint32_t cap_n, uint32_t wire_n)
{
	capture_put32(c, seconds);
	capture_put32(c, fraction);
	capture_put32(c, cap_n);
	capture_put32(c, wire_n);
	for (uint32_t i = 0; i < cap_n; i++)
		putc((int)(i & 0xff), c->f);
}

void
pcap_write(
    struct capture *c, const char *name, const uint32_t *seconds, unsigned n)
{
	static const struct pcap_kind kind = {false, false, 1};

	capture_create(c, name);
	pcap_header(c, &kind);
	for (unsigned i = 0; i < n; i++)
		pcap_packet(c, seconds[i], 0, 60, 60);
	capture_done(c);
}
