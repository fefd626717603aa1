/*
 * prefetch.h - ask for memory before it is needed. A hint: without a compiler
 * that knows how, it does nothing.
 */
#ifndef TCPCONN_PREFETCH_H
#define TCPCONN_PREFETCH_H

static inline void
prefetch(const void *p)
{
#ifdef __GNUC__
	__builtin_prefetch(p, 1);
#else
	(void)p;
#endif
}

#endif
