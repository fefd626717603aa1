/*
 * filter.h - the expression of --filter, compiled for each link type once:
 * names in it are looked up then, which the sandbox refuses later.
 */
#ifndef TCPCONN_FILTER_H
#define TCPCONN_FILTER_H

#include <stdbool.h>
#include <stddef.h>

struct bpf_program; /* of libpcap */

struct filter {
	const char *text;      /* borrowed; NULL: everything passes */
	struct compiled *list; /* owned */
};

void filter_init(struct filter *f, const char *text);
void filter_fini(struct filter *f);

/*
 * The program for one link type, borrowed until filter_fini(); NULL without a
 * filter, or where nothing can be decoded. False with a reason in err.
 */
bool filter_compile(struct filter *f, int link_type,
    const struct bpf_program **program, char *err, size_t err_size);

#endif
