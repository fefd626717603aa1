/*
 * value_json.c - cJSON values that remember failure, and their printing.
 */
#include "report/value_json.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM ((size_t)16384)
#define LAST_ROOM ((size_t)1 << 30) /* cJSON counts in int */
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
	w->room = 0;
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

/* Give item to parent. */
static cJSON *
add(struct json_writer *w, cJSON *parent, const char *key, cJSON *item)
{
	cJSON_bool added = item != NULL && parent != NULL;

	if (added)
		added = key == NULL
			    ? cJSON_AddItemToArray(parent, item)
			    : cJSON_AddItemToObjectCS(parent, key, item);
	if (added)
		return item;
	fail(w, ENOMEM);
	return NULL;
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

static int
grow(struct json_writer *w)
{
	size_t room = w->room == 0 ? FIRST_ROOM : w->room * 2;
	char *text = room > LAST_ROOM ? NULL : realloc(w->text, room);

	if (text == NULL)
		return -1;
	w->text = text;
	w->room = room;
	return 0;
}

/*
 * Print value into w->text. That it does not fit is the only way in which
 * cJSON can fail here, so more room is the remedy.
 */
static int
print(struct json_writer *w, cJSON *value)
{
	if (w->room == 0 && grow(w) != 0)
		return -1;
	while (!cJSON_PrintPreallocated(value, w->text, (int)w->room, false))
		if (grow(w) != 0)
			return -1;
	return 0;
}

/* How many bytes of valid UTF-8 at text are the character *c. */
static size_t
stop_at(const char *text, unsigned *c)
{
	const uint8_t *p = (const uint8_t *)text;

	*c = p[0];
	if (p[0] < 0x80)
		return 1;
	*c = p[1];
	if (p[0] == 0xc2)
		return 2;
	*c = (p[0] & 0xfu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
	return 3;
}

/*
 * DEL and the control characters U+0080 to U+009F (C2 80 to C2 9F) are JSON
 * as they are, but act on a terminal that shows it. In a page no "<" may end
 * the element, and U+2028 and U+2029 end lines of scripts. Only strings hold
 * them.
 */
static void
put_escaped(struct json_writer *w, const char *text, size_t n)
{
	const char *stops = w->in_page ? "\x7f\xc2\xe2<" : "\x7f\xc2";

	while (n > 0) {
		size_t plain = strcspn(text, stops), taken;
		unsigned c;
		char escape[8];

		if (plain >= n)
			break;
		taken = stop_at(text + plain, &c);
		if (c >= 0xa0 && c != 0x2028 && c != 0x2029) {
			put(w, text, plain + taken);
		} else {
			put(w, text, plain);
			snprintf(escape, sizeof(escape), "\\u%04x", c);
			put(w, escape, strlen(escape));
		}
		text += plain + taken;
		n -= plain + taken;
	}
	put(w, text, n);
}

static void
emit(struct json_writer *w, cJSON *value, size_t left_out)
{
	if (w->error == 0 && print(w, value) != 0)
		fail(w, ENOMEM);
	if (w->error == 0)
		put_escaped(w, w->text, strlen(w->text) - left_out);
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
