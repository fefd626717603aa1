/*
 * flat_json.c - a connection's JSON object as a row of plain values.
 */
#include "report/flat_json.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/conn_json.h"

struct flat_json {
	struct json_writer writer; /* builds, but prints nothing */
	size_t n, room;
	char (*key)[FLAT_KEY_MAX]; /* owned; n of them */
	const char **value;        /* owned; n of them */
};

/* The text of a plain value; NULL for null. */
static const char *
plain(const cJSON *item)
{
	if (cJSON_IsNull(item))
		return NULL;
	if (cJSON_IsBool(item))
		return cJSON_IsTrue(item) ? "true" : "false";
	return item->valuestring;
}

/* The plain values of a list in one text; NULL on lack of memory. */
static const char *
join(struct json_writer *w, const cJSON *list)
{
	const cJSON *item;
	size_t n = 1;
	char *text, *at;

	cJSON_ArrayForEach(item, list)
	{
		const char *s = plain(item->child ? item->child : item);

		n += s != NULL ? strlen(s) + 1 : 1;
	}
	text = at = arena_take(&w->items, n);
	if (text == NULL)
		return NULL;
	*at = '\0';
	cJSON_ArrayForEach(item, list)
	{
		const char *s = plain(item->child ? item->child : item);

		if (item != list->child)
			*at++ = ' ';
		if (s != NULL)
			at = stpcpy(at, s);
	}
	*at = '\0';
	return text;
}

/* Whether there is room for one more key. */
static bool
reserve(struct flat_json *f)
{
	size_t room = f->room > 0 ? 2 * f->room : 64;
	void *p;

	if (f->n < f->room)
		return true;
	p = realloc(f->key, room * sizeof(*f->key));
	if (p == NULL)
		return false;
	f->key = p;
	p = realloc(f->value, room * sizeof(*f->value));
	if (p == NULL)
		return false;
	f->value = p;
	f->room = room;
	return true;
}

static bool
learn(struct flat_json *f, const cJSON *object, const char *prefix)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, object)
	{
		char key[FLAT_KEY_MAX];
		int n =
		    snprintf(key, sizeof(key), "%s%s", prefix, item->string);

		assert(n > 0 && (size_t)n + 1 < sizeof(key));
		if (cJSON_IsObject(item)) {
			strcat(key, ".");
			if (!learn(f, item, key))
				return false;
			continue;
		}
		if (!reserve(f))
			return false;
		memcpy(f->key[f->n++], key, sizeof(key));
	}
	return true;
}

/* Put the values of object from place i on; returns the place behind them. */
static size_t
fill(struct flat_json *f, const cJSON *object, size_t i)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, object)
	{
		if (cJSON_IsObject(item)) {
			i = fill(f, item, i);
			continue;
		}
		assert(i < f->n);
		f->value[i++] =
		    cJSON_IsArray(item) ? join(&f->writer, item) : plain(item);
	}
	return i;
}

static const cJSON *
build(struct flat_json *f, const struct conn_report *r)
{
	cJSON *o;

	json_forget(&f->writer);
	o = json_object(&f->writer);
	conn_json_add(&f->writer, o, r);
	return json_result(&f->writer) == 0 ? o : NULL;
}

struct flat_json *
flat_json_new(bool nanoseconds)
{
	struct flat_json *f = calloc(1, sizeof(*f));
	struct conn_report *model = calloc(1, sizeof(*model));
	const cJSON *o;
	bool good;

	if (f == NULL || model == NULL) {
		free(f);
		free(model);
		return NULL;
	}
	json_init(&f->writer, NULL, nanoseconds);
	model->version = 4;
	o = build(f, model);
	good = o != NULL && learn(f, o, "");
	free(model);
	if (good)
		return f;
	flat_json_free(f);
	return NULL;
}

void
flat_json_free(struct flat_json *f)
{
	if (f == NULL)
		return;
	json_fini(&f->writer);
	free(f->key);
	free(f->value);
	free(f);
}

size_t
flat_json_size(const struct flat_json *f)
{
	return f->n;
}

const char *
flat_json_key(const struct flat_json *f, size_t i)
{
	assert(i < f->n);
	return f->key[i];
}

const char *const *
flat_json_values(struct flat_json *f, const struct conn_report *r)
{
	const cJSON *o = build(f, r);

	if (o == NULL)
		return NULL;
	if (fill(f, o, 0) == f->n)
		return f->value;
	errno = ENOMEM;
	return NULL;
}
