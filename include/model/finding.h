/*
 * finding.h - what many connections show together: one server that refuses,
 * one path that loses, a scan.
 *
 * Findings are counted as connections end, in bounded memory: of a group of
 * connections only sums and the first few are kept. When more groups than
 * FINDINGS_MAX are held, the smallest are forgotten; findings_cut() tells so.
 * The result depends on the connections alone, not on the order of a hash.
 */
#ifndef TCPCONN_FINDING_H
#define TCPCONN_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "words/anomaly.h"
#include "words/segment.h"

struct conn_report;

enum finding_id {
#define FINDING(id, name, parts, other, connections, others, text) FINDING_##id,
#include "model/finding.def"
#undef FINDING
	FINDING_COUNT
};

/* What the connections of a finding have in common. */
enum finding_part {
	PART_CLIENT = 1,
	PART_SERVER = 2,
	PART_PORT = 4,     /* of the server, or of a server that reset */
	PART_RESETTER = 8, /* in its place as client or server */
	PART_KIND = 16,    /* of the event */
	PART_VERDICT = 32,
};

/* What is told apart in a finding. */
enum finding_other {
	OTHER_NOTHING,
	OTHER_CLIENTS, /* addresses of clients */
	OTHER_SERVERS, /* addresses of servers */
	OTHER_PORTS,   /* of the server */
	OTHER_PEERS,   /* addresses of who did not reset */
};

#define FINDINGS_MAX 8192 /* groups held; a power of two */
#define FINDING_OTHERS 64 /* that are told apart exactly */
#define FINDING_FIRST 5   /* connections that are named */

/* Parts that are not common to the connections are zero. */
struct finding_key {
	uint8_t id;      /* enum finding_id */
	uint8_t parts;   /* PART_CLIENT, PART_SERVER, PART_PORT: what is set */
	uint8_t version; /* of the addresses; 0 where there is none */
	uint8_t what;    /* enum anomaly_kind or enum verdict_id */
	uint16_t port;
	uint8_t addr[2][16]; /* by enum side */
};

struct finding {
	struct finding_key key;
	enum severity severity; /* of the worst verdict */
	uint64_t connections;
	/* how opens failed */
	uint64_t refused, unanswered, unfinished;
	/* by enum side of the sender */
	uint64_t data_packets[2], resent_packets[2];
	int64_t first_ns, last_ns;
	uint64_t *other;  /* owned; hashes of what is told apart */
	uint8_t others_n; /* FINDING_OTHERS: that many or more */
	uint8_t peer[16]; /* the address of the first of them */
	uint8_t first_n;
	uint32_t first_number[FINDING_FIRST]; /* ascending */
	uint64_t first_frame[FINDING_FIRST];  /* their first frames */
	bool shown;                           /* by findings_settle() */
};

struct findings {
	const struct hash_key *hash; /* borrowed */
	struct finding *slot;        /* owned; NULL until the first */
	size_t n, room;              /* room is 0 or a power of two */
	uint64_t least; /* groups of fewer connections were forgotten */
	bool failed;    /* memory ran out: findings are missing */
	const struct finding **list; /* owned; by findings_settle() */
	size_t list_n;
};

const char *finding_name(enum finding_id id);
const char *finding_meaning(enum finding_id id);
enum finding_other finding_other(enum finding_id id);

void findings_init(struct findings *f, const struct hash_key *hash);
void findings_fini(struct findings *f);

/*
 * Count a connection that has ended. True when it is one of many alike: a
 * finding tells of it already, and others stand for it.
 */
bool findings_add(struct findings *f, const struct conn_report *r);

/*
 * Choose and order what is worth telling, the worst first, into f->list.
 * To be called once, when all connections were added.
 */
void findings_settle(struct findings *f);

/* The finding that tells of r, or NULL; f is settled. */
const struct finding *
findings_of(const struct findings *f, const struct conn_report *r);

/* Whether its finding and the examples of that stand for r; f is settled. */
bool findings_stand_for(const struct findings *f, const struct conn_report *r);

/* Whether groups were forgotten, so that findings may be missing. */
bool findings_cut(const struct findings *f);

#endif
