/*
 * extract.h - the packets of the reported connections as a capture (--extract).
 *
 * Files are read a second time. What came from standard input waits in a
 * temporary file, K_SPOOL bytes at most.
 */
#ifndef TCPCONN_EXTRACT_H
#define TCPCONN_EXTRACT_H

#include "input/reader.h"
#include "program/options.h"
#include "program/output.h"

struct extract; /* owned by its creator */

/*
 * Open the new capture. NULL with a message in err. o and hash are
 * borrowed; reader is that of the first reading, open on o's captures.
 */
struct extract *
extract_open(const struct options *o, const struct hash_key *hash,
    const struct reader *reader, char *err, size_t err_size);
/* A capture that was not finished is removed. */
void extract_free(struct extract *x);

/*
 * What the first reading tells: each packet that is analysed, the frames of
 * each segment that came in several, each reported connection. What fails is
 * said by extract_finish().
 */
void extract_packet(struct extract *x, const struct packet *p);
void extract_fragments(struct extract *x, const struct segment *seg,
    const uint64_t *frames, unsigned n);
void extract_connection(struct extract *x, const struct conn_report *r);

/*
 * Write the capture, of the first packets of the input, as many as the first
 * reading read. It appears complete or not at all; false with a message in err.
 */
bool
extract_finish(struct extract *x, uint64_t packets, char *err, size_t err_size);

#endif
