/*
 * page_parts.h - the page of --format=html but for its data. The source is
 * made at build time by scripts/embed_page.sh.
 */
#ifndef TCPCONN_PAGE_PARTS_H
#define TCPCONN_PAGE_PARTS_H

#include <stddef.h>

extern const unsigned char page_before[], page_after[];
extern const size_t page_before_n, page_after_n;

#endif
