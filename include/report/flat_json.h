/*
 * flat_json.h - a connection's JSON object as a row of plain values.
 *
 * Members of objects in objects are joined by '.'. A list is one value, its
 * items separated by blanks; an item that is an object stands for its first
 * member. Every connection has the same values in the same places.
 */
#ifndef TCPCONN_FLAT_JSON_H
#define TCPCONN_FLAT_JSON_H

#include "model/report.h"

#define FLAT_KEY_MAX 64

struct flat_json; /* owned by its creator */

/* NULL when memory ran out. nanoseconds: of absolute times. */
struct flat_json *flat_json_new(bool nanoseconds);
void flat_json_free(struct flat_json *f);

/* Values a connection has, and their keys. */
size_t flat_json_size(const struct flat_json *f);
const char *flat_json_key(const struct flat_json *f, size_t i);

/*
 * The values of r, flat_json_size() of them, by place: text, or NULL where
 * unknown. Borrowed until the next call. NULL when memory ran out; errno.
 */
const char *const *
flat_json_values(struct flat_json *f, const struct conn_report *r);

#endif
