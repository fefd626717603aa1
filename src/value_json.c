/*
 * value_json.c - cJSON values that remember failure, and their printing.
 */
#include "value_json.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM ((size_t)16384)
#define LAST_ROOM ((size_t)1 << 30) /* cJSON counts in int */
#define ESCAPE_MOST 6               /* characters for one byte */
#define NS_PLACES 6                 /* from ns to ms */

void
json_init(struct json_writer *w, struct spool *out, bool nanoseconds)
{
	*w = (struct json_writer){.out = out, .nanoseconds = nanoseconds};
}

void
json_fini(struct json_writer *w)
{
	arena_fini(&w->items);
	free(w->text);
	w->text = NULL;
	w->room = w->used = 0;
}

static void
fail(struct json_writer *w, int error)
{
	if (w->error == 0)
		w->error = error;
}

/*
 * An item without a home. value is borrowed as long as the item lives: a
 * reference, which cJSON frees never.
 */
static cJSON *
item_new(struct json_writer *w, int type, const char *value)
{
	cJSON *item =
	    w->error == 0 ? arena_take(&w->items, sizeof(*item)) : NULL;

	if (item == NULL) {
		fail(w, ENOMEM);
		return NULL;
	}
	*item = (cJSON){.type = type};
	memcpy(&item->valuestring, &value, sizeof(value)); /* not const there */
	return item;
}

/*
 * Give item to parent, as cJSON_AddItemToObjectCS() does: the first child's
 * prev is the last one.
 */
static cJSON *
add(struct json_writer *w, cJSON *parent, const char *key, cJSON *item)
{
	cJSON *first;

	if (item == NULL || parent == NULL) {
		fail(w, ENOMEM);
		return NULL;
	}
	memcpy(&item->string, &key, sizeof(key)); /* not const there */
	item->type |= cJSON_StringIsConst;
	first = parent->child;
	if (first == NULL) {
		parent->child = item->prev = item;
		return item;
	}
	item->prev = first->prev;
	first->prev->next = item;
	first->prev = item;
	return item;
}

static cJSON *
add_new(struct json_writer *w, cJSON *parent, const char *key, int type,
    const char *value)
{
	return add(w, parent, key, item_new(w, type, value));
}

/* A copy of the n characters at s that lives as long as the value. */
static char *
copy_text(struct json_writer *w, const char *s, size_t n)
{
	char *copy = w->error == 0 ? arena_take(&w->items, n + 1) : NULL;

	if (copy == NULL) {
		fail(w, ENOMEM);
		return NULL;
	}
	memcpy(copy, s, n);
	copy[n] = '\0';
	return copy;
}

cJSON *
json_object(struct json_writer *w)
{
	return item_new(w, cJSON_Object, NULL);
}

cJSON *
json_add_object(struct json_writer *w, cJSON *parent, const char *key)
{
	return add_new(w, parent, key, cJSON_Object, NULL);
}

cJSON *
json_add_array(struct json_writer *w, cJSON *parent, const char *key)
{
	return add_new(w, parent, key, cJSON_Array, NULL);
}

void
json_add_null(struct json_writer *w, cJSON *parent, const char *key)
{
	add_new(w, parent, key, cJSON_NULL, NULL);
}

void
json_add_bool(struct json_writer *w, cJSON *parent, const char *key, bool v)
{
	add_new(w, parent, key, v ? cJSON_True : cJSON_False, NULL);
}

/*
 * Numbers go as text: cJSON's are doubles, which hold neither every 64-bit
 * integer nor every nanosecond exactly.
 */
static void
add_number(
    struct json_writer *w, cJSON *parent, const char *key, const char *text)
{
	add_new(w, parent, key, cJSON_Raw | cJSON_IsReference,
	    copy_text(w, text, strlen(text)));
}

static void
add_string(struct json_writer *w, cJSON *parent, const char *key, const char *s)
{
	add_new(w, parent, key, cJSON_String | cJSON_IsReference, s);
}

void
json_add_unsigned(
    struct json_writer *w, cJSON *parent, const char *key, uint64_t v)
{
	char buf[NOTATION_MAX];

	add_number(w, parent, key, notation_unsigned(buf, v));
}

