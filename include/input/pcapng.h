/*
 * pcapng.h - the blocks of a pcapng stream on their way to libpcap.
 *
 * libpcap has one link type and one snaplen for a file, and refuses a file
 * whose interfaces differ in them. So the stream is changed on its way: each
 * interface gets the link type of the first, and no snaplen. What a packet's
 * interface really has is kept here and asked for packet by packet.
 */
#ifndef TCPCONN_PCAPNG_H
#define TCPCONN_PCAPNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pcapng; /* owned by its creator */

struct pcapng *pcapng_new(void); /* NULL: no memory */
void pcapng_free(struct pcapng *g);

/*
 * The next n bytes of the stream, which are changed in place. After a block
 * that cannot be, nothing is changed any more: libpcap says what is wrong.
 * False when memory ran out.
 */
bool pcapng_pass(struct pcapng *g, uint8_t *p, size_t n);

/*
 * LINKTYPE_ number of the next packet, in the order of the stream: once for
 * each packet that libpcap returns.
 */
uint16_t pcapng_next_link(struct pcapng *g);

/* Link type of the first interface of the file, which libpcap sees. */
uint16_t pcapng_first_link(const struct pcapng *g);

/* Interfaces of the current section so far, and the link type of one. */
size_t pcapng_interfaces(const struct pcapng *g);
uint16_t pcapng_link(const struct pcapng *g, size_t i);
/* Largest snaplen of all interfaces so far; 0: none, or one without. */
uint32_t pcapng_snaplen(const struct pcapng *g);
/* Whether sections differ in byte order, which libpcap cannot read. */
bool pcapng_mixed(const struct pcapng *g);
/* Simple packets so far: they have no time stamp, and libpcap says 0. */
uint64_t pcapng_untimed(const struct pcapng *g);

/*
 * Whether any interface described in the first n bytes of a file asks for
 * time stamps finer than microseconds.
 */
bool pcapng_nanoseconds(const uint8_t *p, size_t n);

#endif
