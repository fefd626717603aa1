/*
 * ranking.h - the order of connections in a report (--sort).
 */
#ifndef TCPCONN_RANKING_H
#define TCPCONN_RANKING_H

#include <stdint.h>

#include "model/report.h"
#include "model/selection.h"

/* The lower key comes first; equal keys by number, which is unique. */
struct ranking {
	int64_t key;
	uint32_t number;
};

/* SORT_DEFAULT ranks by number. */
struct ranking ranking_of(enum sort_key by, const struct conn_report *r);

/* Negative, 0 or positive, for qsort(). */
int ranking_compare(const struct ranking *a, const struct ranking *b);

#endif