void
json_add_decimal(struct json_writer *w, cJSON *parent, const char *key,
    int64_t v, unsigned places)
{
	char buf[NOTATION_MAX];

	add_number(w, parent, key, notation_decimal(buf, v, places));
}

void
json_add_ms(struct json_writer *w, cJSON *parent, const char *key, int64_t ns)
{
	json_add_decimal(w, parent, key, ns, NS_PLACES);
}

void
json_add_frame(
    struct json_writer *w, cJSON *parent, const char *key, uint64_t frame_no)
{
	if (frame_no == 0)
		json_add_null(w, parent, key);
	else
		json_add_unsigned(w, parent, key, frame_no);
}

void
json_add_frames(struct json_writer *w, cJSON *parent, const char *key,
    const uint64_t *frames, unsigned n)
{
	cJSON *list = json_add_array(w, parent, key);

	for (unsigned i = 0; i < n; i++)
		json_add_unsigned(w, list, NULL, frames[i]);
}

void
json_add_time(struct json_writer *w, cJSON *parent, const char *key, int64_t ns,
    bool nanoseconds)
{
	char buf[NOTATION_MAX];
	const char *text = notation_time(buf, ns, nanoseconds);

	add_string(w, parent, key, copy_text(w, text, strlen(text)));
}

void
json_add_name(
    struct json_writer *w, cJSON *parent, const char *key, const char *name)
{
	if (name == NULL)
		json_add_null(w, parent, key);
	else
		add_string(w, parent, key, name);
}

/* Add s as convert() makes it, which needs at most factor times the room. */
static void
add_converted(struct json_writer *w, cJSON *parent, const char *key,
    const char *s, size_t factor, void (*convert)(char *out, const char *s))
{
	char *copy = w->error == 0
			 ? arena_take(&w->items, factor * strlen(s) + 1)
			 : NULL;

	if (copy == NULL) {
		fail(w, ENOMEM);
		return;
	}
	convert(copy, s);
	add_string(w, parent, key, copy);
}

void
json_add_text(
    struct json_writer *w, cJSON *parent, const char *key, const char *s)
{
	if (s == NULL)
		json_add_null(w, parent, key);
	else if (notation_is_utf8(s))
		add_string(w, parent, key, copy_text(w, s, strlen(s)));
	else
		add_converted(w, parent, key, s, 3, notation_utf8);
}

void
json_add_bytes(
    struct json_writer *w, cJSON *parent, const char *key, const char *s)
{
	if (s == NULL)
		json_add_null(w, parent, key);
	else
		add_converted(w, parent, key, s, 2, notation_bytes);
}

void
json_add_fields(struct json_writer *w, cJSON *parent, const struct field *table,
    const void *record)
{
	char buf[NOTATION_MAX];

	for (const struct field *f = table; f->key != NULL; f++) {
		const char *text = field_text(f, record, buf);

		if (text == NULL)
			json_add_null(w, parent, f->key);
		else if (f->form == FORM_NAME)
			json_add_name(w, parent, f->key, text);
		else
			add_number(w, parent, f->key, text);
	}
}

static void
put(struct json_writer *w, const char *text, size_t n)
{
	if (w->error == 0 && spool_write(w->out, text, n) != 0)
		fail(w, errno);
}

void
json_literal(struct json_writer *w, const char *text)
{
	put(w, text, strlen(text));
}

/* --- printing ------------------------------------------------------------- */

/* Room for n characters more in w->text; NULL: no memory. */
static char *
room_for(struct json_writer *w, size_t n)
{
	size_t room = w->room == 0 ? FIRST_ROOM : w->room;
	char *text;

	if (w->room - w->used >= n)
		return w->text + w->used;
	while (room - w->used < n && room <= LAST_ROOM)
		room *= 2;
	text = room > LAST_ROOM ? NULL : realloc(w->text, room);
	if (text == NULL) {
		fail(w, ENOMEM);
		return NULL;
	}
	w->text = text;
	w->room = room;
	return text + w->used;
}

static void
print_plain(struct json_writer *w, const char *text, size_t n)
{
	char *at = room_for(w, n);

	if (at == NULL)
		return;
	memcpy(at, text, n);
	w->used += n;
}

static bool
continues(uint8_t byte)
{
	return (byte & 0xc0) == 0x80;
}

