/*
 * value_json.h - JSON values: built with cJSON, printed into a spool.
 *
 * A writer remembers the first failure and then does nothing more, so that
 * callers build a whole object and ask once. A parent may therefore be NULL.
 * key is NULL in an array; keys and names are not copied: they are static or
 * outlive the value.
 *
 * One value is built at a time. Its items come from memory that the next one
 * uses again, not from cJSON's allocator: a report has hundreds of items a
 * connection. No item may be given to cJSON_Delete().
 */
#ifndef TCPCONN_VALUE_JSON_H
#define TCPCONN_VALUE_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "report/fields.h"
#include "report/spool.h"

struct json_writer {
	struct spool *out;  /* borrowed */
	struct arena items; /* of the value being built */
	char *text;         /* owned; where values are printed */
	size_t room;        /* bytes at text */
	bool nanoseconds;   /* resolution of absolute times */
	bool in_page;       /* it stands in an HTML script element */
	int error;          /* errno of the first failure, or 0 */
};

void json_init(struct json_writer *w, struct spool *out, bool nanoseconds);
void json_fini(struct json_writer *w);

/* Begin a value: to be given to json_emit() before the next one. */
cJSON *json_object(struct json_writer *w);

/* Add to parent; the object or array stays the parent's. */
cJSON *json_add_object(struct json_writer *w, cJSON *parent, const char *key);
cJSON *json_add_array(struct json_writer *w, cJSON *parent, const char *key);

void json_add_null(struct json_writer *w, cJSON *parent, const char *key);
void
json_add_bool(struct json_writer *w, cJSON *parent, const char *key, bool v);
void json_add_unsigned(
    struct json_writer *w, cJSON *parent, const char *key, uint64_t v);
/* v / 10^places */
void json_add_decimal(struct json_writer *w, cJSON *parent, const char *key,
    int64_t v, unsigned places);
void
json_add_ms(struct json_writer *w, cJSON *parent, const char *key, int64_t ns);
/* null for frame 0 */
void json_add_frame(
    struct json_writer *w, cJSON *parent, const char *key, uint64_t frame_no);
void json_add_frames(struct json_writer *w, cJSON *parent, const char *key,
    const uint64_t *frames, unsigned n);
/* ISO 8601 */
void json_add_time(struct json_writer *w, cJSON *parent, const char *key,
    int64_t ns, bool nanoseconds);
/* A static string; null for NULL. */
void json_add_name(
    struct json_writer *w, cJSON *parent, const char *key, const char *name);
/* Any string, made valid UTF-8 and copied; null for NULL. */
void json_add_text(
    struct json_writer *w, cJSON *parent, const char *key, const char *s);
/* Foreign bytes, byte XX as U+00XX, copied; null for NULL. */
void json_add_bytes(
    struct json_writer *w, cJSON *parent, const char *key, const char *s);
/* All fields of a table. */
void json_add_fields(struct json_writer *w, cJSON *parent,
    const struct field *table, const void *record);

/* Append text as it is. */
void json_literal(struct json_writer *w, const char *text);
/* Print value compactly; it is gone then. */
void json_emit(struct json_writer *w, cJSON *value);
/* The same for a non-empty object, without the closing brace. */
void json_emit_open(struct json_writer *w, cJSON *object);

/* Begin anew without printing what was built. */
void json_forget(struct json_writer *w);

/* 0, or -1 with errno set to the first failure. */
int json_result(const struct json_writer *w);

#endif
