/*
 * reader.h - captures as one stream of packets. The only user of libpcap.
 */
#ifndef TCPCONN_READER_H
#define TCPCONN_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "input/origins.h"
#include "words/packet.h"

/* What is known of one input; final once the reader reached its end. */
struct capture_info {
	char *path;         /* owned; as given by the user, "-" for stdin */
	const char *format; /* "pcap" or "pcapng" */
	const char *compression; /* "none", "gzip", "zstd", "lz4" or "xz" */
	char *link_name;         /* owned; e.g. "EN10MB" */
	char *link_description;  /* owned; e.g. "Ethernet" */
	int link_type; /* of the first interface; a pcapng file may have more,
			  which the names list as their packets come */
	int snaplen;
	bool nanoseconds; /* resolution of time stamps */
	uint64_t packets;
	uint64_t bytes;   /* on the wire */
	uint64_t untimed; /* packets to which the file gives no time */
	bool has_time;    /* at least one packet was read */
	int64_t first_ns, last_ns;
	bool complete; /* false: it could not be read whole */
	char *error;   /* owned; why not, names packet and place */
};

struct reader; /* owned by its creator */

enum reader_result {
	READER_PACKET,   /* *p is set, valid until the next call */
	READER_FILTERED, /* *p is set, but the filter excludes it */
	READER_END,      /* all inputs are read (see capture_info.complete) */
};

/*
 * Open n captures as one observation: files that do not overlap in time
 * follow each other in order of their first packet, overlapping ones are
 * merged by time stamp (stable: equal times keep the order given). filter
 * may be NULL and is borrowed until reader_close(). On failure returns NULL and
 * writes a one-line message that names the input and what is wrong to err.
 */
struct reader *reader_open(const char *const *paths, size_t n,
    const char *filter, char *err, size_t err_size);
/*
 * The same once more, with paths as before and the filter as first compiled
 * it: nothing is looked up again. first is borrowed until reader_close().
 */
struct reader *reader_open_again(const struct reader *first,
    const char *const *paths, char *err, size_t err_size);
void reader_close(struct reader *r);

enum reader_result reader_next(struct reader *r, struct packet *p);

/*
 * The caller stops before READER_END: why becomes the error of every input
 * that was not read to its end and has none yet.
 */
void reader_stop(struct reader *r, const char *why);

size_t reader_inputs(const struct reader *r);
/* Borrowed until reader_close(). */
const struct capture_info *reader_info(const struct reader *r, size_t i);
/* Where the frames handed out so far stand; NULL with a single input. */
const struct origins *reader_origins(const struct reader *r);

#endif