/*
 * The next character at p, as far as any of that length may act, and of how
 * many bytes it is; else a single byte.
 */
static unsigned
next_character(const uint8_t *p, size_t *n)
{
	*n = 1;
	if (p[0] == 0xc2 && continues(p[1])) {
		*n = 2;
		return p[1];
	}
	if (p[0] == 0xe2 && continues(p[1]) && continues(p[2])) {
		*n = 3;
		return (p[0] & 0xfu) << 12 | (p[1] & 0x3fu) << 6 |
		       (p[2] & 0x3fu);
	}
	return p[0];
}

/*
 * Whether JSON, or what shows or holds it, takes c for something else than
 * text. DEL and the control characters U+0080 to U+009F (C2 80 to C2 9F) are
 * JSON as they are, but act on a terminal. In a page no "<" may end the
 * element, and U+2028 and U+2029 end lines of scripts.
 */
static bool
acts(unsigned c, bool in_page)
{
	return c < 0x20 || c == '"' || c == '\\' || (c >= 0x7f && c < 0xa0) ||
	       (in_page && (c == '<' || c == 0x2028 || c == 0x2029));
}

/* Escape c; returns the end. */
static char *
put_escape(char *at, unsigned c)
{
	static const char *const from = "\"\\\b\f\n\r\t", *const to =
							      "\"\\bfnrt";
	const char *found = c < 0x80 && c != 0 ? strchr(from, (int)c) : NULL;

	if (found == NULL)
		return at + snprintf(at, ESCAPE_MOST + 1, "\\u%04x", c);
	*at++ = '\\';
	*at++ = to[found - from];
	return at;
}

static void
print_string(struct json_writer *w, const char *text)
{
	const uint8_t *p = (const uint8_t *)text;
	char *at = room_for(w, ESCAPE_MOST * strlen(text) + 3);

	if (at == NULL)
		return;
	*at++ = '"';
	while (*p != '\0') {
		/* most of all characters, at once */
		if (*p > '"' && *p < 0x7f && *p != '<' && *p != '\\') {
			*at++ = (char)*p++;
		} else {
			size_t n;
			unsigned c = next_character(p, &n);

			if (acts(c, w->in_page) && (n > 1 || c < 0x80)) {
				at = put_escape(at, c);
			} else {
				memcpy(at, p, n);
				at += n;
			}
			p += n;
		}
	}
	*at++ = '"';
	w->used = (size_t)(at - w->text);
}

static void
print_word(struct json_writer *w, const char *word)
{
	print_plain(w, word, strlen(word));
}

/* What cJSON_PrintUnformatted() would print, in a part of the time. */
static void
print(struct json_writer *w, const cJSON *value)
{
	bool object = (value->type & 0xff) == cJSON_Object;

	switch (value->type & 0xff) {
	case cJSON_False:
		print_word(w, "false");
		return;
	case cJSON_True:
		print_word(w, "true");
		return;
	case cJSON_Raw:
		print_word(w, value->valuestring);
		return;
	case cJSON_String:
		print_string(w, value->valuestring);
		return;
	case cJSON_Object:
	case cJSON_Array:
		break;
	default:
		print_word(w, "null");
		return;
	}
	print_word(w, object ? "{" : "[");
	for (const cJSON *item = value->child; item != NULL;
	     item = item->next) {
		if (item != value->child)
			print_word(w, ",");
		if (object) {
			print_string(w, item->string);
			print_word(w, ":");
		}
		print(w, item);
	}
	print_word(w, object ? "}" : "]");
}

static void
emit(struct json_writer *w, const cJSON *value, size_t left_out)
{
	w->used = 0;
	if (w->error == 0)
		print(w, value);
	if (w->error == 0)
		put(w, w->text, w->used - left_out);
	arena_reset(&w->items);
}

void
json_emit(struct json_writer *w, cJSON *value)
{
	emit(w, value, 0);
}

void
json_emit_open(struct json_writer *w, cJSON *object)
{
	assert(w->error != 0 || object->child != NULL);
	emit(w, object, strlen("}"));
}

void
json_forget(struct json_writer *w)
{
	arena_reset(&w->items);
}

int
json_result(const struct json_writer *w)
{
	if (w->error == 0)
		return 0;
	errno = w->error;
	return -1;
}
